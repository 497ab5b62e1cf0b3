/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_conn.h"

#include <http_config.h>
#include <http_connection.h>
#include <scoreboard.h>

#include "sc_await.h"
#include "sc_chunk.h"
#include "sc_conf.h"
#include "sc_filter_in.h"
#include "sc_filter_out.h"
#include "sc_log.h"
#include "sc_park.h"
#include "sc_shake.h"

static ap_filter_rec_t *in_filter;
static ap_filter_rec_t *out_filter;

void sc_conn_register_filters(void)
{
    /* Below anything that speaks a protocol, above mod_reqtimeout and the
     * network: where mod_ssl has its place too. */
    in_filter = ap_register_input_filter("SECURECHAN_IN", sc_filter_in, NULL,
                                         AP_FTYPE_CONNECTION + 5);
    out_filter = ap_register_output_filter("SECURECHAN_OUT", sc_filter_out,
                                           NULL, AP_FTYPE_CONNECTION + 5);
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

/* Gives back what does not go with the pool. */
static apr_status_t leave(void *data)
{
    sc_conn_t *conn = data;

    sc_overdue_leave(&conn->overdue);
    if (conn->held) {
        sc_chunk_give(conn->held);
        conn->held = NULL;
        conn->held_len = 0;
    }
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
    conn->await.timeout = conn->host->options->head_timeout;
    sc_error_clear(&err);
    conn->engine = sc_engine_make(context, &sc_shake_hooks, conn,
                                  c->bucket_alloc, &err, c->pool);
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
    apr_pool_pre_cleanup_register(c->pool, conn, leave);
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

/* ---- The life of a connection ---- */

static void finish_handshake(sc_conn_t *conn, apr_time_t now)
{
    conn_rec *c = conn->c;

    if (!conn->plain_http) {
        const sc_facts_t *facts =
            sc_engine_facts(conn->engine, now - conn->accepted, c->pool);

        conn->facts = facts;
        ap_log_cerror(APLOG_MARK, APLOG_DEBUG, 0, c,
                      "SC0319: %s %s %s for %s (name asked for: %s, ALPN: %s)",
                      facts->protocol, facts->cipher, facts->group,
                      conn->server->server_hostname,
                      facts->sni[0] ? facts->sni : "none",
                      facts->alpn[0] ? facts->alpn : "none");
    }
    sc_conn_advance(conn, SC_CONN_OPEN);
    release_generation(conn);
    ap_update_child_status_from_server(c->sbh, SERVER_BUSY_READ, c,
                                       conn->server);
}

static int end(sc_conn_t *conn)
{
    sc_overdue_leave(&conn->overdue);
    if (conn->c->cs) {
        conn->c->cs->state = CONN_STATE_LINGER;
    }
    return OK;
}

/* Lets the server go on with an open connection if there is a request. */
static int serve(sc_conn_t *conn)
{
    switch (sc_await(conn)) {
    case SC_AWAIT_READY:
        return DECLINED;
    case SC_AWAIT_MORE:
        return sc_park(conn);
    case SC_AWAIT_IDLE:
        return sc_park_idle(conn, sc_await_idle_until(conn));
    case SC_AWAIT_OVER:
        break;
    }
    return end(conn);
}

/* Moves the handshake on, and begins to serve when it is done. */
static int shake_hands(sc_conn_t *conn, bool can_park)
{
    apr_time_t now;

    switch (sc_shake(conn, !can_park)) {
    case SC_SHAKE_WAIT:
        return sc_park(conn);
    case SC_SHAKE_DONE:
        break;
    case SC_SHAKE_FAILED:
        return end(conn);
    }
    now = apr_time_now();
    finish_handshake(conn, now);
    if (!can_park) {
        return DECLINED;
    }
    sc_await_begin(conn, now);
    return serve(conn);
}

int sc_conn_process(conn_rec *c)
{
    sc_conn_t *conn = sc_conn_get(c);
    bool can_park;

    if (!conn || c->master) {
        return DECLINED;
    }
    if (conn->state > SC_CONN_OPEN) {
        return DONE;
    }
    conn->is_dry = false;
    can_park = sc_park_is_allowed(c);
    if (conn->state < SC_CONN_OPEN) {
        return shake_hands(conn, can_park);
    }
    return can_park ? serve(conn) : DECLINED;
}

int sc_conn_pre_close(conn_rec *c)
{
    sc_conn_t *conn = c->master ? NULL : sc_conn_get(c);

    if (conn) {
        sc_overdue_leave(&conn->overdue);
    }
    return OK;
}
