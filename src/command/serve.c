/* The server, until a signal ends it. */
#include <signal.h>
#include <stdio.h>

#include "command/attendant.h"
#include "command/command.h"
#include "portal/portal.h"
#include "portal/postman.h"

enum { RATE = 200 };

static void signals_block(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
}

static bool rate_read(struct invocation *invocation, unsigned *rate)
{
    const char *given = invocation_option(invocation, "rate");
    uint64_t number = RATE;
    if (given && (!str_number(str_of(given), &number) || number > 1000000))
        return fail_both(&invocation->error, ERROR_USAGE, "--rate %s: a number of requests a second, or 0", "--rate %s：每秒请求数，或 0", given);
    *rate = (unsigned)number;
    return true;
}

/* "08-21". */
static bool hours_read(struct invocation *invocation, int *from, int *to)
{
    const char *given = invocation_option(invocation, "text-hours");
    struct str text = str_of(given ? given : "");
    size_t dash = str_find(text, '-');
    uint64_t first, end;
    if (!given) return true;
    if (dash == text.length || !str_number((struct str){ text.at, dash }, &first) ||
        !str_number((struct str){ text.at + dash + 1, text.length - dash - 1 }, &end) || first >= end || end > 24)
        return fail_both(&invocation->error, ERROR_USAGE, "--text-hours %s: two hours of a day, as 08-21", "--text-hours %s：一天中的两个钟点，如 08-21", given);
    *from = (int)first;
    *to = (int)end;
    return true;
}

static void say_where(const struct portal *portal)
{
    struct str host = portal_host(portal);
    bool is_long = memchr(host.at, ':', host.length) != NULL;
    printf(is_long ? "listening on http://[%.*s]:%u\n" : "listening on http://%.*s:%u\n", STR_ARGS(host), portal_port(portal));
    fflush(stdout);
}

/* What a command wrote is told at once, as what comes over HTTP is. */
static void look_for_news(void *postman)
{
    postman_nudge(postman);
}

static enum exit_code serve(struct invocation *invocation)
{
    const char *listen = invocation_option(invocation, "listen");
    struct progress progress = { invocation, .what = SAYS(invocation, "recovering", "恢复") };
    struct portal_options options = { .directory = invocation->directory, .listen = listen ? listen : "127.0.0.1:8080",
                                      .spool = invocation_option(invocation, "spool"), .gateway = invocation_option(invocation, "gateway"),
                                      .proxy = invocation_option(invocation, "proxy"),
                                      .secure = invocation_option(invocation, "secure"), .progress = progress_show, .context = &progress };
    if (!rate_read(invocation, &options.rate) || !hours_read(invocation, &options.text_from, &options.text_to)) return EXIT_USAGE;
    if (invocation_option(invocation, "measure"))
        fputs(invocation->language == CHINESE ? "mingbai：本版本尚不含测速服务，--measure 不起作用\n"
                                              : "mingbai: the speed test is not part of this version yet: --measure does nothing\n",
              stderr);
    sigset_t signals;
    int received;
    signals_block(&signals);
    struct portal *portal = portal_open(&options, &invocation->error);
    progress_end(&progress);
    if (!portal) return invocation->error.code == ERROR_USAGE ? EXIT_USAGE : EXIT_FAILED;
    struct attendant *attendant = attendant_open(portal->engine, portal->accounts, portal->directory, look_for_news, portal->postman, &invocation->error);
    if (attendant) {
        say_where(portal);
        sigwait(&signals, &received);
        bool all_ended = portal_stop(portal);
        if (!attendant_close(attendant) || !all_ended) portal_leave(portal);
    }
    portal_close(portal);
    return attendant ? EXIT_DONE : EXIT_FAILED;
}

static const struct option serve_options[] = {
    { "listen", "HOST:PORT", { "where; 127.0.0.1:8080 unless given, port 0 takes a free one", "监听地址，默认 127.0.0.1:8080，端口 0 表示任选" } },
    { "measure", "HOST:PORT", { "where the speed test listens", "测速服务的监听地址" } },
    { "gateway", "FILE", { "texts to people go to the HTTP gateway that FILE tells of: a webhook, or Kannel", "发给用户的短信交给该文件所写的 HTTP 网关（webhook 或 Kannel）" } },
    { "spool", "FILE", { "where messages to people are written; DIR.spool.jsonl unless given", "待发消息写入的文件，默认 目录.spool.jsonl" } },
    { "text-hours", "HH-HH", { "when texts to people go out; 08-21 unless given; a cap and sign-in codes at any hour", "给用户发短信的钟点，默认 08-21；封顶提醒和登录验证码不受限" } },
    { "rate", "N", { "requests a second of one address while others are there; 200, 0: any", "有他人使用时每个地址每秒的请求数，默认 200，0 为不限" } },
    { "proxy", "ADDRESS", { "a reverse proxy in front: whom it asks for is the last in X-Forwarded-For", "前面的反向代理的地址：以 X-Forwarded-For 的最后一个为来访者" } },
    { "secure", NULL, { "people come through https: cookies are sent there alone", "用户经 https 访问：Cookie 只在 https 下发送" } },
};
const struct command serve_command = {
    .name = "serve", .arguments = "", .run = serve, .is_local = true, .says = { "serves the portal and its API until SIGTERM", "启动门户和接口，直到收到 SIGTERM" },
    .options = serve_options, .option_count = sizeof serve_options / sizeof *serve_options,
};
