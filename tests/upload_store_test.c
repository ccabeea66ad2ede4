/* Files on their way in: how many, how large, how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/moment.h"
#include "disk/disk.h"
#include "portal/upload.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

static struct {
    char folder[64], file[96];
    struct upload_store *store;
} here;

static int setup(void **state)
{
    (void)state;
    strcpy(here.folder, "/tmp/mingbai-uploads-XXXXXX");
    if (!mkdtemp(here.folder)) return -1;
    snprintf(here.file, sizeof here.file, "%s/file", here.folder);
    FILE *file = fopen(here.file, "w");
    if (!file || fclose(file)) return -1;
    here.store = upload_store_open(here.folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    upload_store_close(here.store);
    return disk_remove_tree(disk_posix(), here.folder, NULL) ? 0 : -1;
}

/* Takes the file in as one of so many bytes, and tells its path, or fails with a code. */
static enum error_code add(const char *account, uint64_t bytes, int64_t now, char *path)
{
    struct error error = { 0 };
    struct upload *upload = upload_add(here.store, account, NULL, "file.csv", here.file, bytes, now, &error);
    if (!upload) {
        assert_true(*error.says && *error.chinese);
        return error.code;
    }
    if (path) strcpy(path, upload->path);
    upload_release(here.store, upload);
    return ERROR_NONE;
}

static void test_an_account_has_so_many(void **state)
{
    (void)state;
    for (int i = 0; i < UPLOADS_OF_ACCOUNT; i++) assert_int_equal(add("jia", 1, moment_now(), NULL), ERROR_NONE);
    assert_int_equal(add("jia", 1, moment_now(), NULL), ERROR_LIMIT);
    assert_int_equal(add("yi", 1, moment_now(), NULL), ERROR_NONE);
}

/* What others have is no fault of one's own: it is another error. */
static void test_all_together_have_so_much(void **state)
{
    (void)state;
    char account[16];
    for (int i = 1; i < UPLOADS_MAX; i++) {
        snprintf(account, sizeof account, "%d", i % 50);
        assert_int_equal(add(account, 1, moment_now(), NULL), ERROR_NONE);
    }
    assert_int_equal(add("jia", UINT64_C(2) * 1024 * 1024 * 1024, moment_now(), NULL), ERROR_BUSY);
    assert_int_equal(add("jia", 1, moment_now(), NULL), ERROR_NONE);
    assert_int_equal(add("yi", 1, moment_now(), NULL), ERROR_BUSY);
}

static void test_a_file_goes_also_when_nobody_comes(void **state)
{
    (void)state;
    struct error error = { 0 };
    char fresh[PATH_ROOM + UPLOAD_NAME_ROOM], old[PATH_ROOM + UPLOAD_NAME_ROOM];
    assert_int_equal(add("jia", 1, moment_now(), fresh), ERROR_NONE);
    assert_int_equal(add("jia", 1, moment_now() - 2 * HOUR_MS, old), ERROR_NONE);
    assert_int_equal(access(old, F_OK), 0);
    assert_true(upload_store_start(here.store, &error));
    for (int64_t until = moment_now() + MINUTE_MS; !access(old, F_OK);) {
        assert_true(moment_now() < until);
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    }
    assert_int_equal(access(fresh, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_account_has_so_many, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_together_have_so_much, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_file_goes_also_when_nobody_comes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
