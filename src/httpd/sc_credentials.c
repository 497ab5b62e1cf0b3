/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_credentials.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_ssl.h>
#include <openssl/err.h>

#include "sc_conf.h"
#include "sc_context.h"
#include "sc_loader.h"
#include "sc_log.h"
#include "sc_statement.h"

/* Servers whose files are read on all processors before they are asked for:
 * enough to keep them busy, few enough not to hold much in memory. */
#define READ_AHEAD 512

/* Identities that are opened before the children are made. That takes no room
 * worth mentioning, and on a server of usual size no connection waits for it,
 * however short the lives of its children are. */
#define OPENED_AT_START 256

struct sc_credentials {
    const sc_site_order_t *order;
    const sc_passphrase_option_t *passphrase;
    sc_loader_t *loader;
    apr_hash_t *accepted;              /* a set of likeness_t */
    apr_array_header_t *specs;         /* of sc_identity_spec_t: read ahead */
    apr_array_header_t *managed_certs; /* of const char *: of another module */
    apr_array_header_t *managed_keys;
    int num_opened;
    apr_time_t now;
    apr_pool_t *p;
    apr_pool_t *ptemp;
};

/* What sc_context_accepts() judges by: it says the same of all that are alike.
 * Without padding: equal ones are equal bytes. */
typedef struct likeness {
    const sc_context_t *context;
    const STACK_OF(X509) *chain; /* shared by those with an equal one */
    sc_identity_grade_t grade;
} likeness_t;

sc_credentials_t *sc_credentials_make(const sc_site_order_t *order,
                                      apr_pool_t *p, apr_pool_t *ptemp)
{
    sc_credentials_t *credentials = apr_palloc(ptemp, sizeof(*credentials));

    *credentials = (sc_credentials_t){
        .order = order,
        .passphrase = &sc_conf_server(order->main_server)->passphrase,
        .loader = sc_loader_make(order->known, order->found, p, ptemp),
        .accepted = apr_hash_make(ptemp),
        .specs = apr_array_make(ptemp, 16, sizeof(sc_identity_spec_t)),
        .managed_certs = apr_array_make(ptemp, 2, sizeof(const char *)),
        .managed_keys = apr_array_make(ptemp, 2, sizeof(const char *)),
        .now = apr_time_now(),
        .p = p,
        .ptemp = ptemp,
    };
    return credentials;
}

/* ---- Loading ---- */

static sc_identity_spec_t spec_of(const sc_credentials_t *credentials,
                                  const server_rec *s,
                                  const sc_certificate_option_t *option)
{
    sc_identity_spec_t spec = {
        .chain_file = option->chain_file,
        .key_file = option->key_file,
        .place = option->place,
        .now = credentials->now,
        /* mod_md makes certificates while the server starts, "not valid before"
         * about now: its clock is not for us to judge. */
        .dates_are_errors = credentials->order->purpose != SC_SITE_RESTART &&
                            sc_conf_server(s)->options.certificates != NULL,
        .passphrase = sc_passphrase_get,
    };

    spec.place.host = s->server_hostname;
    return spec;
}

static const sc_identity_t *load_identity(sc_credentials_t *credentials,
                                          const sc_host_t *host,
                                          const sc_certificate_option_t *option)
{
    sc_passphrase_t passphrase = {.option = credentials->passphrase,
                                  .host = host->name,
                                  .ptemp = credentials->ptemp};
    sc_identity_spec_t spec = spec_of(credentials, host->server, option);
    sc_report_t *report = host->is_fallback ? sc_report_make(credentials->ptemp)
                                            : credentials->order->report;
    const sc_identity_t *identity;

    spec.baton = &passphrase;
    identity = sc_loader_load(credentials->loader, &spec, report);
    if (!identity) {
        sc_passphrase_forget(option->key_file ? option->key_file
                                              : option->chain_file);
    }
    if (host->is_fallback) {
        /* That a makeshift certificate is one need not be said. */
        sc_report_append(credentials->order->report, report, SC_SEVERITY_ERROR);
    }
    return identity;
}

