/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <ap_mpm.h>
#include <ap_provider.h>
#include <apr_strings.h>
#include <util_mutex.h>

#include "sc_errand.h"
#include "sc_log.h"

/* The name of the lock between processes, for the directive Mutex. */
#define MUTEX_NAME "securechan-cache"

/* By what the provider tells our entries from others' (14 characters). */
#define OUR_NAME "securechan"

/* How long a handshake waits for a cache on the network, and how long one that
 * has failed is left alone. */
#define PATIENCE apr_time_from_sec(1)
#define PAUSE    apr_time_from_sec(5)

/* Threads in each child for a cache on the network. */
#define MAX_THREADS 4

/* The cache in force. Written while the parent starts, read by its children. */
static const ap_socache_provider_t *provider;
static ap_socache_instance_t *instance;
static server_rec *server;
static apr_global_mutex_t *mutex; /* NULL: the provider needs none */
static bool usable;

/* ---- Good times and bad ---- */

typedef enum {
    TROUBLE_NONE,
    TROUBLE_CALLS,  /* calls fail, or take too long */
    TROUBLE_CONTENT /* what comes out is not what was put in */
} trouble_t;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static trouble_t trouble;      /* under lock */
static apr_time_t alone_until; /* under lock */

/* Tells whether the cache may be asked now. In bad times one caller finds out
 * for all. */
static bool may_ask(void)
{
    const apr_time_t now = apr_time_now();
    bool may;

    pthread_mutex_lock(&lock);
    may = usable && (now >= alone_until || alone_until > now + PAUSE);
    if (may && trouble != TROUBLE_NONE) {
        alone_until = now + PAUSE;
    }
    pthread_mutex_unlock(&lock);
    return may;
}

static void note_trouble(trouble_t kind, apr_status_t status, const char *what)
{
    bool is_new;

    pthread_mutex_lock(&lock);
    is_new = trouble == TROUBLE_NONE;
    trouble = kind;
    alone_until = apr_time_now() + PAUSE;
    pthread_mutex_unlock(&lock);
    if (is_new) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, status, server,
                     "SC0161: the session cache %s %s. Clients that have no "
                     "ticket make full handshakes until it works again; it is "
                     "tried every %d s.",
                     provider->name, what, (int)apr_time_sec(PAUSE));
    }
}

/*
 * A call has not failed: others may follow at once. That it proves something is
 * another matter: a provider may give the same answer for a session that is not
 * there as for a server that is not there.
 */
static void note_no_trouble(void)
{
    pthread_mutex_lock(&lock);
    alone_until = 0;
    pthread_mutex_unlock(&lock);
}

/* The trouble of that kind is over, if there was any. */
static void note_success(trouble_t kind)
{
    bool is_over;

    pthread_mutex_lock(&lock);
    is_over = trouble == kind;
    if (is_over) {
        trouble = TROUBLE_NONE;
    }
    pthread_mutex_unlock(&lock);
    if (is_over) {
        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, server,
                     "SC0162: the session cache %s works again",
                     provider->name);
    }
}

/* ---- Calls ---- */

typedef enum { STORE, RETRIEVE, REMOVE } what_t;

typedef struct call {
    sc_errand_t errand; /* first: it is freed by its address */
    what_t what;
    unsigned char id[SSL_MAX_SSL_SESSION_ID_LENGTH];
    unsigned int id_len;
    apr_time_t expiry;
    apr_status_t status;
    unsigned int len;
    unsigned char data[SC_SESSION_SEALED_MAX]; /* sealed: no secret */
} call_t;

/* Returns a call, or NULL. */
static call_t *new_call(what_t what, const unsigned char *id, size_t id_len)
{
    call_t *call = id_len <= sizeof(call->id) ? malloc(sizeof(*call)) : NULL;

    if (call) {
        call->what = what;
        memmove(call->id, id, id_len);
        call->id_len = (unsigned int)id_len;
        call->len = 0;
        call->status = APR_NOTFOUND; /* until it has been made */
    }
    return call;
}

