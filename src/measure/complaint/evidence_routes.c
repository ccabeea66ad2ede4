/* Files handed in with a complaint: kept sealed like texts, in parts. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "measure/complaint/acting.h"
#include "measure/complaint/case_look.h"
#include "measure/complaint/routes.h"

enum { EVIDENCE_FILES_MAX = 20 };

/* What browsers and office programs show without running anything. The type is told by the first bytes, never by the sender. */
static const struct evidence_form {
    const char *type;
    struct str starts;
    size_t at;
} forms[] = {
    { "image/png", STR("\x89PNG\r\n\x1a\n"), 0 }, { "image/jpeg", STR("\xff\xd8\xff"), 0 },
    { "image/gif", STR("GIF8"), 0 },              { "image/webp", STR("WEBP"), 8 },
    { "application/pdf", STR("%PDF-"), 0 },       { "audio/mpeg", STR("ID3"), 0 },
    { "audio/mp4", STR("ftypM4A"), 4 },           { "video/mp4", STR("ftyp"), 4 },
    { "audio/wav", STR("WAVE"), 8 },              { "application/zip", STR("PK\x03\x04"), 0 },
};

static const char *form_of(struct str head)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct str starts = forms[i].starts;
        if (head.length >= forms[i].at + starts.length && !memcmp(head.at + forms[i].at, starts.at, starts.length)) return forms[i].type;
    }
    return str_is_utf8(head) ? "text/plain" : "application/octet-stream";
}

static bool part_read(int file, struct arena *arena, size_t bytes, struct str *part, struct error *error)
{
    char *at = arena_take(arena, bytes + 1);
    size_t have = 0;
    while (have < bytes) {
        ssize_t got = read(file, at + have, bytes - have);
        if (got <= 0) return fail_errno(error, "the file could not be read again");
        have += (size_t)got;
    }
    *part = (struct str){ at, bytes };
    return true;
}

static bool parts_add(struct acting *acting, int file, struct str name, int64_t evidence, struct error *error)
{
    struct request *request = acting->request;
    size_t bytes = request->file_bytes, parts = (bytes + EVIDENCE_PART_BYTES - 1) / EVIDENCE_PART_BYTES;
    struct str type = { 0 };
    for (size_t i = 0; i < parts; i++) {
        struct str part;
        size_t left = bytes - i * EVIDENCE_PART_BYTES;
        if (!part_read(file, request->arena, left < EVIDENCE_PART_BYTES ? left : EVIDENCE_PART_BYTES, &part, error)) return false;
        if (!i) type = str_of(form_of(part));
        struct record *record = acting_record(acting, &complaint_evidence_kind);
        record_text(acting, record, EVIDENCE_COMPLAINT, "complaint", acting->file.complaint);
        record_number(record, EVIDENCE_EVIDENCE, evidence);
        record_number(record, EVIDENCE_PART, (int64_t)i + 1);
        record_number(record, EVIDENCE_PARTS, (int64_t)parts);
        record_text(acting, record, EVIDENCE_NAME, "name", name);
        record_text(acting, record, EVIDENCE_TYPE, "type", type);
        record_number(record, EVIDENCE_BYTES_ALL, (int64_t)bytes);
        record->values[EVIDENCE_CONTENT].text = part;
        record->present |= 1u << EVIDENCE_CONTENT;
    }
    return true;
}

static bool add(struct acting *acting, struct error *error)
{
    struct request *request = acting->request;
    struct str name = str_trim(str_of(request_query(request, "name")));
    int64_t evidence = 1;
    for (size_t i = 0; i < acting->file.evidence_count; i++)
        if (acting->file.evidence[i].evidence >= evidence) evidence = acting->file.evidence[i].evidence + 1;
    if (evidence > EVIDENCE_FILES_MAX)
        return refuse(acting->reply, error, 409, "too-many-files", "A case takes %d files at most: put several pages into one",
                      "一件投诉最多%d份材料，可以把几页合成一个文件", EVIDENCE_FILES_MAX);
    if (!request->file_bytes) return refuse(acting->reply, error, 422, "empty-file", "The file is empty", "文件是空的");
    int file = open(request->file, O_RDONLY | O_CLOEXEC);
    if (file < 0) return fail_errno(error, "the file could not be read again");
    bool done = parts_add(acting, file, name, evidence, error);
    close(file);
    if (!done || !acting_write(acting, error)) return false;
    struct json json = reply_json(acting->reply);
    json_open(&json, '{');
    json_put_string(&json, "complaint", acting->file.complaint);
    json_put_number(&json, "evidence", evidence);
    json_put_number(&json, "bytes", (int64_t)request->file_bytes);
    json_put_number(&json, "position", (int64_t)acting->position);
    json_close(&json, '}');
    acting->reply->status = 201;
    return true;
}

bool evidence_add(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    bool done = acting_begin(&acting, request, reply, ACT_EVIDENCE, error) && add(&acting, error);
    acting_end(&acting);
    return done;
}

/* ---- giving it back ---- */

static const struct case_evidence *evidence_find(const struct case_file *file, struct str number)
{
    uint64_t wanted;
    if (!str_number(number, &wanted)) return NULL;
    for (size_t i = 0; i < file->evidence_count; i++)
        if (file->evidence[i].whole && (uint64_t)file->evidence[i].evidence == wanted) return &file->evidence[i];
    return NULL;
}

bool evidence_get(struct request *request, struct reply *reply, struct error *error)
{
    struct case_file file;
    struct case_status status;
    bool found;
    if (!case_look(request, request->arguments[0], &file, &status, &found, error)) return false;
    if (found && request->who.role == ROLE_OPERATOR && !str_equal(status.holder, str_of(request->who.operator_))) found = false;
    const struct case_evidence *evidence = found ? evidence_find(&file, request->arguments[1]) : NULL;
    if (!evidence) return refuse(reply, error, 404, "no-such-file", "There is no such file, or it is not yours to see", "没有这份材料，或者你无权查看");
    struct unseal_wish *wishes = arena_take(request->arena, (evidence->part_count + 1) * sizeof *wishes);
    struct str *clear = arena_take(request->arena, (evidence->part_count + 1) * sizeof *clear);
    for (size_t i = 0; i < evidence->part_count; i++) wishes[i] = (struct unseal_wish){ UNSEAL_TEXT, evidence->parts[i] };
    wishes[evidence->part_count] = (struct unseal_wish){ UNSEAL_TEXT, evidence->name };
    if (!unseal_for(request->engine, &request->who, wishes, evidence->part_count + 1, STR("evidence of the case"), request->arena, clear, error))
        return false;
    for (size_t i = 0; i < evidence->part_count; i++) {
        if (!clear[i].at) return refuse(reply, error, 410, "erased", "This file was erased", "这份材料已被删除");
        text_add(&reply->body, clear[i]);
    }
    struct str name = clear[evidence->part_count];
    for (size_t slash; (slash = str_find(name, '/')) < name.length || (slash = str_find(name, '\\')) < name.length;)
        name = (struct str){ name.at + slash + 1, name.length - slash - 1 };
    if (!name.length) name = STR("evidence");
    snprintf(reply->download, sizeof reply->download, "%.*s", STR_ARGS(name));
    reply->content_type = form_of(text_str(&reply->body));
    return true;
}
