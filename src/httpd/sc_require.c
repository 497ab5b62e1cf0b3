/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_require.h"

#include <string.h>

#include <ap_provider.h>
#include <apr_fnmatch.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_protocol.h>
#include <http_request.h>
#include <mod_auth.h>
#include <mod_core.h>

#include "sc_channel.h"
#include "sc_conf.h"
#include "sc_htaccess.h"
#include "sc_log.h"

#define ACME_PATH "/.well-known/acme-challenge/"

/* ---- What a refused client is told ---- */

static int deny(request_rec *r, const sc_gate_effective_t *effective,
                sc_gate_reason_t reason, const sc_gate_facts_t *facts)
{
    const char *why = sc_gate_explain(reason, effective, facts, r->pool);
    const char *url = reason == SC_GATE_REASON_NOT_SECURE && !r->main
                          ? sc_channel_https_url(r)
                          : NULL;
    const char *link = "";

    if (url) {
        url = ap_escape_html(r->pool, url);
        link = apr_pstrcat(r->pool, " Use <a href=\"", url, "\">", url, "</a>.",
                           NULL);
    }
    apr_table_setn(r->notes, "error-notes",
                   apr_pstrcat(r->pool, "</p>\n<p>Secure Channel Required: ",
                               ap_escape_html(r->pool, why), link, NULL));
    r->status_line = "403 Secure Channel Required";
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "SC0401: %s refused: %s",
                  r->uri, why);
    return HTTP_FORBIDDEN;
}

static int redirect(request_rec *r, const sc_gate_effective_t *effective,
                    sc_gate_reason_t reason, const sc_gate_facts_t *facts)
{
    const char *url = NULL;

    /* Another method's body has already travelled in clear: say so with 403. A
     * subrequest has nobody to redirect. */
    if (r->method_number == M_GET && !r->main) {
        url = sc_channel_https_url(r);
    }
    if (!url) {
        return deny(r, effective, reason, facts);
    }
    apr_table_setn(r->headers_out, "Location", url);
    return HTTP_PERMANENT_REDIRECT;
}

/* What httpd says of a file that is not there, whatever the method. */
static int hide(request_rec *r)
{
    if (r->main || r->method_number == M_GET || r->method_number == M_POST) {
        return HTTP_NOT_FOUND;
    }
    ap_allow_standard_methods(r, MERGE_ALLOW, M_GET, M_OPTIONS, M_POST, -1);
    if (r->method_number == M_OPTIONS) {
        ap_send_http_options(r);
        return DONE;
    }
    return r->method_number == M_INVALID ? HTTP_NOT_IMPLEMENTED
                                         : HTTP_METHOD_NOT_ALLOWED;
}

static int broken(const request_rec *r,
                  const sc_gate_requirement_t *requirement)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                  "SC0402: SecureChanRequire in %s:%d tries to loosen what the "
                  "main configuration demands, so that nothing is served here. "
                  "Remove the line; .htaccess may only tighten.",
                  requirement->violation_file, requirement->violation_line);
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* ---- The gate ---- */

/* A CA must be able to fetch its challenge in clear, where all else is sent to
 * the https address. */
static bool is_acme_challenge(const request_rec *r)
{
    static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "abcdefghijklmnopqrstuvwxyz0123456789-_";
    const size_t start = sizeof(ACME_PATH) - 1;
    const char *file = r->filename ? strrchr(r->filename, '/') : NULL;
    const char *token;

    if (r->method_number != M_GET || r->main || !file ||
        strncmp(r->uri, ACME_PATH, start) != 0) {
        return false;
    }
    /* A token (RFC 8555, 8.3), and the URL was mapped to nothing else. */
    token = r->uri + start;
    return token[0] && token[strspn(token, base64url)] == '\0' &&
           !strcmp(file + 1, token);
}

static int enforce(request_rec *r, const sc_gate_requirement_t *requirement)
{
    sc_gate_effective_t effective;
    sc_gate_decision_t decision;
    sc_gate_facts_t facts;

    effective = sc_gate_effective(requirement);
    if (!effective.on && !requirement->violated) {
        return OK;
    }
    sc_channel_facts(r, &facts);
    decision = sc_gate_decide(requirement, &facts);
    switch (decision.verdict) {
    case SC_GATE_REDIRECT:
        if (is_acme_challenge(r)) {
            return OK;
        }
        return redirect(r, &effective, decision.reason, &facts);
    case SC_GATE_HIDE:
        return hide(r);
    case SC_GATE_BROKEN:
        return broken(r, requirement);
    case SC_GATE_ALLOW:
        return OK;
    case SC_GATE_DENY:
        break;
    }
    return deny(r, &effective, decision.reason, &facts);
}

/*
 * Tells whether a method reaches below its own URL without asking httpd for
 * each resource, as WebDAV's do on collections (RFC 4918, 9).
 */
