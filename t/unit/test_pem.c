/* SPDX-License-Identifier: Apache-2.0 */
/* When this fails, good files are refused or damaged ones misread. */
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
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "sc_pem.h"

static const sc_place_t nowhere = {NULL, NULL, 0, NULL};

static apr_pool_t *pool;
static sc_report_t *report;

static sc_pem_t *parse(const char *text)
{
    report = sc_report_make(pool);
    return sc_pem_parse(sc_file_from_text(text, "text", &nowhere, report, pool),
                        &nowhere, report, pool);
}

static void assert_problem(const char *id)
{
    const sc_problem_t *problem;

    assert_int_equal(report->problems->nelts, 1);
    problem = &APR_ARRAY_IDX(report->problems, 0, sc_problem_t);
    assert_string_equal(problem->id, id);
    assert_int_equal(problem->severity, SC_SEVERITY_ERROR);
    assert_int_equal(ERR_peek_error(), 0);
}

static void assert_refused(const char *text, const char *id)
{
    assert_null(parse(text));
    assert_problem(id);
}

/* "hello" is aGVsbG8=. */
static void assert_hello(const sc_pem_t *pem, int i)
{
    apr_size_t len = 0;
    unsigned char *bytes = sc_pem_decode(pem, sc_pem_block(pem, i), &len);

    assert_non_null(bytes);
    assert_int_equal(len, 5);
    assert_memory_equal(bytes, "hello", 5);
    OPENSSL_clear_free(bytes, len);
}

static void assert_undecodable(const char *text, const char *line)
{
    const sc_pem_t *pem = parse(text);
    const sc_problem_t *problem;
    apr_size_t len = 0;

    assert_non_null(pem);
    assert_null(sc_pem_decode(pem, sc_pem_block(pem, 0), &len));
    assert_problem("SC0213");
    problem = &APR_ARRAY_IDX(report->problems, 0, sc_problem_t);
    assert_non_null(strstr(problem->text, line));
}

static void plain_block(void **state)
{
    const sc_pem_t *pem = parse("-----BEGIN CERTIFICATE-----\n"
                                "aGVs\nbG8=\n"
                                "-----END CERTIFICATE-----\n");

    (void)state;
    assert_non_null(pem);
    assert_int_equal(pem->blocks->nelts, 1);
    assert_int_equal(sc_pem_block(pem, 0)->kind, SC_PEM_CERTIFICATE);
    assert_null(sc_pem_block(pem, 0)->header);
    assert_false(sc_pem_block(pem, 0)->encrypted);
    assert_null(sc_pem_block(pem, 1));
    assert_null(sc_pem_block(pem, -1));
    assert_hello(pem, 0);
    assert_int_equal(report->problems->nelts, 0);
}

static void text_and_line_ends_around_blocks(void **state)
{
    const sc_pem_t *pem;

    (void)state;
    pem = parse("\xef\xbb\xbf"
                "Bag Attributes: friendlyName\r\n"
                "a line that says -----BEGIN CERTIFICATE----- is text\r\n"
                "-----BEGIN CERTIFICATE-----\r\naGVsbG8=\r\n"
                "-----END CERTIFICATE-----\r\n\r\nsubject=CN = x\r"
                "   -----BEGIN X509 CRL-----\r  aGVs\r\tbG8=\r"
                "   -----END X509 CRL-----   trailing words");
    assert_non_null(pem);
    assert_int_equal(pem->blocks->nelts, 2);
    assert_int_equal(sc_pem_line(pem, sc_pem_block(pem, 0)), 3);
    assert_int_equal(sc_pem_line(pem, sc_pem_block(pem, 1)), 8);
    assert_int_equal(sc_pem_block(pem, 1)->kind, SC_PEM_OTHER);
    assert_string_equal(sc_pem_block(pem, 1)->label, "X509 CRL");
    assert_hello(pem, 0);
    assert_hello(pem, 1);
}

