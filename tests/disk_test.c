/* The real disk and the failing one keep the same promises; the failing one breaks them only as disks do. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/str.h"
#include "disk/disk.h"
#include "fault_disk.h"

#include <cmocka.h> /* last: it has a macro named fail */

static struct disk_file *open_file(struct disk *disk, const char *path, enum disk_mode mode)
{
    struct disk_file *file;
    struct error error;

    if (!disk->open(disk, path, mode, &file, &error))
        fail_msg("%s", error.says);
    return file;
}

static void write_file(struct disk *disk, const char *path, const char *bytes)
{
    struct disk_file *file = open_file(disk, path, DISK_CREATE);

    assert_true(disk->write(file, bytes, strlen(bytes), 0, NULL));
    disk->close(file);
}

static void assert_content(struct disk *disk, const char *path, const char *content, size_t length)
{
    char *bytes;
    size_t got;
    struct error error;

    if (!disk_read_all(disk, path, 1000, &bytes, &got, &error))
        fail_msg("%s", error.says);
    assert_int_equal(got, length);
    assert_memory_equal(bytes, content, length);
    free(bytes);
}

static void add_name(void *context, const char *name)
{
    text_format(context, "%s ", name);
}

static void assert_names(struct disk *disk, const char *path, const char *names)
{
    struct text text = { 0 };

    assert_true(disk->list(disk, path, add_name, &text, NULL));
    assert_string_equal(text_zero(&text), names);
    text_close(&text);
}

static const char *in(const char *root, const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", root, name);
    return path;
}

