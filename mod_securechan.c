/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The module as httpd sees it: its record, its directives and its hooks, in the
 * order in which a connection lives them. What each does is told where it is
 * declared; there is no logic here.
 */
#include <httpd.h>

#include <ap_expr.h>
#include <http_config.h>
#include <http_connection.h>
#include <http_protocol.h>
#include <http_request.h>
#include <http_ssl.h>
#include <mpm_common.h>

#include "sc_conf.h"
#include "sc_conn.h"
#include "sc_directives.h"
#include "sc_request.h"
#include "sc_require.h"
#include "sc_startup.h"
#include "sc_tickets.h"
#include "sc_vars.h"

/* The one symbol that leaves the shared object: everything else is hidden. */
extern __attribute__((visibility("default"))) module securechan_module;

static void register_hooks(apr_pool_t *p)
{
    static const char *const mod_ssl[] = {"mod_ssl.c", NULL};
    static const char *const mod_http2[] = {"mod_http2.c", NULL};
    static const char *const mod_setenvif[] = {"mod_setenvif.c", NULL};
    static const char *const mod_proxy[] = {"mod_proxy.c", NULL};

    /* Startup. Behind mod_ssl, so that %{..}x asks whoever owns the connection;
     * between the two halves of mod_md, which are first and last; before
     * mod_proxy, as a TLS module must.
     */
    ap_hook_pre_config(sc_startup_pre_config, mod_ssl, NULL, APR_HOOK_MIDDLE);
    ap_hook_expr_lookup(sc_vars_expr_lookup, NULL, mod_ssl, APR_HOOK_MIDDLE);
    ap_hook_check_config(sc_startup_check_config, NULL, NULL, APR_HOOK_LAST);
    ap_hook_post_config(sc_startup_post_config, NULL, mod_proxy,
                        APR_HOOK_MIDDLE);
    ap_hook_post_config(sc_startup_settle, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_monitor(sc_tickets_monitor, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(sc_startup_child_init, NULL, NULL, APR_HOOK_MIDDLE);
    sc_conn_register_filters();
    sc_require_register_providers(p);

    /* A connection: behind mod_ssl, to see whether it is there too; before HTTP
     * and HTTP/2 read from it; closed after HTTP/2 has said goodbye. */
    ap_hook_pre_connection(sc_conn_pre_connection, mod_ssl, NULL,
                           APR_HOOK_MIDDLE);
    ap_hook_process_connection(sc_conn_process, NULL, mod_http2,
                               APR_HOOK_MIDDLE);
    ap_hook_pre_close_connection(sc_conn_pre_close, NULL, NULL,
                                 APR_HOOK_REALLY_LAST);
    ap_hook_ssl_conn_is_ssl(sc_vars_is_ssl, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_ssl_var_lookup(sc_vars_lookup, NULL, NULL, APR_HOOK_MIDDLE);

    /* A request: nothing may answer before the gate has been asked. */
    ap_hook_http_scheme(sc_request_scheme, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_default_port(sc_request_default_port, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_read_request(sc_request_post_read, NULL, mod_setenvif,
                              APR_HOOK_REALLY_FIRST);
    ap_hook_quick_handler(sc_require_quick, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_map_to_storage(sc_require_trace, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_post_perdir_config(sc_request_announce_hsts, NULL, NULL,
                               APR_HOOK_REALLY_FIRST);
    ap_hook_post_perdir_config(sc_require_check, NULL, NULL,
                               APR_HOOK_REALLY_FIRST + 1);
    ap_hook_fixups(sc_vars_export, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_fixups(sc_require_assert, NULL, NULL, APR_HOOK_REALLY_LAST);
}

AP_DECLARE_MODULE(securechan) = {
    STANDARD20_MODULE_STUFF, sc_conf_create_dir,   sc_conf_merge_dir,
    sc_conf_create_server,   sc_conf_merge_server, sc_directives,
    register_hooks,          AP_MODULE_FLAG_NONE,
};
