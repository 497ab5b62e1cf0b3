/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns a statement and all that makes it true into the digest that stands for
 * it in a set of proven statements (sc_proven.h).
 *
 * Threads: owned by the caller.
 */
#ifndef SC_STATEMENT_H
#define SC_STATEMENT_H

#include <stdbool.h>

#include <apr.h>
#include <openssl/evp.h>

#include "sc_base.h"
#include "sc_proven.h"

typedef struct sc_statement {
    EVP_MD_CTX *md;
    bool failed;
} sc_statement_t;

/* Begins a statement; says names what is stated, and the version of the rules
 * by which it was found to be true. sc_statement_end() must follow. */
void sc_statement_begin(sc_statement_t *statement, const char *says);

/* Adds something that it depends on. */
void sc_statement_bytes(sc_statement_t *statement, const void *bytes,
                        apr_size_t len);
void sc_statement_text(sc_statement_t *statement, const char *text);

/* Ends it. Returns false, with a proof of zeros, if the library cannot hash. */
bool sc_statement_end(sc_statement_t *statement, sc_proof_t *proof)
    SC_MUST_CHECK;

/* Tells whether a proof is one, and not all zeros. */
bool sc_proof_is_set(const sc_proof_t *proof);

#endif
