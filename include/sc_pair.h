/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds, among the PEM blocks of one or two files, a certificate and the
 * private key that belongs to it, and the chain above it. Says in words what is
 * wrong where there is no such pair.
 *
 * Life time: all that is found lives in env.ptemp.
 * Threads: owned by the caller; the store may be shared.
 */
#ifndef SC_PAIR_H
#define SC_PAIR_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "sc_base.h"
#include "sc_cert.h"
#include "sc_chain.h"
#include "sc_identity.h"
#include "sc_key.h"
#include "sc_pem.h"

typedef struct sc_pair {
    /* To be set by the caller; the rest is zero before. */
    sc_chain_env_t env;
    sc_key_source_t source;
    sc_certs_t *store;         /* NULL: every certificate is made whole */
    const sc_pem_t *chain_pem; /* NULL: already reported */
    const sc_pem_t *key_pem;   /* the same pointer if one file holds both */
    /* What was found. */
    STACK_OF(X509) *certs; /* all of the file, in its order */
    int leaf; /* index into certs; an outline if there is a store */
    const sc_pem_block_t *leaf_block;
    const sc_pem_block_t *key_block;
    EVP_PKEY *key;         /* the one that belongs to the leaf, or NULL */
    STACK_OF(X509) *chain; /* in order, without leaf and root; NULL: no key */
} sc_pair_t;

/*
 * Finds a pair. Returns false if there is none that can be used, and then an
 * error in the report says why; what clients would refuse may still be looked
 * for in the leaf if certs is not empty.
 */
bool sc_pair_find(sc_pair_t *pair) SC_MUST_CHECK;

/* Reports that memory has run out. */
void sc_pair_no_memory(const sc_pair_t *pair);

#endif
