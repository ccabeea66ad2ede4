#include "door/map.h"

#include <stdio.h>
#include <stdlib.h>

#include "door/map_parts.h"

static const struct field source_field = { "source", FIELD_LABEL, 0, { "the source", "来源" }, NULL, 0 };
static const struct field seq_field = { "seq", FIELD_COUNT, 0, { "the number in its source", "来源内序号" }, NULL, 0 };

const struct field *map_target_field(const struct kind *kind, size_t target)
{
    return target < kind->field_count ? &kind->fields[target] : target == map_source(kind) ? &source_field : &seq_field;
}

bool map_same_column(struct str a, struct str b)
{
    return str_equal_folded(str_trim(a), str_trim(b));
}

size_t map_target(const struct kind *kind, struct str name)
{
    size_t target = 0, end = map_seq(kind) + 1;
    while (target < end && !map_same_column(name, str_of(map_target_field(kind, target)->name)))
        target++;
    return target;
}

const struct rule *map_rule(const struct map *map, size_t target)
{
    for (size_t i = 0; i < map->rule_count; i++)
        if (map->rules[i].target == target) return &map->rules[i];
    return NULL;
}

/* The columns that a header would have: those of the map, and fields that stand under their own names. */
static void list_wanted(struct map *map)
{
    size_t most = map->rule_count * MAP_COLUMNS + map->ignored_count + map_seq(map->kind) + 2;
    map->wanted = arena_take(&map->arena, most * sizeof *map->wanted);
    for (size_t i = 0; i < map->rule_count; i++)
        for (size_t j = 0; j < map->rules[i].column_count; j++)
            map->wanted[map->wanted_count++] = map->rules[i].columns[j];
    for (size_t i = 0; i < map->ignored_count; i++)
        map->wanted[map->wanted_count++] = map->ignored[i];
    for (size_t target = 0; target <= map_seq(map->kind); target++)
        if (!map_rule(map, target)) map->wanted[map->wanted_count++] = str_of(map_target_field(map->kind, target)->name);
    map->wanted[map->wanted_count++] = STR("rejected");
}

static struct map *start(const struct kind *kind)
{
    struct map *map = allocate(sizeof *map);
    map->kind = kind;
    return map;
}

struct map *map_plain(const struct kind *kind)
{
    struct map *map = start(kind);
    map->plain = true;
    list_wanted(map);
    return map;
}

struct map *map_of_json(const struct kind *kind, struct str json, const char *name, struct error *error)
{
    struct map *map = start(kind);
    if (map_read(map, json, name, error)) {
        list_wanted(map);
        return map;
    }
    map_close(map);
    return NULL;
}

struct map *map_open(const struct kind *kind, const char *path, struct error *error)
{
    struct text json = { 0 };
    FILE *file = fopen(path, "rb");
    if (!file) {
        fail_errno_both(error, "the map %s cannot be opened", "对应表 %s 无法打开", path);
        if (error) error->code = ERROR_NOT_FOUND;
        return NULL;
    }
    json.length = fread(text_room(&json, MAP_BYTES + 1), 1, MAP_BYTES + 1, file);
    bool unread = ferror(file);
    fclose(file);
    struct map *map = NULL;
    if (unread)
        fail_errno_both(error, "the map %s cannot be read", "对应表 %s 无法读取", path);
    else
        map = map_of_json(kind, text_str(&json), path, error);
    text_close(&json);
    return map;
}

void map_close(struct map *map)
{
    if (!map) return;
    arena_close(&map->arena);
    free(map->columns);
    free(map->steps);
    free(map->barred);
    free(map);
}

const struct str *map_columns(const struct map *map, size_t *count)
{
    *count = map->wanted_count;
    return map->wanted;
}
