/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recognises what a client speaks from the first bytes it sent, before the TLS
 * library sees any of them and without consuming them.
 *
 * Pure functions; safe on any bytes whatever.
 */
#ifndef SC_HELLO_H
#define SC_HELLO_H

#include <apr.h>

#include "sc_base.h"

/* Bytes that always suffice for a verdict other than SC_HELLO_NEED_MORE. */
#define SC_HELLO_PEEK_MAX 24

typedef enum {
    SC_HELLO_NEED_MORE, /* too short to tell; never for SC_HELLO_PEEK_MAX bytes
                         */
    SC_HELLO_TLS,       /* a TLS handshake record (RFC 8446, 5.1) */
    SC_HELLO_HTTP2,     /* HTTP/2 without TLS, the start of RFC 9113, 3.4 */
    SC_HELLO_HTTP,      /* a plain HTTP request line (RFC 9112, 3) */
    SC_HELLO_OTHER /* anything else: the TLS library answers with an alert */
} sc_hello_t;

/* Returns the verdict for the first len bytes of a connection. */
sc_hello_t sc_hello_peek(const unsigned char *data, apr_size_t len);

#endif
