/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's identity: one certificate, its chain and its private key. The only
 * holder of private keys in the module. sc_loader.h makes it from files.
 *
 * Most identities are sealed: bytes that have been checked, of which OpenSSL's
 * objects are made by the first connection of a process that needs them. A
 * server with ten thousand hosts starts sooner that way and takes 1 KB for each
 * identity instead of 9, until it is used. Objects made before the fork would
 * not stay shared either: each use counts references, which writes to their
 * pages.
 *
 * Life time: the pool it was made in.
 * Threads: immutable but for the objects that sc_identity_open() makes, which
 * it may be asked for by any thread at any time.
 */
#ifndef SC_IDENTITY_H
#define SC_IDENTITY_H

#include <stdbool.h>

#include <apr_pools.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "sc_base.h"
#include "sc_error.h"
#include "sc_proven.h"

typedef enum {
    SC_KEY_RSA,
    SC_KEY_ECDSA,
    SC_KEY_ED25519,
    SC_KEY_ED448,
    SC_KEY_TYPES
} sc_key_type_t;

/*
 * What the security level of a context judges a certificate and its key by, but
 * for the chain. Plain data without padding: equal ones are equal bytes.
 */
typedef struct sc_identity_grade {
    int type;           /* sc_key_type_t */
    int key_bits;       /* security bits of the key; 0: the grade is unknown */
    int signature;      /* NID of the certificate's signature algorithm */
    int signature_md;   /* NID of its hash */
    int signature_bits; /* security bits of the signature */
    int is_self_signed;
} sc_identity_grade_t;

/* The part that changes, see sc_identity.c. */
typedef struct sc_identity_cell sc_identity_cell_t;

typedef struct sc_identity {
    const char *chain_file; /* as configured; NULL: came as bytes */
    const char *key_file;   /* the same as chain_file if one file holds both */
    sc_key_type_t type;
    STACK_OF(X509) *chain; /* intermediates in order, no leaf, no root */
    sc_identity_grade_t grade;
    sc_proof_t proof; /* that its files have no fault; all zero: they have, or
                       * it is not known */
    sc_identity_cell_t *cell;
} sc_identity_t;

/* The bytes of a certificate and its key, in DER. */
typedef struct sc_identity_bytes {
    const unsigned char *leaf;
    const unsigned char *key;
    apr_size_t leaf_len;
    apr_size_t key_len;
} sc_identity_bytes_t;

/*
 * Makes a sealed identity of a type from bytes and a chain, all of which must
 * live as long as p. The bytes must have been decoded before.
 */
sc_identity_t *sc_identity_seal(sc_key_type_t type,
                                const sc_identity_bytes_t *bytes,
                                STACK_OF(X509) *chain, apr_pool_t *p);

/*
 * Makes an identity from OpenSSL's objects: takes a reference to leaf and key;
 * chain must live as long as p. Returns NULL if the key is of a type that
 * cannot sign a TLS handshake or there is no memory.
 */
sc_identity_t *sc_identity_make(X509 *leaf, EVP_PKEY *key,
                                STACK_OF(X509) *chain, apr_pool_t *p);

/*
 * The same from PEM text in memory (for example an ACME challenge): leaf first,
 * key not encrypted, no checks beyond the match of the pair. Returns NULL and
 * fills err if it cannot be used.
 */
sc_identity_t *sc_identity_from_pem(const char *chain_pem, const char *key_pem,
                                    sc_error_t *err, apr_pool_t *p);

/*
 * Lends the certificate and its key, making them if this process has not needed
 * them before. Returns false if there is no memory; the reason is in OpenSSL's
 * error queue.
 */
bool sc_identity_open(const sc_identity_t *identity, X509 **leaf,
                      EVP_PKEY **key) SC_MUST_CHECK;

/*
 * Gives the identity an outline (sc_cert.h) of its certificate, which it frees;
 * NULL only frees the last one. With it sc_identity_covers() is cheap. While
 * the server starts.
 */
void sc_identity_set_outline(const sc_identity_t *identity, X509 *outline);

/* Returns the bytes of a sealed identity of which nothing has been made yet,
 * neither an outline nor the rest; else NULL. While the server starts. */
const sc_identity_bytes_t *sc_identity_closed_bytes(
    const sc_identity_t *identity);

/*
 * Tells whether the certificate is valid for a host name, or for an IP address
 * literal (RFC 9525; wildcards only as the whole left-most label). While the
 * server starts.
 */
bool sc_identity_covers(const sc_identity_t *identity, const char *name);

/* Tells what type a key is of; false for one that cannot sign a TLS handshake
 * here. */
bool sc_key_type_get(sc_key_type_t *type, const EVP_PKEY *key) SC_MUST_CHECK;

/* Returns "RSA", "ECDSA", "Ed25519" or "Ed448". */
const char *sc_key_type_name(sc_key_type_t type);

#endif
