/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_channel.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_uri.h>
#include <http_ssl.h>

#include "sc_conn.h"

/* For a connection of ours: the snapshot tells. */
static void own_facts(const sc_conn_t *conn, sc_gate_facts_t *facts)
{
    const sc_facts_t *known = conn->facts;

    if (!known || conn->plain_http) {
        return;
    }
    /* A NULL cipher encrypts nothing, an anonymous one proves nothing. */
    facts->secure = known->bits_used > 0 && known->authenticated;
    facts->protocol = known->protocol_number;
    facts->bits = known->bits_used;
    facts->pfs = known->pfs;
    facts->aead = known->aead;
    facts->pq = known->pq;
    facts->no_early_data = true; /* we accept none */
}

static bool starts_with(const char *text, const char *start)
{
    return text && !strncmp(text, start, strlen(start));
}

/* For another module's connection: what its variables say, and no more. */
static void foreign_facts(const request_rec *r, sc_gate_facts_t *facts)
{
    conn_rec *c = r->connection;
    apr_pool_t *p = r->pool;
    const char *protocol;
    const char *cipher;
    const char *bits;
    const char *verify;

    protocol = ap_ssl_var_lookup(p, r->server, c, NULL, "SSL_PROTOCOL");
    cipher = ap_ssl_var_lookup(p, r->server, c, NULL, "SSL_CIPHER");
    bits = ap_ssl_var_lookup(p, r->server, c, NULL, "SSL_CIPHER_USEKEYSIZE");
    verify = ap_ssl_var_lookup(p, r->server, c, NULL, "SSL_CLIENT_VERIFY");
    facts->protocol = protocol ? sc_protocol_number(protocol) : 0;
    facts->bits = bits ? (int)apr_atoi64(bits) : 0;
    /* As above, as far as it is told: a NULL cipher has no bits. */
    facts->secure = !bits || strcmp(bits, "0") != 0;
    facts->pfs = facts->protocol == SC_TLS1_3 ||
                 starts_with(cipher, "ECDHE-") || starts_with(cipher, "DHE-");
    facts->aead = cipher && (strstr(cipher, "GCM") || strstr(cipher, "CCM") ||
                             strstr(cipher, "CHACHA20"));
    facts->verified = verify && !strcmp(verify, "SUCCESS");
}

void sc_channel_facts(const request_rec *r, sc_gate_facts_t *facts)
{
    const sc_conn_t *conn = sc_conn_get(r->connection);

    memset(facts, 0, sizeof(*facts));
    if (conn) {
        own_facts(conn, facts);
    }
    else if (ap_ssl_conn_is_ssl(r->connection)) {
        foreign_facts(r, facts);
    }
}

sc_generation_t *sc_channel_site(const sc_site_t **site)
{
    sc_cell_t *cell = sc_site_cell();
    sc_generation_t *generation = cell ? sc_cell_acquire(cell) : NULL;

    *site = generation ? sc_generation_content(generation) : NULL;
    return generation;
}

/*
 * Chooses the TLS host: the request's own server if it speaks TLS (HTTP on the
 * TLS port), else the one that serves the name the client asked for, else the
 * one that serves this server's name. *name is what the address shows: the
 * client's word only where it is a configured name.
 */
static const sc_host_t *https_host(const sc_site_t *site, const request_rec *r,
                                   const char **name)
{
    const sc_host_t *own = sc_site_host(site, r->server);
    const sc_host_t *asked =
        r->hostname ? sc_site_by_exact_name(site, r->hostname) : NULL;

    if (asked && (!own || own == asked)) {
        *name = r->hostname;
        return asked;
    }
    if (!own) {
        own = sc_site_by_exact_name(site, r->server->server_hostname);
    }
    if (own) {
        *name = own->server->server_hostname;
    }
    return own;
}

/*
 * Returns path and query as the client sent them, still encoded, or NULL if
 * they cannot stand in a Location header. Of an absolute-form request line only
 * these count: its host is of the client's choosing (RFC 9112, 3.2.2).
 * r->parsed_uri will not do, because httpd decodes it in place.
 */
static const char *original_path(const request_rec *r)
{
    const char *path = r->unparsed_uri;
    apr_uri_t uri;

    if (!path || path[0] != '/') {
        if (!path || apr_uri_parse(r->pool, path, &uri) != APR_SUCCESS) {
            return NULL;
        }
        path = apr_uri_unparse(r->pool, &uri, APR_URI_UNP_OMITSITEPART);
    }
    for (const char *at = path; *at; at++) {
        if (*at <= ' ' || *at == 0x7f) {
            return NULL;
        }
    }
    return path[0] == '/' ? path : NULL;
}

const char *sc_channel_https_url(const request_rec *r)
{
    const request_rec *first = r;
    const sc_site_t *site;
    sc_generation_t *generation = sc_channel_site(&site);
    const sc_host_t *host;
    const char *name = NULL;
    const char *path;
    const char *url = NULL;

    while (first->prev) {
        first = first->prev;
    }
    host = site ? https_host(site, first, &name) : NULL;
    path = original_path(first);
    if (host && path) {
        const char *port =
            host->port == 443
                ? ""
                : apr_psprintf(r->pool, ":%u", (unsigned)host->port);

        url = apr_pstrcat(r->pool, "https://", name, port, path, NULL);
    }
    sc_generation_release(generation);
    return url;
}
