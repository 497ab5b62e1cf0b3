/* SPDX-License-Identifier: Apache-2.0 */
/* When this fails, a TLS client is answered in HTTP, or a slow one for ever. */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "sc_hello.h"

static uint32_t seed = 3;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % sides;
}

/* Peeks at a copy of the exact size, so that ASan sees one byte too many. */
static sc_hello_t peek(const void *data, size_t len)
{
    unsigned char *copy = malloc(len > 0 ? len : 1);
    sc_hello_t verdict;

    assert_non_null(copy);
    memcpy(copy, data, len);
    verdict = sc_hello_peek(copy, len);
    free(copy);
    return verdict;
}

#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *data;
    size_t len;
    size_t enough; /* bytes that settle it: less is SC_HELLO_NEED_MORE */
    sc_hello_t verdict;
} hellos[] = {
    {BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), 1, SC_HELLO_TLS},
    {BYTES("\x16\x00"), 1, SC_HELLO_TLS},
    {BYTES("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 4, SC_HELLO_HTTP},
    {BYTES("GET /\r\n"), 4, SC_HELLO_HTTP},
    {BYTES("G "), 2, SC_HELLO_HTTP},
    {BYTES("POST /x HTTP/1.0\r\n"), 5, SC_HELLO_HTTP},
    {BYTES("OPTIONS * HTTP/1.1\r\n"), 8, SC_HELLO_HTTP},
    {BYTES("CONNECT a:443 HTTP/1.1\r\n"), 8, SC_HELLO_HTTP},
    {BYTES("VERSION-CONTROL /x HTTP/1.1\r\n"), 16, SC_HELLO_HTTP},
    {BYTES("M-SEARCH * HTTP/1.1\r\n"), 9, SC_HELLO_HTTP},
    {BYTES("UPDATEREDIRECTREF /x HTTP/1.1\r\n"), 18, SC_HELLO_HTTP},
    {BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 4, SC_HELLO_HTTP2},
    {BYTES("ABCDEFGHIJKLMNOPQRS /x HTTP/1.1"), 20, SC_HELLO_HTTP},
    {BYTES("ABCDEFGHIJKLMNOPQRST /x HTTP/1.1"), 20, SC_HELLO_OTHER},
    {BYTES("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 20, SC_HELLO_OTHER},
    {BYTES("get / HTTP/1.1\r\n"), 1, SC_HELLO_OTHER},
    {BYTES("Get / HTTP/1.1\r\n"), 2, SC_HELLO_OTHER},
    {BYTES("GET\t/ HTTP/1.1\r\n"), 4, SC_HELLO_OTHER},
    {BYTES("GET/ HTTP/1.1\r\n"), 4, SC_HELLO_OTHER},
    {BYTES("GET\0 / HTTP/1.1\r\n"), 4, SC_HELLO_OTHER},
    {BYTES("HTTP/1.1 200 OK\r\n"), 5, SC_HELLO_OTHER},
    {BYTES("SSH-2.0-OpenSSH_9.2\r\n"), 5, SC_HELLO_OTHER},
    {BYTES("EHLO\r\n"), 5, SC_HELLO_OTHER},
    {BYTES(" GET / HTTP/1.1\r\n"), 1, SC_HELLO_OTHER},
    {BYTES("-GET / HTTP/1.1\r\n"), 1, SC_HELLO_OTHER},
    {BYTES("\r\nGET / HTTP/1.1\r\n"), 1, SC_HELLO_OTHER},
    {BYTES("\0"), 1, SC_HELLO_OTHER},
    /* an SSL 2 hello, and a TLS alert as the first record */
    {BYTES("\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10"), 1, SC_HELLO_OTHER},
    {BYTES("\x15\x03\x01\x00\x02\x01\x00"), 1, SC_HELLO_OTHER},
    {BYTES("\x17\x03\x03\x00\x20"), 1, SC_HELLO_OTHER},
};

static void every_prefix_of_every_hello(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(hellos) / sizeof(hellos[0]); i++) {
        for (size_t len = 0; len <= hellos[i].len; len++) {
            sc_hello_t expected =
                len < hellos[i].enough ? SC_HELLO_NEED_MORE : hellos[i].verdict;

            if (peek(hellos[i].data, len) != expected) {
                fail_msg("hello %lu, %lu bytes", (unsigned long)i,
                         (unsigned long)len);
            }
        }
    }
}

static void every_first_byte(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        unsigned char data = (unsigned char)byte;
        sc_hello_t expected = SC_HELLO_OTHER;

        if (byte == 0x16) {
            expected = SC_HELLO_TLS;
        }
        else if (byte >= 'A' && byte <= 'Z') {
            expected = SC_HELLO_NEED_MORE;
        }
        assert_int_equal(peek(&data, 1), expected);
    }
}

static void every_byte_in_a_method(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        unsigned char data[] = {'G', (unsigned char)byte, 'T'};
        bool in_method = (byte >= 'A' && byte <= 'Z') || byte == '-';
        sc_hello_t expected = in_method ? SC_HELLO_NEED_MORE : SC_HELLO_OTHER;

        if (byte == ' ') {
            expected = SC_HELLO_HTTP;
        }
        assert_int_equal(peek(data, sizeof(data)), expected);
    }
}

/* Whatever comes: settled within SC_HELLO_PEEK_MAX bytes, and for good. */
static void verdicts_come_in_time_and_stay(void **state)
{
    static const char likely[] = "GETPOSTHEAD-- \x16";
    int seen[SC_HELLO_OTHER + 1] = {0};

    (void)state;
    for (int round = 0; round < 50000; round++) {
        unsigned char data[SC_HELLO_PEEK_MAX + 8];
        sc_hello_t before = SC_HELLO_NEED_MORE;

        for (size_t i = 0; i < sizeof(data); i++) {
            data[i] = round % 2 == 0
                          ? (unsigned char)dice(256)
                          : (unsigned char)likely[dice(sizeof(likely) - 1)];
        }
        for (size_t len = 0; len <= sizeof(data); len++) {
            sc_hello_t verdict = peek(data, len);

            if (before != SC_HELLO_NEED_MORE) {
                assert_int_equal(verdict, before);
            }
            before = verdict;
            if (len == SC_HELLO_PEEK_MAX) {
                assert_int_not_equal(verdict, SC_HELLO_NEED_MORE);
            }
        }
        seen[before]++;
    }
    assert_true(seen[SC_HELLO_TLS] > 100);
    assert_true(seen[SC_HELLO_HTTP] > 100);
    assert_true(seen[SC_HELLO_OTHER] > 100);
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
        cmocka_unit_test(every_prefix_of_every_hello),
        cmocka_unit_test(every_first_byte),
        cmocka_unit_test(every_byte_in_a_method),
        cmocka_unit_test(verdicts_come_in_time_and_stay),
    };

    return cmocka_run_group_tests_name("sc_hello", tests, group_setup,
                                       group_teardown);
}
