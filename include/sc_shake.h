/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handshake of a connection: what the engine asks during it, and the moving
 * on of it with the bytes there are.
 *
 * Threads: owned by the connection.
 */
#ifndef SC_SHAKE_H
#define SC_SHAKE_H

#include "sc_conn.h"

/* What moving the handshake came to. */
typedef enum {
    SC_SHAKE_DONE,  /* requests may flow */
    SC_SHAKE_WAIT,  /* park until the network is ready */
    SC_SHAKE_FAILED /* close; what is to be logged and sent has been */
} sc_shake_t;

/* The decisions of the handshake; the baton is an sc_conn_t. */
extern const sc_engine_hooks_t sc_shake_hooks;

/* Does all of the handshake that can be done now. With may_block it waits for
 * the client, and there is no SC_SHAKE_WAIT. */
sc_shake_t sc_shake(sc_conn_t *conn, bool may_block) SC_MUST_CHECK;

#endif
