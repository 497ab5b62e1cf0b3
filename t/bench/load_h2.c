/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/2 by libnghttp2: as many requests at once as there are streams.
 */
#include "load.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <nghttp2/nghttp2.h>

/* Windows like those of browsers, so that they do not hold the server up. */
#define STREAM_WINDOW     (6U << 20)
#define CONNECTION_WINDOW (15 << 20)

typedef struct load_stream {
    bool used;
    bool ok; /* :status is 200 */
    uint64_t begun;
    uint64_t first;
    uint64_t received;
} load_stream_t;

struct load_h2 {
    nghttp2_session *session;
    load_stream_t streams[100];
    size_t active;
    uint64_t granted;
    bool over;
    const uint8_t *out; /* nghttp2's, until it is asked for more */
    size_t out_len;
};

static load_stream_t *stream_of(nghttp2_session *session, int32_t id)
{
    return nghttp2_session_get_stream_user_data(session, id);
}

/* Is this header of that name? */
static bool is(nghttp2_rcbuf *name, const char *text)
{
    nghttp2_vec bytes = nghttp2_rcbuf_get_buf(name);
    return bytes.len == strlen(text) &&
           memcmp(bytes.base, text, bytes.len) == 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame,
                     nghttp2_rcbuf *name, nghttp2_rcbuf *value, uint8_t flags,
                     void *user)
{
    (void)flags;
    (void)user;
    load_stream_t *stream = stream_of(session, frame->hd.stream_id);
    if (stream == NULL) {
        return 0;
    }
    if (stream->first == 0) {
        stream->first = load_now();
    }
    if (is(name, ":status")) {
        stream->ok = is(value, "200");
    }
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id,
                   const uint8_t *data, size_t len, void *user)
{
    (void)flags;
    load_conn_t *conn = user;
    load_stream_t *stream = stream_of(session, id);
    if (stream == NULL || len > conn->run->options->body - stream->received) {
        load_fail("h2: more bytes than the answer should have");
    }
    load_pattern_check(data, len, stream->received);
    stream->received += len;
    return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t error,
                    void *user)
{
    load_conn_t *conn = user;
    load_stream_t *stream = stream_of(session, id);
    if (stream == NULL || error != NGHTTP2_NO_ERROR || !stream->ok ||
        stream->received != conn->run->options->body) {
        load_fail("h2: a stream ended with error %u, %s, %" PRIu64 " bytes",
                  error, stream != NULL && stream->ok ? "200" : "not 200",
                  stream == NULL ? 0 : stream->received);
    }
    conn->run->stats.bytes_in += stream->received;
    stream->used = false;
    conn->h2->active--;
    load_run_done(conn, stream->begun, stream->first);
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame,
                    void *user)
{
    (void)session;
    load_conn_t *conn = user;
    if (frame->hd.type == NGHTTP2_GOAWAY && !conn->h2->over) {
        load_fail("h2: the server says GOAWAY %u after %" PRIu64 " requests",
                  frame->goaway.error_code, conn->served);
    }
    return 0;
}

void load_h2_open(load_conn_t *conn)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW},
    };
    nghttp2_session_callbacks *callbacks = NULL;
    load_h2_t *h2 = calloc(1, sizeof(*h2));
    if (h2 == NULL || nghttp2_session_callbacks_new(&callbacks) != 0) {
        load_fail("no memory");
    }
    nghttp2_session_callbacks_set_on_header_callback2(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks,
                                                              on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    if (nghttp2_session_client_new(&h2->session, callbacks, conn) != 0 ||
        nghttp2_submit_settings(h2->session, NGHTTP2_FLAG_NONE, settings,
                                sizeof(settings) / sizeof(settings[0])) != 0 ||
        nghttp2_session_set_local_window_size(h2->session, NGHTTP2_FLAG_NONE, 0,
                                              CONNECTION_WINDOW) != 0) {
        load_fail("h2: no session");
    }
    nghttp2_session_callbacks_del(callbacks);
    conn->h2 = h2;
}

