/* SPDX-License-Identifier: Apache-2.0 */
/*
 * httpd reads its configuration twice when it starts, and clears everything of
 * ours in between, even the module itself may go. What the first pass has found
 * to be without fault is kept for the second: digests, no secrets.
 *
 * Life time: from the end of the first pass to the end of the second.
 * Threads: the parent's only thread.
 */
#ifndef SC_PASSES_H
#define SC_PASSES_H

#include <apr_pools.h>

#include "sc_proven.h"

/* Keeps what the first pass has proven. */
void sc_passes_keep(sc_proven_t *proven);

/* Returns what was kept, NULL if nothing was; it goes when p is cleared. */
const sc_proven_t *sc_passes_take(apr_pool_t *p);

#endif
