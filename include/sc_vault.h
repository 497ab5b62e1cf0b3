/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for secrets that live as long as a configuration: apart from
 * everything else, left out of core dumps, wiped in the end. Children that are
 * forked share it.
 *
 * Life time: the pool of sc_vault_make().
 * Threads: one at a time while it is filled; what is in it never changes.
 */
#ifndef SC_VAULT_H
#define SC_VAULT_H

#include <apr_pools.h>

#include "sc_base.h"

typedef struct sc_vault sc_vault_t;

/* Returns an empty vault, which takes no memory worth mentioning. */
sc_vault_t *sc_vault_make(apr_pool_t *p);

/* Returns a copy of len bytes in the vault, or NULL if there is no memory. */
const unsigned char *sc_vault_keep(sc_vault_t *vault,
                                   const unsigned char *bytes, apr_size_t len)
    SC_MUST_CHECK;

#endif
