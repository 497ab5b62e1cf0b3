/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_filter_in.h"

#include <httpd.h>

#include "sc_conn.h"
#include "sc_log.h"
#include "sc_wire.h"

/* What one call decrypts at most: a bucket of the size that httpd reads in. */
#define READ_SIZE APR_BUCKET_BUFF_SIZE

/* Records how a read ended for good. */
static apr_status_t end_of_input(sc_conn_t *conn, sc_step_t step,
                                 const sc_error_t *err)
{
    if (step == SC_STEP_CLOSED) {
        if (sc_engine_is_truncated(conn->engine)) {
            ap_log_cerror(APLOG_MARK, APLOG_DEBUG, 0, conn->c,
                          "SC0312: the client closed without close_notify");
        }
        return APR_EOF;
    }
    sc_log_connection(conn->c, err);
    if (sc_wire_send(conn, false) != APR_SUCCESS) {
        ap_log_cerror(APLOG_MARK, APLOG_TRACE1, 0, conn->c,
                      "the alert could not be sent");
    }
    sc_conn_advance(conn, SC_CONN_CLOSED);
    conn->c->aborted = 1;
    return APR_ECONNABORTED;
}

/*
 * Sends what the engine owes, such as the answer to a KeyUpdate; and before a
 * thread waits for the client, whatever the server holds back, because the
 * client may be waiting for that: answers to pipelined requests, for example,
 * when only part of the next request has come.
 */
static apr_status_t send_before_waiting(sc_conn_t *conn, apr_read_type_e block)
{
    const bool waits = block == APR_BLOCK_READ;

    if ((waits && conn->c->data_in_output_filters) ||
        !APR_BRIGADE_EMPTY(sc_engine_output(conn->engine))) {
        return sc_wire_send(conn, waits);
    }
    return APR_SUCCESS;
}

/*
 * Decrypts what else has come already, without waiting: many small records
 * share a bucket. A failure is logged now and met again by the next read.
 */
static apr_size_t read_more(sc_conn_t *conn, char *buf, apr_size_t room)
{
    apr_size_t total = 0;
    apr_size_t len;
    sc_error_t err;

    sc_error_clear(&err);
    while (total < room &&
           sc_engine_read(conn->engine, buf + total, room - total, &len,
                          &err) == SC_STEP_DONE) {
        total += len;
    }
    sc_log_connection(conn->c, &err);
    return total;
}

/* Puts len bytes at the end of conn->clear. buf holds READ_SIZE bytes of the
 * bucket allocator and is taken over or freed: few bytes get a small copy, lest
 * a client that sends tiny records fills our memory with large buckets. */
static void keep(sc_conn_t *conn, char *buf, apr_size_t len)
{
    apr_bucket_alloc_t *alloc = conn->c->bucket_alloc;
    const bool is_small = len < READ_SIZE / 2;

    APR_BRIGADE_INSERT_TAIL(
        conn->clear, apr_bucket_heap_create(
                         buf, len, is_small ? NULL : apr_bucket_free, alloc));
    if (is_small) {
        apr_bucket_free(buf);
    }
}

/* Decrypts at least one byte into conn->clear. */
static apr_status_t decrypt(sc_conn_t *conn, ap_filter_t *f,
                            apr_read_type_e block)
{
    apr_bucket_alloc_t *alloc = conn->c->bucket_alloc;
    char *buf = apr_bucket_alloc(READ_SIZE, alloc);
    apr_status_t status = APR_SUCCESS;
    apr_size_t len;

    while (status == APR_SUCCESS) {
        sc_error_t err;
        sc_step_t step;

        sc_error_clear(&err);
        step = sc_engine_read(conn->engine, buf, READ_SIZE, &len, &err);
        if (step == SC_STEP_DONE) {
            keep(conn, buf, len + read_more(conn, buf + len, READ_SIZE - len));
            return APR_SUCCESS;
        }
        if (step != SC_STEP_WANT_READ) {
            status = end_of_input(conn, step, &err);
            break;
        }
        status = send_before_waiting(conn, block);
        if (status == APR_SUCCESS) {
            status = sc_wire_fetch(conn, f->next, block);
            if (APR_STATUS_IS_EOF(status)) {
                status = APR_SUCCESS; /* the engine says how it ends */
            }
        }
    }
    apr_bucket_free(buf);
    return status;
}

/* Plain HTTP on the TLS port: the bytes are what they are. */
static apr_status_t pass(sc_conn_t *conn, ap_filter_t *f, apr_read_type_e block)
{
    apr_status_t status =
        ap_get_brigade(f->next, conn->raw, AP_MODE_READBYTES, block, READ_SIZE);

    APR_BRIGADE_CONCAT(conn->clear, conn->raw);
    if (status == APR_SUCCESS && APR_BRIGADE_EMPTY(conn->clear)) {
        return APR_EAGAIN;
    }
    return status;
}

static apr_status_t fill(sc_conn_t *conn, ap_filter_t *f, apr_read_type_e block)
{
    return conn->plain_http ? pass(conn, f, block) : decrypt(conn, f, block);
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

/*
 * Tells whether decrypted bytes wait. Taking a line that ends where its bucket
 * ends leaves an empty bucket behind; it must not pass for data, or httpd would
 * go and read the next request with a thread.
 */
static bool has_clear(sc_conn_t *conn)
{
    while (!APR_BRIGADE_EMPTY(conn->clear)) {
        apr_bucket *first = APR_BRIGADE_FIRST(conn->clear);

        if (APR_BUCKET_IS_METADATA(first) || first->length > 0) {
            return true;
        }
        apr_bucket_delete(first);
    }
    return false;
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
    if (!has_clear(conn)) {
        status = fill(conn, f, block);
    }
    if (status != APR_SUCCESS) {
        return status;
    }
    return mode == AP_MODE_READBYTES ? read_bytes(conn, bb, readbytes)
                                     : peek_bytes(conn, bb, readbytes);
}
