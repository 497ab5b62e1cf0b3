/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, returning clients of several children or servers are sent
 * back to full handshakes, or, worse, keys that should be gone are still there:
 * who seizes the server today reads what was sent yesterday.
 */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "sc_ratchet.h"

#define BEGUN      1700000000
#define MAX_EPOCHS 12

static const unsigned char root[SC_RATCHET_SECRET_LEN] = "the root of a test";
static const unsigned char no_name[SC_RATCHET_NAME_LEN];

/* ---- Hashes ---- */

static int calls_left; /* of the hash, until it fails; negative: any number */

/* A hash as good as the real one: HMAC-SHA256 of the label and a counter. */
static bool derive(const unsigned char secret[SC_RATCHET_SECRET_LEN],
                   const char *label, unsigned char *out, size_t len)
{
    unsigned char block[EVP_MAX_MD_SIZE];
    unsigned char text[80] = {0};

    if (calls_left == 0) {
        return false;
    }
    calls_left -= calls_left > 0;
    assert_true(strlen(label) < sizeof(text) - 1);
    for (size_t i = 0; label[i]; i++) {
        text[i + 1] = (unsigned char)label[i];
    }
    for (size_t at = 0; at < len; at++) {
        if (at % SC_RATCHET_SECRET_LEN == 0) {
            text[0]++;
            assert_non_null(HMAC(EVP_sha256(), secret, SC_RATCHET_SECRET_LEN,
                                 text, sizeof(text), block, NULL));
        }
        out[at] = block[at % SC_RATCHET_SECRET_LEN];
    }
    return true;
}

/* One that costs next to nothing, for a great many epochs. */
static bool derive_cheaply(const unsigned char secret[SC_RATCHET_SECRET_LEN],
                           const char *label, unsigned char *out, size_t len)
{
    uint32_t mix = (unsigned char)label[strlen(label) - 1];

    for (size_t i = 0; i < 8; i++) {
        mix = (mix ^ secret[i]) * 16777619U;
    }
    for (size_t i = 0; i < len; i++) {
        mix = mix * 1664525U + 1013904223U;
        out[i] = (unsigned char)(mix >> 24);
    }
    return true;
}

/* ---- What is expected, computed another way ---- */

typedef struct expected {
    unsigned char secret[MAX_EPOCHS][SC_RATCHET_SECRET_LEN];
    sc_ratchet_key_t key[MAX_EPOCHS];
} expected_t;

static void expect(expected_t *expected, const char *root_label)
{
    memset(expected, 0, sizeof(*expected));
    derive(root, root_label, expected->secret[0], SC_RATCHET_SECRET_LEN);
    for (int n = 0; n < MAX_EPOCHS; n++) {
        if (n > 0) {
            derive(expected->secret[n - 1], "securechan next secret",
                   expected->secret[n], SC_RATCHET_SECRET_LEN);
        }
        derive(expected->secret[n], "securechan keys",
               (unsigned char *)&expected->key[n], sizeof(sc_ratchet_key_t));
    }
}

/* Fails unless the state opens exactly what it should in epoch n. */
static void assert_epoch(const sc_ratchet_t *ratchet,
                         const expected_t *expected, int n)
{
    const sc_ratchet_key_t *key;

    assert_int_equal(ratchet->epoch, n);
    assert_memory_equal(sc_ratchet_current(ratchet), &expected->key[n],
                        sizeof(*key));
    for (int i = 0; i < MAX_EPOCHS; i++) {
        const sc_ratchet_age_t age =
            sc_ratchet_find(ratchet, expected->key[i].name, &key);
        const sc_ratchet_age_t due = i == n - 1   ? SC_RATCHET_PREVIOUS
                                     : i == n     ? SC_RATCHET_CURRENT
                                     : i == n + 1 ? SC_RATCHET_NEXT
                                                  : SC_RATCHET_NONE;

        assert_int_equal(age, due);
        assert_int_equal(age == SC_RATCHET_NONE, key == NULL);
        if (key) {
            assert_memory_equal(key, &expected->key[i], sizeof(*key));
        }
    }
    assert_int_equal(sc_ratchet_find(ratchet, no_name, &key), SC_RATCHET_NONE);
    assert_null(key);
}

static sc_ratchet_t begin_at(apr_int64_t rotate, apr_int64_t now)
{
    sc_ratchet_t ratchet;

    assert_int_equal(
        sc_ratchet_begin(&ratchet, root, BEGUN, rotate, now, derive),
        SC_RATCHET_STEPPED);
    return ratchet;
}

