/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_site.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_ssl.h>

#include "sc_conf.h"
#include "sc_loader.h"
#include "sc_log.h"
#include "sc_name.h"
#include "sc_statement.h"

/* Servers whose files are read on all processors before they are built: enough
 * to keep them busy, few enough not to hold much in memory. */
#define READ_AHEAD 512

/* What building needs to know while it goes from host to host. */
typedef struct sc_builder {
    sc_site_t *site;
    sc_site_purpose_t purpose;
    const sc_proven_t *known;
    sc_proven_t *found;
    sc_report_t *report;
    const sc_passphrase_option_t *passphrase;
    apr_hash_t *contexts; /* by binding: sc_context_t */
    apr_hash_t *accepted; /* a set of sc_likeness_t */
    sc_loader_t *loader;
    apr_array_header_t *specs; /* of sc_identity_spec_t: being read ahead */
    sc_listens_t *listens;
    apr_time_t now;
    apr_pool_t *p;
    apr_pool_t *ptemp;
} sc_builder_t;

/* What sc_context_accepts() judges by: it says the same of all that are alike.
 * Without padding: equal ones are equal bytes. */
typedef struct sc_likeness {
    const sc_context_t *context;
    const STACK_OF(X509) *chain; /* shared by those with an equal one */
    sc_identity_grade_t grade;
} sc_likeness_t;

static sc_place_t host_place(const sc_host_t *host, const char *directive)
{
    return (sc_place_t){.directive = directive,
                        .file = host->server->defn_name,
                        .line = (int)host->server->defn_line_number,
                        .host = host->name};
}

/* ---- Certificates and contexts ---- */

static sc_identity_spec_t spec_of(const sc_builder_t *builder,
                                  const server_rec *s,
                                  const sc_certificate_option_t *option)
{
    sc_identity_spec_t spec = {
        .chain_file = option->chain_file,
        .key_file = option->key_file,
        .place = option->place,
        .now = builder->now,
        /* mod_md makes certificates while the server starts, "not valid before"
         * about now: its clock is not for us to judge. */
        .dates_are_errors = builder->purpose != SC_SITE_RESTART &&
                            sc_conf_server(s)->options.certificates != NULL,
        .passphrase = sc_passphrase_get,
    };

    spec.place.host = s->server_hostname;
    return spec;
}

static const sc_identity_t *load_identity(sc_builder_t *builder,
                                          const sc_host_t *host,
                                          const sc_certificate_option_t *option)
{
    sc_passphrase_t passphrase = {.option = builder->passphrase,
                                  .host = host->name,
                                  .ptemp = builder->ptemp};
    sc_identity_spec_t spec = spec_of(builder, host->server, option);
    sc_report_t *report =
        host->is_fallback ? sc_report_make(builder->ptemp) : builder->report;
    const sc_identity_t *identity;

    spec.baton = &passphrase;
    identity = sc_loader_load(builder->loader, &spec, report);
    if (!identity) {
        sc_passphrase_forget(option->key_file ? option->key_file
                                              : option->chain_file);
    }
    if (host->is_fallback) {
        /* That a makeshift certificate is one need not be said. */
        sc_report_append(builder->report, report, SC_SEVERITY_ERROR);
    }
    return identity;
}

/* Has the files of the next servers read on all processors. */
static void read_ahead(sc_builder_t *builder, const apr_array_header_t *servers,
                       int from)
{
    apr_array_clear(builder->specs);
    for (int i = from; i < servers->nelts && i < from + READ_AHEAD; i++) {
        const server_rec *s = APR_ARRAY_IDX(servers, i, server_rec *);
        const sc_options_t *options = &sc_conf_server(s)->options;
        const apr_array_header_t *own = options->certificates;

        for (int k = 0; options->engine && own && k < own->nelts; k++) {
            APR_ARRAY_PUSH(builder->specs, sc_identity_spec_t) = spec_of(
                builder, s, &APR_ARRAY_IDX(own, k, sc_certificate_option_t));
        }
    }
    sc_loader_read_ahead(builder->loader, builder->specs);
}

/* Asks the library whether an identity is strong enough for a host's settings,
 * unless it has said so of one that is alike: it would have to be opened. */
static bool is_accepted(const sc_builder_t *builder, const sc_host_t *host,
                        const sc_identity_t *identity, const sc_place_t *place)
{
    const sc_likeness_t likeness = {host->choice.context, identity->chain,
                                    identity->grade};

    if (!host->choice.context ||
        (identity->grade.key_bits > 0 &&
         apr_hash_get(builder->accepted, &likeness, sizeof(likeness)))) {
        return true;
    }
    if (!sc_context_accepts(host->choice.context, identity, place,
                            builder->report)) {
        return false;
    }
    apr_hash_set(builder->accepted,
                 apr_pmemdup(builder->ptemp, &likeness, sizeof(likeness)),
                 sizeof(likeness), identity);
    return true;
}

