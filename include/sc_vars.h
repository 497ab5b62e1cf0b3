/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The variables of a secure connection, by the names that mod_ssl made known,
 * for CGI and SSI, expressions, logs, mod_rewrite and mod_headers. All answers
 * come from the connection's snapshot.
 *
 * Threads: safe for any request, HTTP/2's included.
 */
#ifndef SC_VARS_H
#define SC_VARS_H

#include <httpd.h>

#include <ap_expr.h>

/* The ssl_conn_is_ssl hook. */
int sc_vars_is_ssl(conn_rec *c);

/*
 * The ssl_var_lookup hook. Returns the value of a variable, allocated from p or
 * static; "" if it has none on this connection; NULL for a name or a connection
 * that is not ours.
 */
const char *sc_vars_lookup(apr_pool_t *p, server_rec *s, conn_rec *c,
                           request_rec *r, const char *name);

/* The fixups hook: sets the environment as SecureChanExport says. */
int sc_vars_export(request_rec *r);

/* The expr_lookup hook: %{SSL_PROTOCOL} and its like in expressions. */
int sc_vars_expr_lookup(ap_expr_lookup_parms *lookup);

/* In pre_config: makes %{..}x and %{..}c known to mod_log_config. */
void sc_vars_register_log(apr_pool_t *p);

#endif
