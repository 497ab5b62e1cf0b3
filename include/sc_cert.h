/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates made from DER bytes, each as cheaply as its use allows.
 *
 * Most of the time that OpenSSL takes for a certificate goes into its public
 * key (before version 3.2 four fifths). An outline is a certificate without
 * that key: names, dates and extensions can be looked at, but it verifies
 * nothing and is never given to a connection.
 *
 * Threads: the functions without a store are safe everywhere; a store is used
 * by one thread at a time or, after sc_certs_allow_threads(), internally
 * locked.
 */
#ifndef SC_CERT_H
#define SC_CERT_H

#include <stdbool.h>

#include <apr_pools.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "sc_base.h"

/*
 * Certificates that many files have in common, intermediates above all: equal
 * ones are made once and shared.
 */
typedef struct sc_certs sc_certs_t;

/* Returns an empty store that holds a reference to what is in it until p is
 * cleared. */
sc_certs_t *sc_certs_make(apr_pool_t *p);

/* Makes the store one that several threads may use at a time. Returns false if
 * it cannot. */
bool sc_certs_allow_threads(sc_certs_t *certs) SC_MUST_CHECK;

/* Returns a reference to the one certificate of these bytes, or NULL if they
 * are none; the caller frees it. */
X509 *sc_certs_get(sc_certs_t *certs, const unsigned char *der, apr_size_t len)
    SC_MUST_CHECK;

/* Returns an outline (of a self-issued certificate all of it) that the caller
 * frees, or NULL if these bytes are no certificate. */
X509 *sc_certs_outline(const sc_certs_t *certs, const unsigned char *der,
                       apr_size_t len) SC_MUST_CHECK;

/* Returns a certificate that the caller frees, or NULL. */
X509 *sc_cert_make(const unsigned char *der, apr_size_t len) SC_MUST_CHECK;

/* Returns a copy with its public key of an outline or any other certificate;
 * the caller frees it. NULL if there is no memory. */
X509 *sc_cert_whole(const X509 *cert) SC_MUST_CHECK;

/* Returns the public key of an outline or any other certificate; the caller
 * frees it. NULL if OpenSSL cannot read it. */
EVP_PKEY *sc_cert_public_key(const X509 *cert) SC_MUST_CHECK;

/*
 * Returns the name that OpenSSL gives to the type of an outline's or any other
 * certificate's key ("EC"), or NULL for a type that is none of those that a
 * server can use.
 */
const char *sc_cert_key_type(const X509 *cert);

/* Tells whether a key is the private one to an outline's or any other
 * certificate's: by the public keys of both. */
bool sc_cert_fits_key(const X509 *cert, const EVP_PKEY *key);

#endif