void sc_credentials_read_ahead(sc_credentials_t *credentials,
                               const apr_array_header_t *servers, int from)
{
    if (from % READ_AHEAD != 0) {
        return;
    }
    apr_array_clear(credentials->specs);
    for (int i = from; i < servers->nelts && i < from + READ_AHEAD; i++) {
        const server_rec *s = APR_ARRAY_IDX(servers, i, server_rec *);
        const sc_options_t *options = &sc_conf_server(s)->options;
        const apr_array_header_t *own = options->certificates;

        for (int k = 0; options->engine && own && k < own->nelts; k++) {
            APR_ARRAY_PUSH(credentials->specs, sc_identity_spec_t) =
                spec_of(credentials, s,
                        &APR_ARRAY_IDX(own, k, sc_certificate_option_t));
        }
    }
    sc_loader_read_ahead(credentials->loader, credentials->specs);
}

/* ---- Certificates of a host ---- */

/* Asks the library whether an identity is strong enough for a host's settings,
 * unless it has said so of one that is alike: it would have to be opened. */
static bool is_accepted(const sc_credentials_t *credentials,
                        const sc_host_t *host, const sc_identity_t *identity,
                        const sc_place_t *place)
{
    const likeness_t likeness = {host->choice.context, identity->chain,
                                 identity->grade};

    if (!host->choice.context ||
        (identity->grade.key_bits > 0 &&
         apr_hash_get(credentials->accepted, &likeness, sizeof(likeness)))) {
        return true;
    }
    if (!sc_context_accepts(host->choice.context, identity, place,
                            credentials->order->report)) {
        return false;
    }
    apr_hash_set(credentials->accepted,
                 apr_pmemdup(credentials->ptemp, &likeness, sizeof(likeness)),
                 sizeof(likeness), identity);
    return true;
}

/* Adds an identity to a host unless it has one of that type. */
static void add_identity(sc_credentials_t *credentials, sc_host_t *host,
                         const sc_certificate_option_t *option)
{
    const sc_identity_t *identity = load_identity(credentials, host, option);
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
                credentials->order->report, SC_SEVERITY_ERROR, "SC0121", &place,
                "%s and %s are both %s certificates, and a host can "
                "use only one of a type. Remove one of the two lines.",
                other->chain_file, identity->chain_file,
                sc_key_type_name(identity->type));
            host->is_broken = true;
            return;
        }
    }
    if (!is_accepted(credentials, host, identity, &place)) {
        host->is_broken = true;
        return;
    }
    APR_ARRAY_PUSH(host->identities, const sc_identity_t *) = identity;
}

/* Adds the certificates that another module, mod_md above all, has for a host.
 */
static void add_managed(sc_credentials_t *credentials, sc_host_t *host,
                        const apr_array_header_t *cert_files,
                        const apr_array_header_t *key_files)
{
    for (int i = 0; i < cert_files->nelts; i++) {
        sc_certificate_option_t option = {
            .chain_file = APR_ARRAY_IDX(cert_files, i, const char *),
            .key_file = i < key_files->nelts
                            ? APR_ARRAY_IDX(key_files, i, const char *)
                            : NULL,
            .place = sc_site_place(host, "certificate of another module"),
        };

        add_identity(credentials, host, &option);
    }
}

static void ask_other_modules(sc_credentials_t *credentials, sc_host_t *host)
{
    const bool has_own = host->options->certificates != NULL;
    apr_array_header_t *certs = credentials->managed_certs;
    apr_array_header_t *keys = credentials->managed_keys;

    apr_array_clear(certs);
    apr_array_clear(keys);
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
    (void)ap_ssl_add_cert_files(host->server, credentials->p, certs, keys);
    if (has_own) {
        return;
    }
    if (certs->nelts == 0) {
        (void)ap_ssl_add_fallback_cert_files(host->server, credentials->p,
                                             certs, keys);
        host->is_fallback = certs->nelts > 0;
    }
    add_managed(credentials, host, certs, keys);
}

