/* SPDX-License-Identifier: Apache-2.0 */
/* When this fails, HTTP/2 requests are never read, or uploads stand still. */
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

#include "sc_frames.h"

#define PREFACE     "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define BYTES(text) text, sizeof(text) - 1

/* Types (RFC 9113, 6). */
#define DATA         0
#define HEADERS      1
#define SETTINGS     4
#define PING         6
#define CONTINUATION 9
#define EXTENSION    0xfa
#define END_HEADERS  4

/* Feeds a copy of the exact size, so that ASan sees one byte too many. */
static bool feed(sc_frames_t *frames, const char *data, size_t len)
{
    char *copy = malloc(len > 0 ? len : 1);
    bool ready;

    assert_non_null(copy);
    memcpy(copy, data, len);
    ready = sc_frames_feed(frames, copy, len);
    free(copy);
    return ready;
}

/* Writes a frame of zeros and returns its length. */
static size_t frame(char *out, int type, int flags, size_t payload)
{
    const char header[] = {(char)(payload >> 16),
                           (char)(payload >> 8),
                           (char)payload,
                           (char)type,
                           (char)flags,
                           0,
                           0,
                           0,
                           1};

    memcpy(out, header, sizeof(header));
    memset(out + sizeof(header), 0, payload);
    return sizeof(header) + payload;
}

/* A connection as far as its preface and the frame that has to follow. */
static void begin(sc_frames_t *frames)
{
    char settings[9];

    sc_frames_init(frames);
    assert_false(feed(frames, BYTES(PREFACE)));
    assert_true(feed(frames, settings, frame(settings, SETTINGS, 0, 0)));
    assert_false(sc_frames_is_waiting(frames));
    assert_false(frames->has_request);
}

/* Feeds in two pieces, split everywhere: ready with the last byte, no sooner.
 */
static void ready_at_the_end(const char *data, size_t len, bool has_request)
{
    for (size_t split = 0; split < len; split++) {
        sc_frames_t frames;

        begin(&frames);
        assert_false(feed(&frames, data, split));
        assert_int_equal(sc_frames_is_waiting(&frames), split > 0);
        assert_false(frames.has_request);
        assert_true(feed(&frames, data + split, len - split));
        assert_false(sc_frames_is_waiting(&frames));
        assert_int_equal(frames.has_request, has_request);
        assert_false(frames.is_lost);
    }
}

static void whole_frames(void **state)
{
    static const int types[] = {2, 3, SETTINGS, PING, 7, 8, EXTENSION};
    char data[64];

    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        for (size_t payload = 0; payload < 20; payload += 5) {
            ready_at_the_end(data, frame(data, types[i], 0, payload), false);
            /* the flag means other things there */
            ready_at_the_end(data, frame(data, types[i], END_HEADERS, payload),
                             false);
        }
    }
}

static void header_blocks(void **state)
{
    char data[128];
    size_t len = frame(data, HEADERS, END_HEADERS | 1, 20);

    (void)state;
    ready_at_the_end(data, len, true);
    len = frame(data, HEADERS, END_HEADERS, 0);
    ready_at_the_end(data, len, true);
    len = frame(data, HEADERS, 0, 20);
    len += frame(data + len, CONTINUATION, 0, 7);
    len += frame(data + len, CONTINUATION, 0, 0);
    len += frame(data + len, CONTINUATION, END_HEADERS, 5);
    ready_at_the_end(data, len, true);
}

static void the_preface_alone_is_nothing(void **state)
{
    char data[64] = PREFACE;
    const size_t preface = sizeof(PREFACE) - 1;
    const size_t len = preface + frame(data + preface, SETTINGS, 0, 12);

    (void)state;
    for (size_t split = 0; split < len; split++) {
        sc_frames_t frames;

        sc_frames_init(&frames);
        assert_false(feed(&frames, data, split));
        assert_true(feed(&frames, data + split, len - split));
        assert_false(sc_frames_is_waiting(&frames));
    }
}

