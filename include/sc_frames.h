/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Follows the frames of the client's side of an HTTP/2 connection (RFC 9113, 4)
 * without a look into them: tells whether there is anything to work on yet, and
 * whether a request head has come. Takes pieces of any size.
 *
 * Threads: owned by the connection.
 */
#ifndef SC_FRAMES_H
#define SC_FRAMES_H

#include <stdbool.h>

#include <apr.h>

#include "sc_base.h"

/* More of a frame or header block than this is not waited for. It is also the
 * largest frame that a server accepts unless it says otherwise. */
#define SC_FRAMES_MAX 16384

/* Bytes of a frame's header. */
#define SC_FRAMES_HEADER_LEN 9

typedef struct sc_frames {
    apr_size_t preface; /* bytes of the client preface seen (RFC 9113, 3.4) */
    apr_size_t waited;  /* bytes of the current frame or header block */
    unsigned char header[SC_FRAMES_HEADER_LEN]; /* of the current frame */
    apr_size_t header_len;
    apr_size_t payload; /* of it still to come, when the header is there */
    bool in_block;      /* CONTINUATION frames are due */
    bool has_request;   /* a header block has been whole */
    bool is_lost;       /* not HTTP/2, or broken: everything is of interest */
} sc_frames_t;

/* Prepares for the first byte that the client sends. */
void sc_frames_init(sc_frames_t *frames);

/*
 * Looks at the next len bytes. Returns true if, with them, there is something
 * to work on:
 * - a whole frame; HEADERS with all of its CONTINUATION frames counts as one,
 *   and the preface is nothing without the frame behind it;
 * - any part of a DATA frame, since bodies may be long and slow;
 * - more than SC_FRAMES_MAX bytes of anything else;
 * - bytes that no client of HTTP/2 sends.
 */
bool sc_frames_feed(sc_frames_t *frames, const char *data, apr_size_t len)
    SC_MUST_CHECK;

/* Tells whether the rest of something is due: of the preface, of a header block
 * or of a frame, but for the payload of DATA. */
bool sc_frames_is_waiting(const sc_frames_t *frames);

#endif
