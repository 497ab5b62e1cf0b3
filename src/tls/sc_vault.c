/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_vault.h"

#include <string.h>
#include <sys/mman.h>

#include <openssl/crypto.h>

/* Bytes taken from the system at a time: room for some 400 keys of P-256. */
#define CHUNK_SIZE 65536

typedef struct chunk {
    struct chunk *next;
    unsigned char *bytes;
    apr_size_t size;
    apr_size_t used;
} chunk_t;

struct sc_vault {
    chunk_t *first; /* the one being filled */
    apr_pool_t *p;
};

static apr_status_t vault_cleanup(void *data)
{
    const sc_vault_t *vault = data;

    for (const chunk_t *chunk = vault->first; chunk != NULL;
         chunk = chunk->next) {
        OPENSSL_cleanse(chunk->bytes, chunk->used);
        munmap(chunk->bytes, chunk->size);
    }
    return APR_SUCCESS;
}

sc_vault_t *sc_vault_make(apr_pool_t *p)
{
    sc_vault_t *vault = apr_palloc(p, sizeof(*vault));

    vault->first = NULL;
    vault->p = p;
    apr_pool_cleanup_register(p, vault, vault_cleanup, apr_pool_cleanup_null);
    return vault;
}

/* Puts an empty chunk with room for len bytes in front. */
static chunk_t *chunk_add(sc_vault_t *vault, apr_size_t len)
{
    const apr_size_t size = len > CHUNK_SIZE ? len : CHUNK_SIZE;
    void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    chunk_t *chunk;

    if (bytes == MAP_FAILED) {
        return NULL;
    }
#ifdef MADV_DONTDUMP
    (void)madvise(bytes, size, MADV_DONTDUMP); /* an old kernel may not know */
#endif
    chunk = apr_palloc(vault->p, sizeof(*chunk));
    *chunk = (chunk_t){vault->first, bytes, size, 0};
    vault->first = chunk;
    return chunk;
}

const unsigned char *sc_vault_keep(sc_vault_t *vault,
                                   const unsigned char *bytes, apr_size_t len)
{
    chunk_t *chunk = vault->first;
    unsigned char *copy;

    if (chunk == NULL || chunk->size - chunk->used < len) {
        chunk = chunk_add(vault, len);
        if (chunk == NULL) {
            return NULL;
        }
    }
    copy = chunk->bytes + chunk->used;
    memcpy(copy, bytes, len);
    chunk->used += len;
    return copy;
}