/* Adds an identity to a host unless it has one of that type. */
static void add_identity(sc_builder_t *builder, sc_host_t *host,
                         const sc_certificate_option_t *option)
{
    const sc_identity_t *identity = load_identity(builder, host, option);
    sc_place_t place = option->place;

    place.host = host->name;
    if (!identity) {
        host->is_broken = true;
        return;
    }
    for (int i = 0; i < host->identities->nelts; i++) {
        const sc_identity_t *other =
            APR_ARRAY_IDX(host->identities, i, const sc_identity_t *);

        if (other->type == identity->type) {
            sc_report_add(
                builder->report, SC_SEVERITY_ERROR, "SC0121", &place,
                "%s and %s are both %s certificates, and a host can "
                "use only one of a type. Remove one of the two lines.",
                other->chain_file, identity->chain_file,
                sc_key_type_name(identity->type));
            host->is_broken = true;
            return;
        }
    }
    if (!is_accepted(builder, host, identity, &place)) {
        host->is_broken = true;
        return;
    }
    APR_ARRAY_PUSH(host->identities, const sc_identity_t *) = identity;
}

/* Adds the certificates that another module, mod_md above all, has for a host.
 */
static void add_managed(sc_builder_t *builder, sc_host_t *host,
                        const apr_array_header_t *cert_files,
                        const apr_array_header_t *key_files)
{
    for (int i = 0; i < cert_files->nelts; i++) {
        sc_certificate_option_t option = {
            .chain_file = APR_ARRAY_IDX(cert_files, i, const char *),
            .key_file = i < key_files->nelts
                            ? APR_ARRAY_IDX(key_files, i, const char *)
                            : NULL,
            .place = host_place(host, "certificate of another module"),
        };

        add_identity(builder, host, &option);
    }
}

static void ask_other_modules(sc_builder_t *builder, sc_host_t *host)
{
    const bool has_own = host->options->certificates != NULL;
    apr_array_header_t *certs =
        apr_array_make(builder->p, 2, sizeof(const char *));
    apr_array_header_t *keys =
        apr_array_make(builder->p, 2, sizeof(const char *));

    for (int i = 0; has_own && i < host->options->certificates->nelts; i++) {
        const sc_certificate_option_t *option = &APR_ARRAY_IDX(
            host->options->certificates, i, sc_certificate_option_t);

        APR_ARRAY_PUSH(certs, const char *) = option->chain_file;
        APR_ARRAY_PUSH(keys, const char *) =
            option->key_file ? option->key_file : option->chain_file;
    }
    /* Asked for hosts with certificates too: mod_md learns from it which hosts
     * speak TLS. What is configured here is not replaced by its answer. The
     * status tells nothing: it is an error where mod_md has answered. */
    (void)ap_ssl_add_cert_files(host->server, builder->p, certs, keys);
    if (has_own) {
        return;
    }
    if (certs->nelts == 0) {
        (void)ap_ssl_add_fallback_cert_files(host->server, builder->p, certs,
                                             keys);
        host->is_fallback = certs->nelts > 0;
    }
    add_managed(builder, host, certs, keys);
}

static void add_certificates(sc_builder_t *builder, sc_host_t *host)
{
    const apr_array_header_t *own = host->options->certificates;
    const sc_place_t place = host_place(host, "SecureChanCertificate");

    for (int i = 0; own && i < own->nelts; i++) {
        add_identity(builder, host,
                     &APR_ARRAY_IDX(own, i, sc_certificate_option_t));
    }
    if (builder->purpose != SC_SITE_CHECK) {
        ask_other_modules(builder, host);
    }
    else if (!own && ap_find_linked_module("mod_md.c")) {
        return; /* mod_md may be asked in post_config only; checked there */
    }
    if (host->identities->nelts == 0 && !host->is_broken) {
        sc_report_add(builder->report, SC_SEVERITY_ERROR, "SC0122", &place,
                      "SecureChanEngine is on and there is no certificate. Add "
                      "\"SecureChanCertificate chain.pem key.pem\".");
        host->is_broken = true;
    }
}

