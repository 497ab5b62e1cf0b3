/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_startup.h"

#include <http_config.h>
#include <http_core.h>

#include "mod_securechan.h"
#include "sc_conf.h"
#include "sc_conn.h"
#include "sc_engine.h"
#include "sc_log.h"
#include "sc_overdue.h"
#include "sc_passes.h"
#include "sc_rival.h"
#include "sc_sections.h"
#include "sc_site.h"
#include "sc_vars.h"

int sc_startup_pre_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp)
{
    (void)plog;
    (void)ptemp;
    sc_vars_register_log(pconf);
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
    (void)sc_site_build(&order, scratch, scratch);
    sc_sections_check(s, order.report, scratch);
    sc_rival_check(s, order.report, scratch);
    sc_log_report(order.report, APLOG_EMERG, 1, s, scratch);
    errors = sc_report_count(order.report, SC_SEVERITY_ERROR);
    sc_passes_keep(order.found);
    apr_pool_destroy(scratch);
    return errors ? HTTP_INTERNAL_SERVER_ERROR : OK;
}

/* Builds the site and reports; NULL if the server must not start with it. */
static const sc_site_t *build(server_rec *s, apr_pool_t *pconf,
                              apr_pool_t *ptemp)
{
    const bool running = is_running_already();
    sc_report_t *report = sc_report_make(ptemp);
    const sc_site_order_t order = {
        .main_server = s,
        .purpose = running ? SC_SITE_RESTART : SC_SITE_START,
        .known = sc_passes_take(ptemp),
        .report = report,
    };
    const sc_site_t *site = sc_site_build(&order, pconf, ptemp);

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
    if (!sc_engine_init(pconf)) {
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

void sc_startup_child_init(apr_pool_t *pchild, server_rec *s)
{
    apr_status_t status;

    if (!sc_conn_mpm_can_park()) {
        return;
    }
    status = sc_overdue_start(pchild);
    if (status == APR_SUCCESS) {
        sc_conn_allow_parking();
    }
    else {
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, s,
                     "SC0141: no thread to end handshakes that take too long: "
                     "in this child handshakes hold worker threads. Raise the "
                     "limit of processes (ulimit -u).");
    }
}