static void add_certificates(sc_credentials_t *credentials, sc_host_t *host)
{
    const apr_array_header_t *own = host->options->certificates;
    const sc_place_t place = sc_site_place(host, "SecureChanCertificate");

    for (int i = 0; own && i < own->nelts; i++) {
        add_identity(credentials, host,
                     &APR_ARRAY_IDX(own, i, sc_certificate_option_t));
    }
    if (credentials->order->purpose != SC_SITE_CHECK) {
        ask_other_modules(credentials, host);
    }
    else if (!own && ap_find_linked_module("mod_md.c")) {
        return; /* mod_md may be asked in post_config only; checked there */
    }
    if (host->identities->nelts == 0 && !host->is_broken) {
        sc_report_add(credentials->order->report, SC_SEVERITY_ERROR, "SC0122",
                      &place,
                      "SecureChanEngine is on and there is no certificate. Add "
                      "\"SecureChanCertificate chain.pem key.pem\".");
        host->is_broken = true;
    }
}

/* ---- Names ---- */

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
static void check_each_name(sc_credentials_t *credentials,
                            const sc_host_t *host)
{
    const apr_array_header_t *aliases = host->server->names;
    const sc_place_t place = sc_site_place(host, "SecureChanCertificate");

    if (!is_covered(host, host->server->server_hostname)) {
        sc_report_add(credentials->order->report, SC_SEVERITY_WARNING, "SC0123",
                      &place,
                      "no certificate of this host is valid for its ServerName "
                      "%s: browsers will refuse it. Get one that names it.",
                      host->server->server_hostname);
    }
    for (int i = 0; aliases && i < aliases->nelts; i++) {
        const char *alias = APR_ARRAY_IDX(aliases, i, const char *);

        if (!is_covered(host, alias)) {
            sc_report_add(credentials->order->report, SC_SEVERITY_WARNING,
                          "SC0124", &place,
                          "no certificate of this host is valid for its "
                          "ServerAlias %s: browsers will refuse it. Get one "
                          "that names it, or remove the alias.",
                          alias);
        }
    }
}

/* The same unless they are known to be valid. */
static void check_names(sc_credentials_t *credentials, const sc_host_t *host)
{
    const int num_problems = credentials->order->report->problems->nelts;
    sc_proof_t proof;
    bool is_stated;

    if (host->identities->nelts == 0 || host->is_fallback) {
        return;
    }
    is_stated = state_names(&proof, host);
    if (is_stated && sc_proven_find(credentials->order->known, &proof)) {
        return;
    }
    for (int i = 0; i < host->identities->nelts; i++) {
        sc_loader_outline(
            credentials->loader,
            APR_ARRAY_IDX(host->identities, i, const sc_identity_t *));
    }
    check_each_name(credentials, host);
    if (is_stated && credentials->order->found &&
        credentials->order->report->problems->nelts == num_problems) {
        sc_proven_add(credentials->order->found, &proof, NULL, 0);
    }
}

/* Opens an identity if it is one of the first of a site that is for use. */
static void open_early(sc_credentials_t *credentials,
                       const sc_identity_t *identity)
{
    X509 *leaf;
    EVP_PKEY *key;

    if (credentials->order->purpose != SC_SITE_CHECK &&
        credentials->num_opened++ < OPENED_AT_START &&
        !sc_identity_open(identity, &leaf, &key)) {
        ERR_clear_error(); /* the first connection tries again */
    }
}

void sc_credentials_add(sc_credentials_t *credentials, sc_host_t *host)
{
    add_certificates(credentials, host);
    check_names(credentials, host);
    for (int i = 0; i < host->identities->nelts; i++) {
        const sc_identity_t *identity =
            APR_ARRAY_IDX(host->identities, i, const sc_identity_t *);

        sc_identity_set_outline(identity, NULL);
        open_early(credentials, identity);
    }
}
