/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variables that describe a certificate: SSL_SERVER_<name>.
 *
 * Threads: reads the certificate only; safe from any thread.
 */
#ifndef SC_CERTVARS_H
#define SC_CERTVARS_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <openssl/x509.h>

#include "sc_base.h"

/*
 * Returns the value of one variable, name without its prefix: M_VERSION,
 * M_SERIAL, V_START, V_END, V_REMAIN (whole days), S_DN, I_DN, S_DN_<c> and
 * I_DN_<c> with an optional index and _RAW, SAN_DNS_n, SAN_Email_n, SAN_URI_n,
 * SAN_IP_n, A_SIG, A_KEY, CERT (PEM). Returns "" if the certificate has no such
 * part, NULL if the name is unknown or there is no certificate. Control
 * characters never appear in names: they are escaped as in RFC 2253.
 */
const char *sc_certvars_lookup(X509 *cert, const char *name, apr_pool_t *p);

/* Sets every variable but V_REMAIN and CERT that has a value, each with prefix
 * before its name, in env. */
void sc_certvars_export(X509 *cert, const char *prefix, apr_table_t *env,
                        apr_pool_t *p);

#endif
