/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_frames.h"

#include <string.h>

/* RFC 9113, 3.4. */
static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
#define PREFACE_LEN (sizeof(preface) - 1)

/* Types and flags of frames (RFC 9113, 6). */
#define TYPE_DATA         0x0
#define TYPE_HEADERS      0x1
#define TYPE_CONTINUATION 0x9
#define END_HEADERS       0x4

void sc_frames_init(sc_frames_t *frames)
{
    *frames = (sc_frames_t){0};
}

static apr_size_t smaller(apr_size_t a, apr_size_t b)
{
    return a < b ? a : b;
}

/* Each of these takes some of len bytes and returns how many. */

static apr_size_t take_preface(sc_frames_t *frames, const char *data,
                               apr_size_t len)
{
    const apr_size_t taken = smaller(len, PREFACE_LEN - frames->preface);

    frames->is_lost = memcmp(preface + frames->preface, data, taken) != 0;
    frames->preface += taken;
    return taken;
}

static apr_size_t take_header(sc_frames_t *frames, const char *data,
                              apr_size_t len)
{
    const unsigned char *header = frames->header;
    const apr_size_t taken =
        smaller(len, SC_FRAMES_HEADER_LEN - frames->header_len);

    memcpy(frames->header + frames->header_len, data, taken);
    frames->header_len += taken;
    if (frames->header_len == SC_FRAMES_HEADER_LEN) {
        frames->payload = (apr_size_t)header[0] << 16 |
                          (apr_size_t)header[1] << 8 | header[2];
        /* Nothing may come between the frames of a header block. */
        frames->is_lost = frames->payload > SC_FRAMES_MAX ||
                          frames->in_block != (header[3] == TYPE_CONTINUATION);
    }
    return taken;
}

static apr_size_t take_payload(sc_frames_t *frames, apr_size_t len)
{
    const apr_size_t taken = smaller(len, frames->payload);

    frames->payload -= taken;
    return taken;
}

/* Ends a frame; returns true unless the rest of its header block is due. */
static bool end_frame(sc_frames_t *frames)
{
    const unsigned char type = frames->header[3];
    const bool carries_fields =
        type == TYPE_HEADERS || type == TYPE_CONTINUATION;

    frames->header_len = 0;
    frames->in_block = carries_fields && !(frames->header[4] & END_HEADERS);
    if (frames->in_block) {
        return false;
    }
    frames->has_request = frames->has_request || carries_fields;
    frames->waited = 0;
    return true;
}

bool sc_frames_feed(sc_frames_t *frames, const char *data, apr_size_t len)
{
    bool is_ready = false;

    while (len > 0 && !frames->is_lost) {
        apr_size_t taken;

        if (frames->preface < PREFACE_LEN) {
            taken = take_preface(frames, data, len);
        }
        else if (frames->header_len < SC_FRAMES_HEADER_LEN) {
            taken = take_header(frames, data, len);
        }
        else {
            taken = take_payload(frames, len);
        }
        frames->waited += taken;
        data += taken;
        len -= taken;
        if (frames->header_len == SC_FRAMES_HEADER_LEN) {
            is_ready = is_ready || frames->header[3] == TYPE_DATA;
            if (frames->payload == 0) {
                is_ready = end_frame(frames) || is_ready;
            }
        }
    }
    return is_ready || frames->is_lost || frames->waited > SC_FRAMES_MAX;
}

bool sc_frames_is_waiting(const sc_frames_t *frames)
{
    if (frames->header_len == SC_FRAMES_HEADER_LEN) {
        return frames->header[3] != TYPE_DATA;
    }
    return frames->preface < PREFACE_LEN || frames->header_len > 0 ||
           frames->in_block;
}