static void byte_order_mark_before_marker(void **state)
{
    const sc_pem_t *pem = parse("\xef\xbb\xbf-----BEGIN CERTIFICATE-----\n"
                                "aGVsbG8=\n-----END CERTIFICATE-----\n");

    (void)state;
    assert_non_null(pem);
    assert_hello(pem, 0);
}

static void files_joined_without_line_end(void **state)
{
    const sc_pem_t *pem =
        parse("-----BEGIN CERTIFICATE-----\naGVsbG8=\n"
              "-----END CERTIFICATE----------BEGIN PRIVATE KEY-----\n"
              "aGVsbG8=-----END PRIVATE KEY-----");

    (void)state;
    assert_non_null(pem);
    assert_int_equal(pem->blocks->nelts, 2);
    assert_int_equal(sc_pem_count(pem, SC_PEM_KEY), 1);
    assert_hello(pem, 0);
    assert_hello(pem, 1);
}

static void header_of_old_encrypted_key(void **state)
{
    const sc_pem_t *pem = parse("-----BEGIN RSA PRIVATE KEY-----\r\n"
                                "Proc-Type: 4,ENCRYPTED\r\n"
                                "DEK-Info: AES-128-CBC,00FF\r\n\r\n"
                                "aGVsbG8=\r\n"
                                "-----END RSA PRIVATE KEY-----\r\n");

    (void)state;
    assert_non_null(pem);
    assert_true(sc_pem_block(pem, 0)->encrypted);
    assert_string_equal(sc_pem_block(pem, 0)->header,
                        "Proc-Type: 4,ENCRYPTED\n"
                        "DEK-Info: AES-128-CBC,00FF\n");
    assert_hello(pem, 0);
}

static void kinds_by_label(void **state)
{
    static const struct {
        const char *label;
        sc_pem_kind_t kind;
    } cases[] = {
        {"TRUSTED CERTIFICATE", SC_PEM_CERTIFICATE},
        {"X509 CERTIFICATE", SC_PEM_CERTIFICATE},
        {"EC PRIVATE KEY", SC_PEM_KEY},
        {"ENCRYPTED PRIVATE KEY", SC_PEM_KEY},
        {"OPENSSH PRIVATE KEY", SC_PEM_OPENSSH_KEY},
        {"NEW CERTIFICATE REQUEST", SC_PEM_REQUEST},
        {"PUBLIC KEY", SC_PEM_PUBLIC_KEY},
        {"PKCS7", SC_PEM_PKCS7},
        {"EC PARAMETERS", SC_PEM_PARAMETERS},
        {"DH PARAMETERS", SC_PEM_PARAMETERS},
        {"PGP MESSAGE", SC_PEM_OTHER},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const sc_pem_t *pem = parse(apr_pstrcat(
            pool, "-----BEGIN ", cases[i].label, "-----\naGVsbG8=\n-----END ",
            cases[i].label, "-----\n", NULL));

        assert_non_null(pem);
        assert_int_equal(sc_pem_block(pem, 0)->kind, cases[i].kind);
        assert_int_equal(sc_pem_block(pem, 0)->encrypted,
                         strstr(cases[i].label, "ENCRYPTED") != NULL);
    }
}

static void damaged_markers(void **state)
{
    (void)state;
    assert_refused("aGVsbG8=\n-----END CERTIFICATE-----\n", "SC0211");
    assert_refused("-----BEGIN CERTIFICATE----\naGVsbG8=\n", "SC0211");
    assert_refused("-----BEGIN -----\naGVsbG8=\n-----END -----\n", "SC0211");
    assert_refused("-----BEGIN PRIVATE KEY\nMIIaGVs\n", "SC0211");
    assert_refused("-----BEGIN ", "SC0211");
    assert_refused("> -----BEGIN CERTIFICATE-----\n> aGVsbG8=\n", "SC0211");
    assert_refused("----BEGIN CERTIFICATE-----\naGVsbG8=\n", "SC0211");
}

