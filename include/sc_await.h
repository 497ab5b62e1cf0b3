/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wait for request heads, without a thread: the server is given a
 * connection only when there is a head to read on it, or when it is over.
 *
 * Only for HTTP/1 and HTTP/2, whose heads we can tell; whatever else is spoken
 * on a connection is the server's to read.
 *
 * Threads: owned by the connection.
 */
#ifndef SC_AWAIT_H
#define SC_AWAIT_H

#include "sc_conn.h"

/* What there is to do about a connection. */
typedef enum {
    SC_AWAIT_READY, /* let the server read */
    SC_AWAIT_MORE,  /* park until conn->deadline */
    SC_AWAIT_IDLE,  /* nothing has begun: park as idle */
    SC_AWAIT_OVER   /* close; what is to be logged and sent has been */
} sc_awaited_t;

/* Begins when the handshake is over: from now on the first head is due. */
void sc_await_begin(sc_conn_t *conn, apr_time_t now);

/*
 * Takes what the client has sent and looks for a head in it. Nothing that has
 * arrived is left undecrypted unless the server is to read, so that the socket
 * tells when there is more.
 */
sc_awaited_t sc_await(sc_conn_t *conn) SC_MUST_CHECK;

/* When an idle connection has been that for as long as KeepAliveTimeout says.
 */
apr_time_t sc_await_idle_until(const sc_conn_t *conn);

/* For the input filter: there is a new bucket at the end of conn->clear. */
void sc_await_saw_bucket(sc_conn_t *conn);

/* For the input filter: the server looked for more in vain. */
void sc_await_saw_nothing(sc_conn_t *conn);

#endif
