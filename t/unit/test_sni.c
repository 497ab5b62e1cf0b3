/* SPDX-License-Identifier: Apache-2.0 */
/* When this fails, a name is answered by another host than httpd would pick. */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "sc_name.h"
#include "sc_sni.h"

#define MAX_ADDED 12

/* The address of each stands for a virtual host. */
static const char hosts[10000];

static apr_pool_t *pool;

static uint32_t seed = 7;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % sides;
}

/* What is configured, in order, and what one name then finds; -1: none. */
typedef struct row {
    struct {
        const char *name;
        int host;
    } added[5];
    const char *name;
    int expected;
} row_t;

static const row_t rows[] = {
    {{{NULL, 0}}, "example.org", -1},
    {{{"example.org", 0}}, "example.org", 0},
    {{{"Example.ORG", 0}}, "example.org", 0},
    {{{"example.org.", 0}}, "example.org", 0},
    {{{"example.org", 0}}, "www.example.org", -1},
    {{{"www.example.org", 0}}, "example.org", -1},
    {{{"example.org", 0}}, "org", -1},
    {{{"example.org", 0}}, "", -1},
    {{{"a", 0}}, "a", 0},
    /* the one configured first, whatever the kind of its name */
    {{{"*.example.org", 0}, {"www.example.org", 1}}, "www.example.org", 0},
    {{{"www.example.org", 0}, {"*.example.org", 1}}, "www.example.org", 0},
    {{{"www.example.org", 0}, {"*.example.org", 1}}, "ftp.example.org", 1},
    {{{"w*.example.org", 0}, {"www.example.org", 1}}, "www.example.org", 0},
    {{{"www.example.org", 0}, {"w*.example.org", 1}}, "www.example.org", 0},
    {{{"w*.example.org", 0}, {"*.example.org", 1}}, "www.example.org", 0},
    {{{"*.example.org", 0}, {"w*.example.org", 1}}, "www.example.org", 0},
    {{{"*.org", 0}, {"*.example.org", 1}}, "www.example.org", 0},
    {{{"*.example.org", 0}, {"*.org", 1}}, "www.example.org", 0},
    {{{"*.example.org", 0}, {"*.org", 1}}, "www.other.org", 1},
    {{{"w*", 0}, {"*w.org", 1}}, "www.org", 0},
    {{{"x*", 0}, {"*w.org", 1}}, "www.org", 1},
    /* an alias given late belongs to a host that stands early */
    {{{"a.org", 0}, {"*.b.org", 0}, {"x.b.org", 1}}, "x.b.org", 0},
    {{{"a.org", 0}, {"b.org", 1}, {"*.org", 2}}, "b.org", 1},
    {{{"a.org", 0}, {"?.org", 1}, {"c.org", 1}, {"*.org", 2}}, "c.org", 1},
    /* '*' matches dots, and does not match the bare suffix */
    {{{"*.example.org", 0}}, "a.b.c.example.org", 0},
    {{{"*.example.org", 0}}, "example.org", -1},
    {{{"*.example.org", 0}}, "notexample.org", -1},
    {{{"*.example.org", 0}}, "www.example.org.uk", -1},
    {{{"*.EXAMPLE.org.", 0}}, "www.example.org", 0},
    {{{"*example.org", 0}}, "notexample.org", 0},
    {{{"*", 0}}, "anything.at.all", 0},
    {{{"*.*", 0}}, "a.b", 0},
    {{{"*.*", 0}}, "a", -1},
    {{{"a?.example.org", 0}}, "ab.example.org", 0},
    {{{"A?.example.org", 0}}, "ab.example.org", 0},
    {{{"a?.example.org", 0}}, "abc.example.org", -1},
    {{{"?AZaz09-_.x*", 0}}, "qazaz09-_.xy", 0},
    {{{"*.b?.org", 0}}, "x.bc.org", 0},
    {{{"?.example.org", 0}}, "x.example.org", 0},
    {{{"*.", 0}}, "a", -1},
    /* what no client can send is ignored and takes no one's place */
    {{{"", 0}, {"a b", 0}, {"*.a b", 0}, {"ok.org", 0}}, "ok.org", 0},
    {{{"127.0.0.1", 0}}, "127.0.0.1", -1},
    {{{"::1", 0}, {"[::1]", 0}}, "1", -1},
    {{{"a..b", 0}, {".a", 0}}, "a", -1},
    {{{"b\xc3\xbc"
       "cher.org",
       0},
      {"*b\xc3\xbc", 0}},
     "bcher.org",
     -1},
};

