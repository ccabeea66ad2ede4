#include "door/kind.h"

size_t kind_field(const struct kind *kind, struct str name)
{
    size_t i = 0;
    while (i < kind->field_count && !str_equal(name, str_of(kind->fields[i].name)))
        i++;
    return i;
}

bool kind_has_key(const struct kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].flags & FIELD_KEY) return true;
    return false;
}
