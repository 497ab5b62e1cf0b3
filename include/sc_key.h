/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a private key from a PEM block, decrypting it first if need be. Never
 * prompts: the pass phrase comes from the function given, or not at all.
 *
 * Life time: nothing is kept but what sc_decoders_make() says; all copies of
 * key bytes and pass phrases are wiped before a function returns.
 * Threads: owned by the caller.
 */
#ifndef SC_KEY_H
#define SC_KEY_H

#include <apr_pools.h>
#include <openssl/evp.h>

#include "sc_base.h"
#include "sc_pem.h"

/*
 * Asks for the pass phrase of an encrypted key: writes at most size bytes
 * (no NUL needed) into buf and returns their number, or -1 after setting *why
 * to a sentence that says why there is none.
 */
typedef int (*sc_passphrase_fn_t)(void *baton, const char *key_file, char *buf,
                                  int size, const char **why);

/* What decodes keys, kept from one key to the next because making it takes ten
 * times as long as using it. Holds no key. One thread at a time. */
typedef struct sc_decoders sc_decoders_t;

/* Returns decoders that p frees when it is cleared. */
sc_decoders_t *sc_decoders_make(apr_pool_t *p);

/* What is to be had for making keys. */
typedef struct sc_key_source {
    sc_passphrase_fn_t passphrase; /* NULL: encrypted keys are an error */
    void *baton;
    sc_decoders_t *decoders; /* NULL: made anew for each key */
} sc_key_source_t;

/*
 * Returns a key that the caller owns, or NULL after adding an error to the
 * report of pem. hint is OpenSSL's name of the type the key is likely to have,
 * or NULL; a right one makes this faster, a wrong one does no harm.
 */
EVP_PKEY *sc_key_decode(const sc_pem_t *pem, const sc_pem_block_t *block,
                        const char *hint, const sc_key_source_t *source)
    SC_MUST_CHECK;

/* The same for the bytes of a key that is not encrypted; decoders may be NULL.
 * Says nothing if it fails but what is in OpenSSL's error queue. */
EVP_PKEY *sc_key_from_der(sc_decoders_t *decoders, const unsigned char *der,
                          apr_size_t len, const char *hint) SC_MUST_CHECK;

#endif
