/* SPDX-License-Identifier: Apache-2.0 */
/* When this fails, threads wait for slow clients, or requests are never read.
 */
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

#include "sc_head.h"

/* Feeds a copy of the exact size, so that ASan sees one byte too many. */
static bool feed(sc_head_t *head, const char *data, size_t len)
{
    char *copy = malloc(len > 0 ? len : 1);
    bool whole;

    assert_non_null(copy);
    memcpy(copy, data, len);
    whole = sc_head_feed(head, copy, len);
    free(copy);
    return whole;
}

#define NEVER       ((size_t)-1)
#define BYTES(text) text, sizeof(text) - 1
/* A head that its last byte makes whole; and with something behind it. */
#define ALL(text)        BYTES(text), sizeof(text) - 1
#define THEN(text, more) BYTES(text more), sizeof(text) - 1

static const struct {
    const char *data;
    size_t len;
    size_t whole; /* bytes that make it whole */
} heads[] = {
    {ALL("GET / HTTP/1.1\r\n\r\n")},
    {ALL("GET / HTTP/1.1\n\n")},
    {ALL("GET / HTTP/1.1\r\n\n")},
    {ALL("GET / HTTP/1.1\n\r\n")},
    {ALL("GET / HTTP/1.1\r\nHost: www.example.test\r\nA:b\r\n\r\n")},
    {ALL("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n")},
    {ALL("OPTIONS * HTTP/1.0\r\n\r\n")},
    {ALL("get / http/1.1\r\n\r\n")},
    {ALL("GET / HTTP/9.9\r\n\r\n")},
    /* what lies behind is another matter */
    {THEN("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n", "\r\n\r\n")},
    {THEN("GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n")},
    {THEN("PRI * HTTP/2.0\r\n\r\n", "SM\r\n\r\n")},
    /* empty lines first */
    {ALL("\r\n\nGET / HTTP/1.1\r\n\r\n")},
    {BYTES("\r\n\r\n\n\n"), NEVER},
    {BYTES("\r"), NEVER},
    /* lines that look empty and are not */
    {BYTES("GET / HTTP/1.1\r\n\r"), NEVER},
    {BYTES("GET / HTTP/1.1\r\n\r\r\n"), NEVER},
    {BYTES("GET / HTTP/1.1\r\n \r\n"), NEVER},
    {BYTES("GET / HTTP/1.1\r\n\0\r\n"), NEVER},
    {BYTES("GET / HTTP/1.1\r\r\r\n"), NEVER},
    {ALL("GET / HTTP/1.1\r\n\r\r\n\r\n")},
    /* not yet a line */
    {BYTES("GET / HTTP/1.1"), NEVER},
    {BYTES("GET /"), NEVER},
    /* lenient servers take these for versions */
    {ALL("GET / HTTP/1.1 \t\r\n\r\n")},
    {ALL("GET\t/\vHTTP/1.1\f\r\n\r\n")},
    {ALL("GET /  \r HTTP/1.1\r\n\r\n")},
    {ALL("HTTP/1.1\r\n\r\n")},
    /* no version, no fields */
    {THEN("GET /\r\n", "\r\n")},
    {THEN("GET /\n", "Host: x\n\n")},
    {THEN("x\n", "y")},
    {THEN(" \r\n", "\r\n")},
    {THEN("\r\r\n", "\r\n")},
    {THEN("\0\n", "\n")},
    {THEN("GET / HTTP/1.1 x\r\n", "\r\n")},
    {THEN("GET / HTTP/1.10\r\n", "\r\n")},
    {THEN("GET / HTTP/11.1\r\n", "\r\n")},
    {THEN("GET / HTTP/1.\r\n", "\r\n")},
    {THEN("GET / HTTP/.1\r\n", "\r\n")},
    {THEN("GET / HTTP/1,1\r\n", "\r\n")},
    {THEN("GET / HTTP/1.1\0\r\n", "\r\n")},
    {THEN("GET / XHTTP/1.1\r\n", "\r\n")},
    {THEN("GET / HTTPS/1.1\r\n", "\r\n")},
    {THEN("\x16\x03\x01\x02\n", "\n")},
};

#define HEADS (sizeof(heads) / sizeof(heads[0]))

static void assert_whole(size_t number, size_t fed, bool whole)
{
    if (whole != (fed >= heads[number].whole)) {
        fail_msg("head %lu, %lu bytes: %s", (unsigned long)number,
                 (unsigned long)fed, whole ? "whole" : "not whole");
    }
}

static void in_two_pieces_split_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < HEADS; i++) {
        for (size_t split = 0; split <= heads[i].len; split++) {
            sc_head_t head;
            bool whole;

            sc_head_init(&head);
            whole = feed(&head, heads[i].data, split);
            assert_whole(i, split, whole);
            if (!whole) {
                assert_whole(
                    i, heads[i].len,
                    feed(&head, heads[i].data + split, heads[i].len - split));
            }
        }
    }
}

static void byte_by_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < HEADS; i++) {
        sc_head_t head;
        bool whole = false;

        sc_head_init(&head);
        for (size_t at = 0; at < heads[i].len && !whole; at++) {
            whole = feed(&head, heads[i].data + at, 1);
            assert_whole(i, at + 1, whole);
            assert_false(!whole && feed(&head, "", 0));
        }
    }
}

static void one_head_after_the_other(void **state)
{
    sc_head_t head;

    (void)state;
    sc_head_init(&head);
    for (size_t i = 0; i < HEADS; i++) {
        if (heads[i].whole != NEVER) {
            assert_true(feed(&head, heads[i].data, heads[i].whole));
        }
        sc_head_init(&head);
    }
}

/* However long, and in whatever pieces: the number of bytes is known. */
static void long_heads(void **state)
{
    static const char line[] = "GET / HTTP/1.1\r\n";
    static const size_t sizes[] = {1, 7, 100, 8000};
    const size_t len = 100000;
    char *data = malloc(len);

    (void)state;
    assert_non_null(data);
    memset(data, 'x', len);
    for (size_t i = 0; i < sizeof(line) - 1; i++) {
        data[i] = line[i];
    }
    data[len - 3] = '\n';
    data[len - 2] = '\r';
    data[len - 1] = '\n';
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        sc_head_t head;
        size_t fed = 0;
        bool whole = false;

        sc_head_init(&head);
        while (!whole) {
            const size_t piece = len - fed < sizes[i] ? len - fed : sizes[i];

            assert_int_equal(head.seen, fed);
            whole = feed(&head, data + fed, piece);
            fed += piece;
            assert_int_equal(whole, fed == len);
        }
        assert_int_equal(head.seen, len);
    }
    free(data);
}

/* What follows a head does not count. */
static void seen_ends_with_the_head(void **state)
{
    sc_head_t head;

    (void)state;
    sc_head_init(&head);
    assert_true(feed(&head, BYTES("GET / HTTP/1.1\r\n\r\nbody")));
    assert_int_equal(head.seen, 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_two_pieces_split_anywhere),
        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(one_head_after_the_other),
        cmocka_unit_test(long_heads),
        cmocka_unit_test(seen_ends_with_the_head),
    };

    return cmocka_run_group_tests_name("sc_head", tests, NULL, NULL);
}