static void byte_by_byte(void **state)
{
    char data[128];
    size_t len = frame(data, PING, 0, 8);
    size_t ready = 0;
    sc_frames_t frames;

    (void)state;
    len += frame(data + len, HEADERS, 0, 3);
    len += frame(data + len, CONTINUATION, END_HEADERS, 3);
    len += frame(data + len, PING, 0, 8);
    begin(&frames);
    for (size_t i = 0; i < len; i++) {
        ready += feed(&frames, data + i, 1);
        assert_false(feed(&frames, "", 0));
    }
    assert_int_equal(ready, 3);
    assert_true(frames.has_request);
    assert_false(sc_frames_is_waiting(&frames));
}

static void something_behind_a_frame(void **state)
{
    char data[128];
    size_t len = frame(data, PING, 0, 8);
    sc_frames_t frames;

    (void)state;
    len += frame(data + len, HEADERS, END_HEADERS, 30);
    begin(&frames);
    /* a frame and a half */
    assert_true(feed(&frames, data, len - 10));
    assert_true(sc_frames_is_waiting(&frames));
    assert_false(frames.has_request);
    assert_false(feed(&frames, data + len - 10, 9));
    assert_true(feed(&frames, data + len - 1, 1));
    assert_true(frames.has_request);
}

static void data_is_never_held(void **state)
{
    char data[64];
    const size_t len = frame(data, DATA, 0, 30);
    sc_frames_t frames;

    (void)state;
    begin(&frames);
    assert_false(feed(&frames, data, 8));
    assert_true(sc_frames_is_waiting(&frames));
    for (size_t i = 8; i < len; i++) {
        assert_true(feed(&frames, data + i, 1));
        assert_false(sc_frames_is_waiting(&frames));
    }
    assert_true(feed(&frames, data, 9));
    assert_false(frames.has_request);
}

static void long_ones_are_not_waited_for(void **state)
{
    static char data[9 + SC_FRAMES_MAX];
    sc_frames_t frames;
    size_t len;

    (void)state;
    len = frame(data, EXTENSION, 0, SC_FRAMES_MAX);
    begin(&frames);
    assert_false(feed(&frames, data, SC_FRAMES_MAX));
    assert_true(feed(&frames, data + SC_FRAMES_MAX, 1));
    assert_true(feed(&frames, data, len - SC_FRAMES_MAX - 1));
    assert_false(sc_frames_is_waiting(&frames));
    /* and of a block, all its frames together */
    len = frame(data, HEADERS, 0, 10000);
    begin(&frames);
    assert_false(feed(&frames, data, len));
    len = frame(data, CONTINUATION, 0, 10000);
    assert_false(feed(&frames, data, 6000));
    assert_true(feed(&frames, data + 6000, len - 6000));
    assert_false(frames.has_request);
    len = frame(data, CONTINUATION, END_HEADERS, 1);
    assert_true(feed(&frames, data, len));
    assert_true(frames.has_request);
    len = frame(data, PING, 0, 8);
    assert_false(feed(&frames, data, len - 1));
}

static void lost(const char *data, size_t len, bool begun)
{
    sc_frames_t frames;

    sc_frames_init(&frames);
    if (begun) {
        begin(&frames);
    }
    assert_true(feed(&frames, data, len));
    assert_true(frames.is_lost);
    assert_true(feed(&frames, "x", 1));
    assert_false(frames.has_request);
}

static void what_is_not_http2_is_not_held(void **state)
{
    char data[64];
    size_t len;

    (void)state;
    lost(BYTES("G"), false);
    lost(BYTES("GET / HTTP/1.1\r\n"), false);
    lost(BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\rx"), false);
    lost(BYTES("\0"), false);
    /* too long a frame, for any server that has not asked for it */
    lost(BYTES("\x00\x40\x01\x01\x04\0\0\0\1"), true);
    lost(BYTES("\xff\xff\xff\x06\x00\0\0\0\1"), true);
    /* a block that is interrupted, and one that never began */
    len = frame(data, HEADERS, 0, 3);
    len += frame(data + len, PING, 0, 8);
    lost(data, len, true);
    lost(data, frame(data, CONTINUATION, END_HEADERS, 3), true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_frames),
        cmocka_unit_test(header_blocks),
        cmocka_unit_test(the_preface_alone_is_nothing),
        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(something_behind_a_frame),
        cmocka_unit_test(data_is_never_held),
        cmocka_unit_test(long_ones_are_not_waited_for),
        cmocka_unit_test(what_is_not_http2_is_not_held),
    };

    return cmocka_run_group_tests_name("sc_frames", tests, NULL, NULL);
}
