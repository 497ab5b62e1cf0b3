/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells when the bytes so far hold a whole HTTP/1 request head, so that the
 * thread that reads it need not wait for the client. Takes pieces of any size
 * and looks at each byte once.
 *
 * Threads: owned by the connection.
 */
#ifndef SC_HEAD_H
#define SC_HEAD_H

#include <stdbool.h>

#include <apr.h>

#include "sc_base.h"

/* Characters of "HTTP/1.1". */
#define SC_HEAD_VERSION_LEN 8

typedef struct sc_head {
    apr_size_t seen;     /* bytes, until it is whole */
    bool has_first_line; /* the request line is complete */
    bool has_cr;         /* the current line is a single CR so far */
    bool has_text;       /* the current line is neither that nor empty */
    bool between_words;  /* of the request line */
    apr_size_t word_len; /* of its latest word, which begins with: */
    char word[SC_HEAD_VERSION_LEN];
} sc_head_t;

/* Prepares for the first byte of a head. */
void sc_head_init(sc_head_t *head);

/*
 * Looks at the next len bytes. Returns true when the head is whole, that is,
 * after one of these:
 * - an empty line, ended by LF or CRLF, behind the request line (RFC 9112, 2.1;
 *   empty lines before the request line are passed over, as in 2.2);
 * - a request line whose last word is no version: nothing need follow that.
 * What lies behind the head is not looked at. After true, sc_head_init() comes
 * next.
 */
bool sc_head_feed(sc_head_t *head, const char *data, apr_size_t len)
    SC_MUST_CHECK;

#endif
