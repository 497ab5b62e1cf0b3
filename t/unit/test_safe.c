/* SPDX-License-Identifier: Apache-2.0 */
/* When this fails, private keys get into core dumps, or are lost. */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "sc_safe.h"

static apr_pool_t *pool;

static void everything_is_kept(void **state)
{
    sc_safe_t *safe = sc_safe_make(pool);
    const unsigned char *kept[2000];
    unsigned char secret[150];

    (void)state;
    for (int i = 0; i < 2000; i++) {
        memset(secret, i % 256, sizeof(secret));
        kept[i] = sc_safe_keep(safe, secret, 1 + (apr_size_t)i % 150);
        assert_non_null(kept[i]);
    }
    for (int i = 0; i < 2000; i++) {
        memset(secret, i % 256, sizeof(secret));
        assert_memory_equal(kept[i], secret, 1 + (size_t)i % 150);
    }
}

static void large_secrets_find_room(void **state)
{
    const apr_size_t len = 300000;
    unsigned char *secret = malloc(len);
    sc_safe_t *safe = sc_safe_make(pool);
    const unsigned char *first;
    const unsigned char *second;

    (void)state;
    assert_non_null(secret);
    memset(secret, 's', len);
    first = sc_safe_keep(safe, secret, len);
    second = sc_safe_keep(safe, secret, 1);
    assert_non_null(first);
    assert_non_null(second);
    assert_memory_equal(first, secret, len);
    assert_int_equal(*second, 's');
    free(secret);
}

/* Copies the flags of the mapping that holds an address: " rd wr ... ". */
static void flags_of(const void *address, char flags[200])
{
    const unsigned long wanted = (unsigned long)(uintptr_t)address;
    FILE *maps = fopen("/proc/self/smaps", "r");
    int is_it = 0;
    char line[1000];

    assert_non_null(maps);
    flags[0] = '\0';
    while (fgets(line, (int)sizeof(line), maps) != NULL) {
        char *end;
        const unsigned long start = strtoul(line, &end, 16);

        if (*end == '-') {
            is_it = start <= wanted && wanted < strtoul(end + 1, NULL, 16);
        }
        if (is_it && strncmp(line, "VmFlags:", 8) == 0) {
            apr_cpystrn(flags, line + 8, 200);
        }
    }
    assert_int_equal(fclose(maps), 0);
}

static void core_dumps_do_not_hold_it(void **state)
{
    const unsigned char *kept =
        sc_safe_keep(sc_safe_make(pool), (const unsigned char *)"secret", 6);
    char flags[200];

    (void)state;
    assert_non_null(kept);
    flags_of(kept, flags);
    assert_non_null(strstr(flags, " dd"));
}

static int begin(void **state)
{
    (void)state;
    apr_initialize();
    return apr_pool_create(&pool, NULL);
}

static int finish(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_kept),
        cmocka_unit_test(large_secrets_find_room),
        cmocka_unit_test(core_dumps_do_not_hold_it),
    };

    return cmocka_run_group_tests_name("sc_safe", tests, begin, finish);
}
