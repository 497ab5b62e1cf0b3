/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_overdue.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <apr_optional.h>
#include <apr_portable.h>
#include <mod_watchdog.h>

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

static void sweep(apr_time_t now)
{
    sc_overdue_t *entry;

    pthread_mutex_lock(&lock);
    APR_RING_FOREACH(entry, &list, sc_overdue, link)
    {
        if (entry->deadline <= now) {
            shutdown(entry->fd, entry->writing ? SHUT_RDWR : SHUT_RD);
        }
    }
    pthread_mutex_unlock(&lock);
}

static apr_status_t sweep_callback(int state, void *data, apr_pool_t *pool)
{
    (void)data;
    (void)pool;
    if (state == AP_WATCHDOG_STATE_RUNNING) {
        sweep(apr_time_now());
    }
    return APR_SUCCESS;
}

apr_status_t sc_overdue_start(apr_pool_t *pconf)
{
    APR_OPTIONAL_FN_TYPE(ap_watchdog_get_instance) *get_instance =
        APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_get_instance);
    APR_OPTIONAL_FN_TYPE(ap_watchdog_register_callback) *register_callback =
        APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_register_callback);
    ap_watchdog_t *watchdog;
    apr_status_t status;

    APR_RING_INIT(&list, sc_overdue, link);
    if (!get_instance || !register_callback) {
        return APR_ENOTIMPL;
    }
    status = get_instance(&watchdog, "_securechan_deadlines_", 0, 0, pconf);
    if (status == APR_SUCCESS) {
        status =
            register_callback(watchdog, APR_USEC_PER_SEC, NULL, sweep_callback);
    }
    return status;
}
