/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_chunk.h"

#include <pthread.h>
#include <stdlib.h>

/* Free buffers kept: as many as a busy process with 64 threads has in use. */
#define KEEP_MOST 64

/* A free buffer holds the link to the next. */
typedef struct spare {
    struct spare *next;
} spare_t;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static spare_t *spares; /* under lock */
static int num_spares;  /* under lock */

char *sc_chunk_take(void)
{
    spare_t *spare;

    pthread_mutex_lock(&lock);
    spare = spares;
    if (spare) {
        spares = spare->next;
        num_spares--;
    }
    pthread_mutex_unlock(&lock);
    if (!spare) {
        spare = malloc(SC_CHUNK_SIZE);
        if (!spare) {
            abort();
        }
    }
    return (char *)spare;
}

void sc_chunk_give(void *chunk)
{
    spare_t *spare = chunk;

    pthread_mutex_lock(&lock);
    if (num_spares < KEEP_MOST) {
        spare->next = spares;
        spares = spare;
        num_spares++;
        spare = NULL;
    }
    pthread_mutex_unlock(&lock);
    free(spare);
}
