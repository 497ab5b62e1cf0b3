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

static bool enter(sc_conn_t *conn, apr_time_t deadline, bool writing)
{
    apr_status_t status = sc_overdue_enter(
        &conn->overdue, ap_get_conn_socket(conn->c), deadline, writing);

    if (status != APR_SUCCESS) {
        ap_log_cerror(APLOG_MARK, APLOG_ERR, status, conn->c,
                      "SC0320: no descriptor left to watch over a waiting "
                      "connection; closing. Raise the limit of open files "
                      "(ulimit -n).");
    }
    return status == APR_SUCCESS;
}

bool sc_park_watch(sc_conn_t *conn, apr_time_t deadline)
{
    return enter(conn, deadline, false);
}

int sc_park(sc_conn_t *conn)
{
    conn_rec *c = conn->c;
    const bool writing = c->data_in_output_filters != 0;

    c->cs->state = CONN_STATE_LINGER;
    if (!enter(conn, conn->deadline, writing)) {
        sc_conn_advance(conn, SC_CONN_CLOSED);
        return OK;
    }
#if AP_MODULE_MAGIC_AT_LEAST(20120211, 137)
    c->cs->sense = writing ? CONN_SENSE_WANT_WRITE : CONN_SENSE_WANT_READ;
    c->cs->state = CONN_STATE_ASYNC_WAITIO;
#endif
    return OK;
}

int sc_park_idle(sc_conn_t *conn, apr_time_t until)
{
    conn_rec *c = conn->c;

    c->cs->state = CONN_STATE_LINGER;
    if (enter(conn, until, false)) {
        c->data_in_input_filters = 0;
        c->cs->sense = CONN_SENSE_DEFAULT;
        c->cs->state = CONN_STATE_KEEPALIVE;
    }
    return OK;
}
