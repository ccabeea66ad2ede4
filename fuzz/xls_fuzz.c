/* Old workbooks: the first byte chooses whether the bytes are the whole file, or the records in a sound one. */
#include "read_all.h"

#include "../tests/xls_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    struct text file = { 0 };
    struct str bytes = { (const char *)data + 1, size - 1 };
    if (data[0] & 1)
        compound_file(&file, "Workbook", bytes);
    else
        text_add(&file, bytes);
    int descriptor = memory_file(file.at, file.length);
    text_close(&file);
    read_all(descriptor, FORMAT_XLS, NULL);
    close(descriptor);
    return 0;
}
