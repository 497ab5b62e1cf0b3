/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One secure connection: its record, and its life from the first byte to the
 * last as one sequence of states.
 *
 * Life time: the connection's pool.
 * Threads: owned by the thread that currently runs the connection, except
 * facts and plain_http, which never change once the state is SC_CONN_OPEN and
 * are read by HTTP/2's threads.
 */
#ifndef SC_CONN_H
#define SC_CONN_H

#include <stdbool.h>

#include <httpd.h>

#include <util_filter.h>

#include "sc_engine.h"
#include "sc_frames.h"
#include "sc_head.h"
#include "sc_overdue.h"
#include "sc_record.h"
#include "sc_site.h"

/* In the order in which a connection lives them; it never goes back. */
typedef enum {
    SC_CONN_NEW,       /* no byte has been looked at */
    SC_CONN_HANDSHAKE, /* the first bytes are a TLS hello, or close to one */
    SC_CONN_OPEN,      /* requests flow (or plain HTTP is being answered) */
    SC_CONN_CLOSING,   /* close_notify is on its way, or will never be */
    SC_CONN_CLOSED     /* nothing more may be done */
} sc_conn_state_t;

/* How requests begin on a connection. */
typedef enum {
    SC_WATCH_NOTHING, /* we cannot tell: the server reads by itself */
    SC_WATCH_HEADS,   /* HTTP/1 */
    SC_WATCH_FRAMES   /* HTTP/2 */
} sc_watch_t;

/* The wait for request heads, see sc_await.h. */
typedef struct sc_await {
    sc_watch_t watch;
    const char *protocol; /* httpd's name for what is watched */
    sc_head_t head;       /* of the request that is coming */
    sc_frames_t frames;
    apr_interval_time_t timeout; /* for a head */
    apr_uint64_t consumed;       /* raw bytes before that head */
    apr_time_t idle_since; /* when the server last found nothing to read */
    bool has_begun;        /* the server has been given something */
    bool is_withheld;     /* what conn->clear has was not given to the server */
    apr_status_t cut;     /* what the server meets for the rest of the head */
    bool past_reqtimeout; /* mod_reqtimeout did not see this head */
} sc_await_t;

typedef struct sc_conn {
    conn_rec *c;
    sc_conn_state_t state;
    sc_engine_t *engine;
    ap_filter_t *in;
    ap_filter_t *out;
    apr_bucket_brigade *clear; /* decrypted, not yet taken by the server */
    apr_bucket_brigade *raw;   /* scratch, for bytes from the network */
    bool is_drained;           /* the engine has decrypted all it was given */
    bool is_dry;         /* the network had no more when it was last asked */
    char *held;          /* start of a response, waits for the rest, or NULL */
    bool is_amid;        /* the start of a response has been sent, or held */
    apr_size_t held_len; /* bytes of it */
    apr_size_t unsent;   /* plaintext encrypted and not yet passed on */
    sc_record_t record;  /* sizes of what is sent */
    apr_time_t accepted;
    apr_time_t deadline; /* of the handshake, then of a request head; or 0 */
    sc_overdue_t overdue;
    sc_await_t await;            /* for request heads */
    sc_generation_t *generation; /* held until the handshake is over */
    const sc_site_t *site;       /* valid while generation is held */
    const sc_host_t *host;       /* the same */
    server_rec *server;          /* the virtual host chosen by SNI */
    unsigned char binding[SC_BINDING_LEN]; /* of that host's settings */
    bool plain_http;         /* the client speaks HTTP without TLS */
    bool is_fallback;        /* the host has no certificate of its own yet */
    const sc_facts_t *facts; /* set when the handshake is complete */
} sc_conn_t;

/*
 * Returns the record of a connection, or of the connection that carries it
 * (HTTP/2); NULL for one that is not ours.
 */
sc_conn_t *sc_conn_get(const conn_rec *c);

/* The pre_connection hook: takes a client's connection over, or not. */
int sc_conn_pre_connection(conn_rec *c, void *socket);

/* The process_connection hook: moves the handshake on. */
int sc_conn_process(conn_rec *c);

/* The pre_close_connection hook. */
int sc_conn_pre_close(conn_rec *c);

/* Moves the state forward; going back is a programming error and ignored. */
void sc_conn_advance(sc_conn_t *conn, sc_conn_state_t state);

/* Registers the two filters; see sc_filter_in.h and sc_filter_out.h. */
void sc_conn_register_filters(void);

#endif
