/* The same bytes as JSON Lines and as JSON. */
#include "read_all.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int file = memory_file(data, size);
    read_all(file, FORMAT_JSONL, NULL);
    read_all(file, FORMAT_JSON, NULL);
    close(file);
    return 0;
}
