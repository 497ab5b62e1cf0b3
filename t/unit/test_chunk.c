/* SPDX-License-Identifier: Apache-2.0 */
/*
 * If this fails, two downloads share a buffer, or idle connections hold memory
 * that they used once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sc_chunk.h"

#define MANY 200

static void no_two_are_the_same(void **state)
{
    char *chunks[MANY];

    (void)state;
    for (int i = 0; i < MANY; i++) {
        chunks[i] = sc_chunk_take();
        memset(chunks[i], i, SC_CHUNK_SIZE);
    }
    for (int i = 0; i < MANY; i++) {
        assert_int_equal((unsigned char)chunks[i][0], i);
        assert_int_equal((unsigned char)chunks[i][SC_CHUNK_SIZE - 1], i);
        sc_chunk_give(chunks[i]);
    }
}

static void free_ones_are_used_again(void **state)
{
    char *first = sc_chunk_take();
    char *second;

    (void)state;
    sc_chunk_give(first);
    second = sc_chunk_take();
    assert_ptr_equal(first, second);
    sc_chunk_give(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_two_are_the_same),
        cmocka_unit_test(free_ones_are_used_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
