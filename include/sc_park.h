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
 * Gives the connection back to the MPM until the network is ready, or until
 * conn->deadline. Returns what the process_connection hook has to.
 */
int sc_park(sc_conn_t *conn);

#endif
