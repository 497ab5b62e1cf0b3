/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_conn.h"

#include <ap_mpm.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_connection.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_ssl.h>
#include <http_vhost.h>
#include <mpm_common.h>
#include <scoreboard.h>

#include "sc_conf.h"
#include "sc_filter_in.h"
#include "sc_filter_out.h"
#include "sc_hello.h"
#include "sc_log.h"

/* Raw bytes asked of the network at a time. */
#define FETCH_SIZE 8192

static ap_filter_rec_t *in_filter;
static ap_filter_rec_t *out_filter;
static bool may_park;

/* What moving the handshake came to. */
typedef enum {
    SHAKE_DONE,  /* requests may flow */
    SHAKE_WAIT,  /* park until the network is ready */
    SHAKE_FAILED /* close; what is to be logged and sent has been */
} sc_shake_t;

void sc_conn_register_filters(void)
{
    /* Below anything that speaks a protocol, above mod_reqtimeout and the
     * network: where mod_ssl has its place too. */
    in_filter = ap_register_input_filter("SECURECHAN_IN", sc_filter_in, NULL,
                                         AP_FTYPE_CONNECTION + 5);
    out_filter = ap_register_output_filter("SECURECHAN_OUT", sc_filter_out,
                                           NULL, AP_FTYPE_CONNECTION + 5);
}

bool sc_conn_mpm_can_park(void)
{
    int answer = 0;

#if AP_MODULE_MAGIC_AT_LEAST(20120211, 137)
    if (ap_mpm_query(AP_MPMQ_CAN_WAITIO, &answer) != APR_SUCCESS) {
        answer = 0;
    }
#endif
    return answer != 0;
}

void sc_conn_allow_parking(void)
{
    may_park = true;
}

sc_conn_t *sc_conn_get(const conn_rec *c)
{
    return ap_get_module_config((c->master ? c->master : c)->conn_config,
                                &securechan_module);
}

void sc_conn_advance(sc_conn_t *conn, sc_conn_state_t state)
{
    if (state > conn->state) {
        conn->state = state;
    }
}

/* ---- Decisions of the handshake ---- */

static sc_choice_t choose_host(void *baton, const char *name,
                               sc_engine_choice_t *choice)
{
    sc_conn_t *conn = baton;
    const sc_sni_t *names =
        sc_listen_names(conn->host->addresses, conn->c->local_addr);
    const server_rec *named = name && names ? sc_sni_find(names, name) : NULL;

    if (name && !named &&
        conn->host->options->sni_unknown == SC_SNI_UNKNOWN_REJECT) {
        return SC_CHOICE_UNKNOWN_NAME;
    }
    if (named) {
        conn->host = sc_site_host(conn->site, named);
    }
    if (conn->host->is_broken) {
        return SC_CHOICE_UNAVAILABLE;
    }
    conn->server = conn->host->server;
    conn->is_fallback = conn->host->is_fallback;
    memcpy(conn->binding, conn->host->binding, sizeof(conn->binding));
    *choice = conn->host->choice;
    return SC_CHOICE_MADE;
}

/*
 * mod_md answers a CA's challenge with a certificate made for the purpose.
 * Returns false if it has none: the host's own must not stand in for it.
 */
static bool answer_challenge(sc_conn_t *conn, const sc_identity_t **identity)
{
    const char *cert_pem = NULL;
    const char *key_pem = NULL;
    sc_error_t err;

    if (!conn->facts->sni[0] ||
        !ap_ssl_answer_challenge(conn->c, conn->facts->sni, &cert_pem,
                                 &key_pem)) {
        return false;
    }
    sc_error_clear(&err);
    *identity = sc_identity_from_pem(cert_pem, key_pem ? key_pem : cert_pem,
                                     &err, conn->c->pool);
    sc_log_connection(conn->c, &err);
    /* The connection is for the challenge; requests on it get 503. */
    conn->is_fallback = true;
    return *identity != NULL;
}

