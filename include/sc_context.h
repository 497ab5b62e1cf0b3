/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cryptographic settings of a virtual host as an SSL_CTX. Hosts with equal
 * settings share one; no certificate is ever put into it, because a connection
 * gets its identity only after its host is known.
 *
 * Life time: lives in the pool it was made in.
 * Threads: immutable after make; sc_context_apply() changes only the
 * connection.
 *
 * What OpenSSL does and does not do here, all of it tested in t/unit:
 * - SSL_set_SSL_CTX() takes over cipher lists, signature algorithms, security
 *   level and callbacks, but not options, protocol range, groups, verify mode,
 *   number of tickets or padding, and the session-id context only if it is
 *   still that of the context before.
 * - Setting these in the servername callback is too late: the version has been
 *   chosen by then. Everything is applied in the client_hello callback.
 */
#ifndef SC_CONTEXT_H
#define SC_CONTEXT_H

#include <stdbool.h>

#include <apr_pools.h>
#include <openssl/ssl.h>

#include "sc_base.h"
#include "sc_error.h"
#include "sc_identity.h"
#include "sc_options.h"

/* Bytes of the value that tells settings apart (SHA-256). */
#define SC_BINDING_LEN 32

typedef struct sc_context {
    SSL_CTX *ssl_ctx; /* owned by the pool */
    int protocol_min; /* wire numbers */
    int protocol_max;
    const char *groups; /* the part of the list that the library supports */
    const apr_array_header_t *commands;    /* of sc_command_option_t, or NULL */
    unsigned char binding[SC_BINDING_LEN]; /* equal for equal settings only */
} sc_context_t;

/* Computes the binding of a host's settings without making a context. */
void sc_context_binding(unsigned char binding[SC_BINDING_LEN],
                        const sc_options_t *options);

/*
 * Makes the context for a host's settings, then reads back what OpenSSL made of
 * them. host names the host in messages. Every problem goes to report. Returns
 * NULL if there was an error among them.
 */
sc_context_t *sc_context_make(const sc_options_t *options, const char *host,
                              sc_report_t *report, apr_pool_t *p);

/*
 * Tells whether the library accepts the identity under this context (key size,
 * signature of the chain); if not, the reason goes to report under place.
 */
bool sc_context_accepts(const sc_context_t *context,
                        const sc_identity_t *identity, const sc_place_t *place,
                        sc_report_t *report);

/*
 * Moves a connection that was created from one context to the settings of
 * another, all but the session-id context, which is each host's own. To be
 * called from the client_hello callback and nowhere else. Returns false if the
 * library refuses; the connection must then be given up.
 */
bool sc_context_apply(SSL *ssl, const sc_context_t *from,
                      const sc_context_t *to) SC_MUST_CHECK;

/* Gives a connection its certificate, chain and key. Returns false on failure.
 */
bool sc_context_attach(SSL *ssl, const sc_identity_t *identity) SC_MUST_CHECK;

#endif
