/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_filter_in.h"

#include <httpd.h>

#include "sc_await.h"
#include "sc_clear.h"
#include "sc_log.h"
#include "sc_wire.h"

/*
 * Before the first wait for the body of a request: mod_reqtimeout, which did
 * not see its head, would take that for the wait between two requests and let
 * it be as long as Timeout says. A read that does not wait stands in for it.
 */
static void begin_body(sc_conn_t *conn, ap_filter_t *f)
{
    if (ap_get_brigade(f->next, conn->raw, AP_MODE_SPECULATIVE,
                       APR_NONBLOCK_READ, 1) != APR_SUCCESS) {
        ap_log_cerror(APLOG_MARK, APLOG_TRACE1, 0, conn->c,
                      "the read that follows will tell");
    }
    apr_brigade_cleanup(conn->raw);
}

static apr_status_t fill(sc_conn_t *conn, ap_filter_t *f, apr_read_type_e block)
{
    apr_status_t status;

    if (conn->await.cut) {
        return conn->await.cut;
    }
    if (conn->await.past_reqtimeout && block == APR_BLOCK_READ) {
        conn->await.past_reqtimeout = false;
        if (sc_wire_below_reqtimeout(conn) != f->next) {
            begin_body(conn, f);
        }
    }
    status = sc_clear_fill(conn, f->next, block);
    if (status == APR_SUCCESS) {
        sc_await_saw_bucket(conn);
    }
    return status;
}

static apr_status_t read_bytes(sc_conn_t *conn, apr_bucket_brigade *bb,
                               apr_off_t readbytes)
{
    apr_bucket *end;
    apr_status_t status = apr_brigade_partition(conn->clear, readbytes, &end);

    if (status != APR_SUCCESS && status != APR_INCOMPLETE) {
        return status;
    }
    while (APR_BRIGADE_FIRST(conn->clear) != end &&
           !APR_BRIGADE_EMPTY(conn->clear)) {
        apr_bucket *bucket = APR_BRIGADE_FIRST(conn->clear);

        APR_BUCKET_REMOVE(bucket);
        APR_BRIGADE_INSERT_TAIL(bb, bucket);
    }
    return APR_SUCCESS;
}

static apr_status_t peek_bytes(sc_conn_t *conn, apr_bucket_brigade *bb,
                               apr_off_t readbytes)
{
    apr_bucket *end;
    apr_status_t status = apr_brigade_partition(conn->clear, readbytes, &end);

    if (status != APR_SUCCESS && status != APR_INCOMPLETE) {
        return status;
    }
    for (apr_bucket *bucket = APR_BRIGADE_FIRST(conn->clear);
         bucket != APR_BRIGADE_SENTINEL(conn->clear) && bucket != end;
         bucket = APR_BUCKET_NEXT(bucket)) {
        apr_bucket *copy;

        status = apr_bucket_copy(bucket, &copy);
        if (status != APR_SUCCESS) {
            return status;
        }
        APR_BRIGADE_INSERT_TAIL(bb, copy);
    }
    return APR_SUCCESS;
}

/*
 * Moves one line, or as much of a long one as httpd takes, from conn->clear to
 * bb, filling up as long as the line has no end.
 */
static apr_status_t read_line(sc_conn_t *conn, ap_filter_t *f,
                              apr_bucket_brigade *bb, apr_read_type_e block)
{
    apr_off_t len = 0;

    for (;;) {
        const char *data;
        apr_size_t data_len;
        apr_bucket *last;
        apr_status_t status = apr_brigade_split_line(bb, conn->clear, block,
                                                     HUGE_STRING_LEN - len);

        if (status != APR_SUCCESS) {
            return status;
        }
        last = APR_BRIGADE_LAST(bb);
        if (last != APR_BRIGADE_SENTINEL(bb) &&
            apr_bucket_read(last, &data, &data_len, block) == APR_SUCCESS &&
            data_len > 0 && data[data_len - 1] == APR_ASCII_LF) {
            return APR_SUCCESS;
        }
        status = apr_brigade_length(bb, 0, &len);
        if (status != APR_SUCCESS || len >= HUGE_STRING_LEN) {
            return status;
        }
        status = fill(conn, f, block);
        if (status != APR_SUCCESS) {
            /* What there is of the line is the caller's, as from the core; but
             * an error must be seen, or waiting would begin anew. */
            return len > 0 && (APR_STATUS_IS_EAGAIN(status) ||
                               APR_STATUS_IS_EOF(status))
                       ? APR_SUCCESS
                       : status;
        }
    }
}

apr_status_t sc_filter_in(ap_filter_t *f, apr_bucket_brigade *bb,
                          ap_input_mode_t mode, apr_read_type_e block,
                          apr_off_t readbytes)
{
    sc_conn_t *conn = f->ctx;
    apr_status_t status = APR_SUCCESS;

    if (f->c->aborted) {
        APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_eos_create(f->c->bucket_alloc));
        return APR_ECONNABORTED;
    }
    if (mode == AP_MODE_INIT) {
        return APR_SUCCESS; /* process_connection has done the handshake */
    }
    if (conn->state < SC_CONN_OPEN || conn->state == SC_CONN_CLOSED) {
        return APR_ECONNABORTED;
    }
    if (mode == AP_MODE_GETLINE) {
        return read_line(conn, f, bb, block);
    }
    if (mode != AP_MODE_READBYTES && mode != AP_MODE_SPECULATIVE) {
        return APR_ENOTIMPL;
    }
    if (!sc_clear_has(conn)) {
        status = fill(conn, f, block);
    }
    if (status != APR_SUCCESS) {
        if (APR_STATUS_IS_EAGAIN(status)) {
            sc_await_saw_nothing(conn);
        }
        return status;
    }
    return mode == AP_MODE_READBYTES ? read_bytes(conn, bb, readbytes)
                                     : peek_bytes(conn, bb, readbytes);
}
