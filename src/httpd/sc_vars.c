/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_vars.h"

#include <string.h>

#include <apr_strings.h>
#include <http_ssl.h>
#include <mod_log_config.h>
#include <openssl/opensslv.h>
#include <openssl/ssl.h>

#include "mod_securechan.h"
#include "sc_certvars.h"
#include "sc_conf.h"
#include "sc_conn.h"
#include "sc_log.h"

/* Returns the snapshot of a connection of ours, or NULL. */
static const sc_facts_t *facts_of(const conn_rec *c)
{
    const sc_conn_t *conn = c ? sc_conn_get(c) : NULL;

    return conn && !conn->plain_http ? conn->facts : NULL;
}

int sc_vars_is_ssl(conn_rec *c)
{
    const sc_conn_t *conn = sc_conn_get(c);

    /* True during the handshake too: mod_http2 asks before it agrees to h2. */
    return conn && !conn->plain_http ? OK : DECLINED;
}

/* ---- The table of variables ---- */

typedef const char *(*getter_t)(const sc_facts_t *facts, apr_pool_t *p);

static const char *get_on(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)facts;
    (void)p;
    return "on";
}

static const char *get_protocol(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)p;
    return facts->protocol;
}

static const char *get_cipher(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)p;
    return facts->cipher;
}

static const char *get_cipher_export(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)p;
    return facts->bits_used > 0 && facts->bits_used < 56 ? "true" : "false";
}

static const char *get_bits_used(const sc_facts_t *facts, apr_pool_t *p)
{
    return apr_itoa(p, facts->bits_used);
}

static const char *get_bits_algorithm(const sc_facts_t *facts, apr_pool_t *p)
{
    return apr_itoa(p, facts->bits_algorithm);
}

static const char *get_session_id(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)p;
    return facts->session_id;
}

static const char *get_resumed(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)p;
    return facts->resumed ? "Resumed" : "Initial";
}

static const char *get_renegotiation(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)p;
    return facts->secure_renegotiation ? "true" : "false";
}

static const char *get_compression(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)facts;
    (void)p;
    return "NULL";
}

static const char *get_sni(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)p;
    return facts->sni;
}

static const char *get_group(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)p;
    return facts->group;
}

static const char *get_alpn(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)p;
    return facts->alpn;
}

static const char *get_sigalg(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)p;
    return facts->sigalg;
}

static const char *get_handshake_time(const sc_facts_t *facts, apr_pool_t *p)
{
    return apr_off_t_toa(p, apr_time_as_msec(facts->handshake_time));
}

static const char *get_client_verify(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)facts;
    (void)p;
    return "NONE";
}

static const char *get_interface(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)facts;
    (void)p;
    return "mod_securechan/" MOD_SECURECHAN_VERSION;
}

/* "OpenSSL/3.0.19" from "OpenSSL 3.0.19 27 Jan 2026". */
static const char *library_name(const char *text, apr_pool_t *p)
{
    char *name = apr_pstrdup(p, text);
    char *space = strchr(name, ' ');

    if (space) {
        *space = '/';
        space = strchr(space, ' ');
    }
    if (space) {
        *space = '\0';
    }
    return name;
}

static const char *get_library(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)facts;
    return library_name(OpenSSL_version(OPENSSL_VERSION), p);
}

static const char *get_library_interface(const sc_facts_t *facts, apr_pool_t *p)
{
    (void)facts;
    return library_name(OPENSSL_VERSION_TEXT, p);
}

/* exported: part of what "SecureChanExport vars" adds. */
static const struct {
    const char *name;
    getter_t get;
    bool exported;
} variables[] = {
    {"HTTPS", get_on, false},
    {"SSL_TLS_SNI", get_sni, false},
    {"SSL_VERSION_INTERFACE", get_interface, true},
    {"SSL_VERSION_LIBRARY", get_library, true},
    {"SSL_VERSION_LIBRARY_INTERFACE", get_library_interface, false},
    {"SSL_PROTOCOL", get_protocol, true},
    {"SSL_SECURE_RENEG", get_renegotiation, true},
    {"SSL_COMPRESS_METHOD", get_compression, true},
    {"SSL_CIPHER", get_cipher, true},
    {"SSL_CIPHER_EXPORT", get_cipher_export, true},
    {"SSL_CIPHER_USEKEYSIZE", get_bits_used, true},
    {"SSL_CIPHER_ALGKEYSIZE", get_bits_algorithm, true},
    {"SSL_SESSION_ID", get_session_id, true},
    {"SSL_SESSION_RESUMED", get_resumed, true},
    {"SSL_CLIENT_VERIFY", get_client_verify, true},
    {"SSL_GROUP", get_group, true},
    {"SSL_ALPN", get_alpn, true},
    {"SSL_SIGALG", get_sigalg, true},
    {"SSL_HANDSHAKE_MS", get_handshake_time, true},
};

