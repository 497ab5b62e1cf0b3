/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_site.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <http_config.h>

#include "sc_conf.h"
#include "sc_credentials.h"
#include "sc_log.h"
#include "sc_name.h"

/* What building needs to know while it goes from host to host. */
typedef struct sc_builder {
    sc_site_t *site;
    sc_report_t *report;
    const sc_sessions_t *sessions;
    sc_credentials_t *credentials;
    apr_hash_t *contexts; /* by binding and tickets: sc_context_t */
    sc_listens_t *listens;
    apr_pool_t *p;
    apr_pool_t *ptemp;
} sc_builder_t;

sc_place_t sc_site_place(const sc_host_t *host, const char *directive)
{
    return (sc_place_t){.directive = directive,
                        .file = host->server->defn_name,
                        .line = (int)host->server->defn_line_number,
                        .host = host->name};
}

/* Sessions of a host must not be taken up by another one. */
static void bind_sessions(sc_builder_t *builder, sc_host_t *host)
{
    const sc_place_t place = sc_site_place(host, "SecureChanEngine");

    host->choice.session_context = host->session_context;
    if (!sc_session_context(host->session_context, host->binding, host->name)) {
        sc_report_add(builder->report, SC_SEVERITY_ERROR, "SC0165", &place,
                      "there is no memory for the host's settings");
        host->is_broken = true;
    }
}

static void add_context(sc_builder_t *builder, sc_host_t *host)
{
    unsigned char key[1 + SC_BINDING_LEN] = {host->options->tickets};
    sc_context_t *context;

    sc_context_binding(host->binding, host->options);
    memcpy(sc_conf_server(host->server)->binding, host->binding,
           sizeof(host->binding));
    bind_sessions(builder, host);
    memmove(key + 1, host->binding, sizeof(host->binding));
    context = apr_hash_get(builder->contexts, key, sizeof(key));
    if (!context) {
        context = sc_context_make(host->options, host->name, builder->report,
                                  builder->p);
        if (context) {
            sc_engine_adopt(context);
            if (builder->sessions) {
                sc_session_adopt(context, builder->sessions);
            }
            apr_hash_set(builder->contexts,
                         apr_pmemdup(builder->ptemp, key, sizeof(key)),
                         sizeof(key), context);
        }
    }
    host->choice.context = context;
    if (!builder->site->spare) {
        builder->site->spare = context;
    }
    host->is_broken = host->is_broken || !context;
}

/* Says so where a host still speaks what attackers have long learnt to read. */
static void check_strength(sc_builder_t *builder, const sc_host_t *host)
{
    const sc_policy_t *policy = host->options->policy;
    const sc_protocol_range_t range = sc_options_protocol(host->options);

    if (policy->insecure || range.min < SC_TLS1_2) {
        const sc_option_t option =
            range.min < SC_TLS1_2 &&
                    sc_options_has(host->options, SC_OPTION_PROTOCOL)
                ? SC_OPTION_PROTOCOL
                : SC_OPTION_POLICY;
        sc_place_t place = *host->options->place[option];

        place.host = host->name;
        sc_report_add(builder->report, SC_SEVERITY_WARNING, "SC0127", &place,
                      "this host allows %s with policy %s: outdated protocols "
                      "and ciphers that can be broken. Use TLSv1.2 and policy "
                      "intermediate as soon as the last old client is gone.",
                      sc_protocol_name(range.min), policy->name);
    }
}

/* ---- The site ---- */

/* What ServerName says, else the port of the address, else the usual one. */
static apr_port_t https_port(const server_rec *s)
{
    const apr_port_t listen = s->addrs ? s->addrs->host_port : 0;

    if (s->port) {
        return s->port;
    }
    return listen ? listen : 443;
}

static void add_host(sc_builder_t *builder, server_rec *s)
{
    sc_server_conf_t *conf = sc_conf_server(s);
    sc_host_t *host;

    conf->index = -1;
    if (!conf->options.engine) {
        return;
    }
    host = apr_pcalloc(builder->p, sizeof(*host));
    host->server = s;
    host->name = s->server_hostname;
    host->port = https_port(s);
    host->options = &conf->options;
    host->identities = apr_array_make(builder->p, 1, sizeof(void *));
    conf->index = builder->site->hosts->nelts;
    APR_ARRAY_PUSH(builder->site->hosts, sc_host_t *) = host;
    add_context(builder, host);
    check_strength(builder, host);
    sc_credentials_add(builder->credentials, host);
    host->choice.identities = host->identities;
    host->addresses = sc_listens_add(builder->listens, s);
}

