/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_safe.h"

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

struct sc_safe {
    chunk_t *first; /* the one being filled */
    apr_pool_t *p;
};

static apr_status_t safe_cleanup(void *data)
{
    const sc_safe_t *safe = data;

    for (const chunk_t *chunk = safe->first; chunk != NULL;
         chunk = chunk->next) {
        OPENSSL_cleanse(chunk->bytes, chunk->used);
        munmap(chunk->bytes, chunk->size);
    }
    return APR_SUCCESS;
}

sc_safe_t *sc_safe_make(apr_pool_t *p)
{
    sc_safe_t *safe = apr_palloc(p, sizeof(*safe));

    safe->first = NULL;
    safe->p = p;
    apr_pool_cleanup_register(p, safe, safe_cleanup, apr_pool_cleanup_null);
    return safe;
}

/* Puts an empty chunk with room for len bytes in front. */
static chunk_t *chunk_add(sc_safe_t *safe, apr_size_t len)
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
    chunk = apr_palloc(safe->p, sizeof(*chunk));
    *chunk = (chunk_t){safe->first, bytes, size, 0};
    safe->first = chunk;
    return chunk;
}

const unsigned char *sc_safe_keep(sc_safe_t *safe, const unsigned char *bytes,
                                  apr_size_t len)
{
    chunk_t *chunk = safe->first;
    unsigned char *copy;

    if (chunk == NULL || chunk->size - chunk->used < len) {
        chunk = chunk_add(safe, len);
        if (chunk == NULL) {
            return NULL;
        }
    }
    copy = chunk->bytes + chunk->used;
    memcpy(copy, bytes, len);
    chunk->used += len;
    return copy;
}
