/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_statement.h"

#include <string.h>

void sc_statement_begin(sc_statement_t *statement, const char *says)
{
    statement->md = EVP_MD_CTX_new();
    statement->failed =
        statement->md == NULL ||
        EVP_DigestInit_ex(statement->md, EVP_sha256(), NULL) != 1;
    sc_statement_text(statement, says);
}

void sc_statement_bytes(sc_statement_t *statement, const void *bytes,
                        apr_size_t len)
{
    /* With its length, so that no two parts run into each other. */
    statement->failed =
        statement->failed ||
        EVP_DigestUpdate(statement->md, &len, sizeof(len)) != 1 ||
        EVP_DigestUpdate(statement->md, bytes, len) != 1;
}

void sc_statement_text(sc_statement_t *statement, const char *text)
{
    sc_statement_bytes(statement, text, strlen(text));
}

bool sc_statement_end(sc_statement_t *statement, sc_proof_t *proof)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    const bool made = !statement->failed &&
                      EVP_DigestFinal_ex(statement->md, digest, NULL) == 1;

    memset(proof, 0, sizeof(*proof));
    if (made) {
        memcpy(proof->digest, digest, sizeof(proof->digest));
    }
    EVP_MD_CTX_free(statement->md);
    statement->md = NULL;
    return made;
}

bool sc_proof_is_set(const sc_proof_t *proof)
{
    static const sc_proof_t none;

    return memcmp(proof, &none, sizeof(none)) != 0;
}