/* Steps as a server does; returns the result. */
static sc_ratchet_result_t step(sc_ratchet_t *ratchet, apr_int64_t now)
{
    sc_ratchet_t next;
    const sc_ratchet_result_t result =
        sc_ratchet_step(ratchet, &next, now, derive);

    if (result == SC_RATCHET_STEPPED) {
        *ratchet = next;
    }
    return result;
}

static void assert_same(const sc_ratchet_t *a, const sc_ratchet_t *b)
{
    assert_memory_equal(a, b, sizeof(*a));
}

static const struct {
    apr_int64_t rotate;
    const char *label;
} lengths[] = {
    {1, "securechan root, epochs of 1 s"},
    {2, "securechan root, epochs of 2 s"},
    {61, "securechan root, epochs of 61 s"},
    {43200, "securechan root, epochs of 43200 s"},
    {SC_RATCHET_ROTATE_MAX, "securechan root, epochs of 604800 s"},
};

#define NUM_LENGTHS (sizeof(lengths) / sizeof(lengths[0]))

/* ---- The tests ---- */

static void every_second_around_every_boundary(void **state)
{
    expected_t expected;

    (void)state;
    for (size_t i = 0; i < NUM_LENGTHS; i++) {
        const apr_int64_t rotate = lengths[i].rotate;

        expect(&expected, lengths[i].label);
        for (int n = 0; n < MAX_EPOCHS - 2; n++) {
            const apr_int64_t first = BEGUN + n * rotate;
            sc_ratchet_t ratchet = begin_at(rotate, first);

            assert_epoch(&ratchet, &expected, n);
            assert_int_equal(sc_ratchet_due(&ratchet), first + rotate);
            ratchet = begin_at(rotate, first + rotate - 1);
            assert_epoch(&ratchet, &expected, n);
            assert_int_equal(step(&ratchet, first + rotate - 1),
                             SC_RATCHET_SAME);
            assert_epoch(&ratchet, &expected, n);
            assert_int_equal(step(&ratchet, first + rotate),
                             SC_RATCHET_STEPPED);
            assert_epoch(&ratchet, &expected, n + 1);
            assert_int_equal(step(&ratchet, first + rotate), SC_RATCHET_SAME);
        }
    }
}

/* Before it begins, an epoch is the first: a clock that is a little behind. */
static void before_the_beginning(void **state)
{
    static const apr_int64_t times[] = {BEGUN, BEGUN - 1, BEGUN - 100000, 0,
                                        -5};
    expected_t expected;

    (void)state;
    expect(&expected, "securechan root, epochs of 61 s");
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        sc_ratchet_t ratchet = begin_at(61, times[i]);

        assert_epoch(&ratchet, &expected, 0);
        assert_int_equal(step(&ratchet, times[i]), SC_RATCHET_SAME);
        assert_int_equal(step(&ratchet, BEGUN + 60), SC_RATCHET_SAME);
        assert_int_equal(step(&ratchet, BEGUN + 61), SC_RATCHET_STEPPED);
        assert_epoch(&ratchet, &expected, 1);
    }
}

/* Children that look at the clock now and then, and one that is born late. */
static void all_children_are_in_step(void **state)
{
    sc_ratchet_t often = begin_at(10, BEGUN);
    sc_ratchet_t seldom = often;

    (void)state;
    for (apr_int64_t now = BEGUN; now < BEGUN + 200; now++) {
        const sc_ratchet_t born = begin_at(10, now);

        (void)step(&often, now);
        assert_same(&often, &born);
        if (now % 37 == 0) {
            (void)step(&seldom, now);
            assert_same(&seldom, &often);
        }
    }
}

static void a_clock_that_jumps_ahead(void **state)
{
    static const int jumps[] = {1, 2, 3, 4, 5, 100, 5000};

    (void)state;
    for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
        const apr_int64_t now = BEGUN + 25 + 10 * jumps[i];
        const sc_ratchet_t born = begin_at(10, now);
        sc_ratchet_t ratchet = begin_at(10, BEGUN + 25);

        assert_int_equal(step(&ratchet, now), SC_RATCHET_STEPPED);
        assert_same(&ratchet, &born);
    }
}

