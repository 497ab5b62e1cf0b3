/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_startup.h"

#include <http_config.h>
#include <http_core.h>

#include "mod_securechan.h"
#include "sc_bio.h"
#include "sc_cache.h"
#include "sc_conf.h"
#include "sc_conn.h"
#include "sc_engine.h"
#include "sc_log.h"
#include "sc_overdue.h"
#include "sc_park.h"
#include "sc_passes.h"
#include "sc_rival.h"
#include "sc_sections.h"
#include "sc_site.h"
#include "sc_tickets.h"
#include "sc_vars.h"

int sc_startup_pre_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp)
{
    (void)plog;
    (void)ptemp;
    sc_vars_register_log(pconf);
    sc_cache_register(pconf);
    sc_tickets_hide();
    return OK;
}

/* httpd reads its configuration twice when it starts: the first time to see
 * whether it can, before it detaches from the terminal. */
static bool is_first_pass(void)
{
    return ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG;
}

static bool is_running_already(void)
{
    return ap_state_query(AP_SQ_CONFIG_GEN) > 1;
}

int sc_startup_check_config(apr_pool_t *pconf, apr_pool_t *plog,
                            apr_pool_t *ptemp, server_rec *s)
{
    sc_site_order_t order = {.main_server = s, .purpose = SC_SITE_CHECK};
    apr_pool_t *scratch;
    int errors;

    (void)pconf;
    (void)plog;
    if (!is_first_pass()) {
        return OK;
    }
    /* What is loaded for the check, keys included, goes when it is done. */
    apr_pool_create(&scratch, ptemp);
    order.report = sc_report_make(scratch);
    order.found = sc_proven_make(scratch);
    sc_tickets_check(&sc_conf_server(s)->tickets, order.report, scratch);
    (void)sc_site_build(&order, scratch, scratch);
    sc_sections_check(s, order.report, scratch);
    sc_rival_check(s, order.report, scratch);
    sc_log_report(order.report, APLOG_EMERG, 1, s, scratch);
    errors = sc_report_count(order.report, SC_SEVERITY_ERROR);
    sc_passes_keep(order.found);
    apr_pool_destroy(scratch);
    return errors ? HTTP_INTERNAL_SERVER_ERROR : OK;
}

/* Tells whether any host speaks TLS. */
static bool is_used(const server_rec *s)
{
    while (s && !sc_conf_server(s)->options.engine) {
        s = s->next;
    }
    return s != NULL;
}

/* Starts what sessions outlive their connections with. */
static void start_sessions(server_rec *s, sc_report_t *report,
                           apr_pool_t *pconf, apr_pool_t *ptemp)
{
    sc_server_conf_t *conf = sc_conf_server(s);
    sc_sessions_t *sessions;

    if (!is_used(s) || !sc_tickets_start(&conf->tickets, report, ptemp)) {
        return;
    }
    sessions = apr_pcalloc(pconf, sizeof(*sessions));
    sessions->find_key = sc_tickets_find_key;
    sessions->now = apr_time_now;
    sessions->ticket_life = sc_tickets_life();
    sessions->cache_life = conf->cache.timeout;
    sessions->cache = sc_cache_start(&conf->cache, s, report, pconf);
    conf->sessions = sessions;
}

/* Builds the site and reports; NULL if the server must not start with it. */
static const sc_site_t *build(server_rec *s, apr_pool_t *pconf,
                              apr_pool_t *ptemp)
{
    const bool running = is_running_already();
    sc_report_t *report = sc_report_make(ptemp);
    const sc_site_t *site;
    const sc_site_order_t order = {
        .main_server = s,
        .purpose = running ? SC_SITE_RESTART : SC_SITE_START,
        .known = sc_passes_take(ptemp),
        .report = report,
    };

    start_sessions(s, report, pconf, ptemp);
    site = sc_site_build(&order, pconf, ptemp);
    sc_sections_prepare(s);
    sc_sections_check(s, report, ptemp);
    sc_rival_check(s, report, ptemp);
    sc_log_report(report, running ? APLOG_ERR : APLOG_EMERG, 0, s, ptemp);
    return running || !sc_report_count(report, SC_SEVERITY_ERROR) ? site : NULL;
}

int sc_startup_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s)
{
    const sc_site_t *site;

    (void)plog;
    if (is_first_pass()) {
        return OK; /* all of it would be thrown away */
    }
    ap_add_version_component(pconf, "mod_securechan/" MOD_SECURECHAN_VERSION);
    if (!sc_bio_init(pconf)) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, 0, s,
                     "SC0142: no memory to set OpenSSL up");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    site = build(s, pconf, ptemp);
    if (!site) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    if (!sc_site_publish(site, pconf)) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, 0, s,
                     "SC0143: no memory or lock for the site");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, s,
                 "SC0144: mod_securechan %s with %s serves %d TLS host%s",
                 MOD_SECURECHAN_VERSION, OpenSSL_version(OPENSSL_VERSION),
                 site->hosts->nelts, site->hosts->nelts == 1 ? "" : "s");
    return OK;
}

int sc_startup_settle(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                      server_rec *s)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    (void)s;
    if (!is_first_pass()) {
        sc_tickets_give();
    }
    return OK;
}

void sc_startup_child_init(apr_pool_t *pchild, server_rec *s)
{
    apr_status_t status;

    sc_tickets_child_init(pchild, s);
    sc_cache_child_init(pchild, s);
    if (!sc_park_is_supported()) {
        return;
    }
    status = sc_overdue_start(pchild);
    if (status == APR_SUCCESS) {
        sc_park_allow();
    }
    else {
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, s,
                     "SC0141: no thread to end handshakes and request heads "
                     "that take too long: in this child they hold worker "
                     "threads. Raise the limit of processes (ulimit -u).");
    }
}
