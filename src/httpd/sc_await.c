/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_await.h"

#include <http_core.h>
#include <http_protocol.h>

#include "sc_clear.h"
#include "sc_log.h"
#include "sc_park.h"
#include "sc_wire.h"

/* A head of that size, with one header field of the largest size that the
 * server permits (LimitRequestFieldSize) beside it, is waited for. */
#define HEAD_MAX 65536

/* Raw bytes of records that hold nothing, for each head, and of all others for
 * each byte in them: records may be small. */
#define RAW_MAX   1048576
#define RAW_RATIO 16

static sc_watch_t watch_for(const sc_conn_t *conn, const char *protocol)
{
    const char *server = ap_get_server_protocol(conn->server);

    if (!server ||
        (strcmp(server, "http") != 0 && strcmp(server, "https") != 0)) {
        return SC_WATCH_NOTHING;
    }
    if (!strcmp(protocol, "h2")) {
        return SC_WATCH_FRAMES;
    }
    /* On a connection for a CA's challenge httpd waits for a request, too. */
    return !strcmp(protocol, AP_PROTOCOL_HTTP1) ||
                   !strcmp(protocol, "acme-tls/1")
               ? SC_WATCH_HEADS
               : SC_WATCH_NOTHING;
}

void sc_await_begin(sc_conn_t *conn, apr_time_t now)
{
    sc_await_t *await = &conn->await;

    await->protocol = ap_get_protocol(conn->c);
    await->watch = watch_for(conn, await->protocol);
    conn->deadline = now + await->timeout;
    sc_frames_init(&await->frames);
}

apr_time_t sc_await_idle_until(const sc_conn_t *conn)
{
    /* As the MPM chooses it, as far as we can know. */
    const server_rec *s = conn->server->keep_alive_timeout_set
                              ? conn->server
                              : conn->c->base_server;

    return conn->await.idle_since + s->keep_alive_timeout;
}

/* ---- What the wait comes to ---- */

static sc_awaited_t let_read(sc_conn_t *conn)
{
    conn->await.has_begun = true;
    conn->await.is_withheld = false;
    conn->await.past_reqtimeout = conn->await.watch == SC_WATCH_HEADS;
    return SC_AWAIT_READY;
}

/* The same when no head is due any more. */
static sc_awaited_t let_read_freely(sc_conn_t *conn)
{
    sc_overdue_leave(&conn->overdue);
    conn->deadline = 0;
    return let_read(conn);
}

/* Tells whether any part of a request has come, or of a record. */
static bool has_part(sc_conn_t *conn)
{
    const sc_await_t *await = &conn->await;

    return sc_clear_has(conn) ||
           (!conn->plain_http && sc_engine_in_midst(conn->engine)) ||
           (await->watch == SC_WATCH_FRAMES && await->has_begun &&
            sc_frames_is_waiting(&await->frames));
}

static sc_awaited_t give_up(sc_conn_t *conn)
{
    const bool has_some = has_part(conn);

    ap_log_cerror(APLOG_MARK, has_some ? APLOG_INFO : APLOG_DEBUG, 0, conn->c,
                  "%s within %" APR_TIME_T_FMT
                  " ms, or before this child had to stop",
                  has_some ? "SC0351: a request head did not come whole"
                           : "SC0350: no request came",
                  apr_time_as_msec(conn->await.timeout));
    if (conn->await.watch == SC_WATCH_HEADS && sc_clear_has(conn)) {
        /* Meeting the timeout itself, httpd answers 408 or just logs it. */
        conn->await.cut = APR_TIMEUP;
        return let_read_freely(conn);
    }
    /* There is nobody to be polite to for the usual half minute. */
    apr_table_setn(conn->c->notes, "short-lingering-close", "1");
    return SC_AWAIT_OVER;
}

static bool is_past(const sc_conn_t *conn, apr_time_t deadline)
{
    return apr_time_now() >= deadline || sc_overdue_was_shut(&conn->overdue);
}