/* What is gone does not come back; the epoch that was reached goes on. */
static void a_clock_that_jumps_back(void **state)
{
    static const apr_int64_t times[] = {49, 39, 10, 0, -1, -BEGUN};
    const sc_ratchet_t before = begin_at(10, BEGUN + 50);
    const sc_ratchet_t after = begin_at(10, BEGUN + 60);
    sc_ratchet_t ratchet = before;

    (void)state;
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        assert_int_equal(step(&ratchet, BEGUN + times[i]), SC_RATCHET_SAME);
        assert_same(&ratchet, &before);
    }
    assert_int_equal(step(&ratchet, BEGUN + 59), SC_RATCHET_SAME);
    assert_int_equal(step(&ratchet, BEGUN + 60), SC_RATCHET_STEPPED);
    assert_same(&ratchet, &after);
}

static void as_far_as_it_goes(void **state)
{
    const apr_int64_t limit = BEGUN + SC_RATCHET_STEPS_MAX;
    sc_ratchet_t ratchet;
    sc_ratchet_t before;
    sc_ratchet_t next;

    (void)state;
    assert_int_equal(
        sc_ratchet_begin(&ratchet, root, BEGUN, 1, limit + 1, derive_cheaply),
        SC_RATCHET_TOO_FAR);
    assert_null(sc_ratchet_current(&ratchet));
    assert_int_equal(
        sc_ratchet_begin(&ratchet, root, BEGUN, 1, limit, derive_cheaply),
        SC_RATCHET_STEPPED);
    assert_int_equal(ratchet.epoch, SC_RATCHET_STEPS_MAX);
    before = ratchet;
    assert_int_equal(sc_ratchet_step(&ratchet, &next,
                                     limit + SC_RATCHET_STEPS_MAX + 1,
                                     derive_cheaply),
                     SC_RATCHET_TOO_FAR);
    assert_same(&ratchet, &before);
    assert_int_equal(sc_ratchet_step(&ratchet, &next,
                                     limit + SC_RATCHET_STEPS_MAX,
                                     derive_cheaply),
                     SC_RATCHET_STEPPED);
    assert_int_equal(next.epoch, 2 * SC_RATCHET_STEPS_MAX);
}

/* Tells whether a state holds those bytes anywhere. */
static bool holds(const void *memory, size_t size, const void *bytes,
                  size_t len)
{
    for (size_t at = 0; at + len <= size; at++) {
        if (memcmp((const char *)memory + at, bytes, len) == 0) {
            return true;
        }
    }
    return false;
}

/* The state of epoch n holds neither the secrets of n + 1 and before, nor any
 * part of the keys of n - 2 and before. */
static void what_is_over_is_wiped(void **state)
{
    expected_t expected;
    sc_ratchet_t ratchet = begin_at(2, BEGUN);

    (void)state;
    expect(&expected, "securechan root, epochs of 2 s");
    for (int n = 0; n < MAX_EPOCHS - 2; n++) {
        (void)step(&ratchet, BEGUN + 2 * n);
        assert_epoch(&ratchet, &expected, n);
        assert_false(holds(&ratchet, sizeof(ratchet), root, sizeof(root)));
        for (int i = 0; i < MAX_EPOCHS; i++) {
            const sc_ratchet_key_t *key = &expected.key[i];

            assert_int_equal(holds(&ratchet, sizeof(ratchet),
                                   expected.secret[i], SC_RATCHET_SECRET_LEN),
                             i == n + 2);
            for (size_t at = 0; at + 16 <= sizeof(*key); at += 16) {
                assert_int_equal(holds(&ratchet, sizeof(ratchet),
                                       (const char *)key + at, 16),
                                 i >= n - 1 && i <= n + 1);
            }
        }
    }
}

/* Whoever has the state of epoch n, and derives from whatever is in it for as
 * long as he likes, comes upon the keys of later epochs alone. */
static void there_is_no_way_back(void **state)
{
    enum { N = 5 };
    const sc_ratchet_t ratchet = begin_at(2, BEGUN + 2 * N);
    const unsigned char *bytes = (const unsigned char *)&ratchet;
    expected_t expected;
    bool later = false;

    (void)state;
    expect(&expected, "securechan root, epochs of 2 s");
    for (size_t at = 0; at + SC_RATCHET_SECRET_LEN <= sizeof(ratchet); at++) {
        unsigned char secret[SC_RATCHET_SECRET_LEN];
        sc_ratchet_key_t key;

        memmove(secret, bytes + at, sizeof(secret));
        for (int steps = 0; steps < 8; steps++) {
            derive(secret, "securechan keys", (unsigned char *)&key,
                   sizeof(key));
            for (int i = 0; i < N + 2; i++) {
                assert_memory_not_equal(&key, &expected.key[i], sizeof(key));
                assert_memory_not_equal(secret, expected.secret[i],
                                        sizeof(secret));
            }
            later =
                later || memcmp(&key, &expected.key[N + 2], sizeof(key)) == 0;
            derive(secret, "securechan next secret", secret, sizeof(secret));
        }
    }
    assert_true(later); /* the way on was found, so the search can find */
}

