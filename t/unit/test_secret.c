/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, a server takes half a secret for a whole one, or does not
 * say what is wrong with the file; or tells its secret to the log.
 */
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
#include <sys/stat.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "sc_secret.h"

#define NOW   1700000000
#define WORDS "securechan-ticket-secret 1 "
#define DIGITS                                                                 \
    "00112233445566778899aabbccddeeffFEDCBA98765432100123456789abcdef"
#define GOOD WORDS "1699999999 " DIGITS

static apr_pool_t *pool;
static char path[] = "/tmp/securechan-secret-XXXXXX";

static void write_file(const char *bytes, size_t len, mode_t mode)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

/* Reads the file; returns the one message, or "". */
static const char *read_file(sc_secret_t *secret, const char *name)
{
    static const sc_secret_t nothing;
    const sc_place_t place = {.directive = "SecureChanTickets"};
    sc_report_t *report = sc_report_make(pool);
    const char *text = "";

    memset(secret, 7, sizeof(*secret));
    if (!sc_secret_read(secret, name, NOW, &place, report, pool)) {
        assert_int_equal(report->problems->nelts, 1);
        text = sc_problem_format(
            &APR_ARRAY_IDX(report->problems, 0, sc_problem_t), pool);
        assert_memory_equal(secret, &nothing, sizeof(nothing));
        assert_null(strstr(text, "00112233"));
        assert_null(strstr(text, "89abcdef"));
        assert_null(strchr(text, '\n'));
    }
    else {
        assert_int_equal(report->problems->nelts, 0);
    }
    return text;
}

static void assert_says(const char *text, const char *words)
{
    if (!strstr(text, words)) {
        fail_msg("\"%s\" is not in: %s", words, text);
    }
}

static void good_files(void **state)
{
    static const unsigned char bytes[SC_RATCHET_SECRET_LEN] = {
        0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa,
        0xbb, 0xcc, 0xdd, 0xee, 0xff, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54,
        0x32, 0x10, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    static const char *const texts[] = {GOOD, GOOD "\n", GOOD "\r\n",
                                        GOOD " \n\n"};
    static const mode_t good[] = {0600, 0400, 0700};
    sc_secret_t secret;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        write_file(texts[i], strlen(texts[i]), 0600);
        assert_string_equal(read_file(&secret, path), "");
        assert_int_equal(secret.begun, 1699999999);
        assert_memory_equal(secret.bytes, bytes, sizeof(bytes));
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        write_file(GOOD, strlen(GOOD), good[i]);
        assert_string_equal(read_file(&secret, path), "");
    }
}

static void every_length_but_one(void **state)
{
    const size_t start = strlen(GOOD) - strlen(DIGITS);
    sc_secret_t secret;

    (void)state;
    for (size_t len = 1; len < strlen(GOOD); len++) {
        write_file(GOOD, len, 0600);
        assert_says(read_file(&secret, path),
                    len < start ? "SC0151" : "it was cut off");
    }
    write_file(GOOD "0", strlen(GOOD) + 1, 0600);
    assert_says(read_file(&secret, path), "SC0152");
    assert_says(read_file(&secret, path), "has 65 hexadecimal digits");
    assert_says(read_file(&secret, path), "it is too long");
}

static void other_texts(void **state)
{
    static const char *const texts[] = {
        DIGITS,
        "1699999999 " DIGITS,
        "securechan-ticket-secret 2 1699999999 " DIGITS,
        "securechan-ticket-secret 1  1699999999 " DIGITS,
        " " GOOD,
        "\n" GOOD,
        "\xef\xbb\xbf" GOOD,
        WORDS "-1 " DIGITS,
        WORDS "1699999999999 " DIGITS,
        WORDS "soon " DIGITS,
        WORDS DIGITS,
        GOOD " " DIGITS,
        GOOD "\n" GOOD "\n",
        GOOD "\ng",
        "-----BEGIN PRIVATE KEY-----\n",
    };
    sc_secret_t secret;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        write_file(texts[i], strlen(texts[i]), 0600);
        assert_says(read_file(&secret, path), "SC0151");
        assert_says(read_file(&secret, path), "openssl rand -hex 32");
    }
    write_file(GOOD "\n\0", strlen(GOOD) + 2, 0600);
    assert_says(read_file(&secret, path), "SC0151");
    write_file(WORDS "1699999999 xyz", strlen(WORDS) + 14, 0600);
    assert_says(read_file(&secret, path), "has 0 hexadecimal digits");
}

static void modes(void **state)
{
    static const mode_t bad[] = {0640, 0620, 0604, 0602, 0644, 0666, 0660};
    sc_secret_t secret;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        write_file(GOOD, strlen(GOOD), bad[i]);
        assert_says(read_file(&secret, path), "SC0153");
        assert_says(read_file(&secret, path), "0600");
    }
}

static void times(void **state)
{
    static const struct {
        const char *time;
        bool good;
    } rows[] = {
        {"1", true},           {"1700000000", true},  {"1700000060", true},
        {"1700000061", false}, {"1700003600", false}, {"999999999999", false},
    };
    sc_secret_t secret;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *text =
            apr_pstrcat(pool, WORDS, rows[i].time, " " DIGITS "\n", NULL);

        write_file(text, strlen(text), 0600);
        if (rows[i].good) {
            assert_string_equal(read_file(&secret, path), "");
        }
        else {
            assert_says(read_file(&secret, path), "SC0154");
            assert_says(read_file(&secret, path), "still to come");
            assert_says(read_file(&secret, path), " GMT");
        }
    }
}

static void no_file(void **state)
{
    sc_secret_t secret;

    (void)state;
    write_file("", 0, 0600);
    assert_says(read_file(&secret, path), "SC0205");
    assert_says(read_file(&secret, "/nonexistent/secret"), "SC0200");
    assert_says(read_file(&secret, "/tmp"), "SC0201");
    assert_says(read_file(&secret, "/dev/null"), "SC0202");
}

static int set_up(void **state)
{
    int fd;

    (void)state;
    apr_initialize();
    fd = mkstemp(path);
    return fd < 0 || close(fd) || apr_pool_create(&pool, NULL) != APR_SUCCESS;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_files),  cmocka_unit_test(every_length_but_one),
        cmocka_unit_test(other_texts), cmocka_unit_test(modes),
        cmocka_unit_test(times),       cmocka_unit_test(no_file),
    };

    return cmocka_run_group_tests_name("sc_secret", tests, set_up, tear_down);
}