/* Nothing more can be read now. */
static sc_awaited_t wait_for_more(sc_conn_t *conn)
{
    if (!conn->deadline) {
        conn->deadline = apr_time_now() + conn->await.timeout;
    }
    if (is_past(conn, conn->deadline)) {
        return give_up(conn);
    }
    conn->await.is_withheld = true;
    return sc_wire_send_without_waiting(conn) == APR_SUCCESS ? SC_AWAIT_MORE
                                                             : SC_AWAIT_OVER;
}

/* There was nothing to read but records without data, if even that. */
static sc_awaited_t stay_idle(sc_conn_t *conn)
{
    if (is_past(conn, sc_await_idle_until(conn))) {
        return SC_AWAIT_OVER;
    }
    conn->deadline = 0;
    conn->await.is_withheld = true;
    return SC_AWAIT_IDLE;
}

/* The client's direction has ended, or broken. */
static sc_awaited_t meet_end(sc_conn_t *conn, apr_status_t status)
{
    if (sc_overdue_was_shut(&conn->overdue)) {
        return give_up(conn);
    }
    /* The server has to answer half a head, and to end a session. */
    if (APR_STATUS_IS_EOF(status) &&
        (sc_clear_has(conn) ||
         (conn->await.watch == SC_WATCH_FRAMES && conn->await.has_begun))) {
        return let_read_freely(conn);
    }
    return SC_AWAIT_OVER;
}

/* ---- Reading ---- */

/* Reads what there is, to the end of conn->clear and to buf. */
static apr_status_t gather(sc_conn_t *conn, char *buf, apr_size_t *len)
{
    if (sc_engine_consumed(conn->engine) - conn->await.consumed >
        RAW_MAX + RAW_RATIO * conn->await.head.seen) {
        ap_log_cerror(APLOG_MARK, APLOG_INFO, 0, conn->c,
                      "SC0352: the client sends TLS records without end and "
                      "no request in them; closing");
        return APR_ENOSPC;
    }
    return sc_clear_gather(conn, sc_wire_below_reqtimeout(conn), buf, len);
}

/* Looks for a head in what lies in conn->clear since the last request. */
static bool find_in_clear(sc_conn_t *conn)
{
    for (apr_bucket *bucket = APR_BRIGADE_FIRST(conn->clear);
         bucket != APR_BRIGADE_SENTINEL(conn->clear);
         bucket = APR_BUCKET_NEXT(bucket)) {
        const char *data;
        apr_size_t len;

        if (!APR_BUCKET_IS_METADATA(bucket) &&
            apr_bucket_read(bucket, &data, &len, APR_NONBLOCK_READ) ==
                APR_SUCCESS &&
            sc_head_feed(&conn->await.head, data, len)) {
            return true;
        }
    }
    return false;
}

/* The head is too long to wait for the rest of it. */
static sc_awaited_t refuse(sc_conn_t *conn)
{
    ap_log_cerror(APLOG_MARK, APLOG_INFO, 0, conn->c,
                  "SC0353: after %" APR_SIZE_T_FMT
                  " bytes the request head is still not whole; refusing it",
                  conn->await.head.seen);
    conn->await.cut = APR_ENOSPC;
    return let_read_freely(conn);
}

static bool is_too_long(const sc_conn_t *conn)
{
    return conn->await.head.seen >
           HEAD_MAX + (apr_size_t)conn->c->base_server->limit_req_fieldsize;
}

