/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index from a host name to the virtual host that serves it, for one listen
 * address. It answers exactly as httpd would for the Host header: of all hosts
 * whose ServerName or ServerAlias covers the name, the one configured first.
 *
 * Life time: built in the pool given to sc_sni_make(), then never changed.
 * Threads: immutable after the last sc_sni_add().
 */
#ifndef SC_SNI_H
#define SC_SNI_H

#include <stdbool.h>

#include <apr_pools.h>

#include "sc_base.h"

typedef struct sc_sni sc_sni_t;

/* Returns an empty index. */
sc_sni_t *sc_sni_make(apr_pool_t *p);

/*
 * Adds a name or an httpd alias pattern ('*', '?') for host. Hosts must be
 * added in configuration order, all names of one host together. A name that
 * cannot be a DNS name or a pattern is ignored, as no client can send it.
 * Returns NULL, or the other host that was given exactly this name or pattern
 * before and keeps it.
 */
const void *sc_sni_add(sc_sni_t *sni, const char *name, const void *host);

/*
 * Returns the host that serves a canonical name (see sc_name.h), or NULL. One
 * hash lookup for exact names, one more per label for patterns of the form
 * "*.suffix", and a walk only over patterns of any other form.
 */
const void *sc_sni_find(const sc_sni_t *sni, const char *name);

#endif
