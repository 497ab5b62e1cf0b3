/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that connections need (hosts, contexts, identities) hangs on one
 * immutable, counted generation. A cell holds the one in force; a connection
 * acquires it when it begins and releases it when its handshake is over.
 *
 * Life time: a generation ends with its last reference. The cell holds one.
 * Threads: internally locked (lock "generation cell"); content is immutable.
 */
#ifndef SC_GENERATION_H
#define SC_GENERATION_H

#include <apr_pools.h>

#include "sc_base.h"

typedef struct sc_generation sc_generation_t;
typedef struct sc_cell sc_cell_t;

/*
 * Creates an empty cell in p. Its lock works between the threads of a process:
 * make the cell before the fork, use it after. Clearing p releases what the
 * cell holds. Returns NULL if the system gives no lock.
 */
sc_cell_t *sc_cell_make(apr_pool_t *p) SC_MUST_CHECK;

/*
 * Returns a new generation with one reference, the caller's. content must not
 * change any more; destroy(content), which may be NULL, is called by whoever
 * releases the last reference. Returns NULL if there is no memory.
 */
sc_generation_t *sc_generation_new(const void *content,
                                   void (*destroy)(const void *content))
    SC_MUST_CHECK;

/* Returns what the generation carries, borrowed. */
const void *sc_generation_content(const sc_generation_t *generation);

/* Puts a generation in force; the caller's reference moves to the cell. */
void sc_cell_publish(sc_cell_t *cell, sc_generation_t *generation);

/* Returns the generation in force with a reference for the caller, or NULL. */
sc_generation_t *sc_cell_acquire(sc_cell_t *cell) SC_MUST_CHECK;

/* Gives one reference back. NULL is allowed. */
void sc_generation_release(sc_generation_t *generation);

#endif
