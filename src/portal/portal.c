#include "portal/portal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/moment.h"
#include "measure/province/province.h"
#include "measure/results.h"
#include "portal/places.h"
#include "portal/postman.h"
#include "portal/server.h"
#include "portal/timekeeper.h"
#include "portal/upload.h"

/* DIR/portal/scratch names the folder of the last run: one that was killed left people's files there. */
static bool scratch_note(struct portal *portal, struct error *error)
{
    char path[PATH_ROOM], *last = NULL;
    size_t length = 0;
    bool there;
    struct stat folder;
    struct disk *disk = disk_posix();
    if (!directory_path(portal->options.directory, "portal/scratch", path, error) || !disk->exists(disk, path, &there, error) ||
        (there && !disk_read_all(disk, path, PATH_ROOM - 1, &last, &length, error)))
        return false;
    char *name = last ? strndup(last, length) : NULL;
    if (name && !lstat(name, &folder) && S_ISDIR(folder.st_mode) && folder.st_uid == getuid() && strstr(name, "/mingbai-serve-"))
        disk_remove_tree(disk, name, NULL);
    free(name);
    free(last);
    return disk_replace(disk, path, portal->scratch, strlen(portal->scratch), error);
}

static bool scratch_make(struct portal *portal, struct error *error)
{
    const char *folder = getenv("TMPDIR");
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/mingbai-serve-XXXXXX", folder && *folder ? folder : "/tmp");
    if (!mkdtemp(path)) return fail_errno(error, "%s cannot be made: set TMPDIR to a folder with room", path);
    memcpy(portal->scratch, path, sizeof path);
    return true;
}

static bool gateway_ready(struct portal *portal, struct error *error)
{
    return !portal->options.gateway || ((portal->gateway = gateway_open(portal->options.gateway, error)) &&
                                        (portal->express_gateway = gateway_open(portal->options.gateway, error)) &&
                                        (portal->express = express_open(gateway_send, portal->express_gateway, error)));
}

static bool spool_name(struct portal *portal, struct error *error)
{
    const char *given = portal->options.spool;
    struct str directory = str_of(portal->options.directory);
    while (directory.length > 1 && directory.at[directory.length - 1] == '/') directory.length--;
    int length = given ? snprintf(portal->spool, sizeof portal->spool, "%s", given)
                       : snprintf(portal->spool, sizeof portal->spool, "%.*s.spool.jsonl", STR_ARGS(directory));
    if (length < 0 || (size_t)length >= sizeof portal->spool) return fail(error, ERROR_LIMIT, "the spool file's path is too long");
    if (directory_holds(portal->options.directory, portal->spool))
        return fail_both(error, ERROR_USAGE, "--spool %s: it holds numbers and must lie outside the data directory",
                         "--spool %s：该文件含有号码，必须放在数据目录之外", portal->spool);
    return true;
}

/* Commands that are served here come from other folders. */
static bool directory_find(struct portal *portal, struct error *error)
{
    char *whole = realpath(portal->options.directory, NULL);
    if (!whole || strlen(whole) >= PATH_ROOM) {
        free(whole);
        return fail_both(error, ERROR_NOT_FOUND, "%s: there is no data directory here; make one with `mingbai init`",
                         "%s：没有数据目录，请先运行 `mingbai init`", portal->options.directory);
    }
    strcpy(portal->directory, whole);
    portal->options.directory = portal->directory;
    free(whole);
    return true;
}

static bool accounts_ready(struct portal *portal, struct error *error)
{
    uint64_t subjects = vault_marks(engine_vault(portal->engine)).subjects;
    portal->accounts = accounts_open(engine_disk(portal->engine), portal->options.directory, subjects, error);
    return portal->accounts;
}

/* What works by itself: letters going out, and time passing. */
static bool threads_ready(struct portal *portal, struct error *error)
{
    const struct outbox_options options = { .disk = engine_disk(portal->engine), .spool = portal->spool, .text = portal->gateway ? gateway_send : NULL,
                                            .gateway = portal->gateway, .express = portal->express, .numbers = outbox_numbers,
                                            .context = portal->engine, .text_from = portal->options.text_from,
                                            .text_to = portal->options.text_to };
    return (portal->outbox = outbox_open(portal->accounts, &options, error)) &&
           (portal->postman = postman_open(portal->views, portal->outbox, error)) &&
           (portal->timekeeper = timekeeper_open(portal->views, portal->outbox, portal->started, error)) &&
           upload_store_start(portal->uploads, error) && outbox_start(portal->outbox, error) &&
           postman_start(portal->postman, error) && timekeeper_start(portal->timekeeper, error);
}

struct portal *portal_open(const struct portal_options *options, struct error *error)
{
    struct portal *portal = allocate(sizeof *portal);
    portal->options = *options;
    portal->started = moment_now();
    bool opened = directory_find(portal, error) && spool_name(portal, error) && gateway_ready(portal, error) && scratch_make(portal, error) &&
                  (portal->engine = engine_open(&(struct engine_options){ .directory = portal->directory, .progress = options->progress,
                                                                          .context = options->context },
                                                error)) &&
                  (portal->views = views_open(portal->engine)) && accounts_ready(portal, error) && scratch_note(portal, error);
    if (opened) {
        portal->results = results_open();
        portal->uploads = upload_store_open(portal->scratch);
        portal->places = places_open();
        portal->is_sample = engine_has_source(portal->engine, SAMPLE_SOURCE);
        opened = threads_ready(portal, error) && server_open(portal, error);
    }
    if (opened) return portal;
    portal_close(portal);
    return NULL;
}

bool portal_stop(struct portal *portal)
{
    return !portal->server || server_stop(portal->server);
}

_Noreturn void portal_leave(struct portal *portal)
{
    fputs("mingbai: a request or a command did not end in time; it is left, and nothing that was acknowledged is lost\n", stderr);
    disk_remove_tree(disk_posix(), portal->scratch, NULL);
    _exit(0);
}

void portal_close(struct portal *portal)
{
    if (!portal) return;
    if (!portal_stop(portal)) portal_leave(portal);
    server_close(portal->server);
    timekeeper_close(portal->timekeeper);
    postman_close(portal->postman);
    outbox_close(portal->outbox);
    express_close(portal->express);
    gateway_close(portal->gateway);
    gateway_close(portal->express_gateway);
    upload_store_close(portal->uploads);
    if (portal->results) results_close(portal->results);
    places_close(portal->places);
    accounts_close(portal->accounts);
    if (portal->views) views_close(portal->views);
    engine_close(portal->engine);
    if (portal->scratch[0]) disk_remove_tree(disk_posix(), portal->scratch, NULL);
    free(portal);
}

unsigned portal_port(const struct portal *portal)
{
    return portal->server->port;
}

struct str portal_host(const struct portal *portal)
{
    return str_of(portal->server->host);
}
