/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_filter_out.h"

#include <errno.h>
#include <unistd.h>

#include <httpd.h>

#include <apr_portable.h>
#include <http_connection.h>
#include <http_core.h>
#include <http_request.h>

#include "sc_chunk.h"
#include "sc_conn.h"
#include "sc_log.h"
#include "sc_wire.h"

/* Plaintext and ciphertext are handled in pieces of about this size. */
#define PASS_SIZE 65536

/* Less than this waits for what follows, so that they share a record. */
#define HOLD_SIZE 4096

/* ---- Encryption ---- */

static apr_status_t fail(const sc_conn_t *conn, const sc_error_t *err)
{
    sc_log_connection(conn->c, err);
    conn->c->aborted = 1;
    return APR_ECONNABORTED;
}

static apr_status_t pass(sc_conn_t *conn, bool flush)
{
    conn->unsent = 0;
    return sc_wire_send(conn, flush);
}

/* Encrypts data of any length; what comes out does not pile up. */
static apr_status_t encrypt(sc_conn_t *conn, const char *data, apr_size_t len)
{
    apr_status_t status = APR_SUCCESS;

    while (status == APR_SUCCESS && len > 0) {
        const apr_size_t room = sc_record_room(&conn->record);
        /* The library cuts what is longer into records of full size. */
        const apr_size_t most = room < SC_RECORD_MAX ? room : PASS_SIZE;
        const apr_size_t piece = len < most ? len : most;
        sc_error_t err;

        sc_error_clear(&err);
        if (sc_engine_write(conn->engine, data, piece, &err) != SC_STEP_DONE) {
            return fail(conn, &err);
        }
        sc_record_sent(&conn->record, piece);
        data += piece;
        len -= piece;
        conn->unsent += piece;
        if (conn->unsent >= PASS_SIZE) {
            status = pass(conn, false);
        }
    }
    return status;
}

/* ---- What is held ---- */

/* Encrypts what is held. */
static apr_status_t encrypt_held(sc_conn_t *conn)
{
    const apr_size_t len = conn->held_len;

    conn->held_len = 0;
    return encrypt(conn, conn->held, len);
}

apr_status_t sc_filter_out_release(sc_conn_t *conn)
{
    apr_status_t status = APR_SUCCESS;

    if (conn->held) {
        status = encrypt_held(conn);
        sc_chunk_give(conn->held);
        conn->held = NULL;
    }
    return status;
}

/* Returns where more bytes can be put, up to PASS_SIZE in all. */
static char *held_end(sc_conn_t *conn)
{
    if (!conn->held) {
        conn->held = sc_chunk_take();
    }
    return conn->held + conn->held_len;
}

static apr_status_t hold(sc_conn_t *conn, const char *data, apr_size_t len)
{
    apr_status_t status = APR_SUCCESS;

    if (conn->held_len + len > PASS_SIZE) {
        status = encrypt_held(conn);
    }
    memcpy(held_end(conn), data, len);
    conn->held_len += len;
    return status;
}

/* ---- Buckets ---- */

static apr_status_t send_memory(sc_conn_t *conn, const char *data,
                                apr_size_t len)
{
    apr_status_t status = APR_SUCCESS;

    if (len < HOLD_SIZE) {
        return len ? hold(conn, data, len) : APR_SUCCESS;
    }
    if (conn->held_len > 0) {
        /* Fills the record that was begun rather than send a short one. */
        const apr_size_t room = sc_record_room(&conn->record);
        apr_size_t more = room > conn->held_len ? room - conn->held_len : 0;

        more = more < len ? more : len;
        status = hold(conn, data, more);
        data += more;
        len -= more;
    }
    if (status == APR_SUCCESS) {
        status = sc_filter_out_release(conn);
    }
    return status == APR_SUCCESS ? encrypt(conn, data, len) : status;
}

/* Reads exactly len bytes of a file. One that has become shorter is an error:
 * the client was told how much to expect. */
static apr_status_t read_file(apr_os_file_t fd, apr_off_t offset, char *buf,
                              apr_size_t len)
{
    while (len > 0) {
        const ssize_t got = pread(fd, buf, len, offset);

        if (got > 0) {
            buf += got;
            len -= (apr_size_t)got;
            offset += got;
        }
        else if (got == 0) {
            return APR_EOF;
        }
        else if (errno != EINTR) {
            return apr_get_os_error();
        }
    }
    return APR_SUCCESS;
}

