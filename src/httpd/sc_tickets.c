/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_tickets.h"

#include <pthread.h>
#include <signal.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "sc_log.h"
#include "sc_secret.h"
#include "sc_session.h"
#include "sc_vault.h"

/* Changes whenever vault_t does. */
#define VAULT_VERSION 1

/* What is kept over restarts. */
typedef struct vault {
    sc_ratchet_t ratchet; /* under lock once there are threads */
    sc_ratchet_t next;    /* being computed by the one who steps */
    bool from_file;
} vault_t;

static vault_t *vault;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static apr_int64_t seconds_now(void)
{
    return apr_time_sec(apr_time_now());
}

/* ---- In all processes ---- */

/* Steps if it is due. The derivation itself needs no lock: nobody else steps,
 * and handshakes only read. */
static sc_ratchet_result_t step(apr_int64_t now)
{
    const sc_ratchet_result_t result =
        sc_ratchet_step(&vault->ratchet, &vault->next, now, sc_session_derive);

    if (result == SC_RATCHET_STEPPED) {
        pthread_mutex_lock(&lock);
        vault->ratchet = vault->next;
        pthread_mutex_unlock(&lock);
        sc_ratchet_wipe(&vault->next);
    }
    return result;
}

/* Begins anew with a secret that nobody else has. */
static sc_ratchet_result_t begin_alone(apr_int64_t rotate, apr_int64_t now)
{
    unsigned char root[SC_RATCHET_SECRET_LEN];
    sc_ratchet_result_t result = SC_RATCHET_FAILED;

    if (RAND_priv_bytes(root, sizeof(root)) == 1) {
        result = sc_ratchet_begin(&vault->next, root, now, rotate, now,
                                  sc_session_derive);
    }
    OPENSSL_cleanse(root, sizeof(root));
    if (result == SC_RATCHET_STEPPED) {
        pthread_mutex_lock(&lock);
        vault->ratchet = vault->next;
        pthread_mutex_unlock(&lock);
        sc_ratchet_wipe(&vault->next);
    }
    return result;
}

/*
 * Steps, come what may. Where the clock jumps further than can be gone through,
 * the others cannot be followed either: the process goes on alone.
 */
static void keep_going(server_rec *s)
{
    const apr_int64_t now = seconds_now();

    if (vault && step(now) == SC_RATCHET_TOO_FAR &&
        begin_alone(vault->ratchet.rotate, now) == SC_RATCHET_STEPPED) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                     "SC0157: the clock has jumped by more than a million "
                     "rotations of the ticket keys: this process goes on with "
                     "keys of its own. Set the clock right and restart "
                     "gracefully.");
    }
}

sc_ratchet_age_t sc_tickets_find_key(const unsigned char *name,
                                     sc_ratchet_key_t *key)
{
    sc_ratchet_age_t age = SC_RATCHET_CURRENT;
    const sc_ratchet_key_t *found;

    pthread_mutex_lock(&lock);
    if (name) {
        age = sc_ratchet_find(&vault->ratchet, name, &found);
    }
    else {
        found = sc_ratchet_current(&vault->ratchet);
    }
    if (found) {
        *key = *found;
    }
    pthread_mutex_unlock(&lock);
    return found ? age : SC_RATCHET_NONE;
}

apr_interval_time_t sc_tickets_life(void)
{
    return apr_time_from_sec(vault->ratchet.rotate);
}

/* ---- In the parent ---- */

void sc_tickets_hide(void)
{
    bool locked;

    vault =
        sc_vault_open("ticket keys", VAULT_VERSION, sizeof(*vault), &locked);
    if (vault) {
        sc_vault_hide(vault, sizeof(*vault), true);
    }
}

void sc_tickets_give(void)
{
    if (vault) {
        sc_vault_hide(vault, sizeof(*vault), false);
    }
}

/* Reads the secret and begins with it; next is wiped if it cannot be used. */
static bool begin_from_file(sc_ratchet_t *next,
                            const sc_ticket_option_t *option,
                            sc_report_t *report, apr_pool_t *ptemp)
{
    const apr_int64_t now = seconds_now();
    sc_ratchet_result_t result = SC_RATCHET_FAILED;
    sc_secret_t secret;
    apr_pool_t *scratch;

    sc_ratchet_wipe(next);
    /* What was read goes as soon as it has been used. */
    apr_pool_create(&scratch, ptemp);
    if (!sc_secret_read(&secret, option->secret, now, &option->place, report,
                        scratch)) {
        apr_pool_destroy(scratch);
        return false;
    }
    apr_pool_destroy(scratch);
    result =
        sc_ratchet_begin(next, secret.bytes, secret.begun,
                         apr_time_sec(option->rotate), now, sc_session_derive);
    OPENSSL_cleanse(&secret, sizeof(secret));
    if (result == SC_RATCHET_TOO_FAR) {
        sc_report_add(report, SC_SEVERITY_ERROR, "SC0155", &option->place,
                      "the secret in %s is more than %d rotations old. Make a "
                      "new secret for all servers, or rotate= longer.",
                      option->secret, SC_RATCHET_STEPS_MAX);
    }
    else if (result != SC_RATCHET_STEPPED) {
        sc_report_add(report, SC_SEVERITY_ERROR, "SC0156", &option->place,
                      "OpenSSL cannot derive ticket keys from %s. Check the "
                      "installation of OpenSSL and its openssl.cnf.",
                      option->secret);
    }
    return result == SC_RATCHET_STEPPED;
}

