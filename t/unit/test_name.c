/* SPDX-License-Identifier: Apache-2.0 */
/* When this fails, clients get the certificate of another host, or none. */
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

#include "sc_name.h"

/* A generator of our own: the same bytes on every machine, in every run. */
static uint32_t seed = 1;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % sides;
}

static void assert_canonical(const char *name, apr_size_t len,
                             const char *expected)
{
    /* From the heap and of the exact size, so that ASan sees one byte more. */
    char *input = malloc(len > 0 ? len : 1);
    char out[SC_NAME_MAX + 1];
    bool ok;

    assert_non_null(input);
    memcpy(input, name, len);
    memset(out, '#', sizeof(out));
    ok = sc_name_canonical(out, input, len);
    free(input);
    if (ok != (expected != NULL)) {
        print_error("name \"%.*s\" of %lu bytes\n", (int)len, name,
                    (unsigned long)len);
    }
    assert_int_equal(ok, expected != NULL);
    assert_string_equal(out, expected != NULL ? expected : "");
}

static void canonical_forms(void **state)
{
    static const struct {
        const char *name;
        const char *expected;
    } rows[] = {
        {"a", "a"},
        {"A", "a"},
        {"Z9", "z9"},
        {"Www.Example.ORG", "www.example.org"},
        {"example.org.", "example.org"},
        {"a.", "a"},
        {"_acme-challenge.x", "_acme-challenge.x"},
        {"-", "-"},
        {"xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"127.0.0.1", "127.0.0.1"},
        {"", NULL},
        {".", NULL},
        {"..", NULL},
        {"a..", NULL},
        {"a..b", NULL},
        {".a", NULL},
        {" a", NULL},
        {"a b", NULL},
        {"a\n", NULL},
        {"a:443", NULL},
        {"[::1]", NULL},
        {"*.example.org", NULL},
        {"a?", NULL},
        {"b\xc3\xbc"
         "cher.example",
         NULL},
        {"a/b", NULL},
        {"a%00b", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_canonical(rows[i].name, strlen(rows[i].name), rows[i].expected);
    }
}

static void nul_is_a_byte_like_any_other(void **state)
{
    (void)state;
    assert_canonical("good.org\0.evil.org", 18, NULL);
    assert_canonical("good.org\0", 9, NULL);
    assert_canonical("\0", 1, NULL);
    assert_canonical("\0good.org", 9, NULL);
}

static void only_these_bytes_are_allowed(void **state)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789-_";

    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        const char name[3] = {'x', (char)byte, 'y'};
        char expected[4] = {'x', (char)byte, 'y', '\0'};
        bool ok = byte == '.' || (byte != 0 && strchr(allowed, byte) != NULL);

        if (byte >= 'A' && byte <= 'Z') {
            expected[1] = (char)(byte + 32);
        }
        assert_canonical(name, 3, ok ? expected : NULL);
    }
}

static void lengths_of_label_and_name(void **state)
{
    char name[400];
    char expected[400];

    (void)state;
    for (apr_size_t len = 1; len <= 70; len++) {
        memset(name, 'a', len);
        memcpy(name + len, ".b", 3);
        assert_canonical(name, len,
                         len <= 63 ? (name[len] = '\0', name) : NULL);
        name[len] = '.';
        assert_canonical(name, len + 2, len <= 63 ? name : NULL);
    }
    for (apr_size_t len = 240; len <= 300; len++) {
        for (apr_size_t i = 0; i < len; i++) {
            name[i] = i % 10 == 9 ? '.' : 'a';
        }
        name[len - 1] = 'a';
        name[len] = '\0';
        memcpy(expected, name, len + 1);
        assert_canonical(name, len, len <= SC_NAME_MAX ? expected : NULL);
        name[len] = '.';
        assert_canonical(name, len + 1, len <= SC_NAME_MAX ? expected : NULL);
    }
}

static void canonical_is_stable(void **state)
{
    static const char bytes[] = "aZ09-_..\x80 ";
    int good = 0;

    (void)state;
    for (int round = 0; round < 50000; round++) {
        char name[12] = {0};
        char once[SC_NAME_MAX + 1];
        apr_size_t len = dice(sizeof(name) + 1);

        for (apr_size_t i = 0; i < len; i++) {
            name[i] = bytes[dice(sizeof(bytes))];
        }
        if (sc_name_canonical(once, name, len)) {
            char twice[SC_NAME_MAX + 1];

            good++;
            assert_true(sc_name_canonical(twice, once, strlen(once)));
            assert_string_equal(once, twice);
            assert_true(strlen(once) == len || strlen(once) == len - 1);
        }
        else {
            assert_string_equal(once, "");
        }
    }
    assert_true(good > 1000);
}

static void addresses(void **state)
{
    static const struct {
        const char *text;
        bool expected;
    } rows[] = {
        {"127.0.0.1", true},
        {"255.255.255.255", true},
        {"::", true},
        {"::1", true},
        {"[::1]", true},
        {"2001:DB8::1", true},
        {"[2001:db8:1111:2222:3333:4444:5555:6666]", true},
        {"::ffff:192.0.2.1", true},
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", true},
        {"fe80::1%eth0", true},
        {"[fe80::1%25eth0-with-a-very-long-name-indeed-0123456789]", true},
        {"", false},
        {"[", false},
        {"]", false},
        {"[]", false},
        {"[%eth0]", false},
        {"%", false},
        {"fe80::1%", false},
        {"[::1", false},
        {"::1]", false},
        {"[[::1]]", false},
        {"[127.0.0.1]", false},
        {"127.0.0.256", false},
        {"127.0.0", false},
        {"127.0.0.1.", false},
        {"1.2.3.4.5", false},
        {"12:34", false},
        {"a", false},
        {"www.example.org", false},
        {"1.example.org", false},
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555", false},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (sc_name_is_address(rows[i].text) != rows[i].expected) {
            fail_msg("%s", rows[i].text);
        }
    }
}

