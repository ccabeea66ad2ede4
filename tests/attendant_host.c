/* A server with nothing but commands: opens the data directory, says "ready", and ends cleanly with SIGTERM. */
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "command/attendant.h"

static int failed(const struct error *error)
{
    fprintf(stderr, "attendant_host: %s\n", error->says);
    return 1;
}

static void nothing(void *context)
{
    (void)context;
}

int main(int count, char **arguments)
{
    char directory[4096];
    sigset_t ending;
    struct error error = { 0 };
    if (count != 2 || sodium_init() < 0 || !realpath(arguments[1], directory)) return 2;
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ending, NULL);
    struct engine *engine = engine_open(&(struct engine_options){ .directory = directory }, &error);
    if (!engine) return failed(&error);
    struct attendant *attendant = attendant_open(engine, NULL, directory, nothing, NULL, &error);
    if (!attendant) {
        engine_close(engine);
        return failed(&error);
    }
    puts("ready");
    fflush(stdout);
    int signal_number;
    sigwait(&ending, &signal_number);
    if (!attendant_close(attendant)) _exit(1);
    engine_close(engine);
    return 0;
}