static const char *select_protocol(void *baton,
                                   const apr_array_header_t *offers,
                                   const sc_identity_t **identity)
{
    sc_conn_t *conn = baton;
    conn_rec *c = conn->c;
    const char *protocol;

    /* mod_http2 asks for the protocol version and cipher before it agrees. */
    conn->facts = sc_engine_facts(conn->engine, 0, c->pool);
    protocol = ap_select_protocol(c, NULL, conn->server, offers);
    if (protocol && strcmp(protocol, ap_get_protocol(c)) != 0) {
        apr_status_t status =
            ap_switch_protocol(c, NULL, conn->server, protocol);

        if (status != APR_SUCCESS) {
            ap_log_cerror(APLOG_MARK, APLOG_ERR, status, c,
                          "SC0313: no module takes the connection over for the "
                          "protocol %s that Protocols allows. Load the module "
                          "for it, or remove it from Protocols.",
                          protocol);
            protocol = NULL;
        }
        else if (!strcmp(protocol, "acme-tls/1") &&
                 !answer_challenge(conn, identity)) {
            protocol = NULL;
        }
    }
    conn->facts = NULL;
    return protocol;
}

static const sc_engine_hooks_t engine_hooks = {choose_host, select_protocol};

/* ---- Taking a connection over ---- */

static apr_status_t release_generation(void *data)
{
    sc_conn_t *conn = data;

    sc_generation_release(conn->generation);
    conn->generation = NULL;
    conn->site = NULL;
    conn->host = NULL;
    return APR_SUCCESS;
}

static apr_status_t leave_overdue(void *data)
{
    sc_overdue_leave(&((sc_conn_t *)data)->overdue);
    return APR_SUCCESS;
}

/* Some other module's TLS filter on the same connection: both would encrypt. */
static bool has_other_owner(const conn_rec *c)
{
    for (const ap_filter_t *f = c->input_filters; f; f = f->next) {
        if (!strcasecmp(f->frec->name, "ssl/tls filter")) {
            return true;
        }
    }
    return false;
}

/* Fills the record; false if the connection cannot be served. */
static bool take_over(sc_conn_t *conn)
{
    conn_rec *c = conn->c;
    sc_cell_t *cell = sc_site_cell();
    const sc_context_t *context = NULL;
    sc_error_t err;

    conn->generation = cell ? sc_cell_acquire(cell) : NULL;
    if (!conn->generation) {
        ap_log_cerror(APLOG_MARK, APLOG_ERR, 0, c,
                      "SC0314: no configuration is in force yet; closing");
        return false;
    }
    conn->site = sc_generation_content(conn->generation);
    conn->host = sc_site_host(conn->site, c->base_server);
    /* A host whose settings are bad since a restart refuses in the client_hello
     * callback; until then any context will do, for the sake of the others. */
    if (conn->host) {
        context = conn->host->choice.context ? conn->host->choice.context
                                             : conn->site->spare;
    }
    if (!context) {
        ap_log_cerror(APLOG_MARK, APLOG_INFO, 0, c,
                      "SC0315: no host has usable settings since the last "
                      "restart; closing. See the messages at that time.");
        return false;
    }
    conn->deadline = conn->accepted + conn->host->options->handshake_timeout;
    sc_error_clear(&err);
    conn->engine = sc_engine_make(context, &engine_hooks, conn, c->bucket_alloc,
                                  &err, c->pool);
    sc_log_connection(c, &err);
    return conn->engine != NULL;
}

