/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_hello.h"

#include <stdbool.h>
#include <string.h>

/* ContentType handshake (RFC 8446, 5.1): no text and no old protocol's hello
 * begins with it, so one byte is enough. */
#define RECORD_HANDSHAKE 0x16

/* Bytes of the longest method known (UPDATEREDIRECTREF, 17) and its space, with
 * a little to spare. */
#define METHOD_AND_SPACE_MAX 20

static bool is_upper(unsigned char c)
{
    return c >= 'A' && c <= 'Z';
}

sc_hello_t sc_hello_peek(const unsigned char *data, apr_size_t len)
{
    if (len == 0) {
        return SC_HELLO_NEED_MORE;
    }
    if (data[0] == RECORD_HANDSHAKE) {
        return SC_HELLO_TLS;
    }
    if (!is_upper(data[0])) {
        return SC_HELLO_OTHER;
    }
    for (apr_size_t i = 1; i < METHOD_AND_SPACE_MAX; i++) {
        if (i == len) {
            return SC_HELLO_NEED_MORE;
        }
        if (data[i] == ' ') {
            return i == 3 && !memcmp(data, "PRI", 3) ? SC_HELLO_HTTP2
                                                     : SC_HELLO_HTTP;
        }
        if (!is_upper(data[i]) && data[i] != '-') {
            return SC_HELLO_OTHER;
        }
    }
    return SC_HELLO_OTHER;
}