static void add_context(sc_builder_t *builder, sc_host_t *host)
{
    sc_context_t *context;

    sc_context_binding(host->binding, host->options);
    memcpy(sc_conf_server(host->server)->binding, host->binding,
           sizeof(host->binding));
    context =
        apr_hash_get(builder->contexts, host->binding, sizeof(host->binding));
    if (!context) {
        context = sc_context_make(host->options, host->name, builder->report,
                                  builder->p);
        if (context) {
            sc_engine_adopt(context);
            apr_hash_set(builder->contexts, context->binding,
                         sizeof(context->binding), context);
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
        sc_place_t place = host->options->place[option];

        place.host = host->name;
        sc_report_add(builder->report, SC_SEVERITY_WARNING, "SC0127", &place,
                      "this host allows %s with policy %s: outdated protocols "
                      "and ciphers that can be broken. Use TLSv1.2 and policy "
                      "intermediate as soon as the last old client is gone.",
                      sc_protocol_name(range.min), policy->name);
    }
}

static bool is_covered(const sc_host_t *host, const char *name)
{
    for (int i = 0; i < host->identities->nelts; i++) {
        if (sc_identity_covers(
                APR_ARRAY_IDX(host->identities, i, const sc_identity_t *),
                name)) {
            return true;
        }
    }
    return false;
}

/* States that the certificates of a host are valid for its names. False if
 * nothing is known of their files. */
static bool state_names(sc_proof_t *proof, const sc_host_t *host)
{
    const apr_array_header_t *aliases = host->server->names;
    sc_statement_t statement;
    bool known = true;

    sc_statement_begin(&statement, "the names are valid, rules 1");
    sc_statement_text(&statement, host->server->server_hostname);
    for (int i = 0; aliases && i < aliases->nelts; i++) {
        sc_statement_text(&statement, APR_ARRAY_IDX(aliases, i, const char *));
    }
    for (int i = 0; i < host->identities->nelts; i++) {
        const sc_identity_t *identity =
            APR_ARRAY_IDX(host->identities, i, const sc_identity_t *);

        known = known && sc_proof_is_set(&identity->proof);
        sc_statement_bytes(&statement, &identity->proof,
                           sizeof(identity->proof));
    }
    return sc_statement_end(&statement, proof) && known;
}

/* Warns of names that browsers would refuse. */
static void check_each_name(sc_builder_t *builder, const sc_host_t *host)
{
    const apr_array_header_t *aliases = host->server->names;
    const sc_place_t place = host_place(host, "SecureChanCertificate");

    if (!is_covered(host, host->server->server_hostname)) {
        sc_report_add(builder->report, SC_SEVERITY_WARNING, "SC0123", &place,
                      "no certificate of this host is valid for its ServerName "
                      "%s: browsers will refuse it. Get one that names it.",
                      host->server->server_hostname);
    }
    for (int i = 0; aliases && i < aliases->nelts; i++) {
        const char *alias = APR_ARRAY_IDX(aliases, i, const char *);

        if (!is_covered(host, alias)) {
            sc_report_add(builder->report, SC_SEVERITY_WARNING, "SC0124",
                          &place,
                          "no certificate of this host is valid for its "
                          "ServerAlias %s: browsers will refuse it. Get one "
                          "that names it, or remove the alias.",
                          alias);
        }
    }
}

/* The same unless they are known to be valid. */
static void check_names(sc_builder_t *builder, const sc_host_t *host)
{
    const int num_problems = builder->report->problems->nelts;
    sc_proof_t proof;
    bool is_stated;

    if (host->identities->nelts == 0 || host->is_fallback) {
        return;
    }
    is_stated = state_names(&proof, host);
    if (is_stated && sc_proven_find(builder->known, &proof)) {
        return;
    }
    check_each_name(builder, host);
    if (is_stated && builder->found &&
        builder->report->problems->nelts == num_problems) {
        sc_proven_add(builder->found, &proof, NULL, 0);
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
    host->identities = apr_array_make(builder->p, 2, sizeof(void *));
    conf->index = builder->site->hosts->nelts;
    APR_ARRAY_PUSH(builder->site->hosts, sc_host_t *) = host;
    add_context(builder, host);
    check_strength(builder, host);
    add_certificates(builder, host);
    host->choice.identities = host->identities;
    check_names(builder, host);
    for (int i = 0; i < host->identities->nelts; i++) {
        sc_identity_set_outline(
            APR_ARRAY_IDX(host->identities, i, const sc_identity_t *), NULL);
    }
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
        .purpose = order->purpose,
        .known = order->known,
        .found = order->found,
        .report = order->report,
        .passphrase = &sc_conf_server(order->main_server)->passphrase,
        .contexts = apr_hash_make(ptemp),
        .accepted = apr_hash_make(ptemp),
        .loader = sc_loader_make(order->known, order->found, p, ptemp),
        .specs = apr_array_make(ptemp, 16, sizeof(sc_identity_spec_t)),
        .listens = sc_listens_make(order->report, p, ptemp),
        .now = apr_time_now(),
        .p = p,
        .ptemp = ptemp,
    };

    site->hosts = apr_array_make(p, 8, sizeof(sc_host_t *));
    site->by_name = sc_listens_all_names(builder.listens);
    for (int i = 0; i < servers->nelts; i++) {
        if (i % READ_AHEAD == 0) {
            read_ahead(&builder, servers, i);
        }
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
