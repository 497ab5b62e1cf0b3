/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_record.h"

/* With the overhead of any record, IPv6 and TCP options, one segment of an
 * Ethernet, also where PPPoE takes its share. */
#define FIRST_RECORD 1350

/* The first two records together: less than ten such segments. */
#define INITIAL_WINDOW 13500

#define IDLE_AFTER     APR_USEC_PER_SEC

void sc_record_begin(sc_record_t *record, apr_time_t now)
{
    /* A clock that was set back says nothing: the safe side is a small record.
     */
    if (now < record->sent_last || now - record->sent_last > IDLE_AFTER) {
        record->sent = 0;
    }
    record->sent_last = now;
}

apr_size_t sc_record_room(const sc_record_t *record)
{
    if (record->sent < FIRST_RECORD) {
        return FIRST_RECORD - record->sent;
    }
    if (record->sent < INITIAL_WINDOW) {
        return INITIAL_WINDOW - record->sent;
    }
    return SC_RECORD_MAX;
}

void sc_record_sent(sc_record_t *record, apr_size_t len)
{
    if (record->sent < INITIAL_WINDOW) {
        record->sent += len;
    }
}