#define NUM_VARIABLES     (sizeof(variables) / sizeof(variables[0]))

#define SERVER_PREFIX     "SSL_SERVER_"
#define SERVER_PREFIX_LEN (sizeof(SERVER_PREFIX) - 1)

const char *sc_vars_lookup(apr_pool_t *p, server_rec *s, conn_rec *c,
                           request_rec *r, const char *name)
{
    const sc_facts_t *facts = facts_of(c ? c : (r ? r->connection : NULL));

    (void)s;
    if (!facts || !name) {
        return NULL;
    }
    if (!strncmp(name, SERVER_PREFIX, SERVER_PREFIX_LEN)) {
        return sc_certvars_lookup(facts->server_cert, name + SERVER_PREFIX_LEN,
                                  p);
    }
    for (size_t i = 0; i < NUM_VARIABLES; i++) {
        if (!strcmp(name, variables[i].name)) {
            return variables[i].get(facts, p);
        }
    }
    return NULL;
}

/* ---- Environment ---- */

static void export_variables(const sc_facts_t *facts, apr_table_t *env,
                             apr_pool_t *p)
{
    for (size_t i = 0; i < NUM_VARIABLES; i++) {
        const char *value =
            variables[i].exported ? variables[i].get(facts, p) : "";

        if (value[0]) {
            apr_table_setn(env, variables[i].name, value);
        }
    }
}

int sc_vars_export(request_rec *r)
{
    const sc_export_t *export = &sc_conf_dir(r)->export;
    const sc_facts_t *facts = facts_of(r->connection);
    apr_table_t *env = r->subprocess_env;

    if (!facts) {
        return DECLINED;
    }
    apr_table_setn(env, "HTTPS", "on");
    if (facts->sni[0]) {
        apr_table_setn(env, "SSL_TLS_SNI", facts->sni);
    }
    if (export->add & SC_EXPORT_VARS) {
        export_variables(facts, env, r->pool);
        sc_certvars_export(facts->server_cert, SERVER_PREFIX, env, r->pool);
    }
    if ((export->add & SC_EXPORT_CERT) && facts->server_cert) {
        apr_table_setn(env, "SSL_SERVER_CERT",
                       sc_certvars_lookup(facts->server_cert, "CERT", r->pool));
    }
    return DECLINED;
}

/* ---- Expressions ---- */

static const char *expr_value(ap_expr_eval_ctx_t *ctx, const void *data)
{
    const char *value = ap_ssl_var_lookup(ctx->p, ctx->s, ctx->c, ctx->r, data);

    return value ? value : "";
}

int sc_vars_expr_lookup(ap_expr_lookup_parms *lookup)
{
    static ap_expr_var_func_t *const evaluate = expr_value;

    if (lookup->type != AP_EXPR_FUNC_VAR ||
        strncmp(lookup->name, "SSL_", 4) != 0) {
        return DECLINED;
    }
    /* ISO C has no cast from a function to void *, POSIX has the conversion. */
    memcpy(lookup->func, &evaluate, sizeof(evaluate));
    *lookup->data = apr_pstrdup(lookup->pool, lookup->name);
    return OK;
}

/* ---- Logs ---- */

static const char *log_x(request_rec *r, char *name)
{
    return ap_ssl_var_lookup(r->pool, r->server, r->connection, r, name);
}

/* The names of the old %{..}c. */
static const char *log_c(request_rec *r, char *name)
{
    static const char *const names[][2] = {
        {"version", "SSL_PROTOCOL"},      {"cipher", "SSL_CIPHER"},
        {"subjectdn", "SSL_CLIENT_S_DN"}, {"clientcert", "SSL_CLIENT_S_DN"},
        {"issuerdn", "SSL_CLIENT_I_DN"},  {"cacert", "SSL_CLIENT_I_DN"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!strcasecmp(name, names[i][0])) {
            const char *value = ap_ssl_var_lookup(
                r->pool, r->server, r->connection, r, names[i][1]);

            return value && value[0] ? value : NULL;
        }
    }
    return NULL;
}

void sc_vars_register_log(apr_pool_t *p)
{
    APR_OPTIONAL_FN_TYPE(ap_register_log_handler) *register_handler =
        APR_RETRIEVE_OPTIONAL_FN(ap_register_log_handler);

    if (register_handler) {
        register_handler(p, (char *)"x", log_x, 0);
        register_handler(p, (char *)"c", log_c, 0);
    }
}
