/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_errand.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

/* What may wait at a time; more than this, and nobody will come to it soon. */
#define QUEUE_MAX 128

/* How long the end of a child waits for threads that are busy. */
#define LAST_PATIENCE apr_time_from_sec(1)

enum {
    WAITING,   /* in the queue, and somebody waits */
    UNWATCHED, /* nobody waits: whoever is done with it frees it */
    DONE
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER; /* queue or ending */
static pthread_cond_t done = PTHREAD_COND_INITIALIZER; /* some state, or busy */
/* All under lock. */
static sc_errand_t *first;
static sc_errand_t **last = &first;
static int queued;
static int threads; /* that have not ended */
static bool ending;

/* Waits until a point in time at the longest; the lock is held. */
static bool wait_until(pthread_cond_t *condition, apr_time_t time)
{
    const struct timespec until = {
        .tv_sec = (time_t)apr_time_sec(time),
        .tv_nsec = (long)apr_time_usec(time) * 1000,
    };

    return pthread_cond_timedwait(condition, &lock, &until) == 0;
}

static sc_errand_t *take(void)
{
    sc_errand_t *errand = first;

    first = errand->next;
    if (!first) {
        last = &first;
    }
    queued--;
    return errand;
}

/* The lock is held, but not while the errand is run. */
static void run(sc_errand_t *errand, apr_pool_t *ptemp)
{
    pthread_mutex_unlock(&lock);
    errand->go(errand, ptemp);
    apr_pool_clear(ptemp);
    pthread_mutex_lock(&lock);
    if (errand->state == UNWATCHED) {
        free(errand);
        return;
    }
    errand->state = DONE;
    pthread_cond_broadcast(&done);
}

static void *run_errands(void *data)
{
    apr_pool_t *ptemp = data;

    pthread_mutex_lock(&lock);
    while (!ending) {
        if (first) {
            run(take(), ptemp);
        }
        else {
            pthread_cond_wait(&more, &lock);
        }
    }
    threads--;
    pthread_cond_broadcast(&done);
    pthread_mutex_unlock(&lock);
    apr_pool_destroy(ptemp);
    return NULL;
}

static apr_status_t end_errands(void *data)
{
    const apr_time_t until = apr_time_now() + LAST_PATIENCE;

    (void)data;
    pthread_mutex_lock(&lock);
    ending = true;
    pthread_cond_broadcast(&more);
    while (threads > 0 && apr_time_now() < until) {
        (void)wait_until(&done, until);
    }
    pthread_mutex_unlock(&lock);
    return APR_SUCCESS;
}

static int start_thread(const pthread_attr_t *detached)
{
    apr_pool_t *ptemp;
    pthread_t thread;
    int error;

    /* A pool without a parent: it may outlive the child's. */
    if (apr_pool_create(&ptemp, NULL) != APR_SUCCESS) {
        return APR_ENOMEM;
    }
    error = pthread_create(&thread, detached, run_errands, ptemp);
    if (error) {
        apr_pool_destroy(ptemp);
    }
    return error;
}

apr_status_t sc_errand_start(int num, apr_pool_t *pchild)
{
    pthread_attr_t detached;
    sigset_t all;
    sigset_t before;
    int error = 0;

    if (pthread_attr_init(&detached) != 0) {
        return APR_ENOMEM;
    }
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    /* Signals are for the threads of httpd. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_mutex_lock(&lock);
    while (threads < num && !error) {
        error = start_thread(&detached);
        threads += error ? 0 : 1;
    }
    num = threads;
    pthread_mutex_unlock(&lock);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&detached);
    if (num > 0) {
        apr_pool_pre_cleanup_register(pchild, NULL, end_errands);
    }
    return num > 0 ? APR_SUCCESS : APR_FROM_OS_ERROR(error);
}

/* Waits for an errand; the lock is held. */
static bool wait_for(sc_errand_t *errand, apr_interval_time_t patience)
{
    const apr_time_t until = apr_time_now() + patience;

    while (errand->state != DONE && apr_time_now() < until) {
        (void)wait_until(&done, until);
    }
    if (errand->state != DONE) {
        errand->state = UNWATCHED;
        return false;
    }
    return true;
}

bool sc_errand_send(sc_errand_t *errand, apr_interval_time_t patience)
{
    bool ok;

    pthread_mutex_lock(&lock);
    ok = queued < QUEUE_MAX && threads > 0 && !ending;
    if (ok) {
        errand->next = NULL;
        errand->state = patience > 0 ? WAITING : UNWATCHED;
        *last = errand;
        last = &errand->next;
        queued++;
        pthread_cond_signal(&more);
        ok = patience == 0 || wait_for(errand, patience);
    }
    else {
        free(errand);
    }
    pthread_mutex_unlock(&lock);
    return ok;
}