/* httpd keeps virtual hosts behind the main server in reverse order. */
static apr_array_header_t *in_order(server_rec *main_server, apr_pool_t *p)
{
    apr_array_header_t *reverse = apr_array_make(p, 8, sizeof(server_rec *));
    apr_array_header_t *servers = apr_array_make(p, 8, sizeof(server_rec *));
    server_rec **s;

    for (server_rec *at = main_server->next; at; at = at->next) {
        APR_ARRAY_PUSH(reverse, server_rec *) = at;
    }
    APR_ARRAY_PUSH(servers, server_rec *) = main_server;
    while ((s = apr_array_pop(reverse))) {
        APR_ARRAY_PUSH(servers, server_rec *) = *s;
    }
    return servers;
}

const sc_site_t *sc_site_build(const sc_site_order_t *order, apr_pool_t *p,
                               apr_pool_t *ptemp)
{
    sc_site_t *site = apr_pcalloc(p, sizeof(*site));
    const apr_array_header_t *servers = in_order(order->main_server, ptemp);
    sc_builder_t builder = {
        .site = site,
        .report = order->report,
        .sessions = sc_conf_server(order->main_server)->sessions,
        .credentials = sc_credentials_make(order, p, ptemp),
        .contexts = apr_hash_make(ptemp),
        .listens = sc_listens_make(order->report, p, ptemp),
        .p = p,
        .ptemp = ptemp,
    };

    site->hosts = apr_array_make(p, 8, sizeof(sc_host_t *));
    site->by_name = sc_listens_all_names(builder.listens);
    for (int i = 0; i < servers->nelts; i++) {
        sc_credentials_read_ahead(builder.credentials, servers, i);
        add_host(&builder, APR_ARRAY_IDX(servers, i, server_rec *));
    }
    for (int i = 0; i < servers->nelts; i++) {
        server_rec *s = APR_ARRAY_IDX(servers, i, server_rec *);

        if (sc_conf_server(s)->index < 0) {
            sc_listens_check_plain(builder.listens, s);
        }
    }
    return site;
}

const sc_host_t *sc_site_host(const sc_site_t *site, const server_rec *s)
{
    const int index = sc_conf_server(s)->index;

    return index >= 0 && index < site->hosts->nelts
               ? APR_ARRAY_IDX(site->hosts, index, const sc_host_t *)
               : NULL;
}

const sc_host_t *sc_site_by_exact_name(const sc_site_t *site, const char *name)
{
    char canonical[SC_NAME_MAX + 1];
    const server_rec *s;

    if (!sc_name_canonical(canonical, name, strlen(name))) {
        return NULL;
    }
    s = sc_sni_find(site->by_name, canonical);
    if (!s) {
        return NULL;
    }
    if (!strcasecmp(s->server_hostname, canonical)) {
        return sc_site_host(site, s);
    }
    for (int i = 0; s->names && i < s->names->nelts; i++) {
        if (!strcasecmp(APR_ARRAY_IDX(s->names, i, const char *), canonical)) {
            return sc_site_host(site, s);
        }
    }
    return NULL;
}

/* ---- The site in force ---- */

static sc_cell_t *cell;

static apr_status_t forget_cell(void *data)
{
    (void)data;
    cell = NULL;
    return APR_SUCCESS;
}

sc_cell_t *sc_site_cell(void)
{
    return cell;
}

bool sc_site_publish(const sc_site_t *site, apr_pool_t *pconf)
{
    sc_generation_t *generation = sc_generation_new(site, NULL);

    cell = sc_cell_make(pconf);
    if (!cell || !generation) {
        cell = NULL;
        sc_generation_release(generation);
        return false;
    }
    apr_pool_cleanup_register(pconf, NULL, forget_cell, apr_pool_cleanup_null);
    sc_cell_publish(cell, generation);
    return true;
}
