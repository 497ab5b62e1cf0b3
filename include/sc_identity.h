/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's identity: one certificate, its chain and its private key. Loads it
 * from files, checks it, and says in words what is wrong with it. The only
 * holder of private keys in the module.
 *
 * Life time: allocated from, and freed with, the pool of sc_identity_load().
 * Threads: immutable after loading; loading itself needs no lock.
 */
#ifndef SC_IDENTITY_H
#define SC_IDENTITY_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_time.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "sc_base.h"
#include "sc_error.h"

typedef enum {
    SC_KEY_RSA,
    SC_KEY_ECDSA,
    SC_KEY_ED25519,
    SC_KEY_ED448,
    SC_KEY_TYPES
} sc_key_type_t;

typedef struct sc_identity {
    const char *chain_file; /* as configured; NULL: came as bytes */
    const char *key_file;   /* the same as chain_file if one file holds both */
    sc_key_type_t type;
    X509 *leaf;            /* borrowed from the pool, as are the next two */
    STACK_OF(X509) *chain; /* intermediates in order, no leaf, no root */
    EVP_PKEY *key;
} sc_identity_t;

/*
 * Asks for the pass phrase of an encrypted key: writes at most size bytes
 * (no NUL needed) into buf and returns their number, or -1 after setting *why
 * to a sentence that says why there is none.
 */
typedef int (*sc_passphrase_fn_t)(void *baton, const char *key_file, char *buf,
                                  int size, const char **why);

typedef struct sc_identity_spec {
    const char *chain_file; /* absolute path of a PEM file, leaf first or not */
    const char *key_file;   /* NULL: the key is in chain_file */
    sc_place_t place;       /* for messages */
    apr_time_t now;         /* the time dates are checked against */
    bool dates_are_errors;  /* outside its dates: error, else warning */
    sc_passphrase_fn_t passphrase; /* NULL: encrypted keys are an error */
    void *baton;
} sc_identity_spec_t;

/*
 * Loads and checks one identity. Every problem goes to report. Returns the
 * identity, allocated from p, or NULL if it cannot be used (then report holds
 * at least one error). The bytes read are wiped before the function returns;
 * key bytes never reach p. Leaves OpenSSL's error queue empty. Network: none.
 */
sc_identity_t *sc_identity_load(const sc_identity_spec_t *spec,
                                sc_report_t *report, apr_pool_t *p);

/*
 * The same from PEM text in memory (for example an ACME challenge): leaf first,
 * key not encrypted, no checks beyond the match of the pair. Returns NULL and
 * fills err if it cannot be used.
 */
sc_identity_t *sc_identity_from_pem(const char *chain_pem, const char *key_pem,
                                    sc_error_t *err, apr_pool_t *p);

/*
 * Tells whether the certificate is valid for a host name, or for an IP address
 * literal (RFC 9525; wildcards only as the whole left-most label).
 */
bool sc_identity_covers(const sc_identity_t *identity, const char *name);

/* Returns "RSA", "ECDSA", "Ed25519" or "Ed448". */
const char *sc_key_type_name(sc_key_type_t type);

#endif