static void missing_ends(void **state)
{
    (void)state;
    assert_refused("-----BEGIN CERTIFICATE-----\naGVsbG8=\n", "SC0212");
    assert_refused("-----BEGIN CERTIFICATE-----", "SC0212");
    assert_refused("-----BEGIN CERTIFICATE-----\naGVsbG8=\n"
                   "-----END CERTIFICATE----\n",
                   "SC0212");
    assert_refused("-----BEGIN CERTIFICATE-----\naGVsbG8=\n"
                   "-----END PRIVATE KEY-----\n",
                   "SC0212");
    assert_refused("-----BEGIN CERTIFICATE-----\naGVsbG8=\n"
                   "-----BEGIN CERTIFICATE-----\naGVsbG8=\n"
                   "-----END CERTIFICATE-----\n",
                   "SC0212");
}

static void nothing_that_is_pem(void **state)
{
    (void)state;
    assert_refused("", "SC0210");
    assert_refused("   \n\n", "SC0210");
    assert_refused("MIIBaGVsbG8=\n", "SC0210");
    assert_null(parse("x"));
    assert_null(sc_pem_parse(NULL, &nowhere, report, pool));
}

static void damaged_base64(void **state)
{
    (void)state;
#define WRAP(data)                                                             \
    "text\n-----BEGIN CERTIFICATE-----\n" data "\n-----END CERTIFICATE-----\n"
    assert_undecodable(WRAP("aGVs\nb*8="), "near line 4");
    assert_undecodable(WRAP("> aGVs\n> bG8="), "near line 3");
    assert_undecodable(WRAP("aGVs=\nbG8="), "near line 4");
    assert_undecodable(WRAP("aGVs\\nbG8="), "near line 3");
    assert_undecodable(WRAP("aGVs\xa0"
                            "bG8="),
                       "near line 3");
    assert_undecodable(WRAP("aGVsb"), "near line 4");
    assert_undecodable(WRAP("a==="), "near line 4");
    assert_undecodable(WRAP(""), "near line 4");
#undef WRAP
}

/* Reads every prefix of a file, and the file with every byte changed. */
static void any_bytes_whatever(void **state)
{
    static const char good[] = "-----BEGIN EC PRIVATE KEY-----\n"
                               "Proc-Type: 4,ENCRYPTED\n\naGVsbG8=\n"
                               "-----END EC PRIVATE KEY-----\r\n"
                               "-----BEGIN CMS-----aGVsbG8=-----END CMS-----";
    static const char odd[] = "-: \n\r=A\x01\xff";

    (void)state;
    for (size_t at = 0; at < sizeof(good) - 1; at++) {
        for (size_t i = 0; i < sizeof(odd); i++) {
            char text[sizeof(good)];
            const sc_pem_t *pem;

            memcpy(text, good, sizeof(good));
            text[at] = odd[i];
            pem = parse(text);
            for (int n = 0; pem != NULL && n < pem->blocks->nelts; n++) {
                apr_size_t len = 0;
                unsigned char *bytes =
                    sc_pem_decode(pem, sc_pem_block(pem, n), &len);

                OPENSSL_clear_free(bytes, len);
            }
        }
    }
    assert_int_equal(ERR_peek_error(), 0);
}

static int set_up(void **state)
{
    (void)state;
    apr_initialize();
    return apr_pool_create(&pool, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_block),
        cmocka_unit_test(text_and_line_ends_around_blocks),
        cmocka_unit_test(byte_order_mark_before_marker),
        cmocka_unit_test(files_joined_without_line_end),
        cmocka_unit_test(header_of_old_encrypted_key),
        cmocka_unit_test(kinds_by_label),
        cmocka_unit_test(damaged_markers),
        cmocka_unit_test(missing_ends),
        cmocka_unit_test(nothing_that_is_pem),
        cmocka_unit_test(damaged_base64),
        cmocka_unit_test(any_bytes_whatever),
    };

    return cmocka_run_group_tests_name("pem", tests, set_up, tear_down);
}
