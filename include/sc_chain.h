/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's certificates without its key: puts them in the order clients need,
 * and checks dates and uses. Says what it finds; what to do about it is decided
 * by severity alone.
 *
 * Life time: borrows everything it is given for the time of the call.
 * Threads: owned by the caller.
 */
#ifndef SC_CHAIN_H
#define SC_CHAIN_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_time.h>
#include <openssl/x509.h>

#include "sc_base.h"
#include "sc_error.h"

/* What messages and checks need to know. */
typedef struct sc_chain_env {
    const char *file; /* where the certificates come from */
    const sc_place_t *place;
    sc_report_t *report;
    apr_time_t now;
    bool dates_are_errors; /* leaf outside its dates: error, else warning */
    apr_pool_t *ptemp;     /* scratch */
} sc_chain_env_t;

/*
 * Of certs, the leaf may be an outline (sc_cert.h), the others may not.
 *
 * Returns the certificates that lead from certs[leaf] upwards, without the leaf
 * and without a root; the caller owns the stack and one reference to each
 * member. What is left out or stood at the wrong place is a warning. Returns
 * NULL if there is no memory.
 */
STACK_OF(X509) *sc_chain_order(const sc_chain_env_t *env, STACK_OF(X509) *certs,
                               int leaf) SC_MUST_CHECK;

/* Checks dates and use of a leaf, the strength of its key unless that is NULL,
 * and the dates of its chain. */
void sc_chain_check(const sc_chain_env_t *env, X509 *leaf, const EVP_PKEY *key,
                    STACK_OF(X509) *chain);

/*
 * Returns the index of the certificate that looks most like a leaf, for want of
 * a key that would tell. There must be at least one.
 */
int sc_chain_guess_leaf(STACK_OF(X509) *certs);

#endif
