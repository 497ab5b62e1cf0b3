/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, what one pass has checked is forgotten, and a big server
 * starts slowly, or what nobody has checked counts as good.
 */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "sc_proven.h"
#include "sc_statement.h"

static apr_pool_t *pool;

static sc_proof_t proof_of(int number)
{
    sc_proof_t proof;

    /* Not in order of the numbers, as digests are not either. */
    memset(&proof, number * 37 % 251, sizeof(proof));
    return proof;
}

static void what_was_added_is_found(void **state)
{
    static const char longest[SC_PROOF_NOTE_LEN] = "0123456789abcdef0123456";
    sc_proven_t *proven = sc_proven_make(pool);
    const sc_proven_t *opened;
    sc_proof_t proof;
    apr_size_t len;
    void *bytes;

    (void)state;
    for (int i = 0; i < 100; i++) {
        proof = proof_of(i);
        sc_proven_add(proven, &proof, &i, sizeof(i));
    }
    proof = proof_of(100);
    sc_proven_add(proven, &proof, NULL, 0);
    proof = proof_of(101);
    sc_proven_add(proven, &proof, longest, sizeof(longest));
    bytes = sc_proven_bytes(proven, &len);
    assert_non_null(bytes);
    opened = sc_proven_open(bytes, len, pool);
    for (int i = 0; i < 100; i++) {
        proof = proof_of(i);
        assert_memory_equal(sc_proven_find(opened, &proof), &i, sizeof(i));
    }
    proof = proof_of(100);
    assert_non_null(sc_proven_find(opened, &proof));
    proof = proof_of(101);
    assert_memory_equal(sc_proven_find(opened, &proof), longest,
                        sizeof(longest));
    for (int i = 102; i < 200; i++) {
        proof = proof_of(i);
        assert_null(sc_proven_find(opened, &proof));
    }
    free(bytes);
}

static void nothing_is_found_in_nothing(void **state)
{
    const sc_proof_t proof = proof_of(1);
    apr_size_t len = 1;

    (void)state;
    assert_null(sc_proven_bytes(sc_proven_make(pool), &len));
    assert_int_equal(len, 0);
    assert_null(sc_proven_find(sc_proven_open(NULL, 0, pool), &proof));
    assert_null(sc_proven_find(NULL, &proof));
}

static sc_proof_t state_texts(const char *says, const char *a, const char *b)
{
    sc_statement_t statement;
    sc_proof_t proof;

    sc_statement_begin(&statement, says);
    sc_statement_text(&statement, a);
    sc_statement_text(&statement, b);
    assert_true(sc_statement_end(&statement, &proof));
    assert_true(sc_proof_is_set(&proof));
    return proof;
}

static void each_part_of_a_statement_counts(void **state)
{
    const sc_proof_t one = state_texts("x", "ab", "c");
    const sc_proof_t same = state_texts("x", "ab", "c");
    const sc_proof_t others[] = {
        state_texts("y", "ab", "c"), state_texts("x", "a", "bc"),
        state_texts("x", "abc", ""), state_texts("xab", "c", ""),
        state_texts("x", "c", "ab"),
    };
    const sc_proof_t none = {{0}};

    (void)state;
    assert_memory_equal(&one, &same, sizeof(one));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_memory_not_equal(&one, &others[i], sizeof(one));
    }
    assert_false(sc_proof_is_set(&none));
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
        cmocka_unit_test(what_was_added_is_found),
        cmocka_unit_test(nothing_is_found_in_nothing),
        cmocka_unit_test(each_part_of_a_statement_counts),
    };

    return cmocka_run_group_tests_name("sc_proven", tests, begin, finish);
}