static void patterns(void **state)
{
    (void)state;
    assert_true(sc_name_is_pattern("*"));
    assert_true(sc_name_is_pattern("?"));
    assert_true(sc_name_is_pattern("www.*.org"));
    assert_true(sc_name_is_pattern("example.or?"));
    assert_false(sc_name_is_pattern(""));
    assert_false(sc_name_is_pattern("example.org"));
    assert_false(sc_name_is_pattern("[::1]"));
}

static void matching(void **state)
{
    static const struct {
        const char *name;
        const char *pattern;
        bool expected;
    } rows[] = {
        {"", "", true},
        {"", "*", true},
        {"", "**", true},
        {"", "?", false},
        {"", "*?", false},
        {"a", "", false},
        {"a", "a", true},
        {"a", "A", true},
        {"a", "b", false},
        {"a", "?", true},
        {"a", "??", false},
        {"a", "?*", true},
        {"a", "*?", true},
        {"a", "a*", true},
        {"a", "*a", true},
        {"a", "*a*", true},
        {"ab", "?", false},
        {"ab", "*?*?*", true},
        {"ab", "*?*?*?*", false},
        {"www.example.org", "*.example.org", true},
        {"a.b.example.org", "*.example.org", true},
        {"a.b.example.org", "*.EXAMPLE.org", true},
        {"example.org", "*.example.org", false},
        {"example.org", "*example.org", true},
        {"notexample.org", "*example.org", true},
        {"notexample.org", "*.example.org", false},
        {"www.example.org", "www.*", true},
        {"www.example.org", "www.?", false},
        {"www.example.org", "w?w.*.o?g", true},
        {"www.example.org", "www.example.org.", false},
        {"abcabcabd", "*abcabd", true},
        {"abcabcabc", "*abcabd", false},
        {"aab", "*ab", true},
        {"aaab", "*a?b", true},
        {"mississippi", "m*issip*", true},
        {"a-b", "a?b", true},
        {"a.b", "a?b", true},
        /* Letters only: '@' is not '`', nor '[' '{'. */
        {"_", "\x7f", false},
        {"-", "\x0d", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (sc_name_matches(rows[i].name, rows[i].pattern) !=
            rows[i].expected) {
            fail_msg("%s against %s", rows[i].name, rows[i].pattern);
        }
    }
}

/*
 * The definition of a match as a table: can[i][j] says whether the first i
 * bytes of the name match the first j of the pattern.
 */
static bool matches_by_table(const char *name, const char *pattern)
{
    bool can[16][16] = {{true}};

    for (size_t i = 0; i <= strlen(name); i++) {
        for (size_t j = 1; j <= strlen(pattern); j++) {
            if (pattern[j - 1] == '*') {
                can[i][j] = can[i][j - 1] || (i > 0 && can[i - 1][j]);
            }
            else {
                can[i][j] =
                    i > 0 && can[i - 1][j - 1] &&
                    (pattern[j - 1] == '?' || pattern[j - 1] == name[i - 1]);
            }
        }
    }
    return can[strlen(name)][strlen(pattern)];
}

static void matching_agrees_with_its_definition(void **state)
{
    int matches = 0;

    (void)state;
    for (int round = 0; round < 200000; round++) {
        char name[10] = "";
        char pattern[10] = "";
        size_t name_len = dice(sizeof(name));
        size_t pattern_len = dice(sizeof(pattern));

        for (size_t i = 0; i < name_len; i++) {
            name[i] = "ab."[dice(3)];
        }
        for (size_t i = 0; i < pattern_len; i++) {
            pattern[i] = "ab.*?*"[dice(6)];
        }
        name[name_len] = '\0';
        pattern[pattern_len] = '\0';
        if (sc_name_matches(name, pattern) != matches_by_table(name, pattern)) {
            fail_msg("%s against %s", name, pattern);
        }
        matches += sc_name_matches(name, pattern);
    }
    assert_true(matches > 10000);
}

/* With a matcher that tries every '*' again this takes longer than the age of
 * the world. */
static void hostile_patterns_end(void **state)
{
    char name[SC_NAME_MAX + 1];
    char pattern[SC_NAME_MAX + 2];

    (void)state;
    memset(name, 'a', SC_NAME_MAX);
    name[SC_NAME_MAX] = '\0';
    for (size_t i = 0; i < SC_NAME_MAX; i++) {
        pattern[i] = i % 2 == 0 ? '*' : 'a';
    }
    memcpy(pattern + SC_NAME_MAX, "b", 2);
    assert_false(sc_name_matches(name, pattern));
    pattern[SC_NAME_MAX] = '\0';
    assert_true(sc_name_matches(name, pattern));
}

static int group_setup(void **state)
{
    (void)state;
    return apr_initialize() != APR_SUCCESS;
}

static int group_teardown(void **state)
{
    (void)state;
    apr_terminate();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_forms),
        cmocka_unit_test(nul_is_a_byte_like_any_other),
        cmocka_unit_test(only_these_bytes_are_allowed),
        cmocka_unit_test(lengths_of_label_and_name),
        cmocka_unit_test(canonical_is_stable),
        cmocka_unit_test(addresses),
        cmocka_unit_test(patterns),
        cmocka_unit_test(matching),
        cmocka_unit_test(matching_agrees_with_its_definition),
        cmocka_unit_test(hostile_patterns_end),
    };

    return cmocka_run_group_tests_name("sc_name", tests, group_setup,
                                       group_teardown);
}
