/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Absolute deadlines for connections that wait in the MPM without a thread. A
 * sweep, once a second, shuts down the sockets of those that are overdue; that
 * wakes them in the MPM, whose worker then sees the deadline and ends them.
 *
 * The sweep is one thread of ours in each child. mod_watchdog would have been
 * the natural place, but it stops as soon as a child begins to stop, and a
 * child that stops gracefully waits for just these connections.
 *
 * The list holds descriptors of its own (dup), never the MPM's: by the time the
 * sweep runs, that number may belong to another client.
 *
 * Life time: entries are part of their connection, which leaves before it ends.
 * Threads: internally locked (lock "overdue list"). Under the lock nothing but
 * shutdown() is called.
 */
#ifndef SC_OVERDUE_H
#define SC_OVERDUE_H

#include <stdbool.h>

#include <apr_network_io.h>
#include <apr_pools.h>
#include <apr_ring.h>
#include <apr_time.h>

#include "sc_base.h"

typedef struct sc_overdue {
    APR_RING_ENTRY(sc_overdue) link;
    apr_time_t deadline;
    int fd;       /* the list's own; meaningful while listed */
    bool listed;  /* touched by the connection's thread only */
    bool writing; /* waits to write, so both directions must be shut */
    bool shut;    /* the sweep has shut it down; under lock */
} sc_overdue_t;

/* Prepares an entry that is not in the list. */
void sc_overdue_init(sc_overdue_t *entry);

/*
 * Puts a connection into the list, or updates it there. Returns an error if the
 * process has no descriptor left for it; then it is not in the list.
 */
apr_status_t sc_overdue_enter(sc_overdue_t *entry, apr_socket_t *socket,
                              apr_time_t deadline, bool writing) SC_MUST_CHECK;

/* Tells whether the sweep has shut the connection down. */
bool sc_overdue_was_shut(const sc_overdue_t *entry);

/* Takes a connection out of the list; harmless if it is not in it. */
void sc_overdue_leave(sc_overdue_t *entry);

/*
 * In child_init, where connections can wait: starts the thread that sweeps. It
 * ends when pchild is destroyed. Without it nobody may enter the list.
 */
apr_status_t sc_overdue_start(apr_pool_t *pchild) SC_MUST_CHECK;

#endif
