/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_overdue.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ap_mpm.h>
#include <apr_portable.h>

/* The list of this child process. A lock that no pool owns: connections may
 * leave the list while the child's pools are being destroyed around them. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static APR_RING_HEAD(sc_overdue_head, sc_overdue) list; /* under lock */

void sc_overdue_init(sc_overdue_t *entry)
{
    *entry = (sc_overdue_t){.fd = -1};
}

apr_status_t sc_overdue_enter(sc_overdue_t *entry, apr_socket_t *socket,
                              apr_time_t deadline, bool writing)
{
    if (!entry->listed) {
        apr_os_sock_t theirs;
        apr_status_t status = apr_os_sock_get(&theirs, socket);

        if (status != APR_SUCCESS) {
            return status;
        }
        entry->fd = fcntl(theirs, F_DUPFD_CLOEXEC, 0);
        if (entry->fd < 0) {
            return apr_get_os_error();
        }
    }
    pthread_mutex_lock(&lock);
    entry->deadline = deadline;
    entry->writing = writing;
    if (!entry->listed) {
        APR_RING_INSERT_TAIL(&list, entry, sc_overdue, link);
    }
    pthread_mutex_unlock(&lock);
    entry->listed = true;
    return APR_SUCCESS;
}

bool sc_overdue_was_shut(const sc_overdue_t *entry)
{
    bool shut;

    pthread_mutex_lock(&lock);
    shut = entry->shut;
    pthread_mutex_unlock(&lock);
    return shut;
}

void sc_overdue_leave(sc_overdue_t *entry)
{
    if (entry->listed) {
        pthread_mutex_lock(&lock);
        APR_RING_REMOVE(entry, link);
        pthread_mutex_unlock(&lock);
        entry->listed = false;
        close(entry->fd);
        entry->fd = -1;
    }
}

/* ---- The sweep ---- */

/* How long a child that is stopping waits for what began before. */
#define STOPPING_PATIENCE apr_time_from_sec(5)

static pthread_t sweeper;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static bool ending; /* under lock */

/* Returns when the child was first seen to be stopping; 0: it is not. */
static apr_time_t stopping_since(apr_time_t now)
{
    static apr_time_t since; /* the sweeper's only */
    int state;

    if (!since && ap_mpm_query(AP_MPMQ_MPM_STATE, &state) == APR_SUCCESS &&
        state == AP_MPMQ_STOPPING) {
        since = now;
    }
    return since;
}

/* Shuts down what is overdue. The lock is held. */
static void sweep(apr_time_t now, apr_time_t stopping)
{
    const bool all = stopping && now >= stopping + STOPPING_PATIENCE;
    sc_overdue_t *entry;

    APR_RING_FOREACH(entry, &list, sc_overdue, link)
    {
        if (all || entry->deadline <= now) {
            shutdown(entry->fd, entry->writing ? SHUT_RDWR : SHUT_RD);
            entry->shut = true;
        }
    }
}

static void *sweep_every_second(void *data)
{
    apr_time_t stopping = 0;

    pthread_mutex_lock(&lock);
    while (!ending) {
        const apr_time_t now = apr_time_now();
        const apr_time_t next = now + APR_USEC_PER_SEC;
        const struct timespec until = {
            .tv_sec = (time_t)apr_time_sec(next),
            .tv_nsec = (long)apr_time_usec(next) * 1000,
        };

        sweep(now, stopping);
        pthread_cond_timedwait(&wake, &lock, &until);
        pthread_mutex_unlock(&lock);
        stopping = stopping_since(now);
        pthread_mutex_lock(&lock);
    }
    pthread_mutex_unlock(&lock);
    return data;
}

static apr_status_t end_sweeper(void *data)
{
    (void)data;
    pthread_mutex_lock(&lock);
    ending = true;
    pthread_cond_signal(&wake);
    pthread_mutex_unlock(&lock);
    pthread_join(sweeper, NULL);
    return APR_SUCCESS;
}

apr_status_t sc_overdue_start(apr_pool_t *pchild)
{
    sigset_t all;
    sigset_t before;
    int error;

    APR_RING_INIT(&list, sc_overdue, link);
    /* Signals are for the threads of httpd. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&sweeper, NULL, sweep_every_second, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!error) {
        apr_pool_pre_cleanup_register(pchild, NULL, end_sweeper);
    }
    return APR_FROM_OS_ERROR(error);
}
