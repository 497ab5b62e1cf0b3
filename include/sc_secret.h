/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The secret that several servers share, so that each opens the tickets of the
 * others: a file of one line,
 *
 *     securechan-ticket-secret 1 TIME SECRET
 *
 * with the time it was made, in seconds since 1970, and 32 bytes as 64
 * hexadecimal digits. Epochs are counted from that time, the same everywhere.
 *
 * Life time: the caller's memory, to be wiped by him; what was read is wiped
 * when the pool given to sc_secret_read() is cleared.
 * Threads: owned by the caller.
 */
#ifndef SC_SECRET_H
#define SC_SECRET_H

#include <stdbool.h>

#include <apr_pools.h>

#include "sc_base.h"
#include "sc_error.h"
#include "sc_ratchet.h"

/* How far another server's clock may be ahead, in seconds. */
#define SC_SECRET_SKEW 60

typedef struct sc_secret {
    apr_int64_t begun; /* seconds since 1970 */
    unsigned char bytes[SC_RATCHET_SECRET_LEN];
} sc_secret_t;

/*
 * Reads a secret. now is the time it is checked against. Returns false, with
 * secret wiped, after adding an error to report under place.
 */
bool sc_secret_read(sc_secret_t *secret, const char *path, apr_int64_t now,
                    const sc_place_t *place, sc_report_t *report, apr_pool_t *p)
    SC_MUST_CHECK;

#endif