void sc_tickets_check(const sc_ticket_option_t *option, sc_report_t *report,
                      apr_pool_t *ptemp)
{
    sc_ratchet_t ratchet;

    if (option->secret && begin_from_file(&ratchet, option, report, ptemp)) {
        sc_ratchet_wipe(&ratchet);
    }
}

/* Tells whether the keys of the configuration before will do. */
static bool can_go_on(const sc_ticket_option_t *option)
{
    return vault->ratchet.rotate == apr_time_sec(option->rotate) &&
           !vault->from_file && step(seconds_now()) != SC_RATCHET_TOO_FAR;
}

bool sc_tickets_start(const sc_ticket_option_t *option, sc_report_t *report,
                      apr_pool_t *ptemp)
{
    bool locked;

    vault =
        sc_vault_open("ticket keys", VAULT_VERSION, sizeof(*vault), &locked);
    if (vault && !locked) {
        sc_report_add(report, SC_SEVERITY_WARNING, "SC0158", &option->place,
                      "the system does not lock the memory of the ticket keys: "
                      "they may be swapped out to a disk, or get into a core "
                      "dump. Raise the limit of locked memory (ulimit -l).");
    }
    if (vault && option->secret) {
        if (begin_from_file(&vault->next, option, report, ptemp)) {
            vault->ratchet = vault->next;
            vault->from_file = true;
            sc_ratchet_wipe(&vault->next);
            return true;
        }
        if (vault->ratchet.rotate) {
            return true; /* better the keys of before than none in common */
        }
    }
    if (vault && (can_go_on(option) ||
                  begin_alone(apr_time_sec(option->rotate), seconds_now()) ==
                      SC_RATCHET_STEPPED)) {
        vault->from_file = false;
        return true;
    }
    sc_report_add(report, SC_SEVERITY_ERROR, "SC0159", &option->place,
                  "there is no memory for ticket keys, or OpenSSL cannot make "
                  "them. Check the installation of OpenSSL.");
    return false;
}

int sc_tickets_monitor(apr_pool_t *p, server_rec *s)
{
    (void)p;
    keep_going(s);
    return DECLINED;
}

/* ---- In a child ---- */

/* The longest sleep, in case the system's clock jumps and wakes nobody. */
#define LONGEST_SLEEP 60

static pthread_t keeper;
static pthread_mutex_t sleeping = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static bool ending; /* under sleeping */

static void *step_when_due(void *data)
{
    pthread_mutex_lock(&sleeping);
    while (!ending) {
        const apr_int64_t now = seconds_now();
        apr_int64_t due;
        struct timespec until = {.tv_sec = (time_t)now + LONGEST_SLEEP};

        keep_going(data);
        due = sc_ratchet_due(&vault->ratchet);
        if (due < now + LONGEST_SLEEP) {
            /* If memory was short, or nothing is due for another reason, a
             * second later is soon enough. */
            until.tv_sec = (time_t)(due > now ? due : now + 1);
        }
        pthread_cond_timedwait(&wake, &sleeping, &until);
    }
    pthread_mutex_unlock(&sleeping);
    return NULL;
}

static apr_status_t end_keeper(void *data)
{
    (void)data;
    pthread_mutex_lock(&sleeping);
    ending = true;
    pthread_cond_signal(&wake);
    pthread_mutex_unlock(&sleeping);
    pthread_join(keeper, NULL);
    return APR_SUCCESS;
}

void sc_tickets_child_init(apr_pool_t *pchild, server_rec *s)
{
    sigset_t all;
    sigset_t before;
    bool locked;
    int error;

    if (!vault || !sc_ratchet_current(&vault->ratchet)) {
        return; /* nobody speaks TLS */
    }
    (void)sc_vault_open("ticket keys", VAULT_VERSION, sizeof(*vault), &locked);
    /* Signals are for the threads of httpd. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&keeper, NULL, step_when_due, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!error) {
        apr_pool_pre_cleanup_register(pchild, NULL, end_keeper);
        return;
    }
    pthread_mutex_lock(&lock);
    sc_ratchet_wipe(&vault->ratchet);
    pthread_mutex_unlock(&lock);
    ap_log_error(APLOG_MARK, APLOG_CRIT, APR_FROM_OS_ERROR(error), s,
                 "SC0160: no thread to wipe old ticket keys in time: in this "
                 "child there are none, and every client makes a full "
                 "handshake. Raise the limit of processes (ulimit -u).");
}