static bool is_recursive(const request_rec *r)
{
    const char *depth = apr_table_get(r->headers_in, "Depth");
    const bool is_flat = depth && !strcmp(depth, "0");

    switch (r->method_number) {
    case M_GET:
    case M_PUT:
    case M_POST:
    case M_OPTIONS:
    case M_TRACE:
    case M_PATCH:
    case M_CONNECT:
    case M_MKCOL:
    case M_PROPPATCH:
    case M_UNLOCK:
        return false;
    case M_PROPFIND:
    case M_LOCK:
        return !is_flat;
    case M_COPY:
        /* Flat at its source only: a subrequest stands for the destination, and
         * what is there is removed first, whatever the depth. */
        return !is_flat || r->main;
    default:
        return true;
    }
}

static bool is_below(const char *path, const char *top)
{
    size_t len = strlen(top);

    while (len > 0 && top[len - 1] == '/') {
        len--;
    }
    return !strncmp(path, top, len) && path[len] == '/';
}

/* Tells whether a flagged section may lie below the request's own resource. */
static bool may_reach(const request_rec *r, const sc_section_t *section)
{
    if (section->is_pattern) {
        return true;
    }
    switch (section->layer) {
    case SC_GATE_LAYER_DIRECTORY:
        return !r->filename || is_below(section->path, r->filename);
    case SC_GATE_LAYER_LOCATION:
        return is_below(section->path, r->uri);
    case SC_GATE_LAYER_PROXY:
        return false;
    case SC_GATE_LAYER_FILES:
    case SC_GATE_LAYER_IF:
    case SC_GATE_LAYER_HTACCESS:
    case SC_GATE_LAYERS:
        break;
    }
    return true;
}

static int refuse_below(request_rec *r, const sc_gate_effective_t *effective,
                        sc_gate_reason_t reason, const sc_gate_facts_t *facts)
{
    return effective->on_deny == SC_GATE_ELSE_HIDE
               ? HTTP_NOT_FOUND
               : deny(r, effective, reason, facts);
}

/* Keeps a method on a collection from reaching into a flagged directory. */
static int enforce_below(request_rec *r)
{
    const sc_server_conf_t *conf = sc_conf_server(r->server);
    sc_gate_effective_t effective;
    sc_gate_reason_t reason;
    sc_gate_facts_t facts;

    if (!conf->guarded || !is_recursive(r)) {
        return OK;
    }
    sc_channel_facts(r, &facts);
    for (int i = 0; i < conf->sections->nelts; i++) {
        const sc_section_t *section =
            &APR_ARRAY_IDX(conf->sections, i, sc_section_t);
        sc_gate_requirement_t alone = {.violated = false};

        alone.layer[section->layer] = section->rule;
        effective = sc_gate_effective(&alone);
        if (effective.on && !sc_gate_is_met(&effective, &facts, &reason) &&
            may_reach(r, section)) {
            return refuse_below(r, &effective, reason, &facts);
        }
    }
    if (conf->htaccess_may_require && r->filename &&
        r->finfo.filetype == APR_DIR &&
        !sc_htaccess_admits(r, &facts, &effective, &reason)) {
        return refuse_below(r, &effective, reason, &facts);
    }
    return OK;
}

int sc_require_check(request_rec *r)
{
    return enforce(r, &sc_conf_dir(r)->requirement);
}

/* ---- The gate again, when everything about the request is settled ---- */

/* Returns what a request will be proxied to, as mod_proxy will put it together,
 * or NULL. */
static const char *proxy_target(const request_rec *r)
{
    static const char prefix[] = "proxy:";
    const size_t len = sizeof(prefix) - 1;

    if (r->filename && !strncmp(r->filename, prefix, len)) {
        return r->filename + len;
    }
    if (r->handler && !strncmp(r->handler, prefix, len)) {
        return apr_pstrcat(r->pool, r->handler + len,
                           r->filename ? r->filename : "", NULL);
    }
    return NULL;
}

static bool covers_target(const sc_section_t *section, const char *target)
{
    if (section->regex) {
        return !ap_regexec(section->regex, target, 0, NULL, 0);
    }
    return section->is_pattern
               ? !apr_fnmatch(section->path, target, 0)
               : !strncmp(section->path, target, strlen(section->path));
}

/*
 * Adds the rule of the <Proxy> section that applies to a target. mod_proxy
 * looks for its sections only when a URL is mapped; a handler or a rewrite rule
 * of a directory names the target later, and then nobody else asks.
 */