int sc_conn_pre_connection(conn_rec *c, void *socket)
{
    sc_conn_t *conn;

    (void)socket;
    if (c->master || c->outgoing ||
        !sc_conf_server(c->base_server)->options.engine) {
        return DECLINED;
    }
    conn = apr_pcalloc(c->pool, sizeof(*conn));
    conn->c = c;
    conn->accepted = apr_time_now();
    conn->server = c->base_server;
    sc_overdue_init(&conn->overdue);
    conn->clear = apr_brigade_create(c->pool, c->bucket_alloc);
    conn->raw = apr_brigade_create(c->pool, c->bucket_alloc);
    apr_pool_cleanup_register(c->pool, conn, release_generation,
                              apr_pool_cleanup_null);
    apr_pool_pre_cleanup_register(c->pool, conn, leave_overdue);
    ap_set_module_config(c->conn_config, &securechan_module, conn);
    if (has_other_owner(c)) {
        ap_log_cerror(APLOG_MARK, APLOG_INFO, 0, c,
                      "SC0316: both SSLEngine and SecureChanEngine are on for "
                      "%s; closing. Switch one of them off for this host.",
                      c->base_server->server_hostname);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    if (!take_over(conn)) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    conn->in = ap_add_input_filter_handle(in_filter, conn, NULL, c);
    conn->out = ap_add_output_filter_handle(out_filter, conn, NULL, c);
    return OK;
}

/* ---- Moving bytes ---- */

apr_status_t sc_conn_fetch(sc_conn_t *conn, ap_filter_t *from,
                           apr_read_type_e block)
{
    apr_bucket_brigade *raw = conn->raw;
    apr_status_t status =
        ap_get_brigade(from, raw, AP_MODE_READBYTES, block, FETCH_SIZE);

    if (status == APR_SUCCESS && APR_BRIGADE_EMPTY(raw)) {
        status = APR_EAGAIN;
    }
    else if (status == APR_SUCCESS &&
             APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(raw))) {
        status = APR_EOF;
    }
    APR_BRIGADE_CONCAT(sc_engine_input(conn->engine), raw);
    if (APR_STATUS_IS_EOF(status)) {
        sc_engine_input_end(conn->engine);
    }
    return status;
}

apr_status_t sc_conn_send(sc_conn_t *conn, bool flush)
{
    apr_bucket_brigade *out = sc_engine_output(conn->engine);
    apr_status_t status;

    if (flush) {
        APR_BRIGADE_INSERT_TAIL(out,
                                apr_bucket_flush_create(conn->c->bucket_alloc));
    }
    status = ap_pass_brigade(conn->out->next, out);
    apr_brigade_cleanup(out);
    return status;
}

/*
 * Sends what the handshake has produced without waiting for the network: the
 * core filter writes what it can when called with no brigade, as the MPM itself
 * does it, and keeps the rest.
 */
static apr_status_t send_without_waiting(sc_conn_t *conn)
{
    ap_filter_t *last = conn->out;
    apr_status_t status = APR_SUCCESS;

    if (!APR_BRIGADE_EMPTY(sc_engine_output(conn->engine))) {
        status = sc_conn_send(conn, false);
    }
    while (last->next) {
        last = last->next;
    }
    if (status == APR_SUCCESS) {
        status = last->frec->filter_func.out_func(last, NULL);
    }
    return status;
}

/*
 * The filter to read the handshake from. mod_reqtimeout's own deadlines would
 * stay armed while the connection is parked; ours replace them.
 */
static ap_filter_t *below_reqtimeout(const sc_conn_t *conn)
{
    ap_filter_t *f = conn->in->next;

    return f && f->next && !strcasecmp(f->frec->name, "reqtimeout") ? f->next
                                                                    : f;
}

/* ---- The handshake ---- */

/* Says once how a handshake ended that did not succeed. */
static sc_shake_t fail(sc_conn_t *conn, const sc_error_t *err)
{
    sc_log_connection(conn->c, err);
    sc_conn_advance(conn, SC_CONN_CLOSED);
    /* There is nobody to be polite to for the usual half minute. */
    apr_table_setn(conn->c->notes, "short-lingering-close", "1");
    return SHAKE_FAILED;
}

static sc_shake_t fail_overdue(sc_conn_t *conn)
{
    sc_error_t err;

    sc_error_clear(&err);
    sc_error_set(&err, "SC0302", SC_BLAME_PEER,
                 "the handshake was not finished within %" APR_TIME_T_FMT
                 " ms, or before this child had to stop (%s); closing",
                 apr_time_as_msec(conn->deadline - conn->accepted),
                 conn->state == SC_CONN_NEW ? "the client sent nothing"
                                            : "the client was too slow");
    return fail(conn, &err);
}

