/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does many small independent jobs on all processors, and returns when all are
 * done: no thread is left behind.
 *
 * Threads: the caller's is one of the workers. Signals are handled by no other.
 */
#ifndef SC_CREW_H
#define SC_CREW_H

#include <apr_pools.h>

#include "sc_base.h"

/* No more workers than this, however many processors there are. */
#define SC_CREW_MAX 8

/* Does job number job, from 0, as worker number worker, from 0. */
typedef void (*sc_crew_fn_t)(void *baton, int worker, int job);

/*
 * Returns how many workers are worth it for so many jobs of some fifty
 * microseconds: at least 1, at most SC_CREW_MAX and the processors that this
 * process may use.
 */
int sc_crew_size(int num_jobs);

/*
 * Does all jobs by at most num_workers workers; each job is done once, in no
 * order. Where a thread cannot be had the others do its part. Scratch comes
 * from p.
 */
void sc_crew_run(sc_crew_fn_t fn, void *baton, int num_workers, int num_jobs,
                 apr_pool_t *p);

#endif
