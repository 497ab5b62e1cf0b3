/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bridge between APR and OpenSSL: ownership of OpenSSL objects by pools,
 * and OpenSSL's error queue turned into one sentence.
 *
 * Threads: the error queue belongs to the calling thread; the rest is as safe
 * as the pool it is given.
 */
#ifndef SC_OSSL_H
#define SC_OSSL_H

#include <apr_pools.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "sc_base.h"
#include "sc_error.h"

/*
 * Each gives one reference to pool p, which frees it when it is cleared, and
 * returns the object. NULL is returned as it is and registers nothing.
 */
SSL_CTX *sc_own_ssl_ctx(SSL_CTX *ctx, apr_pool_t *p);
X509 *sc_own_x509(X509 *cert, apr_pool_t *p);
STACK_OF(X509) *sc_own_x509_stack(STACK_OF(X509) *stack, apr_pool_t *p);
EVP_PKEY *sc_own_pkey(EVP_PKEY *key, apr_pool_t *p);

/*
 * Empties the calling thread's OpenSSL error queue and returns what it said as
 * one line in p, outermost reason first and at most two reasons, for example
 * "wrong tag (asn1 encoding routines)". Returns "no reason given" for an empty
 * queue. Never returns file names or line numbers of the library.
 */
const char *sc_ossl_reason(apr_pool_t *p);

/*
 * Empties the error queue into err after a failed SSL_* call of a connection.
 * what is the action that failed ("the TLS handshake"). The blame is
 * SC_BLAME_PEER for everything a peer can bring about, SC_BLAME_SYSTEM for
 * memory and internal errors.
 */
void sc_ossl_error(sc_error_t *err, const char *id, const char *what);

#endif