void load_h2_close(load_conn_t *conn)
{
    if (conn->h2 != NULL) {
        nghttp2_session_del(conn->h2->session);
        free(conn->h2);
        conn->h2 = NULL;
    }
}

void load_h2_grant(load_conn_t *conn)
{
    conn->h2->granted++;
}

/* The library copies both and changes neither, whatever its types say. */
static nghttp2_nv header(const char *name, const char *value)
{
    union {
        const char *ours;
        uint8_t *theirs;
    } first = {name}, second = {value};
    return (nghttp2_nv){
        .name = first.theirs,
        .value = second.theirs,
        .namelen = strlen(name),
        .valuelen = strlen(value),
        .flags = NGHTTP2_NV_FLAG_NONE,
    };
}

static void begin(load_conn_t *conn)
{
    load_h2_t *h2 = conn->h2;
    load_stream_t *stream = h2->streams;
    while (stream->used) {
        stream++;
    }
    /* The first request pays for its connection. */
    *stream = (load_stream_t){
        .used = true,
        .begun = conn->served == 0 ? conn->begun : load_now(),
    };
    const nghttp2_nv headers[] = {
        header(":method", "GET"),
        header(":scheme", "https"),
        header(":authority",
               SSL_get_servername(conn->ssl, TLSEXT_NAMETYPE_host_name)),
        header(":path", conn->run->options->path),
        header("user-agent", "load"),
        header("accept", "*/*"),
    };
    if (nghttp2_submit_request(h2->session, NULL, headers,
                               sizeof(headers) / sizeof(headers[0]), NULL,
                               stream) < 0) {
        load_fail("h2: no request");
    }
    conn->served++;
    h2->active++;
}

static void begin_all(load_conn_t *conn)
{
    load_h2_t *h2 = conn->h2;
    const load_options_t *options = conn->run->options;
    while (h2->active < options->streams && conn->served < options->requests &&
           (h2->granted > 0 || load_run_more(conn))) {
        h2->granted -= h2->granted > 0 ? 1 : 0;
        begin(conn);
    }
    if (h2->active == 0 && conn->served == options->requests && !h2->over) {
        h2->over = true;
        if (nghttp2_session_terminate_session(h2->session, NGHTTP2_NO_ERROR) !=
            0) {
            load_fail("h2: no goodbye");
        }
    }
}

/* False if the socket takes no more. */
static bool send_all(load_conn_t *conn)
{
    load_h2_t *h2 = conn->h2;
    while (true) {
        if (h2->out_len == 0) {
            ssize_t len = nghttp2_session_mem_send(h2->session, &h2->out);
            if (len <= 0) {
                return len == 0;
            }
            h2->out_len = (size_t)len;
        }
        size_t done = load_conn_write(conn, h2->out, h2->out_len);
        if (done == 0) {
            return false;
        }
        h2->out += done;
        h2->out_len -= done;
    }
}

load_h2_state_t load_h2_step(load_conn_t *conn)
{
    load_h2_t *h2 = conn->h2;
    char bytes[LOAD_CHUNK];
    ssize_t len = 0;
    do {
        begin_all(conn);
        (void)send_all(conn);
        if (h2->over) {
            return h2->out_len == 0 ? LOAD_H2_OVER : LOAD_H2_BUSY;
        }
        len = load_conn_read(conn, bytes, sizeof(bytes));
        if (len < 0) {
            load_fail("h2: the server closed the connection after %" PRIu64
                      " requests, %zu of them unanswered",
                      conn->served, h2->active);
        }
        if (len > 0 &&
            nghttp2_session_mem_recv(h2->session, (const uint8_t *)bytes,
                                     (size_t)len) != len) {
            load_fail("h2: what the server sends is not HTTP/2");
        }
    } while (len > 0);
    return h2->active > 0 ? LOAD_H2_BUSY : LOAD_H2_IDLE;
}
