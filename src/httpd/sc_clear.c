/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_clear.h"

#include "sc_chunk.h"
#include "sc_filter_out.h"
#include "sc_log.h"
#include "sc_wire.h"

bool sc_clear_has(sc_conn_t *conn)
{
    /* Taking a line that ends where its bucket ends leaves an empty bucket
     * behind; it must not pass for data, or httpd would go and read the next
     * request with a thread. */
    while (!APR_BRIGADE_EMPTY(conn->clear)) {
        apr_bucket *first = APR_BRIGADE_FIRST(conn->clear);

        if (APR_BUCKET_IS_METADATA(first) || first->length > 0) {
            return true;
        }
        apr_bucket_delete(first);
    }
    return false;
}

/* Records how a read ended for good. */
static apr_status_t end_of_input(sc_conn_t *conn, sc_step_t step,
                                 const sc_error_t *err)
{
    if (step == SC_STEP_CLOSED) {
        if (sc_engine_is_truncated(conn->engine) &&
            !sc_overdue_was_shut(&conn->overdue)) {
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

    if (waits && conn->held) {
        apr_status_t status = sc_filter_out_release(conn);

        if (status != APR_SUCCESS) {
            return status;
        }
    }
    if ((waits && conn->c->data_in_output_filters) ||
        !APR_BRIGADE_EMPTY(sc_engine_output(conn->engine))) {
        return sc_wire_send(conn, waits);
    }
    return APR_SUCCESS;
}

/* Gives the engine, which has nothing left to decrypt, more to work on. */
static apr_status_t feed_engine(sc_conn_t *conn, ap_filter_t *from,
                                apr_read_type_e block)
{
    apr_status_t status = send_before_waiting(conn, block);

    if (status == APR_SUCCESS) {
        status = sc_wire_fetch(conn, from, block);
        if (APR_STATUS_IS_EOF(status)) {
            status = APR_SUCCESS; /* the engine says how it ends */
        }
    }
    conn->is_drained = status != APR_SUCCESS;
    return status;
}

/*
 * Decrypts what else has come already, without waiting: many small records
 * share a bucket. A failure is logged now and met again by the next read.
 */
static apr_size_t decrypt_more(sc_conn_t *conn, char *buf, apr_size_t room)
{
    apr_size_t total = 0;
    apr_size_t len;
    sc_error_t err;

    sc_error_clear(&err);
    while (total < room) {
        const sc_step_t step =
            sc_engine_read(conn->engine, buf + total, room - total, &len, &err);

        if (step != SC_STEP_DONE) {
            conn->is_drained = step == SC_STEP_WANT_READ;
            break;
        }
        total += len;
    }
    sc_log_connection(conn->c, &err);
    return total;
}

/* Decrypts into buf, of so many bytes, what the engine was given. APR_EAGAIN:
 * that was not enough for a byte. */
static apr_status_t decrypt(sc_conn_t *conn, char *buf, apr_size_t size,
                            apr_size_t *len)
{
    sc_error_t err;
    sc_step_t step;

    sc_error_clear(&err);
    step = sc_engine_read(conn->engine, buf, size, len, &err);
    if (step == SC_STEP_DONE) {
        *len += decrypt_more(conn, buf + *len, size - *len);
        return APR_SUCCESS;
    }
    if (step == SC_STEP_WANT_READ) {
        conn->is_drained = true;
        return APR_EAGAIN;
    }
    return end_of_input(conn, step, &err);
}

/* Puts len bytes of a chunk, which is taken over, at the end of conn->clear.
 * Few bytes get a small copy, lest a client that sends tiny records fills our
 * memory with large buffers. */
static void keep(sc_conn_t *conn, char *chunk, apr_size_t len)
{
    apr_bucket_alloc_t *alloc = conn->c->bucket_alloc;
    const bool is_small = len < SC_CHUNK_SIZE / 8;

    APR_BRIGADE_INSERT_TAIL(
        conn->clear, apr_bucket_heap_create(
                         chunk, len, is_small ? NULL : sc_chunk_give, alloc));
    if (is_small) {
        sc_chunk_give(chunk);
    }
}

static apr_status_t fill_with_plain(sc_conn_t *conn, ap_filter_t *from,
                                    apr_read_type_e block)
{
    apr_status_t status = ap_get_brigade(from, conn->raw, AP_MODE_READBYTES,
                                         block, SC_CLEAR_SIZE);

    APR_BRIGADE_CONCAT(conn->clear, conn->raw);
    if (status == APR_SUCCESS && APR_BRIGADE_EMPTY(conn->clear)) {
        return APR_EAGAIN;
    }
    return status;
}

static apr_status_t fill_with_decrypted(sc_conn_t *conn)
{
    char *chunk = sc_chunk_take();
    apr_size_t len;
    apr_status_t status = decrypt(conn, chunk, SC_CHUNK_SIZE, &len);

    if (status == APR_SUCCESS) {
        keep(conn, chunk, len);
    }
    else {
        sc_chunk_give(chunk);
    }
    return status;
}

apr_status_t sc_clear_fill(sc_conn_t *conn, ap_filter_t *from,
                           apr_read_type_e block)
{
    apr_status_t status;

    if (conn->plain_http) {
        return fill_with_plain(conn, from, block);
    }
    do {
        if (conn->is_drained) {
            status = feed_engine(conn, from, block);
            if (status != APR_SUCCESS) {
                return status;
            }
        }
        status = fill_with_decrypted(conn);
    } while (APR_STATUS_IS_EAGAIN(status));
    return status;
}

static apr_status_t read_plain(sc_conn_t *conn, ap_filter_t *from, char *buf,
                               apr_size_t *len)
{
    apr_bucket_brigade *raw = conn->raw;
    apr_status_t status = ap_get_brigade(from, raw, AP_MODE_READBYTES,
                                         APR_NONBLOCK_READ, SC_CLEAR_SIZE);

    *len = SC_CLEAR_SIZE;
    if (status == APR_SUCCESS) {
        status = apr_brigade_flatten(raw, buf, len);
    }
    if (status == APR_SUCCESS && *len == 0) {
        status = APR_BRIGADE_EMPTY(raw) ? APR_EAGAIN : APR_EOF;
    }
    apr_brigade_cleanup(raw);
    return status;
}

apr_status_t sc_clear_gather(sc_conn_t *conn, ap_filter_t *from, char *buf,
                             apr_size_t *len)
{
    apr_status_t status = APR_SUCCESS;

    *len = 0;
    if (conn->plain_http) {
        status = read_plain(conn, from, buf, len);
    }
    else {
        if (conn->is_drained) {
            status = feed_engine(conn, from, APR_NONBLOCK_READ);
        }
        if (status == APR_SUCCESS) {
            status = decrypt(conn, buf, SC_CLEAR_SIZE, len);
            if (APR_STATUS_IS_EAGAIN(status)) {
                return APR_SUCCESS; /* something was read, but no data yet */
            }
        }
    }
    if (status == APR_SUCCESS) {
        /* Fills the last bucket up before it begins another. */
        status = apr_brigade_write(conn->clear, NULL, NULL, buf, *len);
    }
    return status;
}
