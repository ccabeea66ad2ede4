/* Answers that are lists: a page of JSON in memory, or all rows in a file that is gone once it was sent. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "portal/call.h"

static const struct file_form {
    const char *format;
    enum rows_format rows;
    const char *type;
} file_forms[] = {
    { "csv", ROWS_CSV, "text/csv; charset=utf-8" },
    { "xlsx", ROWS_XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
};

static bool to_file(void *context, struct str bytes)
{
    struct reply_table *table = context;
    while (bytes.length) {
        ssize_t written = write(table->reply->file, bytes.at, bytes.length);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.at += written;
        bytes.length -= (size_t)written;
        table->reply->file_bytes += (uint64_t)written;
    }
    return true;
}

static bool file_begin(struct reply_table *table, const struct file_form *form, const char *name, struct error *error)
{
    struct reply *reply = table->reply;
    char path[PATH_ROOM + 16];
    snprintf(path, sizeof path, "%s/table-XXXXXX", table->request->portal->scratch);
    reply->file = mkostemp(path, O_CLOEXEC);
    if (reply->file < 0) return fail_errno(error, "no room for the file that was asked for");
    unlink(path);
    reply->content_type = form->type;
    snprintf(reply->download, sizeof reply->download, "%s.%s", name, form->format);
    table->whole = true;
    table->most = EXPORT_ROWS_MAX;
    rows_start(&table->rows, &(struct rows_options){ .format = form->rows, .sink = { to_file, table }, .mark = true, .for_spreadsheet = true,
                                                     .scratch = table->request->portal->scratch });
    return true;
}

bool reply_table_open(struct reply_table *table, struct request *request, struct reply *reply, const char *name, struct error *error)
{
    *table = (struct reply_table){ .request = request, .reply = reply, .most = PAGE_ROWS, .position = request->view->position };
    const char *format = request_query(request, "format"), *limit = request_query(request, "limit");
    uint64_t rows;
    for (size_t i = 0; format && i < sizeof file_forms / sizeof *file_forms; i++)
        if (!strcmp(format, file_forms[i].format)) return file_begin(table, &file_forms[i], name, error);
    if (format && strcmp(format, "json"))
        return fail_both(error, ERROR_USAGE, "format: choose json, csv or xlsx", "format：可选 json、csv、xlsx");
    if (limit) {
        if (!str_number(str_of(limit), &rows) || !rows || rows > PAGE_ROWS_MAX)
            return fail_both(error, ERROR_USAGE, "limit: a number from 1 to %d", "limit：1 到 %d 的整数", PAGE_ROWS_MAX);
        table->most = (size_t)rows;
    }
    table->after = str_of(request_query(request, "after"));
    text_add(&reply->body, STR("{\"items\":["));
    rows_start(&table->rows, &(struct rows_options){ .format = ROWS_JSON, .sink = { rows_to_text, &reply->body } });
    return true;
}

static void percent_add(struct text *out, struct str string)
{
    for (size_t i = 0; i < string.length; i++) {
        unsigned char byte = (unsigned char)string.at[i];
        bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || strchr("-._~", byte);
        text_format(out, is_plain && byte ? "%c" : "%%%02X", byte);
    }
}

/* The same address, but for where it begins. */
static void next_add(struct text *out, const struct call *call, struct str next)
{
    text_add(out, call->path);
    text_add_byte(out, '?');
    for (size_t i = 0; i < call->query.count; i++) {
        const struct query_pair *pair = &call->query.pairs[i];
        if (!strcmp(pair->name, "after")) continue;
        percent_add(out, str_of(pair->name));
        text_add_byte(out, '=');
        percent_add(out, str_of(pair->value));
        text_add_byte(out, '&');
    }
    text_add(out, STR("after="));
    percent_add(out, next);
}

static void frame_end(struct reply_table *table, struct str next, struct str more)
{
    struct text url = { 0 };
    struct text *body = &table->reply->body;
    if (next.length) next_add(&url, call_of(table->request), next);
    text_add_byte(body, ']');
    struct json json = { .out = body, .more = true };
    json_put_string(&json, "next", next.length ? text_str(&url) : (struct str){ 0 });
    json_put_number(&json, "position", (int64_t)table->position);
    if (more.length) {
        text_add_byte(body, ',');
        text_add(body, more);
    }
    text_add_byte(body, '}');
    text_close(&url);
}

/* What was given so far is no answer: a problem goes out instead. */
static void drop(struct reply *reply)
{
    if (reply->file >= 0) close(reply->file);
    reply->file = -1;
    reply->file_bytes = 0;
    reply->download[0] = 0;
    reply->content_type = NULL;
    reply->body.length = 0;
}

bool reply_table_close(struct reply_table *table, bool done, struct str next, struct str more, struct error *error)
{
    struct error unfinished = { 0 };
    bool finished = rows_finish(&table->rows, &unfinished);
    bool is_cut = table->whole && next.length;
    if (!done || !finished || is_cut) drop(table->reply);
    if (!done) return false;
    if (is_cut)
        return fail_both(error, ERROR_LIMIT, "a file has at most %d rows, and these are more: narrow them down with the filters",
                         "一个文件最多 %d 行，这里更多：请用筛选条件缩小范围", EXPORT_ROWS_MAX);
    if (!finished) {
        if (!unfinished.code) return fail_errno(error, "no room for the file that was asked for");
        *error = unfinished;
        return false;
    }
    if (!table->whole)
        frame_end(table, next, more);
    else if (lseek(table->reply->file, 0, SEEK_SET) < 0)
        return fail_errno(error, "the file that was asked for cannot be read again");
    return true;
}
