/* CSV in every encoding: the first byte chooses it, or leaves it to be told. */
#include "read_all.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const encodings[] = { NULL, NULL, "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE" };
    if (!size) return 0;
    int file = memory_file(data + 1, size - 1);
    read_all(file, FORMAT_CSV, encodings[data[0] % (sizeof encodings / sizeof *encodings)]);
    close(file);
    return 0;
}