static void tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        sc_sni_t *sni = sc_sni_make(pool);
        const void *expected =
            rows[i].expected < 0 ? NULL : &hosts[rows[i].expected];

        for (int j = 0; j < 5 && rows[i].added[j].name != NULL; j++) {
            assert_null(sc_sni_add(sni, rows[i].added[j].name,
                                   &hosts[rows[i].added[j].host]));
        }
        if (sc_sni_find(sni, rows[i].name) != expected) {
            fail_msg("row %lu: %s", (unsigned long)i, rows[i].name);
        }
    }
}

static void duplicates_are_told(void **state)
{
    static const struct {
        const char *first;
        const char *second;
        bool same;
    } pairs[] = {
        {"a.org", "a.org", true},
        {"a.org", "A.ORG", true},
        {"a.org", "a.org.", true},
        {"*.a.org", "*.A.org", true},
        {"*.a.org", "*.a.org.", true},
        {"w*.a.org", "W*.a.org", true},
        {"*", "*", true},
        {"a.org", "b.org", false},
        {"a.org", "*.a.org", false},
        {"*.a.org", "?.a.org", false},
        {"a.org", "*.org", false},
        {"w*.org", "*w.org", false},
        {"1.2.3.4", "1.2.3.4", false},
        {"a b", "a b", false},
        {"*a b", "*a b", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        sc_sni_t *sni = sc_sni_make(pool);
        const void *kept = pairs[i].same ? &hosts[1] : NULL;

        assert_null(sc_sni_add(sni, "first.example", &hosts[0]));
        assert_null(sc_sni_add(sni, pairs[i].first, &hosts[1]));
        /* A host may repeat itself (ServerName and ServerAlias alike). */
        assert_null(sc_sni_add(sni, pairs[i].first, &hosts[1]));
        assert_ptr_equal(sc_sni_add(sni, pairs[i].second, &hosts[2]), kept);
        assert_ptr_equal(sc_sni_add(sni, pairs[i].second, &hosts[3]),
                         kept != NULL || pairs[i].second[0] == '1' ||
                                 strchr(pairs[i].second, ' ') != NULL
                             ? kept
                             : &hosts[2]);
    }
}

static void longest_names(void **state)
{
    sc_sni_t *sni = sc_sni_make(pool);
    char name[SC_NAME_MAX + 1];
    char pattern[SC_NAME_MAX + 1];

    (void)state;
    for (size_t i = 0; i < SC_NAME_MAX; i++) {
        name[i] = i % 2 == 1 ? '.' : 'a';
    }
    name[SC_NAME_MAX] = '\0';
    assert_null(sc_sni_find(sni, name));
    memcpy(pattern, name, sizeof(name));
    pattern[0] = '*';
    assert_null(sc_sni_add(sni, pattern, &hosts[0]));
    assert_null(sc_sni_add(sni, name, &hosts[1]));
    assert_ptr_equal(sc_sni_find(sni, name), &hosts[0]);
    assert_null(sc_sni_find(sni, name + 2));
}

/* The names are copied: a configuration pool may reuse the caller's bytes. */
static void names_are_copied(void **state)
{
    static const char *const texts[] = {"a.org", "*.b.org", "c*.org"};
    sc_sni_t *sni = sc_sni_make(pool);
    char buffer[20];

    (void)state;
    for (int i = 0; i < 3; i++) {
        memcpy(buffer, texts[i], strlen(texts[i]) + 1);
        assert_null(sc_sni_add(sni, buffer, &hosts[i]));
    }
    memset(buffer, 'x', sizeof(buffer));
    assert_ptr_equal(sc_sni_find(sni, "a.org"), &hosts[0]);
    assert_ptr_equal(sc_sni_find(sni, "x.b.org"), &hosts[1]);
    assert_ptr_equal(sc_sni_find(sni, "cx.org"), &hosts[2]);
}

static void ten_thousand_hosts(void **state)
{
    sc_sni_t *sni = sc_sni_make(pool);

    (void)state;
    for (int i = 0; i < 10000; i++) {
        assert_null(sc_sni_add(
            sni, apr_psprintf(pool, i % 3 != 0 ? "h%d.org" : "*.h%d.org", i),
            &hosts[i]));
    }
    assert_null(sc_sni_find(sni, "h10000.org"));
    for (int i = 0; i < 10000; i++) {
        assert_ptr_equal(
            sc_sni_find(
                sni,
                apr_psprintf(pool, i % 3 != 0 ? "h%d.org" : "x.y.h%d.org", i)),
            &hosts[i]);
    }
}

static const char *random_text(const char *letters, uint32_t num_letters)
{
    char text[8];
    uint32_t len = 1 + dice(6);

    for (uint32_t i = 0; i < len; i++) {
        text[i] = letters[dice(num_letters)];
    }
    text[len] = '\0';
    return apr_pstrdup(pool, text);
}

/* httpd's way: walk all hosts in order and stop at the first that matches. */
static const void *find_by_walk(const char *const *names,
                                const void *const *owners, int num,
                                const char *name)
{
    for (int i = 0; i < num; i++) {
        char canonical[SC_NAME_MAX + 1];

        if (sc_name_is_pattern(names[i])
                ? sc_name_matches(name, names[i])
                : (sc_name_canonical(canonical, names[i], strlen(names[i])) &&
                   strcmp(canonical, name) == 0)) {
            return owners[i];
        }
    }
    return NULL;
}

static void agrees_with_a_walk_over_all_hosts(void **state)
{
    int found = 0;

    (void)state;
    for (int round = 0; round < 5000; round++) {
        const char *names[MAX_ADDED];
        const void *owners[MAX_ADDED];
        int num = (int)dice(MAX_ADDED + 1);
        int host = 0;
        sc_sni_t *sni = sc_sni_make(pool);

        for (int i = 0; i < num; i++) {
            const char *text = random_text("ab..*?", 6);

            /* A trailing dot is dropped here, and never matches there. */
            if (strlen(text) > 1 && text[strlen(text) - 1] == '.') {
                text = "a.b";
            }
            names[i] =
                dice(3) == 0 ? apr_pstrcat(pool, "*.", text, NULL) : text;
            host += (int)dice(2);
            owners[i] = &hosts[host];
            (void)sc_sni_add(sni, names[i], owners[i]);
        }
        for (int i = 0; i < 20; i++) {
            const char *name = random_text("ab.", 3);
            char canonical[SC_NAME_MAX + 1];

            if (sc_name_canonical(canonical, name, strlen(name))) {
                const void *expected =
                    find_by_walk(names, owners, num, canonical);

                assert_ptr_equal(sc_sni_find(sni, canonical), expected);
                found += expected != NULL;
            }
        }
        apr_pool_clear(pool);
    }
    assert_true(found > 5000);
}

static int group_setup(void **state)
{
    (void)state;
    return apr_initialize() != APR_SUCCESS ||
           apr_pool_create(&pool, NULL) != APR_SUCCESS;
}

static int group_teardown(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
        cmocka_unit_test(duplicates_are_told),
        cmocka_unit_test(longest_names),
        cmocka_unit_test(names_are_copied),
        cmocka_unit_test(ten_thousand_hosts),
        cmocka_unit_test(agrees_with_a_walk_over_all_hosts),
    };

    return cmocka_run_group_tests_name("sc_sni", tests, group_setup,
                                       group_teardown);
}
