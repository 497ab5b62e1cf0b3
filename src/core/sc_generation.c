/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_generation.h"

#include <stdlib.h>

#include <apr_atomic.h>
#include <apr_thread_mutex.h>

struct sc_generation {
    const void *content;
    void (*destroy)(const void *content);
    apr_uint32_t references; /* atomic */
};

struct sc_cell {
    apr_thread_mutex_t *lock;
    sc_generation_t *current; /* under lock */
};

static apr_status_t cell_cleanup(void *data)
{
    sc_cell_t *cell = data;

    sc_cell_publish(cell, NULL);
    return APR_SUCCESS;
}

sc_cell_t *sc_cell_make(apr_pool_t *p)
{
    sc_cell_t *cell = apr_pcalloc(p, sizeof(*cell));

    if (apr_thread_mutex_create(&cell->lock, APR_THREAD_MUTEX_DEFAULT, p) !=
        APR_SUCCESS) {
        return NULL;
    }
    apr_pool_cleanup_register(p, cell, cell_cleanup, apr_pool_cleanup_null);
    return cell;
}

sc_generation_t *sc_generation_new(const void *content,
                                   void (*destroy)(const void *content))
{
    sc_generation_t *generation = malloc(sizeof(*generation));

    if (generation) {
        generation->content = content;
        generation->destroy = destroy;
        apr_atomic_set32(&generation->references, 1);
    }
    return generation;
}

const void *sc_generation_content(const sc_generation_t *generation)
{
    return generation->content;
}

void sc_cell_publish(sc_cell_t *cell, sc_generation_t *generation)
{
    sc_generation_t *previous;

    apr_thread_mutex_lock(cell->lock);
    previous = cell->current;
    cell->current = generation;
    apr_thread_mutex_unlock(cell->lock);
    sc_generation_release(previous);
}

sc_generation_t *sc_cell_acquire(sc_cell_t *cell)
{
    sc_generation_t *generation;

    /* The reference is taken under the lock: between a bare load and the
     * increment the last holder could free the generation. */
    apr_thread_mutex_lock(cell->lock);
    generation = cell->current;
    if (generation) {
        apr_atomic_inc32(&generation->references);
    }
    apr_thread_mutex_unlock(cell->lock);
    return generation;
}

void sc_generation_release(sc_generation_t *generation)
{
    if (generation && apr_atomic_dec32(&generation->references) == 0) {
        if (generation->destroy) {
            generation->destroy(generation->content);
        }
        free(generation);
    }
}
