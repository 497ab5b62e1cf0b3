/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of a response goes into the next TLS record. A client can use
 * nothing of a record before all of it has come, so the first one fits into a
 * TCP segment and the second into the rest of the initial congestion window
 * (RFC 6928); from then on records are as large as TLS allows, which costs
 * least.
 *
 * Life time: plain struct. Threads: owned by the connection.
 */
#ifndef SC_RECORD_H
#define SC_RECORD_H

#include <apr.h>
#include <apr_time.h>

/* Largest plaintext of one record (RFC 8446, 5.1). */
#define SC_RECORD_MAX 16384

typedef struct sc_record {
    apr_size_t sent;      /* plaintext since the connection was last idle */
    apr_time_t sent_last; /* when that was; 0: never */
} sc_record_t;

/*
 * Notes that bytes are about to be sent at the time now: after a second without
 * any, TCP's congestion window counts as small again (RFC 9293, 3.8.1, and RFC
 * 5681, 4.1, leave it to the round-trip time, which is not known here).
 */
void sc_record_begin(sc_record_t *record, apr_time_t now);

/* Returns how many bytes of plaintext the next record may hold. */
apr_size_t sc_record_room(const sc_record_t *record);

/* Notes that len bytes of plaintext have been encrypted. */
void sc_record_sent(sc_record_t *record, apr_size_t len);

#endif
