/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a private key from a PEM block, decrypting it first if need be. Never
 * prompts: the pass phrase comes from the function given, or not at all.
 *
 * Life time: nothing is kept; all copies of key bytes and pass phrases are
 * wiped before the function returns. Threads: owned by the caller.
 */
#ifndef SC_KEY_H
#define SC_KEY_H

#include <openssl/evp.h>

#include "sc_base.h"
#include "sc_identity.h"
#include "sc_pem.h"

/*
 * Returns a key that the caller owns, or NULL after adding an error to the
 * report of pem. hint is OpenSSL's name of the type the key is likely to have,
 * or NULL; a right one makes this faster, a wrong one does no harm.
 */
EVP_PKEY *sc_key_decode(const sc_pem_t *pem, const sc_pem_block_t *block,
                        const char *hint, sc_passphrase_fn_t passphrase,
                        void *baton) SC_MUST_CHECK;

#endif