static void judge_call(const call_t *call)
{
    const apr_status_t status = call->status;

    if (status == APR_SUCCESS ||
        (status == APR_NOTFOUND && call->what != STORE)) {
        note_no_trouble();
        if (call->what == STORE) {
            note_success(TROUBLE_CALLS);
        }
    }
    else if (call->what == STORE && status != APR_ENOSPC) {
        note_trouble(TROUBLE_CALLS, status, "cannot be written");
    }
    else if (call->what == RETRIEVE) {
        note_trouble(TROUBLE_CALLS, status, "cannot be read");
    }
}

static void make_call(call_t *call, apr_pool_t *ptemp)
{
    if (mutex && apr_global_mutex_lock(mutex) != APR_SUCCESS) {
        return;
    }
    switch (call->what) {
    case STORE:
        call->status =
            provider->store(instance, server, call->id, call->id_len,
                            call->expiry, call->data, call->len, ptemp);
        break;
    case RETRIEVE:
        call->len = sizeof(call->data);
        call->status =
            provider->retrieve(instance, server, call->id, call->id_len,
                               call->data, &call->len, ptemp);
        break;
    case REMOVE:
        call->status =
            provider->remove(instance, server, call->id, call->id_len, ptemp);
        break;
    }
    if (mutex) {
        apr_global_mutex_unlock(mutex);
    }
    judge_call(call);
}

static void go(sc_errand_t *errand, apr_pool_t *ptemp)
{
    make_call((call_t *)errand, ptemp);
}

/* Returns true if the call has been made: it is to be freed. Else it is gone.
 */
static bool send_call(call_t *call)
{
    /* A handshake need not wait until its session is stored. */
    const apr_interval_time_t patience = call->what == RETRIEVE ? PATIENCE : 0;
    apr_pool_t *ptemp;

    if (!mutex) {
        call->errand.go = go;
        if (!sc_errand_send(&call->errand, patience)) {
            note_trouble(TROUBLE_CALLS, 0, "does not answer in time");
            return false;
        }
        return patience > 0;
    }
    if (apr_pool_create(&ptemp, NULL) == APR_SUCCESS) {
        make_call(call, ptemp);
        apr_pool_destroy(ptemp);
    }
    return true;
}

static void store(const unsigned char *id, size_t id_len, apr_time_t expiry,
                  unsigned char *data, size_t len)
{
    call_t *call = may_ask() ? new_call(STORE, id, id_len) : NULL;

    if (call) {
        call->expiry = expiry;
        call->len = (unsigned int)len;
        memmove(call->data, data, len);
        if (send_call(call)) {
            free(call);
        }
    }
}

static size_t retrieve(const unsigned char *id, size_t id_len,
                       unsigned char *data, size_t size)
{
    call_t *call = may_ask() ? new_call(RETRIEVE, id, id_len) : NULL;
    size_t len = 0;

    if (call && send_call(call)) {
        if (call->status == APR_SUCCESS && call->len <= size) {
            len = call->len;
            memmove(data, call->data, len);
        }
        free(call);
    }
    return len;
}

static void remove_session(const unsigned char *id, size_t id_len)
{
    call_t *call = may_ask() ? new_call(REMOVE, id, id_len) : NULL;

    if (call && send_call(call)) {
        free(call);
    }
}

static void judge(bool genuine)
{
    if (genuine) {
        note_success(TROUBLE_CONTENT);
        note_success(TROUBLE_CALLS);
    }
    else {
        note_trouble(TROUBLE_CONTENT, 0,
                     "has returned something that was never stored in it");
    }
}

static const sc_session_cache_t functions = {store, retrieve, remove_session,
                                             judge};

/* ---- Starting ---- */

void sc_cache_register(apr_pool_t *pconf)
{
    (void)ap_mutex_register(pconf, MUTEX_NAME, NULL, APR_LOCK_DEFAULT, 0);
}

static const ap_socache_provider_t *find_provider(const char *name)
{
    return ap_lookup_provider(AP_SOCACHE_PROVIDER_GROUP, name,
                              AP_SOCACHE_PROVIDER_VERSION);
}