/*
 * Sends a file bucket. Reading into a buffer costs less than mapping: the
 * library copies the plaintext once more in any case, and then from memory that
 * is in the processor's cache.
 */
static apr_status_t send_file(sc_conn_t *conn, const apr_bucket *bucket)
{
    const apr_bucket_file *file = bucket->data;
    apr_off_t left = (apr_off_t)bucket->length;
    apr_off_t offset = bucket->start;
    apr_os_file_t fd;
    apr_status_t status = apr_os_file_get(&fd, file->fd);

    while (status == APR_SUCCESS && left > 0) {
        const apr_size_t room = PASS_SIZE - conn->held_len;
        const apr_size_t piece =
            left < (apr_off_t)room ? (apr_size_t)left : room;

        status = read_file(fd, offset, held_end(conn), piece);
        if (status == APR_SUCCESS) {
            conn->held_len += piece;
        }
        if (status == APR_SUCCESS && conn->held_len == PASS_SIZE) {
            status = encrypt_held(conn);
        }
        offset += (apr_off_t)piece;
        left -= (apr_off_t)piece;
    }
    return status;
}

static apr_status_t send_readable(sc_conn_t *conn, apr_bucket *bucket)
{
    const char *data;
    apr_size_t len;
    apr_status_t status =
        apr_bucket_read(bucket, &data, &len, APR_NONBLOCK_READ);

    if (APR_STATUS_IS_EAGAIN(status)) {
        /* A slow source, a CGI script for example: what there is goes out
         * before we wait for more. */
        status = sc_filter_out_release(conn);
        if (status == APR_SUCCESS) {
            status = pass(conn, true);
        }
        if (status == APR_SUCCESS) {
            status = apr_bucket_read(bucket, &data, &len, APR_BLOCK_READ);
        }
    }
    return status == APR_SUCCESS ? send_memory(conn, data, len) : status;
}

/* Encrypts a data bucket and frees it. */
static apr_status_t send_data(sc_conn_t *conn, apr_bucket *bucket)
{
    const bool is_file = APR_BUCKET_IS_FILE(bucket);
    apr_status_t status =
        is_file ? send_file(conn, bucket) : send_readable(conn, bucket);

    conn->is_amid = true;
    if (status != APR_SUCCESS) {
        /* Nothing may follow where bytes are missing. */
        conn->c->aborted = 1;
    }
    apr_bucket_delete(bucket);
    return status;
}

/* Puts a metadata bucket behind the bytes that precede it. */
static apr_status_t send_metadata(sc_conn_t *conn, apr_bucket *bucket)
{
    const bool flush = APR_BUCKET_IS_FLUSH(bucket);
    apr_status_t status = sc_filter_out_release(conn);

    if (AP_BUCKET_IS_EOC(bucket)) {
        sc_engine_close(conn->engine);
        sc_conn_advance(conn, SC_CONN_CLOSING);
        /* httpd has flushed before and closes the socket next. */
        if (status == APR_SUCCESS) {
            status = pass(conn, true);
        }
    }
    conn->is_amid = conn->is_amid && !AP_BUCKET_IS_EOR(bucket);
    APR_BUCKET_REMOVE(bucket);
    APR_BRIGADE_INSERT_TAIL(sc_engine_output(conn->engine), bucket);
    if (status == APR_SUCCESS && flush) {
        status = pass(conn, false);
    }
    return status;
}

/* ---- The filter ---- */

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
    /* The head of a response comes in a call of its own, and its body, or its
     * end, in the next. Nothing else may wait for another call: in a tunnel,
     * say, there may be none. */
    const bool may_hold = !conn->is_amid;
    apr_status_t status = APR_SUCCESS;

    sc_record_begin(&conn->record, apr_time_now());
    while (status == APR_SUCCESS && !APR_BRIGADE_EMPTY(bb)) {
        apr_bucket *bucket = APR_BRIGADE_FIRST(bb);

        status = APR_BUCKET_IS_METADATA(bucket) ? send_metadata(conn, bucket)
                                                : send_data(conn, bucket);
    }
    if (status == APR_SUCCESS &&
        (!may_hold || conn->held_len == 0 || conn->held_len >= HOLD_SIZE)) {
        status = sc_filter_out_release(conn);
    }
    if (status == APR_SUCCESS &&
        !APR_BRIGADE_EMPTY(sc_engine_output(conn->engine))) {
        status = pass(conn, false);
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
