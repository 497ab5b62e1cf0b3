/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections that wait in the MPM, without a thread, until their socket is
 * ready or their deadline is over.
 *
 * Threads: owned by the connection, but for the two that say so.
 */
#ifndef SC_PARK_H
#define SC_PARK_H

#include "sc_conn.h"

/* Tells whether the MPM can keep a connection without a thread until its socket
 * is ready. Threads: any. */
bool sc_park_is_supported(void);

/* In child_init: from now on connections may wait in the MPM. */
void sc_park_allow(void);

/* Tells whether this connection may. */
bool sc_park_is_allowed(const conn_rec *c);

/*
 * Has a connection that somebody else parks, or may, shut down when the
 * deadline is over. Returns false, and says why, if that cannot be done.
 */
bool sc_park_watch(sc_conn_t *conn, apr_time_t deadline) SC_MUST_CHECK;

/*
 * Gives the connection back to the MPM until the network is ready, or until
 * conn->deadline. Returns what the process_connection hook has to.
 */
int sc_park(sc_conn_t *conn);

/*
 * Gives back a connection that was idle between two requests and still is: to
 * the MPM's own KeepAliveTimeout, of which no more than until is left.
 */
int sc_park_idle(sc_conn_t *conn, apr_time_t until);

#endif
