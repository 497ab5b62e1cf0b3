/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_request.h"

#include <string.h>

#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>

#include "sc_channel.h"
#include "sc_conf.h"
#include "sc_conn.h"
#include "sc_log.h"
#include "sc_name.h"

/* Returns the record of a connection of ours that is secure, else NULL. */
static const sc_conn_t *secure_conn(const request_rec *r)
{
    const sc_conn_t *conn = sc_conn_get(r->connection);

    return conn && conn->facts && !conn->plain_http ? conn : NULL;
}

/* ---- HTTP on the TLS port ---- */

/*
 * Answers and closes. Nothing else may come of such a request, but for the
 * ErrorDocument that httpd serves for our refusal.
 */
static int answer_plain_http(request_rec *r)
{
    const sc_plain_http_t mode = sc_conf_server(r->server)->options.plain_http;
    const char *url;
    const char *link = "";

    if (r->prev) {
        return DECLINED;
    }
    r->connection->keepalive = AP_CONN_CLOSE;
    url = sc_channel_https_url(r);
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  "SC0403: the client speaks HTTP on the TLS port");
    if (url && mode == SC_PLAIN_HTTP_REDIRECT && r->method_number == M_GET) {
        apr_table_setn(r->headers_out, "Location", url);
        return HTTP_PERMANENT_REDIRECT;
    }
    if (url) {
        url = ap_escape_html(r->pool, url);
        link = apr_pstrcat(r->pool, " Use <a href=\"", url, "\">", url, "</a>.",
                           NULL);
    }
    apr_table_setn(r->notes, "error-notes",
                   apr_pstrcat(r->pool,
                               "Secure Channel Required: this port speaks "
                               "HTTPS, and your browser sent plain HTTP.",
                               link, NULL));
    r->status_line = "400 Secure Channel Required";
    return HTTP_BAD_REQUEST;
}

/* ---- Host and SNI ---- */

static sc_sni_mismatch_t stricter(sc_sni_mismatch_t a, sc_sni_mismatch_t b)
{
    if (a == SC_SNI_MISMATCH_STRICT || b == SC_SNI_MISMATCH_STRICT) {
        return SC_SNI_MISMATCH_STRICT;
    }
    return a == SC_SNI_MISMATCH_OFF && b == SC_SNI_MISMATCH_OFF
               ? SC_SNI_MISMATCH_OFF
               : SC_SNI_MISMATCH_AUTH;
}

static bool names_differ(const request_rec *r, const sc_conn_t *conn)
{
    char name[SC_NAME_MAX + 1];

    if (!conn->facts->sni[0] || !r->hostname) {
        return r->server != conn->server;
    }
    return !sc_name_canonical(name, r->hostname, strlen(r->hostname)) ||
           strcmp(name, conn->facts->sni) != 0;
}

/*
 * Tells whether the connection may carry a request for r->server: one that was
 * made for another host may have been made under laxer settings.
 */
static bool is_misdirected(const request_rec *r, const sc_conn_t *conn)
{
    const sc_options_t *wanted = &sc_conf_server(r->server)->options;
    const sc_options_t *given = &sc_conf_server(conn->server)->options;

    if (r->server != conn->server && !wanted->engine) {
        return true;
    }
    switch (stricter(wanted->sni_mismatch, given->sni_mismatch)) {
    case SC_SNI_MISMATCH_OFF:
        return false;
    case SC_SNI_MISMATCH_STRICT:
        if (names_differ(r, conn)) {
            return true;
        }
        break;
    case SC_SNI_MISMATCH_AUTH:
        break;
    }
    if (r->server == conn->server) {
        return false;
    }
    return memcmp(sc_conf_server(r->server)->binding, conn->binding,
                  sizeof(conn->binding)) != 0;
}

/* ---- Strict-Transport-Security (RFC 6797) ---- */

int sc_request_announce_hsts(request_rec *r)
{
    const sc_hsts_t *hsts = &sc_conf_dir(r)->hsts;

    if (r->main || !hsts->set || !secure_conn(r)) {
        return DECLINED;
    }
    /* Where an inner section says off, and never for an address (8.1.1). */
    if (!hsts->max_age || !r->hostname || sc_name_is_address(r->hostname)) {
        apr_table_unset(r->err_headers_out, "Strict-Transport-Security");
        return DECLINED;
    }
    apr_table_setn(r->err_headers_out, "Strict-Transport-Security",
                   apr_psprintf(r->pool, "max-age=%" APR_INT64_T_FMT "%s%s",
                                hsts->max_age,
                                hsts->subdomains ? "; includeSubDomains" : "",
                                hsts->preload ? "; preload" : ""));
    return DECLINED;
}

/* ---- The request as it comes in ---- */

int sc_request_post_read(request_rec *r)
{
    const sc_conn_t *conn = sc_conn_get(r->connection);

    if (!conn) {
        return DECLINED;
    }
    if (conn->plain_http) {
        return answer_plain_http(r);
    }
    if (!conn->facts) {
        return HTTP_INTERNAL_SERVER_ERROR; /* no request comes before its end */
    }
    /* What the host says; sections have their word later, if it comes to that.
     */
    (void)sc_request_announce_hsts(r);
    if (is_misdirected(r, conn)) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                      "SC0404: the request is for %s, and the connection was "
                      "made for %s with other settings; answering 421",
                      r->server->server_hostname,
                      conn->server->server_hostname);
        return HTTP_MISDIRECTED_REQUEST;
    }
    if (conn->is_fallback && !r->prev) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                      "SC0405: %s has no certificate of its own yet; answering "
                      "503",
                      r->server->server_hostname);
        return HTTP_SERVICE_UNAVAILABLE;
    }
    return DECLINED;
}

/* ---- The scheme of our URLs ---- */

const char *sc_request_scheme(const request_rec *r)
{
    return secure_conn(r) ? "https" : NULL;
}

apr_port_t sc_request_default_port(const request_rec *r)
{
    return secure_conn(r) ? 443 : 0;
}
