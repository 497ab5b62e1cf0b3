/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which names are served at which address: httpd's virtual hosts as a TLS
 * client meets them, first the address, then the name.
 *
 * Life time: the pool of sc_listens_make().
 * Threads: immutable once the site is built.
 */
#ifndef SC_LISTEN_H
#define SC_LISTEN_H

#include <stdbool.h>

#include <httpd.h>

#include "sc_error.h"
#include "sc_sni.h"

/* The addresses of a site while it is being built. */
typedef struct sc_listens sc_listens_t;

/* Returns an empty set. Problems go to report, scratch comes from ptemp. */
sc_listens_t *sc_listens_make(sc_report_t *report, apr_pool_t *p,
                              apr_pool_t *ptemp);

/*
 * Adds a server that speaks TLS, with all its names at all its addresses; in
 * configuration order. Returns the server's own addresses for
 * sc_listen_names(). Reports a name that another server has at the address.
 */
const apr_array_header_t *sc_listens_add(sc_listens_t *listens, server_rec *s);

/*
 * Reports a server without TLS at an address where others speak it: it would
 * never be reached. To be called when all are added.
 */
void sc_listens_check_plain(const sc_listens_t *listens, server_rec *s);

/* Returns the index of all names of all servers, whatever their address. */
const sc_sni_t *sc_listens_all_names(const sc_listens_t *listens);

/*
 * Returns the names (to const server_rec *) served at the address of a
 * connection that httpd gave to the server with these addresses: ranked as
 * httpd does it, address before wildcard, port before any port. NULL if none
 * fits.
 */
const sc_sni_t *sc_listen_names(const apr_array_header_t *addresses,
                                const apr_sockaddr_t *local);

#endif
