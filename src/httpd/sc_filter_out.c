/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_filter_out.h"

#include <httpd.h>

#include <http_connection.h>
#include <http_core.h>

#include "sc_conn.h"
#include "sc_log.h"
#include "sc_wire.h"

/* Largest plaintext of one TLS record (RFC 8446, 5.1). */
#define RECORD_SIZE 16384

/* Ciphertext is passed on in pieces of about this size. */
#define PASS_SIZE 65536

/* Shorter buckets are put together so that they share a record. */
#define GATHER_BELOW 4096

/* One call of the filter. */
typedef struct sc_sending {
    sc_conn_t *conn;
    char *gathered; /* RECORD_SIZE bytes from the bucket allocator, or NULL */
    apr_size_t gathered_len;
    apr_size_t queued; /* plaintext bytes encrypted since the last pass */
} sc_sending_t;

static apr_status_t encrypt(sc_sending_t *sending, const char *data,
                            apr_size_t len)
{
    sc_conn_t *conn = sending->conn;
    sc_error_t err;

    sc_error_clear(&err);
    if (sc_engine_write(conn->engine, data, len, &err) != SC_STEP_DONE) {
        sc_log_connection(conn->c, &err);
        conn->c->aborted = 1;
        return APR_ECONNABORTED;
    }
    sending->queued += len;
    if (sending->queued < PASS_SIZE) {
        return APR_SUCCESS;
    }
    sending->queued = 0;
    return sc_wire_send(conn, false);
}

static apr_status_t encrypt_gathered(sc_sending_t *sending)
{
    const apr_size_t len = sending->gathered_len;

    sending->gathered_len = 0;
    return len ? encrypt(sending, sending->gathered, len) : APR_SUCCESS;
}

static apr_status_t add_data(sc_sending_t *sending, const char *data,
                             apr_size_t len)
{
    apr_status_t status = APR_SUCCESS;

    if (len < GATHER_BELOW) {
        if (!sending->gathered) {
            sending->gathered =
                apr_bucket_alloc(RECORD_SIZE, sending->conn->c->bucket_alloc);
        }
        if (sending->gathered_len + len > RECORD_SIZE) {
            status = encrypt_gathered(sending);
        }
        memcpy(sending->gathered + sending->gathered_len, data, len);
        sending->gathered_len += len;
        return status;
    }
    status = encrypt_gathered(sending);
    while (status == APR_SUCCESS && len > 0) {
        /* No more than what is passed on at once, however large the bucket. */
        const apr_size_t piece = len < PASS_SIZE ? len : PASS_SIZE;

        status = encrypt(sending, data, piece);
        data += piece;
        len -= piece;
    }
    return status;
}

/* Encrypts a data bucket and frees it. */
static apr_status_t send_data(sc_sending_t *sending, apr_bucket *bucket)
{
    const char *data;
    apr_size_t len;
    apr_status_t status =
        apr_bucket_read(bucket, &data, &len, APR_NONBLOCK_READ);

    if (APR_STATUS_IS_EAGAIN(status)) {
        /* A slow source, a CGI script for example: what there is goes out
         * before we wait for more. */
        status = encrypt_gathered(sending);
        if (status == APR_SUCCESS) {
            status = sc_wire_send(sending->conn, true);
        }
        if (status == APR_SUCCESS) {
            status = apr_bucket_read(bucket, &data, &len, APR_BLOCK_READ);
        }
    }
    if (status == APR_SUCCESS) {
        status = add_data(sending, data, len);
    }
    apr_bucket_delete(bucket);
    return status;
}

/* Puts a metadata bucket behind the bytes that precede it. */
static apr_status_t send_metadata(sc_sending_t *sending, apr_bucket *bucket)
{
    sc_conn_t *conn = sending->conn;
    const bool flush = APR_BUCKET_IS_FLUSH(bucket);
    apr_status_t status = encrypt_gathered(sending);

    if (AP_BUCKET_IS_EOC(bucket)) {
        sc_engine_close(conn->engine);
        sc_conn_advance(conn, SC_CONN_CLOSING);
        /* httpd has flushed before and closes the socket next. */
        if (status == APR_SUCCESS) {
            status = sc_wire_send(conn, true);
        }
    }
    APR_BUCKET_REMOVE(bucket);
    APR_BRIGADE_INSERT_TAIL(sc_engine_output(conn->engine), bucket);
    if (status == APR_SUCCESS && flush) {
        sending->queued = 0;
        status = sc_wire_send(conn, false);
    }
    return status;
}

/*
 * Before the handshake is over, and after a failure, nothing may leave in
 * clear: data is dropped, metadata passes.
 */
static apr_status_t send_without_data(ap_filter_t *f, apr_bucket_brigade *bb)
{
    apr_bucket *next;
    bool dropped = false;

    for (apr_bucket *bucket = APR_BRIGADE_FIRST(bb);
         bucket != APR_BRIGADE_SENTINEL(bb); bucket = next) {
        next = APR_BUCKET_NEXT(bucket);
        if (!APR_BUCKET_IS_METADATA(bucket)) {
            apr_bucket_delete(bucket);
            dropped = true;
        }
    }
    if (dropped) {
        f->c->aborted = 1;
    }
    return ap_pass_brigade(f->next, bb);
}

static apr_status_t send_all(sc_conn_t *conn, apr_bucket_brigade *bb)
{
    sc_sending_t sending = {.conn = conn};
    apr_status_t status = APR_SUCCESS;

    while (status == APR_SUCCESS && !APR_BRIGADE_EMPTY(bb)) {
        apr_bucket *bucket = APR_BRIGADE_FIRST(bb);

        status = APR_BUCKET_IS_METADATA(bucket)
                     ? send_metadata(&sending, bucket)
                     : send_data(&sending, bucket);
    }
    if (status == APR_SUCCESS) {
        status = encrypt_gathered(&sending);
    }
    if (sending.gathered) {
        apr_bucket_free(sending.gathered);
    }
    if (status == APR_SUCCESS &&
        !APR_BRIGADE_EMPTY(sc_engine_output(conn->engine))) {
        status = sc_wire_send(conn, false);
    }
    return status;
}

apr_status_t sc_filter_out(ap_filter_t *f, apr_bucket_brigade *bb)
{
    sc_conn_t *conn = f->ctx;

    if (conn->plain_http) {
        return ap_pass_brigade(f->next, bb);
    }
    if (f->c->aborted) {
        apr_brigade_cleanup(bb);
        return APR_ECONNABORTED;
    }
    if (conn->state < SC_CONN_OPEN || conn->state >= SC_CONN_CLOSING) {
        return send_without_data(f, bb);
    }
    return send_all(conn, bb);
}
