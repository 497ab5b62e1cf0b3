/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a request's channel is, whoever owns the connection: this module,
 * another TLS module, or nobody. The one place that answers "is this secure?".
 *
 * Threads: safe for any request, HTTP/2's included.
 */
#ifndef SC_CHANNEL_H
#define SC_CHANNEL_H

#include <stdbool.h>

#include <httpd.h>

#include "sc_gate.h"
#include "sc_site.h"

/*
 * Fills facts for the request's connection, or the connection that carries it.
 * What cannot be known is left false or zero, and then counts as not met.
 */
void sc_channel_facts(const request_rec *r, sc_gate_facts_t *facts);

/*
 * Returns the https address that corresponds to a request that came in clear,
 * in r->pool: scheme, host and port come from the configuration of the TLS host
 * that serves the requested host name, path and query from the request as the
 * client sent it. NULL if there is no such host.
 */
const char *sc_channel_https_url(const request_rec *r);

/*
 * A generation that is held for the time of one call. Returns NULL if none is
 * in force; release it with sc_generation_release().
 */
sc_generation_t *sc_channel_site(const sc_site_t **site);

#endif
