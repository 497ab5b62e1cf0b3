/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for secrets that live as long as a configuration: apart from
 * everything else, left out of core dumps, wiped in the end. Children that are
 * forked share it.
 *
 * Life time: the pool of sc_safe_make().
 * Threads: one at a time while it is filled; what is in it never changes.
 */
#ifndef SC_SAFE_H
#define SC_SAFE_H

#include <apr_pools.h>

#include "sc_base.h"

typedef struct sc_safe sc_safe_t;

/* Returns an empty safe, which takes no memory worth mentioning. */
sc_safe_t *sc_safe_make(apr_pool_t *p);

/* Returns a copy of len bytes in the safe, or NULL if there is no memory. */
const unsigned char *sc_safe_keep(sc_safe_t *safe, const unsigned char *bytes,
                                  apr_size_t len) SC_MUST_CHECK;

#endif
