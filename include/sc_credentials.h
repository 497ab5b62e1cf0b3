/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificates and keys of hosts while a site is being built: their own or,
 * for want of these, another module's, mod_md's above all. Sees to it that they
 * are loaded, strong enough for the host's settings, and valid for its names.
 *
 * Life time: the scratch pool of sc_credentials_make().
 * Threads: the parent's only thread; others read and check files for it while
 * it waits.
 */
#ifndef SC_CREDENTIALS_H
#define SC_CREDENTIALS_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "sc_site.h"

typedef struct sc_credentials sc_credentials_t;

/* Begins with no host. Identities live in p; order must live as long as ptemp.
 */
sc_credentials_t *sc_credentials_make(const sc_site_order_t *order,
                                      apr_pool_t *p, apr_pool_t *ptemp);

/*
 * To be called before each of the servers (server_rec *) is added, in their
 * order, with its index: has the files of the next ones read on all processors
 * when it is time. Of no effect but on speed.
 */
void sc_credentials_read_ahead(sc_credentials_t *credentials,
                               const apr_array_header_t *servers, int from);

/* Gives a host its identities, whose context is made already. Every problem
 * goes to the report; with an error the host is broken. */
void sc_credentials_add(sc_credentials_t *credentials, sc_host_t *host);

#endif