static sc_shake_t fail_network(sc_conn_t *conn, apr_status_t status)
{
    sc_error_t err;

    sc_error_clear(&err);
    if (sc_overdue_was_shut(&conn->overdue)) {
        return fail_overdue(conn);
    }
    if (conn->state != SC_CONN_NEW) {
        char reason[120];

        sc_error_set(&err, "SC0317", SC_BLAME_PEER,
                     "the connection ended during the handshake: %s",
                     APR_STATUS_IS_EOF(status)
                         ? "the client closed it"
                         : apr_strerror(status, reason, sizeof(reason)));
    }
    return fail(conn, &err);
}

/* HTTP on the TLS port: lets httpd read the request so that it can be answered
 * (see sc_request), or closes. */
static sc_shake_t speak_plain_http(sc_conn_t *conn, sc_hello_t hello)
{
    sc_error_t err;

    /* There is no page to show to HTTP/2 without opening a session in clear. */
    if (hello == SC_HELLO_HTTP2 ||
        conn->host->options->plain_http == SC_PLAIN_HTTP_CLOSE) {
        sc_error_clear(&err);
        sc_error_set(&err, "SC0318", SC_BLAME_PEER,
                     "the client speaks HTTP on the TLS port; closing");
        return fail(conn, &err);
    }
    conn->plain_http = true;
    APR_BRIGADE_CONCAT(conn->clear, sc_engine_input(conn->engine));
    return SHAKE_DONE;
}

/* Looks at the first bytes before the TLS library does. Returns what the client
 * speaks, and moves the state once it may be TLS. */
static sc_hello_t look_at_hello(sc_conn_t *conn)
{
    unsigned char first[SC_HELLO_PEEK_MAX];
    const apr_size_t len = sc_engine_peek(conn->engine, first, sizeof(first));
    const sc_hello_t hello = sc_hello_peek(first, len);

    if (hello == SC_HELLO_TLS || hello == SC_HELLO_OTHER) {
        sc_conn_advance(conn, SC_CONN_HANDSHAKE);
    }
    return hello;
}

static sc_shake_t finish(sc_conn_t *conn)
{
    conn_rec *c = conn->c;

    if (!conn->plain_http) {
        const sc_facts_t *facts = sc_engine_facts(
            conn->engine, apr_time_now() - conn->accepted, c->pool);

        conn->facts = facts;
        ap_log_cerror(APLOG_MARK, APLOG_DEBUG, 0, c,
                      "SC0319: %s %s %s for %s (name asked for: %s, ALPN: %s)",
                      facts->protocol, facts->cipher, facts->group,
                      conn->server->server_hostname,
                      facts->sni[0] ? facts->sni : "none",
                      facts->alpn[0] ? facts->alpn : "none");
    }
    sc_conn_advance(conn, SC_CONN_OPEN);
    sc_overdue_leave(&conn->overdue);
    release_generation(conn);
    ap_update_child_status_from_server(c->sbh, SERVER_BUSY_READ, c,
                                       conn->server);
    return SHAKE_DONE;
}

/* Gives a blocking read no more time than the handshake has left. */
static void limit_wait(const sc_conn_t *conn, apr_time_t now)
{
    apr_socket_timeout_set(ap_get_conn_socket(conn->c),
                           conn->deadline > now ? conn->deadline - now : 1);
}