static void files_behave(struct disk *disk, const char *root)
{
    struct disk_file *file, *second;
    struct error error;
    char buffer[16];
    size_t got;
    uint64_t size;
    bool is_there;

    assert_false(disk->open(disk, in(root, "a"), DISK_READ, &file, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    assert_false(disk->open(disk, in(root, "a"), DISK_WRITE, &file, &error));
    assert_false(disk->open(disk, in(root, "no/a"), DISK_CREATE, &file, &error));
    file = open_file(disk, in(root, "a"), DISK_CREATE);
    assert_true(disk->write(file, "world", 5, 6, &error));
    assert_true(disk->write(file, "hello", 5, 0, &error));
    assert_true(disk->sync(file, &error));
    second = open_file(disk, in(root, "a"), DISK_READ);
    assert_true(disk->read(second, buffer, sizeof(buffer), 0, &got, &error));
    assert_int_equal(got, 11);
    assert_memory_equal(buffer, "hello\0world", 11);
    assert_true(disk->read(second, buffer, 4, 9, &got, &error));
    assert_int_equal(got, 2);
    assert_true(disk->read(second, buffer, 4, 100, &got, &error));
    assert_int_equal(got, 0);
    assert_false(disk->write(second, "x", 1, 0, &error) || disk->truncate(second, 0, &error));
    assert_true(disk->truncate(file, 2, &error) && disk->truncate(file, 4, &error));
    assert_true(disk->size(second, &size, &error));
    assert_int_equal(size, 4);
    assert_true(disk->remove(disk, in(root, "a"), &error)); /* what is open stays readable */
    assert_true(disk->exists(disk, in(root, "a"), &is_there, &error) && !is_there);
    assert_true(disk->read(second, buffer, 4, 1, &got, &error));
    assert_int_equal(got, 3);
    disk->close(file);
    disk->close(second);
    assert_true(disk->remove(disk, in(root, "a"), &error));
}

static void folders_behave(struct disk *disk, const char *root)
{
    struct error error;
    bool is_there;

    assert_true(disk->make_directory(disk, in(root, "d"), &error) && disk->make_directory(disk, in(root, "d"), &error));
    write_file(disk, in(root, "d/b"), "b");
    write_file(disk, in(root, "d/a"), "a");
    write_file(disk, in(root, "d/c"), "c");
    assert_false(disk->make_directory(disk, in(root, "d/a"), &error));
    assert_false(disk->make_directory(disk, in(root, "no/d"), &error));
    assert_names(disk, in(root, "d"), "a b c ");
    assert_true(disk->rename(disk, in(root, "d/c"), in(root, "d/a"), &error));
    assert_names(disk, in(root, "d"), "a b ");
    assert_content(disk, in(root, "d/a"), "c", 1);
    assert_false(disk->remove(disk, in(root, "d"), &error));
    assert_false(disk->rename(disk, in(root, "d/none"), in(root, "d/a"), &error));
    assert_true(disk->rename(disk, in(root, "d"), in(root, "e"), &error));
    assert_content(disk, in(root, "e/a"), "c", 1);
    assert_true(disk->sync_directory(disk, in(root, "e"), &error) && !disk->sync_directory(disk, in(root, "d"), &error));
    assert_true(disk_sync_above(disk, in(root, "e"), &error) && disk_sync_above(disk, in(root, "e/"), &error));
    assert_true(disk_replace(disk, in(root, "e/a"), "new", 3, &error) && disk_replace(disk, in(root, "e/n"), "", 0, &error));
    assert_content(disk, in(root, "e/a"), "new", 3);
    assert_content(disk, in(root, "e/n"), "", 0);
    assert_names(disk, in(root, "e"), "a b n ");
    char *bytes;
    size_t length;
    assert_false(disk_read_all(disk, in(root, "e/a"), 2, &bytes, &length, &error));
    assert_int_equal(error.code, ERROR_LIMIT);
    assert_true(disk->make_directory(disk, in(root, "e/f"), &error));
    write_file(disk, in(root, "e/f/deep"), "x");
    assert_true(disk_remove_tree(disk, in(root, "e"), &error) && disk_remove_tree(disk, in(root, "e"), &error));
    assert_true(disk->exists(disk, in(root, "e"), &is_there, &error) && !is_there);
    assert_names(disk, root, "");
}

static void the_real_disk_behaves(void **state)
{
    char root[128];
    struct error error;

    (void)state;
    snprintf(root, sizeof(root), "%s/disk-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(root));
    files_behave(disk_posix(), root);
    folders_behave(disk_posix(), root);
    assert_true(symlink("/", in(root, "link")) == 0 && disk_remove_tree(disk_posix(), in(root, "link"), &error));
    struct disk_file *file = open_file(disk_posix(), in(root, "f"), DISK_CREATE);
    disk_posix()->close(file);
    assert_false(disk_posix()->list(disk_posix(), in(root, "f"), add_name, NULL, &error));
    assert_non_null(strstr(error.says, in(root, "f")));
    assert_true(disk_remove_tree(disk_posix(), root, &error));
}

static int empty_writes; /* how many writes from now on take nothing */

/* Stands before the system's own. */
ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset)
{
    if (empty_writes > 0)
        return --empty_writes > 0 ? 0 : (errno = EIO, -1);
    return (ssize_t)syscall(SYS_pwrite64, descriptor, bytes, length, offset);
}

static void a_disk_that_takes_nothing_is_no_endless_loop(void **state)
{
    char path[] = "/tmp/disk-XXXXXX";
    int descriptor = mkstemp(path);
    struct error error = { 0 };

    (void)state;
    close(descriptor);
    struct disk_file *file = open_file(disk_posix(), path, DISK_WRITE);
    empty_writes = 5;
    assert_false(disk_posix()->write(file, "abc", 3, 0, &error));
    assert_int_equal(empty_writes, 4);
    assert_non_null(strstr(error.says, "takes nothing"));
    empty_writes = 0;
    assert_true(disk_posix()->write(file, "abc", 3, 0, &error));
    disk_posix()->close(file);
    assert_true(disk_posix()->remove(disk_posix(), path, &error));
}

static void the_failing_disk_behaves(void **state)
{
    struct fault_disk *fault = fault_disk_open();

    (void)state;
    assert_true(fault_disk_of(fault)->make_directory(fault_disk_of(fault), "/root", NULL));
    files_behave(fault_disk_of(fault), "/root");
    folders_behave(fault_disk_of(fault), "/root");
    fault_disk_close(fault);
}

/* Writes "old" durably, then "new!" over it, unsynced, and a new file whose name is not synced either. */
static struct fault_disk *half_synced(void)
{
    struct fault_disk *fault = fault_disk_open();
    struct disk *disk = fault_disk_of(fault);
    struct disk_file *file = open_file(disk, "/f", DISK_CREATE);

    assert_true(disk->write(file, "old", 3, 0, NULL) && disk->sync(file, NULL) && disk->sync_directory(disk, "/", NULL));
    assert_true(disk->write(file, "new!", 4, 0, NULL));
    disk->close(file);
    file = open_file(disk, "/g", DISK_CREATE);
    assert_true(disk->write(file, "g", 1, 0, NULL) && disk->sync(file, NULL));
    disk->close(file);
    return fault;
}

static void only_what_was_synced_is_sure(void **state)
{
    struct fault_disk *fault = half_synced();
    unsigned seen_old = 0, seen_new = 0, seen_torn = 0, seen_name = 0;

    (void)state;
    struct fault_disk *all = fault_disk_reboot(fault, FAULT_KEEP_ALL), *nothing = fault_disk_reboot(fault, FAULT_KEEP_NOTHING);
    assert_content(fault_disk_of(all), "/f", "new!", 4);
    assert_content(fault_disk_of(all), "/g", "g", 1);
    assert_content(fault_disk_of(nothing), "/f", "old", 3);
    assert_names(fault_disk_of(nothing), "/", "f ");
    fault_disk_close(all);
    fault_disk_close(nothing);
    for (uint64_t seed = FAULT_SEED; seed < 200; seed++) {
        struct fault_disk *some = fault_disk_reboot(fault, seed);
        struct disk *disk = fault_disk_of(some);
        char *bytes;
        size_t length;
        bool is_there;
        assert_true(disk_read_all(disk, "/f", 10, &bytes, &length, NULL));
        if (strcmp(bytes, "old") == 0)
            seen_old++;
        else if (strcmp(bytes, "new!") == 0)
            seen_new++;
        else
            seen_torn++;
        free(bytes);
        assert_true(disk->exists(disk, "/g", &is_there, NULL));
        seen_name += is_there;
        if (is_there)
            assert_content(disk, "/g", "g", 1);
        fault_disk_close(some);
    }
    assert_true(seen_old > 10 && seen_new > 10 && seen_torn > 10 && seen_name > 10 && seen_name < 190);
    fault_disk_close(fault);
}

static void a_planned_step_goes_wrong(void **state)
{
    struct fault_disk *fault = fault_disk_open();
    struct disk *disk = fault_disk_of(fault);
    struct disk_file *file = open_file(disk, "/f", DISK_CREATE);
    struct error error;
    size_t got;
    char buffer[8];

    (void)state;
    assert_int_equal(fault_disk_steps(fault), 1);
    fault_disk_plan(fault, (struct fault_plan){ .short_write_at = 2 });
    assert_false(disk->write(file, "abcdef", 6, 0, &error));
    assert_content(disk, "/f", "abc", 3);
    assert_true(disk->write(file, "abcdef", 6, 0, &error));

    fault_disk_plan(fault, (struct fault_plan){ .full_from = 1 });
    assert_false(disk->write(file, "g", 1, 6, &error));
    assert_true(disk->write(file, "A", 1, 0, &error)); /* nothing grows */
    struct disk_file *none;
    assert_false(disk->open(disk, "/g", DISK_CREATE, &none, &error));

    fault_disk_plan(fault, (struct fault_plan){ .crash_at = fault_disk_steps(fault) + 1 });
    assert_false(disk->sync(file, &error));
    assert_true(fault_disk_crashed(fault));
    assert_false(disk->read(file, buffer, 1, 0, &got, &error));
    assert_false(disk->write(file, "x", 1, 0, &error));
    disk->close(file);
    struct fault_disk *again = fault_disk_reboot(fault, FAULT_KEEP_ALL);
    assert_content(fault_disk_of(again), "/f", "Abcdef", 6);
    assert_true(fault_disk_flip(again, "/f", 0, 5));
    assert_false(fault_disk_flip(again, "/f", 6, 5));
    assert_content(fault_disk_of(again), "/f", "abcdef", 6);
    fault_disk_close(again);
    fault_disk_close(fault);
}

/* After a failed sync the bytes are seen, but a later sync that succeeds need not have made them durable. */
static void a_failed_sync_may_lose_what_is_seen(void **state)
{
    unsigned lost = 0, durable = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct fault_disk *fault = fault_disk_open();
        struct disk *disk = fault_disk_of(fault);
        struct disk_file *file = open_file(disk, "/f", DISK_CREATE);
        assert_true(disk->sync_directory(disk, "/", NULL) && disk->write(file, "x", 1, 0, NULL));
        fault_disk_plan(fault, (struct fault_plan){ .fail_sync_at = 1, .seed = seed });
        assert_false(disk->sync(file, NULL));
        assert_true(disk->sync(file, NULL));
        assert_content(disk, "/f", "x", 1);
        disk->close(file);
        struct fault_disk *after = fault_disk_reboot(fault, FAULT_KEEP_NOTHING);
        char *bytes;
        size_t length;
        assert_true(disk_read_all(fault_disk_of(after), "/f", 10, &bytes, &length, NULL));
        lost += length == 0;
        durable += length == 1;
        free(bytes);
        fault_disk_close(after);
        fault_disk_close(fault);
    }
    assert_true(lost > 5 && durable > 5);
}

/* disk_replace leaves the old content or the new, whatever happens at whichever step. */
static void replacing_is_whole_or_not_at_all(void **state)
{
    bool is_done = false;

    (void)state;
    for (uint64_t step = 1; !is_done; step++) {
        struct fault_disk *fault = fault_disk_open();
        struct disk *disk = fault_disk_of(fault);
        assert_true(disk_replace(disk, "/f", "the old one", 11, NULL));
        fault_disk_plan(fault, (struct fault_plan){ .crash_at = fault_disk_steps(fault) + step });
        is_done = disk_replace(disk, "/f", "new", 3, NULL);
        for (uint64_t survival = 0; survival < 50; survival++) {
            struct fault_disk *after = fault_disk_reboot(fault, survival);
            char *bytes;
            size_t length;
            assert_true(disk_read_all(fault_disk_of(after), "/f", 100, &bytes, &length, NULL));
            assert_true(strcmp(bytes, "new") == 0 || (!is_done && strcmp(bytes, "the old one") == 0));
            free(bytes);
            fault_disk_close(after);
        }
        fault_disk_close(fault);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_disk_behaves),
        cmocka_unit_test(a_disk_that_takes_nothing_is_no_endless_loop),
        cmocka_unit_test(the_failing_disk_behaves),
        cmocka_unit_test(only_what_was_synced_is_sure),
        cmocka_unit_test(a_planned_step_goes_wrong),
        cmocka_unit_test(a_failed_sync_may_lose_what_is_seen),
        cmocka_unit_test(replacing_is_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
