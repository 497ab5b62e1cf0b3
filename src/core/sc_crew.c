/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_crew.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include <apr_thread_proc.h>

/* A thread costs about as much as this number of jobs. */
#define JOBS_PER_WORKER 16

typedef struct crew {
    sc_crew_fn_t fn;
    void *baton;
    int num_jobs;
    atomic_int next; /* job that nobody has taken */
} crew_t;

typedef struct worker {
    crew_t *crew;
    int number;
    apr_thread_t *thread;
} worker_t;

static int processors(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);

#ifdef CPU_COUNT
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof(set), &set) == 0) {
        online = CPU_COUNT(&set);
    }
#endif
    return online > SC_CREW_MAX ? SC_CREW_MAX : (int)online;
}

int sc_crew_size(int num_jobs)
{
    const int useful = num_jobs / JOBS_PER_WORKER;
    const int possible = useful > 1 ? processors() : 1;

    if (possible < 1) {
        return 1;
    }
    return possible < useful ? possible : useful > 1 ? useful : 1;
}

static void work(worker_t *worker)
{
    crew_t *crew = worker->crew;
    int job;

    while ((job = atomic_fetch_add(&crew->next, 1)) < crew->num_jobs) {
        crew->fn(crew->baton, worker->number, job);
    }
}

static void *APR_THREAD_FUNC thread_main(apr_thread_t *thread, void *data)
{
    (void)thread;
    work(data);
    return NULL;
}

void sc_crew_run(sc_crew_fn_t fn, void *baton, int num_workers, int num_jobs,
                 apr_pool_t *p)
{
    crew_t crew = {.fn = fn, .baton = baton, .num_jobs = num_jobs};
    worker_t workers[SC_CREW_MAX];
    sigset_t all;
    sigset_t before;

    /* A thread begins with the signal mask of the one that makes it. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (int i = 1; i < num_workers; i++) {
        workers[i] = (worker_t){.crew = &crew, .number = i};
        if (apr_thread_create(&workers[i].thread, NULL, thread_main,
                              &workers[i], p) != APR_SUCCESS) {
            workers[i].thread = NULL;
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    workers[0] = (worker_t){.crew = &crew};
    work(&workers[0]);
    for (int i = 1; i < num_workers; i++) {
        apr_status_t status;

        if (workers[i].thread != NULL) {
            (void)apr_thread_join(&status, workers[i].thread);
        }
    }
}
