/* Workbooks: the first byte chooses which part the bytes are, the others being sound, or that they are the whole file. */
#include <stdlib.h>
#include <zip.h>

#include "read_all.h"

static const struct {
    const char *name, *sound;
} parts[] = {
    { "xl/worksheets/sheet1.xml", "<worksheet><sheetData><row r=\"1\"><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row>"
                                  "<row><c s=\"1\"><v>42007</v></c><c t=\"s\"><v>2</v></c></row></sheetData></worksheet>" },
    { "xl/sharedStrings.xml", "<sst><si><t>id</t></si><si><t>text</t></si><si><t>x</t></si></sst>" },
    { "xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>" },
    { "xl/workbook.xml", "<workbook><sheets><sheet name=\"a\" id=\"r1\"/></sheets></workbook>" },
    { "xl/_rels/workbook.xml.rels",
      "<Relationships><Relationship Id=\"r1\" Type=\"/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
      "<Relationship Id=\"r2\" Type=\"/sharedStrings\" Target=\"sharedStrings.xml\"/>"
      "<Relationship Id=\"r3\" Type=\"/styles\" Target=\"styles.xml\"/></Relationships>" },
};
enum { PARTS = sizeof parts / sizeof *parts };

static int workbook_with(size_t chosen, const void *data, size_t size)
{
    zip_error_t error;
    zip_source_t *whole = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(whole);
    zip_t *zip = zip_open_from_source(whole, ZIP_TRUNCATE, &error);
    must(zip != NULL);
    for (size_t i = 0; i < PARTS; i++) {
        bool is_chosen = i == chosen;
        zip_source_t *source =
            zip_source_buffer(zip, is_chosen ? data : parts[i].sound, is_chosen ? size : strlen(parts[i].sound), 0);
        zip_int64_t index = zip_file_add(zip, parts[i].name, source, 0);
        must(index >= 0 && zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0) == 0);
    }
    must(zip_close(zip) == 0);
    zip_stat_t about;
    must(zip_source_stat(whole, &about) == 0 && zip_source_open(whole) == 0);
    char *bytes = malloc(about.size);
    must(bytes && zip_source_read(whole, bytes, about.size) == (zip_int64_t)about.size);
    int file = memory_file(bytes, about.size);
    free(bytes);
    zip_source_close(whole);
    zip_source_free(whole);
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    size_t chosen = data[0] % (PARTS + 1);
    int file = chosen < PARTS ? workbook_with(chosen, data + 1, size - 1) : memory_file(data + 1, size - 1);
    read_all(file, FORMAT_XLSX, NULL);
    close(file);
    return 0;
}
