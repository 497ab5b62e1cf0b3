/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_wire.h"

/* Raw bytes asked of the network at a time. */
#define FETCH_SIZE 32768

static apr_off_t length_of(apr_bucket_brigade *bb)
{
    apr_off_t len;

    return apr_brigade_length(bb, 0, &len) == APR_SUCCESS ? len : -1;
}

/*
 * Tells whether the network was asked just now and had less than it might have
 * given: asking again would be a system call for nothing, and what comes
 * meanwhile wakes the connection. Only once: the caller may have waited for the
 * socket by itself, as mod_http2 does.
 */
static bool was_dry(sc_conn_t *conn)
{
    const bool is_dry = conn->is_dry;

    conn->is_dry = false;
    return is_dry;
}

apr_status_t sc_wire_fetch(sc_conn_t *conn, ap_filter_t *from,
                           apr_read_type_e block)
{
    apr_bucket_brigade *raw = conn->raw;
    apr_status_t status;

    if (was_dry(conn) && block == APR_NONBLOCK_READ) {
        return APR_EAGAIN;
    }
    status = ap_get_brigade(from, raw, AP_MODE_READBYTES, block, FETCH_SIZE);
    if (status == APR_SUCCESS && APR_BRIGADE_EMPTY(raw)) {
        status = APR_EAGAIN;
    }
    else if (status == APR_SUCCESS &&
             APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(raw))) {
        status = APR_EOF;
    }
    else if (status == APR_SUCCESS) {
        const apr_off_t len = length_of(raw);

        conn->is_dry = len > 0 && len < FETCH_SIZE;
    }
    APR_BRIGADE_CONCAT(sc_engine_input(conn->engine), raw);
    if (APR_STATUS_IS_EOF(status)) {
        sc_engine_input_end(conn->engine);
    }
    return status;
}

apr_status_t sc_wire_send(sc_conn_t *conn, bool flush)
{
    apr_bucket_brigade *out = sc_engine_output(conn->engine);
    apr_status_t status;

    if (flush) {
        APR_BRIGADE_INSERT_TAIL(out,
                                apr_bucket_flush_create(conn->c->bucket_alloc));
    }
    status = ap_pass_brigade(conn->out->next, out);
    apr_brigade_cleanup(out);
    return status;
}

apr_status_t sc_wire_send_without_waiting(sc_conn_t *conn)
{
    ap_filter_t *last = conn->out;
    apr_status_t status = APR_SUCCESS;

    if (!APR_BRIGADE_EMPTY(sc_engine_output(conn->engine))) {
        status = sc_wire_send(conn, false);
    }
    while (last->next) {
        last = last->next;
    }
    /* Called with no brigade, the core filter writes what it can and keeps the
     * rest: the MPM itself does it so. */
    if (status == APR_SUCCESS) {
        status = last->frec->filter_func.out_func(last, NULL);
    }
    return status;
}

static bool is_named(const ap_filter_t *f, const char *name)
{
    return f && !strcasecmp(f->frec->name, name);
}

ap_filter_t *sc_wire_below_reqtimeout(const sc_conn_t *conn)
{
    ap_filter_t *below = conn->in->next;

    /* mod_remoteip stands above it, and has no part in the bytes that follow
     * the PROXY header. */
    if (conn->state != SC_CONN_NEW && is_named(below, "remoteip_input")) {
        below = below->next;
    }
    return is_named(below, "reqtimeout") && below->next ? below->next
                                                        : conn->in->next;
}