/* Does all of the handshake that can be done now. */
static sc_shake_t shake(sc_conn_t *conn, bool may_block)
{
    ap_filter_t *from = below_reqtimeout(conn);

    for (;;) {
        const apr_time_t now = apr_time_now();
        sc_step_t step = SC_STEP_WANT_READ;
        apr_status_t status;
        sc_error_t err;

        if (now >= conn->deadline) {
            return fail_overdue(conn);
        }
        if (conn->state == SC_CONN_NEW) {
            const sc_hello_t hello = look_at_hello(conn);

            if (hello == SC_HELLO_HTTP || hello == SC_HELLO_HTTP2) {
                return speak_plain_http(conn, hello);
            }
        }
        sc_error_clear(&err);
        if (conn->state == SC_CONN_HANDSHAKE) {
            step = sc_engine_handshake(conn->engine, &err);
            status = may_block ? sc_conn_send(conn, true)
                               : send_without_waiting(conn);
            if (step == SC_STEP_FAILED) {
                return fail(conn, &err);
            }
            if (status != APR_SUCCESS || step == SC_STEP_CLOSED) {
                return fail_network(conn, status ? status : APR_EOF);
            }
        }
        if (step == SC_STEP_DONE) {
            /* The client may wait for our last flight before it says more, and
             * nobody would write it while a worker waits for the client. */
            return !may_block && conn->c->data_in_output_filters ? SHAKE_WAIT
                                                                 : SHAKE_DONE;
        }
        if (may_block) {
            limit_wait(conn, now);
        }
        status = sc_conn_fetch(conn, from,
                               may_block ? APR_BLOCK_READ : APR_NONBLOCK_READ);
        if (APR_STATUS_IS_EAGAIN(status) && !may_block) {
            return SHAKE_WAIT;
        }
        if (APR_STATUS_IS_TIMEUP(status)) {
            return fail_overdue(conn);
        }
        if (status != APR_SUCCESS) {
            return fail_network(conn, status);
        }
    }
}

/* Gives the connection back to the MPM until the network is ready. */
static int park(sc_conn_t *conn)
{
#if AP_MODULE_MAGIC_AT_LEAST(20120211, 137)
    conn_rec *c = conn->c;
    const bool writing = c->data_in_output_filters != 0;
    apr_status_t status = sc_overdue_enter(
        &conn->overdue, ap_get_conn_socket(c), conn->deadline, writing);

    if (status == APR_SUCCESS) {
        c->cs->sense = writing ? CONN_SENSE_WANT_WRITE : CONN_SENSE_WANT_READ;
        c->cs->state = CONN_STATE_ASYNC_WAITIO;
        return OK;
    }
    ap_log_cerror(APLOG_MARK, APLOG_ERR, status, c,
                  "SC0320: no descriptor left to watch over the handshake; "
                  "closing. Raise the limit of open files (ulimit -n).");
#endif
    sc_conn_advance(conn, SC_CONN_CLOSED);
    return DONE;
}

static sc_shake_t shake_blocking(sc_conn_t *conn)
{
    apr_socket_t *socket = ap_get_conn_socket(conn->c);
    apr_interval_time_t timeout;
    sc_shake_t shaken;

    apr_socket_timeout_get(socket, &timeout);
    shaken = shake(conn, true);
    apr_socket_timeout_set(socket, timeout);
    return shaken;
}

int sc_conn_process(conn_rec *c)
{
    sc_conn_t *conn = sc_conn_get(c);
    const bool can_park = may_park && c->cs;
    sc_shake_t shaken;

    if (!conn || c->master || conn->state == SC_CONN_OPEN) {
        return DECLINED;
    }
    if (conn->state > SC_CONN_OPEN) {
        return DONE;
    }
    shaken = can_park ? shake(conn, false) : shake_blocking(conn);
    if (shaken == SHAKE_WAIT) {
        return park(conn);
    }
    if (shaken == SHAKE_DONE) {
        finish(conn);
        return DECLINED;
    }
    sc_overdue_leave(&conn->overdue);
    if (c->cs) {
        c->cs->state = CONN_STATE_LINGER;
    }
    return OK;
}

int sc_conn_pre_close(conn_rec *c)
{
    sc_conn_t *conn = c->master ? NULL : sc_conn_get(c);

    if (conn) {
        sc_overdue_leave(&conn->overdue);
    }
    return OK;
}
