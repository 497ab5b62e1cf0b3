/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raw bytes between the network and a connection's engine.
 *
 * Threads: owned by the connection.
 */
#ifndef SC_WIRE_H
#define SC_WIRE_H

#include "sc_conn.h"

/*
 * Reads raw bytes from the filter into the engine's input. APR_SUCCESS: there
 * are some. APR_EAGAIN: none now. APR_EOF: the engine was told. Anything else:
 * the connection is broken.
 */
apr_status_t sc_wire_fetch(sc_conn_t *conn, ap_filter_t *from,
                           apr_read_type_e block) SC_MUST_CHECK;

/* Passes what the engine has for the network to the filter below ours. */
apr_status_t sc_wire_send(sc_conn_t *conn, bool flush) SC_MUST_CHECK;

/* The same, then writes as much as the network takes now. */
apr_status_t sc_wire_send_without_waiting(sc_conn_t *conn) SC_MUST_CHECK;

/*
 * The filter to read from on behalf of a connection that waits in the MPM:
 * mod_reqtimeout's own deadlines would stay armed meanwhile; ours replace them.
 */
ap_filter_t *sc_wire_below_reqtimeout(const sc_conn_t *conn);

#endif