static sc_awaited_t await_head(sc_conn_t *conn)
{
    sc_await_t *await = &conn->await;
    bool is_whole = !await->is_withheld && find_in_clear(conn);
    bool looked_twice = false;

    while (!is_whole) {
        char buf[SC_CLEAR_SIZE];
        apr_size_t len;
        apr_status_t status = gather(conn, buf, &len);

        if (APR_STATUS_IS_EAGAIN(status)) {
            if (!await->has_begun || has_part(conn)) {
                return wait_for_more(conn);
            }
            if (looked_twice) {
                return stay_idle(conn);
            }
            /* At the first look the end of the stream looks like nothing. */
            looked_twice = true;
        }
        else if (status != APR_SUCCESS) {
            return meet_end(conn, status);
        }
        else {
            is_whole = sc_head_feed(&await->head, buf, len);
            if (!is_whole && is_too_long(conn)) {
                return refuse(conn);
            }
        }
    }
    return let_read_freely(conn);
}

static sc_awaited_t await_frames(sc_conn_t *conn)
{
    sc_await_t *await = &conn->await;
    char buf[SC_CLEAR_SIZE];
    apr_size_t len;

    if (!await->is_withheld && sc_clear_has(conn)) {
        return let_read(conn); /* mod_http2 has its reasons not to take it */
    }
    do {
        apr_status_t status = gather(conn, buf, &len);

        if (APR_STATUS_IS_EAGAIN(status)) {
            const bool due = !await->frames.has_request ||
                             sc_frames_is_waiting(&await->frames) ||
                             sc_engine_in_midst(conn->engine);

            return due ? wait_for_more(conn) : let_read_freely(conn);
        }
        if (status != APR_SUCCESS) {
            return meet_end(conn, status);
        }
    } while (!sc_frames_feed(&await->frames, buf, len));
    if (await->frames.has_request) {
        return let_read_freely(conn);
    }
    /* A session may begin. Its first request is due all the same. */
    if (is_past(conn, conn->deadline)) {
        return give_up(conn);
    }
    return sc_park_watch(conn, conn->deadline) ? let_read(conn) : SC_AWAIT_OVER;
}

sc_awaited_t sc_await(sc_conn_t *conn)
{
    sc_await_t *await = &conn->await;

    if (!await->is_withheld) {
        sc_head_init(&await->head);
        await->consumed = sc_engine_consumed(conn->engine);
        if (await->has_begun && await->watch == SC_WATCH_HEADS &&
            strcmp(ap_get_protocol(conn->c), await->protocol) != 0) {
            await->watch = SC_WATCH_NOTHING; /* a request has changed it */
        }
    }
    switch (await->watch) {
    case SC_WATCH_HEADS:
        return await_head(conn);
    case SC_WATCH_FRAMES:
        return await_frames(conn);
    case SC_WATCH_NOTHING:
        break;
    }
    return let_read_freely(conn);
}

/* ---- What the input filter tells ---- */

void sc_await_saw_bucket(sc_conn_t *conn)
{
    sc_await_t *await = &conn->await;
    const char *data;
    apr_size_t len;

    if (await->watch == SC_WATCH_FRAMES &&
        apr_bucket_read(APR_BRIGADE_LAST(conn->clear), &data, &len,
                        APR_NONBLOCK_READ) == APR_SUCCESS &&
        sc_frames_feed(&await->frames, data, len) && conn->deadline &&
        await->frames.has_request && !sc_frames_is_waiting(&await->frames)) {
        /* It may take as long as it likes to answer what was asked for. */
        sc_overdue_leave(&conn->overdue);
        conn->deadline = 0;
    }
}

void sc_await_saw_nothing(sc_conn_t *conn)
{
    sc_await_t *await = &conn->await;

    if (await->watch == SC_WATCH_HEADS) {
        await->idle_since = apr_time_now();
    }
    else if (await->watch == SC_WATCH_FRAMES && !conn->deadline &&
             sc_frames_is_waiting(&await->frames)) {
        /* mod_http2 has got the beginning of something, and now may take the
         * connection for idle. */
        conn->deadline = apr_time_now() + await->timeout;
        if (!sc_park_watch(conn, conn->deadline)) {
            conn->c->aborted = 1;
        }
    }
}
