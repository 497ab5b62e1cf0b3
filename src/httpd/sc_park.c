/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_park.h"

#include <ap_mpm.h>
#include <http_core.h>

#include "sc_log.h"

static bool may_park;

bool sc_park_is_supported(void)
{
    int answer = 0;

#if AP_MODULE_MAGIC_AT_LEAST(20120211, 137)
    if (ap_mpm_query(AP_MPMQ_CAN_WAITIO, &answer) != APR_SUCCESS) {
        answer = 0;
    }
#endif
    return answer != 0;
}

void sc_park_allow(void)
{
    may_park = true;
}

bool sc_park_is_allowed(const conn_rec *c)
{
    return may_park && c->cs;
}

int sc_park(sc_conn_t *conn)
{
#if AP_MODULE_MAGIC_AT_LEAST(20120211, 137)
    conn_rec *c = conn->c;
    const bool writing = c->data_in_output_filters != 0;
    apr_status_t status = sc_overdue_enter(
        &conn->overdue, ap_get_conn_socket(c), conn->deadline, writing);

    if (status == APR_SUCCESS) {
        c->cs->sense = writing ? CONN_SENSE_WANT_WRITE : CONN_SENSE_WANT_READ;
        c->cs->state = CONN_STATE_ASYNC_WAITIO;
        return OK;
    }
    ap_log_cerror(APLOG_MARK, APLOG_ERR, status, c,
                  "SC0320: no descriptor left to watch over the handshake; "
                  "closing. Raise the limit of open files (ulimit -n).");
#endif
    sc_conn_advance(conn, SC_CONN_CLOSED);
    return DONE;
}
