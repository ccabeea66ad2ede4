#include "door/reader.h"

#include <stdlib.h>

#include "base/memory.h"
#include "door/reading.h"

static const struct {
    struct str ending;
    enum reader_format format;
} endings[] = {
    { STR(".csv"), FORMAT_CSV },
    { STR(".jsonl"), FORMAT_JSONL },
    { STR(".json"), FORMAT_JSON },
    { STR(".xlsx"), FORMAT_XLSX },
    { STR(".xls"), FORMAT_XLS },
};

static const struct reader_form *const forms[] = {
    [FORMAT_CSV] = &csv_form,
    [FORMAT_JSONL] = &json_lines_form,
    [FORMAT_JSON] = &json_form,
    [FORMAT_XLSX] = &sheet_form,
    [FORMAT_XLS] = &sheet_form,
};

/* What files that are no text begin with, and what to do with them. */
static const struct {
    struct str start;
    struct says says;
} strangers[] = {
    { STR("PK\x03\x04"),
      { "this is a spreadsheet or another zip file, no text: name it .xlsx or give --format xlsx",
        "这是电子表格或压缩文件，不是文本：请把扩展名改为 .xlsx，或加上 --format xlsx" } },
    { STR("\xd0\xcf\x11\xe0"),
      { "this is a spreadsheet or another file of an office program, no text: name it .xls or give --format xls",
        "这是电子表格或其他办公软件的文件，不是文本：请把扩展名改为 .xls，或加上 --format xls" } },
    { STR("%PDF"), { "this is a PDF: ask for the table itself, as .csv or .xlsx", "这是 PDF：请索取表格本身（.csv 或 .xlsx）" } },
    { STR("<html"),
      { "this is a web page, whatever its name: open it and save it as .xlsx or .csv", "这其实是网页：请打开后另存为 .xlsx 或 .csv" } },
    { STR("<!DOCTYPE"),
      { "this is a web page, whatever its name: open it and save it as .xlsx or .csv", "这其实是网页：请打开后另存为 .xlsx 或 .csv" } },
    { STR("<?xml"), { "this is XML: save it as .xlsx or .csv", "这是 XML：请另存为 .xlsx 或 .csv" } },
};

static enum reader_format format_by_name(const char *path)
{
    struct str name = str_of(path);
    if (name.length > 3 && str_equal_folded((struct str){ name.at + name.length - 3, 3 }, STR(".gz"))) name.length -= 3;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct str ending = endings[i].ending;
        if (name.length < ending.length) continue;
        if (str_equal_folded((struct str){ name.at + name.length - ending.length, ending.length }, ending))
            return endings[i].format;
    }
    return FORMAT_BY_NAME;
}

struct says stranger_says(struct str start)
{
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (str_starts(start, strangers[i].start)) return strangers[i].says;
    return (struct says){ 0 };
}

static bool open_text(struct reader *reader, const struct reader_options *options, struct error *error)
{
    if (!input_open(&reader->input, reader->bytes, options->encoding, error)) return false;
    if (!reader->input.length) input_more(&reader->input, true);
    struct says says = stranger_says((struct str){ reader->input.at, reader->input.length });
    return !says.english || fail_both(error, ERROR_INPUT, "%s: %s%.0s", "%s：%.0s%s", options->path, says.english, says.chinese);
}

struct reader *reader_open(const struct reader_options *options, struct error *error)
{
    enum reader_format format = options->format;
    if (format == FORMAT_BY_NAME) format = format_by_name(options->path);
    if (format == FORMAT_BY_NAME) {
        bool is_input = strcmp(options->path, "-") == 0;
        fail_both(error, ERROR_USAGE, "%s%.0s: what it holds cannot be told by its name: give --format csv, jsonl, json, xlsx or xls",
                  "%.0s%s：从名称看不出是什么格式，请加上 --format csv、jsonl、json、xlsx 或 xls", is_input ? "standard input" : options->path,
                  is_input ? "标准输入" : options->path);
        return NULL;
    }
    struct bytes *bytes = bytes_open(options->path, options->standard_input, options->stop, error);
    if (!bytes) return NULL;
    struct reader *reader = allocate(sizeof *reader);
    reader->form = forms[format];
    reader->bytes = bytes;
    reader->holds = READING_WAIT;
    if ((reader->form->binary || open_text(reader, options, error)) && reader->form->open(reader, options, error))
        return reader;
    reader_close(reader);
    return NULL;
}

void reader_close(struct reader *reader)
{
    if (!reader) return;
    if (reader->state) reader->form->close(reader);
    table_close(&reader->table);
    input_close(&reader->input);
    bytes_close(reader->bytes);
    free(reader);
}

const struct str *reader_columns(const struct reader *reader, size_t *count)
{
    *count = reader->table.count;
    return reader->table.columns;
}

bool reader_next(struct reader *reader, struct row *row, bool *more, struct error *error)
{
    *more = false;
    enum reading reading = reader->holds;
    if (reading == READING_WAIT) reading = reader->form->next(reader, true, &reader->held, &reader->failure);
    reader->holds = READING_WAIT;
    if (reading == READING_ROW) {
        *row = reader->held;
        *more = true;
        return true;
    }
    /* An end and a failure stay what they are. */
    reader->holds = reading;
    if (reading == READING_END) return true;
    if (error) *error = reader->failure;
    return false;
}

bool reader_ready(struct reader *reader)
{
    if (bytes_are_stored(reader->bytes)) return true;
    if (reader->holds == READING_WAIT) reader->holds = reader->form->next(reader, false, &reader->held, &reader->failure);
    return reader->holds != READING_WAIT;
}

void reader_progress(const struct reader *reader, uint64_t *done, uint64_t *all)
{
    if (reader->form->progress)
        reader->form->progress(reader, done, all);
    else
        bytes_progress(reader->bytes, done, all);
}

struct str reader_sheet(const struct reader *reader, size_t number)
{
    return reader->form->sheet ? reader->form->sheet(reader, number) : (struct str){ 0 };
}

const char *reader_encoding(const struct reader *reader)
{
    return encoding_name(reader->input.encoding);
}

struct says text_problem(const struct reader *reader, struct str text)
{
    if (text.length && memchr(text.at, 0, text.length)) return (struct says){ "the row has a NUL byte, which no text has", "这一行有零字节，文本中不会有：请重新导出文件" };
    if (str_is_utf8(text)) return (struct says){ 0 };
    switch (reader->input.encoding) {
    case ENCODING_GB18030:
        return (struct says){ "the row is no GB18030, as most of the file is: save the file as UTF-8",
                              "这一行的编码不是 GB18030（GBK），与文件其余部分不同：请把文件另存为 UTF-8" };
    case ENCODING_UTF16LE:
    case ENCODING_UTF16BE:
        return (struct says){ "the row is no UTF-16, as the file is: save the file as UTF-8",
                              "这一行的编码不是 UTF-16，与文件其余部分不同：请把文件另存为 UTF-8" };
    default:
        return (struct says){ "the row is no UTF-8: save the file as UTF-8", "这一行的编码不是 UTF-8：请把文件另存为 UTF-8" };
    }
}

enum reading reading_failed(const struct reader *reader, struct error *error)
{
    if (error) *error = *bytes_error(reader->bytes);
    return READING_FAILED;
}