static void other_roots_and_lengths_have_other_keys(void **state)
{
    static const unsigned char other[SC_RATCHET_SECRET_LEN] = "another root";
    const sc_ratchet_key_t *key;
    const sc_ratchet_t a = begin_at(10, BEGUN + 35);
    const sc_ratchet_t b = begin_at(11, BEGUN + 35);
    sc_ratchet_t c;

    (void)state;
    assert_int_equal(sc_ratchet_begin(&c, other, BEGUN, 10, BEGUN + 35, derive),
                     SC_RATCHET_STEPPED);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sc_ratchet_find(&b, a.keys[i].name, &key),
                         SC_RATCHET_NONE);
        assert_int_equal(sc_ratchet_find(&c, a.keys[i].name, &key),
                         SC_RATCHET_NONE);
    }
}

/* No part of a key is like another, in this epoch or the next. */
static void all_parts_of_keys_differ(void **state)
{
    const sc_ratchet_t ratchet = begin_at(10, BEGUN + 35);
    const unsigned char *bytes = (const unsigned char *)ratchet.keys;

    (void)state;
    for (size_t a = 0; a + 16 <= sizeof(ratchet.keys); a += 16) {
        for (size_t b = 0; b < a; b += 16) {
            assert_memory_not_equal(bytes + a, bytes + b, 16);
        }
    }
}

static void assert_is_wiped(const sc_ratchet_t *ratchet)
{
    static const sc_ratchet_t nothing;
    const sc_ratchet_key_t *key;
    sc_ratchet_t next;

    assert_memory_equal(ratchet, &nothing, sizeof(nothing));
    assert_null(sc_ratchet_current(ratchet));
    assert_int_equal(sc_ratchet_find(ratchet, no_name, &key), SC_RATCHET_NONE);
    assert_null(key);
    assert_int_equal(sc_ratchet_step(ratchet, &next, BEGUN, derive),
                     SC_RATCHET_SAME);
}

static void wiped_means_empty(void **state)
{
    sc_ratchet_t ratchet = begin_at(10, BEGUN + 35);

    (void)state;
    sc_ratchet_wipe(&ratchet);
    assert_is_wiped(&ratchet);
}

/* A state that is half made could have keys that anybody knows. */
static void no_memory_leaves_no_half_state(void **state)
{
    const sc_ratchet_t before = begin_at(10, BEGUN);
    sc_ratchet_t ratchet = before;
    sc_ratchet_t next;
    int calls;

    (void)state;
    for (calls = 0;; calls++) {
        calls_left = calls;
        if (sc_ratchet_begin(&next, root, BEGUN, 10, BEGUN + 75, derive) ==
            SC_RATCHET_STEPPED) {
            break;
        }
        assert_is_wiped(&next);
    }
    assert_in_range(calls, 8, 30);
    for (calls = 0;; calls++) {
        calls_left = calls;
        if (sc_ratchet_step(&ratchet, &next, BEGUN + 75, derive) ==
            SC_RATCHET_STEPPED) {
            break;
        }
        assert_is_wiped(&next);
        assert_same(&ratchet, &before);
    }
    assert_in_range(calls, 7, 30);
    calls_left = -1;
    ratchet = begin_at(10, BEGUN + 75);
    assert_same(&ratchet, &next);
}

static int all_calls(void **state)
{
    (void)state;
    calls_left = -1;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_second_around_every_boundary),
        cmocka_unit_test(before_the_beginning),
        cmocka_unit_test(all_children_are_in_step),
        cmocka_unit_test(a_clock_that_jumps_ahead),
        cmocka_unit_test(a_clock_that_jumps_back),
        cmocka_unit_test(as_far_as_it_goes),
        cmocka_unit_test(what_is_over_is_wiped),
        cmocka_unit_test(there_is_no_way_back),
        cmocka_unit_test(other_roots_and_lengths_have_other_keys),
        cmocka_unit_test(all_parts_of_keys_differ),
        cmocka_unit_test(wiped_means_empty),
        cmocka_unit_test(no_memory_leaves_no_half_state),
    };

    return cmocka_run_group_tests_name("sc_ratchet", tests, all_calls, NULL);
}
