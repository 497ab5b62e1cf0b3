/* SPDX-License-Identifier: Apache-2.0 */
/* When this fails, administrators are told the wrong cause, or none. */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "sc_error.h"

static apr_pool_t *pool;

static void first_error_wins(void **state)
{
    sc_error_t err;

    (void)state;
    memset(&err, 'x', sizeof(err));
    sc_error_clear(&err);
    assert_null(err.id);
    assert_int_equal(err.blame, SC_BLAME_NONE);
    assert_string_equal(err.text, "");

    sc_error_set(&err, "SC0301", SC_BLAME_PEER, "cause %d of %s", 1, "two");
    sc_error_set(&err, "SC0302", SC_BLAME_SYSTEM, "echo");
    assert_string_equal(err.id, "SC0301");
    assert_int_equal(err.blame, SC_BLAME_PEER);
    assert_string_equal(err.text, "cause 1 of two");

    sc_error_clear(&err);
    sc_error_set(&err, "SC0302", SC_BLAME_SYSTEM, "echo");
    assert_string_equal(err.id, "SC0302");
    assert_string_equal(err.text, "echo");
}

static void no_record_no_crash(void **state)
{
    (void)state;
    sc_error_set(NULL, "SC0301", SC_BLAME_PEER, "text %d", 1);
}

static void text_is_cut_at_the_end_of_the_buffer(void **state)
{
    const size_t room = sizeof(((sc_error_t *)NULL)->text);
    char text[2000];

    (void)state;
    for (size_t len = room - 2; len < sizeof(text); len += 1 + len / 2) {
        sc_error_t err;

        memset(text, 'a', len);
        text[len] = '\0';
        sc_error_clear(&err);
        sc_error_set(&err, "SC0301", SC_BLAME_PEER, "%s", text);
        assert_int_equal(strlen(err.text), len < room ? len : room - 1);
        assert_memory_equal(err.text, text, strlen(err.text));
    }
}

static void line_ends_are_removed(void **state)
{
    static const struct {
        const char *text;
        const char *expected;
    } rows[] = {
        {"", ""},         {"\n", ""},         {"a\n", "a"},
        {"a\r\n\n", "a"}, {"a\nb\n", "a\nb"}, {"\na", "\na"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        sc_report_t *report = sc_report_make(pool);
        sc_error_t err;

        sc_error_clear(&err);
        sc_error_set(&err, "SC0301", SC_BLAME_PEER, "%s", rows[i].text);
        assert_string_equal(err.text, rows[i].expected);
        sc_report_add(report, SC_SEVERITY_ERROR, "SC0101", NULL, "%s",
                      rows[i].text);
        assert_string_equal(
            APR_ARRAY_IDX(report->problems, 0, sc_problem_t).text,
            rows[i].expected);
    }
}

static void report_keeps_order_and_counts(void **state)
{
    sc_report_t *report = sc_report_make(pool);
    char word[] = "copied";
    sc_place_t place = {"SecureChanEngine", "a.conf", 7, "host"};

    (void)state;
    assert_int_equal(sc_report_count(report, SC_SEVERITY_ERROR), 0);
    assert_int_equal(sc_report_count(report, SC_SEVERITY_WARNING), 0);

    sc_report_add(report, SC_SEVERITY_ERROR, "SC0101", &place, "%s", word);
    memset(word, 'X', sizeof(word) - 1);
    place.line = 8;
    for (int i = 1; i < 40; i++) {
        sc_report_add(report, SC_SEVERITY_WARNING, "SC0102", &place, "%d", i);
    }
    assert_int_equal(sc_report_count(report, SC_SEVERITY_ERROR), 1);
    assert_int_equal(sc_report_count(report, SC_SEVERITY_WARNING), 39);
    assert_int_equal(report->problems->nelts, 40);

    const sc_problem_t *first =
        &APR_ARRAY_IDX(report->problems, 0, sc_problem_t);
    const sc_problem_t *last =
        &APR_ARRAY_IDX(report->problems, 39, sc_problem_t);
    assert_string_equal(first->text, "copied");
    assert_int_equal(first->place.line, 7);
    assert_int_equal(first->severity, SC_SEVERITY_ERROR);
    assert_string_equal(last->text, "39");
    assert_int_equal(last->place.line, 8);
}

static void report_does_not_cut(void **state)
{
    sc_report_t *report = sc_report_make(pool);
    char text[5001];

    (void)state;
    memset(text, 'b', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    sc_report_add(report, SC_SEVERITY_ERROR, "SC0101", NULL, "%s", text);
    assert_string_equal(APR_ARRAY_IDX(report->problems, 0, sc_problem_t).text,
                        text);
}

static void one_line_form(void **state)
{
    static const struct {
        sc_problem_t problem;
        const char *expected;
    } rows[] = {
        {{SC_SEVERITY_ERROR, "SC0123", {"D", "s.conf", 12, "h"}, "text"},
         "SC0123: D (s.conf:12, h): text"},
        {{SC_SEVERITY_WARNING, "SC0123", {"D", "s.conf", 12, NULL}, "text"},
         "SC0123: D (s.conf:12): text"},
        {{SC_SEVERITY_ERROR, "SC0123", {"D", "s.conf", 0, "h"}, "text"},
         "SC0123: D (s.conf, h): text"},
        {{SC_SEVERITY_ERROR, "SC0123", {"D", NULL, 12, "h"}, "text"},
         "SC0123: D (h): text"},
        {{SC_SEVERITY_ERROR, "SC0123", {"D", NULL, 0, NULL}, "text"},
         "SC0123: D: text"},
        {{SC_SEVERITY_ERROR, "SC0123", {NULL, "s.conf", 12, "h"}, "text"},
         "SC0123: s.conf:12, h: text"},
        {{SC_SEVERITY_ERROR, "SC0123", {NULL, NULL, 0, "h"}, "text"},
         "SC0123: h: text"},
        {{SC_SEVERITY_ERROR, "SC0123", {NULL, NULL, 0, NULL}, "100%s"},
         "SC0123: 100%s"},
        {{SC_SEVERITY_ERROR, NULL, {NULL, NULL, 0, NULL}, "text"}, "text"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_string_equal(sc_problem_format(&rows[i].problem, pool),
                            rows[i].expected);
    }
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
        cmocka_unit_test(first_error_wins),
        cmocka_unit_test(no_record_no_crash),
        cmocka_unit_test(text_is_cut_at_the_end_of_the_buffer),
        cmocka_unit_test(line_ends_are_removed),
        cmocka_unit_test(report_keeps_order_and_counts),
        cmocka_unit_test(report_does_not_cut),
        cmocka_unit_test(one_line_form),
    };

    return cmocka_run_group_tests_name("sc_error", tests, group_setup,
                                       group_teardown);
}