static void add_proxy_rule(const request_rec *r,
                           sc_gate_requirement_t *requirement)
{
    const apr_array_header_t *sections = sc_conf_server(r->server)->sections;
    const char *target = proxy_target(r);
    const char *behind_socket = target ? strchr(target, '|') : NULL;

    for (int i = 0; target && i < sections->nelts; i++) {
        const sc_section_t *section = &APR_ARRAY_IDX(sections, i, sc_section_t);

        if (section->layer == SC_GATE_LAYER_PROXY &&
            (covers_target(section, target) ||
             (behind_socket && covers_target(section, behind_socket + 1)))) {
            requirement->layer[SC_GATE_LAYER_PROXY] = section->rule;
        }
    }
}

int sc_require_assert(request_rec *r)
{
    sc_gate_requirement_t requirement = sc_conf_dir(r)->requirement;
    int result;

    add_proxy_rule(r, &requirement);
    result = enforce(r, &requirement);
    /* By now it is known whether WebDAV will answer. */
    if (result == OK && r->handler && !strcmp(r->handler, "dav-handler")) {
        result = enforce_below(r);
    }
    return result == OK ? DECLINED : result;
}

/* Tells whether the channel is good enough for every flagged section that the
 * server is known to have. */
static bool is_good_for_all(const request_rec *r)
{
    const sc_server_conf_t *conf = sc_conf_server(r->server);
    sc_gate_facts_t facts;
    sc_gate_reason_t reason;

    if (!conf->guarded) {
        return true;
    }
    if (conf->htaccess_may_require) {
        return false; /* what it demands is known only when it is read */
    }
    sc_channel_facts(r, &facts);
    return sc_gate_is_met(&conf->strictest, &facts, &reason);
}

int sc_require_quick(request_rec *r, int lookup)
{
    int result;

    if (!sc_conf_server(r->server)->other_quick_handlers ||
        is_good_for_all(r)) {
        return DECLINED;
    }
    if (r->main || lookup) {
        /* Anything but OK or DECLINED sends a subrequest the normal way. */
        return HTTP_FORBIDDEN;
    }
    result = ap_process_request_internal(r);
    if (result == OK) {
        result = ap_invoke_handler(r);
    }
    /* DECLINED would hand the request to the next quick handler. */
    return result == DECLINED ? HTTP_INTERNAL_SERVER_ERROR : result;
}

int sc_require_trace(request_rec *r)
{
    sc_gate_facts_t facts;

    if (r->method_number != M_TRACE || !sc_conf_server(r->server)->guarded) {
        return DECLINED;
    }
    sc_channel_facts(r, &facts);
    return facts.secure ? DECLINED : HTTP_METHOD_NOT_ALLOWED;
}

/* ---- Require secure, Require ssl ---- */

static const char *parse_secure(cmd_parms *cmd, const char *line,
                                const void **parsed)
{
    sc_gate_requirement_t *requirement =
        apr_pcalloc(cmd->pool, sizeof(*requirement));
    sc_gate_rule_t *rule = &requirement->layer[SC_GATE_LAYER_DIRECTORY];

    rule->set = rule->on = true;
    while (*line) {
        const char *word = ap_getword_conf(cmd->pool, &line);
        const char *error = sc_gate_condition_word(rule, word, cmd->pool);

        if (error) {
            return apr_pstrcat(cmd->pool, "SC0117: Require secure: ", error,
                               NULL);
        }
    }
    *parsed = requirement;
    return NULL;
}

static authz_status check_secure(request_rec *r, const char *line,
                                 const void *parsed)
{
    sc_gate_facts_t facts;

    (void)line;
    sc_channel_facts(r, &facts);
    return sc_gate_decide(parsed, &facts).verdict == SC_GATE_ALLOW
               ? AUTHZ_GRANTED
               : AUTHZ_DENIED;
}

static const char *parse_ssl(cmd_parms *cmd, const char *line,
                             const void **parsed)
{
    *parsed = NULL;
    return ap_getword_conf(cmd->temp_pool, &line)[0]
               ? "SC0118: Require ssl takes no arguments; for conditions use "
                 "Require secure"
               : NULL;
}

static authz_status check_ssl(request_rec *r, const char *line,
                              const void *parsed)
{
    sc_gate_facts_t facts;

    (void)line;
    (void)parsed;
    sc_channel_facts(r, &facts);
    return facts.secure ? AUTHZ_GRANTED : AUTHZ_DENIED;
}

void sc_require_register_providers(apr_pool_t *p)
{
    static const authz_provider secure = {check_secure, parse_secure};
    static const authz_provider ssl = {check_ssl, parse_ssl};

    ap_register_auth_provider(p, AUTHZ_PROVIDER_GROUP, "secure",
                              AUTHZ_PROVIDER_VERSION, &secure,
                              AP_AUTH_INTERNAL_PER_CONF);
    ap_register_auth_provider(p, AUTHZ_PROVIDER_GROUP, "ssl",
                              AUTHZ_PROVIDER_VERSION, &ssl,
                              AP_AUTH_INTERNAL_PER_CONF);
}
