#include "measure/complaint/follow.h"

#include <sodium.h>

/* Without 0 and O, 1, I and L. */
static const char letters[] = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

void follow_code(const struct vault *vault, struct str id, char code[FOLLOW_CODE_ROOM])
{
    struct text content = { 0 };
    text_add(&content, STR("follow:"));
    text_add(&content, id);
    uint64_t digest = (uint64_t)vault_digest(vault, text_str(&content));
    text_close(&content);
    for (size_t i = 0; i < FOLLOW_CODE_ROOM - 1; i++, digest /= sizeof letters - 1) code[i] = letters[digest % (sizeof letters - 1)];
    code[FOLLOW_CODE_ROOM - 1] = 0;
}

bool follow_code_fits(const struct vault *vault, struct str id, struct str code)
{
    char right[FOLLOW_CODE_ROOM], given[FOLLOW_CODE_ROOM] = { 0 };
    size_t length = 0;
    for (size_t i = 0; i < code.length; i++) {
        char byte = code.at[i] >= 'a' && code.at[i] <= 'z' ? (char)(code.at[i] - 'a' + 'A') : code.at[i];
        if (byte == ' ' || byte == '-') continue;
        if (length < FOLLOW_CODE_ROOM - 1) given[length] = byte;
        length++;
    }
    follow_code(vault, id, right);
    return sodium_memcmp(right, given, FOLLOW_CODE_ROOM) == 0 && length == FOLLOW_CODE_ROOM - 1;
}
