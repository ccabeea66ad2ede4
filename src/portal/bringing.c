#include "portal/bringing.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/load.h"
#include "portal/accounts.h"

static void text_rename(char *says, size_t room, const char *path, const char *name)
{
    struct text renamed = { 0 };
    size_t length = strlen(path);
    const char *from = says;
    if (!length || !strstr(says, path)) return;
    for (const char *at; (at = strstr(from, path)); from = at + length) {
        text_add(&renamed, (struct str){ from, (size_t)(at - from) });
        text_add(&renamed, str_of(name));
    }
    text_add(&renamed, str_of(from));
    snprintf(says, room, "%s", text_zero(&renamed));
    text_close(&renamed);
}

void error_rename(struct error *error, const char *path, struct says name)
{
    text_rename(error->says, sizeof error->says, path, name.english);
    text_rename(error->chinese, sizeof error->chinese, path, name.chinese);
}

/* The list as load wrote it, a JSON object a line, without the file's path. */
static void rejects_put(struct json *json, const char *path)
{
    char *line = NULL;
    size_t room = 0, count = 0;
    ssize_t length;
    FILE *file = fopen(path, "re");
    json_key(json, "rejects");
    json_open(json, '[');
    while (file && count++ < REJECTS_SHOWN && (length = getline(&line, &room, file)) > 0) {
        json_t *reject = json_loadb(line, (size_t)length, 0, NULL);
        if (!reject) continue;
        json_object_del(reject, "file");
        char *shown = json_dumps(reject, JSON_COMPACT);
        must(shown != NULL);
        text_format(json->out, "%s%s", count > 1 ? "," : "", shown);
        json->more = true;
        free(shown);
        json_decref(reject);
    }
    json_close(json, ']');
    free(line);
    if (file) fclose(file);
}

static void summary_put(struct text *out, const struct bringing *bringing, const struct load_summary *summary)
{
    struct json json = { .out = out };
    json_open(&json, '{');
    json_put_string(&json, "kind", str_of(bringing->kind->name));
    json_put_string(&json, "source", summary->source.length ? text_str(&summary->source) : (struct str){ 0 });
    json_put_number(&json, "read", (int64_t)summary->read);
    json_put_number(&json, "accepted", (int64_t)summary->accepted);
    json_put_number(&json, "duplicate", (int64_t)summary->duplicate);
    json_put_number(&json, "rejected", (int64_t)summary->rejected);
    rejects_put(&json, bringing->rejects);
    json_close(&json, '}');
}

bool source_may_go(struct str source, struct error *error)
{
    return !str_starts(source, STR("mingbai:")) ||
           fail_both(error, ERROR_CONFLICT, "what the program itself took down (%.*s) cannot be withdrawn here", "程序自行记录的内容（%.*s）不能在此撤回",
                     STR_ARGS(source));
}

/* The source that is replaced must be the account's own. */
static bool replaces_may(struct portal *portal, const struct identity *who, const char *replaces, struct error *error)
{
    if (!replaces) return true;
    if (!source_may_go(str_of(replaces), error)) return false;
    if (who->role == ROLE_ADMINISTRATOR || who->role == ROLE_REGULATOR) return true;
    return accounts_source_is_own(portal->accounts, str_of(replaces), who->account) ||
           fail_both(error, ERROR_NOT_FOUND, "there is no source %s of yours to replace", "没有属于你的来源 %s 可供替换", replaces);
}

bool bring(struct portal *portal, const struct identity *who, const struct bringing *bringing, struct text *out, struct error *error)
{
    struct taking taking;
    struct load_summary summary = { 0 };
    struct load_options options = {
        .kind = bringing->kind, .path = bringing->path, .format = bringing->format, .sheet = bringing->sheet, .map = bringing->map,
        .source = bringing->source, .rejects = bringing->rejects, .language = bringing->language, .replaces = bringing->replaces, .admit = taking_admit, .context = &taking,
    };
    bool done = replaces_may(portal, who, bringing->replaces, error) && taking_open(&taking, portal, who, bringing->kind, false, error);
    if (!done) return false;
    done = load_file(portal->engine, &options, &summary, error);
    taking_close(&taking);
    if (done)
        summary_put(out, bringing, &summary);
    else
        error_rename(error, bringing->path, bringing->name);
    load_summary_close(&summary);
    return done;
}
