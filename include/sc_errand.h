/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that may take long, made by threads of their own: whoever sends one on
 * its way waits for it no longer than he likes, or not at all.
 *
 * Life time: the threads, the child; an errand, until it is done and nobody
 * waits for it any more.
 * Threads: any may run errands; internally locked (lock "errands").
 */
#ifndef SC_ERRAND_H
#define SC_ERRAND_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_time.h>

#include "sc_base.h"

/* What is to be done: go() is called once, with the errand's own copy of what
 * it needs and a pool that is cleared afterwards. */
typedef struct sc_errand {
    void (*go)(struct sc_errand *errand, apr_pool_t *ptemp);
    struct sc_errand *next; /* ours */
    int state;              /* ours */
} sc_errand_t;

/* In child_init: starts the threads, num of them at most. They end with pchild;
 * one that hangs in a call is left behind. */
apr_status_t sc_errand_start(int num, apr_pool_t *pchild) SC_MUST_CHECK;

/*
 * Sends an errand, made with malloc(), on its way. With patience 0 it takes
 * care of itself. Else returns true when it is done: it is the caller's again,
 * to be freed. Returns false if there are too many on their way already, or it
 * is not done in time: it is nothing to the caller any more.
 */
bool sc_errand_send(sc_errand_t *errand, apr_interval_time_t patience);

#endif
