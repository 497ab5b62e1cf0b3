/* SPDX-License-Identifier: Apache-2.0 */
/* When this fails, scripts cannot read what --json and the server's dump say.
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

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "sc_json.h"

static apr_pool_t *pool;

static void an_empty_document(void **state)
{
    (void)state;
    assert_string_equal(sc_json_finish(sc_json_make(pool)), "{}\n");
}

static void all_kinds_of_values(void **state)
{
    sc_json_t *json = sc_json_make(pool);

    (void)state;
    sc_json_text(json, "name", "www");
    sc_json_text(json, "nothing", NULL);
    sc_json_number(json, "days", -3);
    sc_json_bool(json, "yes", true);
    sc_json_bool(json, "no", false);
    sc_json_open_array(json, "list");
    sc_json_number(json, NULL, APR_INT64_MAX);
    sc_json_open_object(json, NULL);
    sc_json_close(json);
    sc_json_open_object(json, NULL);
    sc_json_open_array(json, "none");
    sc_json_close(json);
    /* The rest is closed by the end. */
    assert_string_equal(sc_json_finish(json), "{\n"
                                              "  \"name\": \"www\",\n"
                                              "  \"nothing\": null,\n"
                                              "  \"days\": -3,\n"
                                              "  \"yes\": true,\n"
                                              "  \"no\": false,\n"
                                              "  \"list\": [\n"
                                              "    9223372036854775807,\n"
                                              "    {},\n"
                                              "    {\n"
                                              "      \"none\": []\n"
                                              "    }\n"
                                              "  ]\n"
                                              "}\n");
}

/* Returns a text as it is written, without the quotes. */
static const char *written(const char *text)
{
    sc_json_t *json = sc_json_make(pool);
    const char *document;
    const char *begin;

    sc_json_text(json, "x", text);
    document = sc_json_finish(json);
    begin = document + strlen("{\n  \"x\": \"");
    return apr_pstrmemdup(pool, begin, strlen(begin) - strlen("\"\n}\n"));
}

static void texts_are_escaped(void **state)
{
    (void)state;
    assert_string_equal(written(""), "");
    assert_string_equal(written("a\"b\\c/"), "a\\\"b\\\\c/");
    assert_string_equal(written("\n\t\x01\x1f\x7f"),
                        "\\u000a\\u0009\\u0001\\u001f\\u007f");
}

static void what_is_no_utf8_is_replaced(void **state)
{
    (void)state;
    assert_string_equal(written("\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x92"),
                        "\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x92");
    assert_string_equal(written("\xe9t"), "\\ufffdt");
    assert_string_equal(written("\x80"), "\\ufffd");
    assert_string_equal(written("\xc0\xaf"), "\\ufffd\\ufffd");
    assert_string_equal(written("\xed\xa0\x80"), "\\ufffd\\ufffd\\ufffd");
    assert_string_equal(written("\xe0\x9f\xbf"), "\\ufffd\\ufffd\\ufffd");
    assert_string_equal(written("\xf4\x90\x80\x80"),
                        "\\ufffd\\ufffd\\ufffd\\ufffd");
    assert_string_equal(written("\xf0\x8f\xbf\xbf"),
                        "\\ufffd\\ufffd\\ufffd\\ufffd");
    assert_string_equal(written("\xf5\x80\x80\x80"),
                        "\\ufffd\\ufffd\\ufffd\\ufffd");
    /* Cut off at the end. */
    assert_string_equal(written("a\xc3"), "a\\ufffd");
    assert_string_equal(written("a\xe2\x82"), "a\\ufffd\\ufffd");
    assert_string_equal(written("a\xf0\x9f\x94"), "a\\ufffd\\ufffd\\ufffd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_document),
        cmocka_unit_test(all_kinds_of_values),
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(what_is_no_utf8_is_replaced),
    };
    int failed;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_pool_destroy(pool);
    apr_terminate();
    return failed;
}