/* Returns the names of all providers, for messages. */
static const char *provider_names(apr_pool_t *p)
{
    const apr_array_header_t *names = ap_list_provider_names(
        p, AP_SOCACHE_PROVIDER_GROUP, AP_SOCACHE_PROVIDER_VERSION);
    const char *text = "";

    for (int i = 0; i < names->nelts; i++) {
        text = apr_pstrcat(
            p, text, *text ? ", " : "",
            APR_ARRAY_IDX(names, i, ap_list_provider_names_t).provider_name,
            NULL);
    }
    return *text ? text : "none";
}

const char *sc_cache_configure(sc_cache_option_t *option, const char *word,
                               apr_pool_t *ptemp, apr_pool_t *p)
{
    const char *colon = strchr(word, ':');
    const char *name =
        colon ? apr_pstrmemdup(p, word, (apr_size_t)(colon - word)) : word;
    const char *error;

    option->provider = find_provider(name);
    if (!option->provider) {
        return apr_psprintf(p,
                            "SC0182: SecureChanSessionCache: no module that is "
                            "loaded keeps a cache called \"%s\". Load it "
                            "(LoadModule socache_%s_module "
                            "modules/mod_socache_%s.so), or use none, or what "
                            "is there: %s.",
                            name, name, name, provider_names(ptemp));
    }
    error = option->provider->create(&option->instance,
                                     colon ? colon + 1 : NULL, ptemp, p);
    return error ? apr_psprintf(p,
                                "SC0183: SecureChanSessionCache: %s does not "
                                "take \"%s\": %s",
                                name, colon ? colon + 1 : "", error)
                 : NULL;
}

static apr_status_t stop(void *data)
{
    (void)data;
    provider->destroy(instance, server);
    usable = false;
    return APR_SUCCESS;
}

static apr_status_t start(const sc_cache_option_t *option, server_rec *s,
                          apr_pool_t *pconf)
{
    struct ap_socache_hints hints = {
        .avg_id_len = SSL_MAX_SSL_SESSION_ID_LENGTH,
        .avg_obj_size = 300,
        .expiry_interval = option->timeout,
    };
    apr_status_t status = APR_SUCCESS;

    mutex = NULL;
    server = s;
    if (provider->flags & AP_SOCACHE_FLAG_NOTMPSAFE) {
        status =
            ap_global_mutex_create(&mutex, NULL, MUTEX_NAME, NULL, s, pconf, 0);
    }
    if (status == APR_SUCCESS) {
        status = provider->init(instance, OUR_NAME, &hints, s, pconf);
    }
    if (status == APR_SUCCESS) {
        usable = true;
        apr_pool_cleanup_register(pconf, NULL, stop, apr_pool_cleanup_null);
    }
    return status;
}

const sc_session_cache_t *sc_cache_start(const sc_cache_option_t *option,
                                         server_rec *s, sc_report_t *report,
                                         apr_pool_t *pconf)
{
    apr_status_t status;

    provider = option->provider;
    instance = option->instance;
    if (!option->set) {
        provider = find_provider("shmcb");
        if (provider && provider->create(&instance, NULL, pconf, pconf)) {
            provider = NULL;
        }
    }
    if (!provider) {
        return NULL;
    }
    status = start(option, s, pconf);
    if (status != APR_SUCCESS) {
        char reason[120];

        sc_report_add(report, SC_SEVERITY_ERROR, "SC0163", &option->place,
                      "the session cache %s cannot be started: %s. See its own "
                      "message, or use none.",
                      provider->name,
                      apr_strerror(status, reason, sizeof(reason)));
        return NULL;
    }
    return &functions;
}

void sc_cache_child_init(apr_pool_t *pchild, server_rec *s)
{
    apr_status_t status;
    int threads = 0;

    if (!usable) {
        return;
    }
    if (mutex) {
        status = apr_global_mutex_child_init(
            &mutex, apr_global_mutex_lockfile(mutex), pchild);
    }
    else {
        (void)ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
        threads = threads < 1 ? 1 : threads;
        status = sc_errand_start(threads < MAX_THREADS ? threads : MAX_THREADS,
                                 pchild);
    }
    if (status != APR_SUCCESS) {
        usable = false;
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, s,
                     "SC0164: the session cache %s cannot be used in this "
                     "child; clients that have no ticket make full handshakes. "
                     "Raise the limits of the system.",
                     provider->name);
    }
}
