/* The one door to clear personal data: it asks why, and the reading is itself a record before anything is shown. */
#include <pwd.h>
#include <stdio.h>

#include "command/session.h"
#include "engine/write.h"
#include "measure/province/province.h"

/* "person:17" or "text:4711": the numbers that `mingbai entry` shows. */
static bool what_is_meant(const char *what, bool *is_person, uint64_t *number)
{
    struct str text = str_of(what);
    size_t colon = str_find(text, ':');
    struct str word = { text.at, colon };
    *is_person = str_equal(word, STR("person"));
    return (*is_person || str_equal(word, STR("text"))) && colon < text.length &&
           str_number((struct str){ text.at + colon + 1, text.length - colon - 1 }, number);
}

void user_name(uid_t user, char name[64])
{
    char room[4096];
    struct passwd account, *found = NULL;
    if (getpwuid_r(user, &account, room, sizeof room, &found) == 0 && found)
        snprintf(name, 64, "%s", account.pw_name);
    else
        snprintf(name, 64, "user %u", (unsigned)user);
}

static bool reading_noted(struct engine *engine, uid_t user, const char *what, const char *why, struct error *error)
{
    char who[64];
    user_name(user, who);
    struct record record = { .kind = &unsealing_kind, .present = 0xf };
    record.values[UNSEALING_WHAT].text = str_of(what);
    record.values[UNSEALING_WHO].text = str_of(who);
    record.values[UNSEALING_WHY].text = str_of(why);
    record.values[UNSEALING_TIME].number = moment_now();
    return engine_write(engine, STR("mingbai:unsealings"), &record, 1, NULL, error);
}

static enum exit_code unseal(struct invocation *invocation)
{
    const char *what = invocation->arguments[0], *why = invocation_option(invocation, "why");
    struct error *error = &invocation->error;
    bool is_person;
    uint64_t number;
    if (!what_is_meant(what, &is_person, &number) || !why || !*why) {
        fail_both(error, ERROR_USAGE, "say what, person:NUMBER or text:NUMBER as `mingbai entry` shows them, and --why: both are kept",
                  "请写明要查看的 person:编号 或 text:编号（见 `mingbai entry`），并用 --why 说明原因：两者都会留存");
        return EXIT_USAGE;
    }
    struct session session;
    if (!session_open(&session, invocation, false)) return EXIT_FAILED;
    struct vault *vault = engine_vault(session.engine);
    struct text clear = { 0 };
    bool done = is_person ? vault_person(vault, number, &clear, error) : vault_text(vault, number, &clear, error);
    done = done && reading_noted(session.engine, invocation->user, what, why, error);
    if (done) {
        text_add_byte(&clear, '\n');
        invocation_print(invocation, text_str(&clear));
    }
    text_close(&clear);
    session_close(&session);
    return done ? EXIT_DONE : EXIT_FAILED;
}

static const struct option unseal_options[] = { { "why", "TEXT", { "the reason, which is kept with who and when", "原因，与读取者和时间一并留存" } } };
const struct command unseal_command = {
    .name = "unseal", .arguments = "person:N|text:N", .least = 1, .most = 1, .run = unseal,
    .says = { "shows a sealed number or text in clear; the reading is recorded", "显示封存的号码或文字的明文，读取行为会被记录" },
    .options = unseal_options, .option_count = 1,
};
