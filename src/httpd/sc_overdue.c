/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_overdue.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <apr_optional.h>
#include <apr_portable.h>
#include <apr_thread_mutex.h>
#include <mod_watchdog.h>

/* The list of this child process. */
static apr_thread_mutex_t *lock;
static APR_RING_HEAD(sc_overdue_head, sc_overdue) list; /* under lock */

void sc_overdue_init(sc_overdue_t *entry)
{
    *entry = (sc_overdue_t){.fd = -1};
}

apr_status_t sc_overdue_enter(sc_overdue_t *entry, apr_socket_t *socket,
                              apr_time_t deadline, bool writing)
{
    if (!lock) {
        return APR_ENOTIMPL;
    }
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
    apr_thread_mutex_lock(lock);
    entry->deadline = deadline;
    entry->writing = writing;
    if (!entry->listed) {
        APR_RING_INSERT_TAIL(&list, entry, sc_overdue, link);
    }
    apr_thread_mutex_unlock(lock);
    entry->listed = true;
    return APR_SUCCESS;
}

void sc_overdue_leave(sc_overdue_t *entry)
{
    if (entry->listed) {
        apr_thread_mutex_lock(lock);
        APR_RING_REMOVE(entry, link);
        apr_thread_mutex_unlock(lock);
        entry->listed = false;
        close(entry->fd);
        entry->fd = -1;
    }
}

static void sweep(apr_time_t now)
{
    sc_overdue_t *entry;

    apr_thread_mutex_lock(lock);
    APR_RING_FOREACH(entry, &list, sc_overdue, link)
    {
        if (entry->deadline <= now) {
            shutdown(entry->fd, entry->writing ? SHUT_RDWR : SHUT_RD);
        }
    }
    apr_thread_mutex_unlock(lock);
}

static apr_status_t sweep_callback(int state, void *data, apr_pool_t *pool)
{
    (void)data;
    (void)pool;
    if (state == AP_WATCHDOG_STATE_RUNNING && lock) {
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

static apr_status_t forget_lock(void *data)
{
    (void)data;
    lock = NULL;
    return APR_SUCCESS;
}

apr_status_t sc_overdue_child_init(apr_pool_t *pchild)
{
    APR_RING_INIT(&list, sc_overdue, link);
    apr_pool_cleanup_register(pchild, NULL, forget_lock, apr_pool_cleanup_null);
    return apr_thread_mutex_create(&lock, APR_THREAD_MUTEX_DEFAULT, pchild);
}
