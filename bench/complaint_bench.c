/* Complaints from CSV to durable and applied, beside bare SQLite (its own VFS, the same settings) inserting the same rows into
   the same tables and indexes in large transactions. */
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "engine/load.h"
#include "measure/measure.h"

enum { RECORDS = 600000, TRANSACTION = 65536, RUNS = 3, COLUMNS_MAX = 24 };

static void csv_write(const char *path)
{
    static const char *const texts[] = { "每月被扣了五元钱的增值业务费，我从来没有开通过，要求退还", "宽带签约四兆，晚上测只有一兆多，看视频很卡",
                                         "流量用完了没有提醒，一下多出八十多元", "营业厅排队两个小时，窗口只开了一个" };
    FILE *file = fopen(path, "w");
    fprintf(file, "id,operator,area,category,filed,channel,subscriber,text\n");
    for (int i = 0; i < RECORDS; i++)
        fprintf(file, "TS-%04d-%07d,%s,3201%02d,wrong_charge,2015-%02d-%02dT%02d:%02d:%02d+08:00,hotline,139%08d,%s%d\n", i % 9999,
                (int)((int64_t)i * 7919 % RECORDS), i % 3 ? "yi" : "jia", i % 13, i % 12 + 1, i % 28 + 1, i % 24, i % 60, i * 7 % 60,
                (int)((int64_t)i * 104729 % 100000000), texts[i % 4], i);
    fclose(file);
}

static double load_once(const char *csv, const char *data)
{
    struct error error = { 0 };
    struct load_summary summary = { 0 };
    bench_must(directory_make(disk_posix(), data, &error), &error);
    struct engine *engine = engine_open(&(struct engine_options){ .directory = data }, &error);
    bench_must(engine != NULL, &error);
    double start = bench_seconds();
    bench_must(load_file(engine, &(struct load_options){ .kind = kind_find(STR("complaint")), .path = csv }, &summary, &error), &error);
    double rate = RECORDS / (bench_seconds() - start);
    if (summary.accepted != RECORDS) exit(1);
    load_summary_close(&summary);
    engine_close(engine);
    return rate;
}

/* One table's rows in memory, and its insert. */
struct table {
    char name[64];
    int columns;
    sqlite3_value ***rows;
    size_t count;
    sqlite3_stmt *put;
};

static void sql_must(int code, sqlite3 *db)
{
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fprintf(stderr, "bench: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void table_read(sqlite3 *db, struct table *table)
{
    char sql[128];
    sqlite3_stmt *select;
    snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", table->name);
    sql_must(sqlite3_prepare_v2(db, sql, -1, &select, NULL), db);
    table->columns = sqlite3_column_count(select);
    table->rows = malloc(sizeof *table->rows * (RECORDS + 16));
    while (sqlite3_step(select) == SQLITE_ROW) {
        sqlite3_value **row = malloc(sizeof *row * COLUMNS_MAX);
        for (int i = 0; i < table->columns; i++) row[i] = sqlite3_value_dup(sqlite3_column_value(select, i));
        table->rows[table->count++] = row;
    }
    sqlite3_finalize(select);
}

static double bare_sqlite(const char *state_path, const char *path)
{
    sqlite3 *from, *to;
    sqlite3_stmt *schema;
    struct table tables[2] = { { .name = "place" }, { .name = "complaint" } };
    sql_must(sqlite3_open_v2(state_path, &from, SQLITE_OPEN_READWRITE, NULL), NULL);
    for (int i = 0; i < 2; i++) table_read(from, &tables[i]);
    sql_must(sqlite3_open(path, &to), to);
    sql_must(sqlite3_exec(to, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536", NULL, NULL, NULL), to);
    sql_must(sqlite3_prepare_v2(from, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN ('place', 'complaint')", -1,
                                &schema, NULL), from);
    while (sqlite3_step(schema) == SQLITE_ROW) sql_must(sqlite3_exec(to, (const char *)sqlite3_column_text(schema, 0), NULL, NULL, NULL), to);
    sqlite3_finalize(schema);
    sqlite3_close(from);
    for (int i = 0; i < 2; i++) {
        char sql[512];
        int used = snprintf(sql, sizeof sql, "INSERT INTO \"%s\" VALUES (", tables[i].name);
        for (int c = 0; c < tables[i].columns; c++) used += snprintf(sql + used, sizeof sql - (size_t)used, "%s?", c ? "," : "");
        snprintf(sql + used, sizeof sql - (size_t)used, ")");
        sql_must(sqlite3_prepare_v2(to, sql, -1, &tables[i].put, NULL), to);
    }
    double start = bench_seconds();
    for (size_t n = 0; n < tables[0].count; n++) {
        if (n % TRANSACTION == 0) sql_must(sqlite3_exec(to, n ? "COMMIT; BEGIN" : "BEGIN", NULL, NULL, NULL), to);
        for (int i = 0; i < 2; i++) {
            if (n >= tables[i].count) continue;
            for (int c = 0; c < tables[i].columns; c++) {
                sqlite3_value *value = tables[i].rows[n][c];
                if (sqlite3_value_type(value) == SQLITE_TEXT)
                    sqlite3_bind_text(tables[i].put, c + 1, (const char *)sqlite3_value_text(value), sqlite3_value_bytes(value), SQLITE_STATIC);
                else if (sqlite3_value_type(value) == SQLITE_NULL)
                    sqlite3_bind_null(tables[i].put, c + 1);
                else
                    sqlite3_bind_int64(tables[i].put, c + 1, sqlite3_value_int64(value));
            }
            sql_must(sqlite3_step(tables[i].put), to);
            sqlite3_reset(tables[i].put);
        }
    }
    sql_must(sqlite3_exec(to, "COMMIT", NULL, NULL, NULL), to);
    double rate = (double)tables[0].count / (bench_seconds() - start);
    for (int i = 0; i < 2; i++) sqlite3_finalize(tables[i].put);
    sqlite3_close(to);
    return rate;
}

int main(void)
{
    char folder[256], csv[300];
    double ours = 0, floor = 0;
    if (sodium_init() < 0) return 1;
    bench_folder(folder);
    snprintf(csv, sizeof csv, "%s/complaint.csv", folder);
    csv_write(csv);
    for (int i = 0; i < RUNS; i++) {
        char data[300], state[340], bare[300];
        snprintf(data, sizeof data, "%s/data-%d", folder, i);
        snprintf(state, sizeof state, "%s/state/1/state.db", data);
        snprintf(bare, sizeof bare, "%s/bare-%d.db", folder, i);
        double rate = load_once(csv, data), sqlite = bare_sqlite(state, bare);
        if (rate > ours) ours = rate;
        if (sqlite > floor) floor = sqlite;
    }
    bench_line("complaint, CSV to durable and applied", ours, floor, "bare SQLite, same rows, tables, indexes", "records/s",
               ">= 0.8 of the floor");
    bench_remove(folder);
    return 0;
}
