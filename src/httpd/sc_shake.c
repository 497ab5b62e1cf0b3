/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_shake.h"

#include <apr_strings.h>
#include <http_config.h>
#include <http_connection.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_ssl.h>

#include "sc_hello.h"
#include "sc_log.h"
#include "sc_wire.h"

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
    conn->await.timeout = conn->host->options->head_timeout;
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

const sc_engine_hooks_t sc_shake_hooks = {choose_host, select_protocol};

/* ---- The handshake ---- */

/* Says once how a handshake ended that did not succeed. */
static sc_shake_t fail(sc_conn_t *conn, const sc_error_t *err)
{
    sc_log_connection(conn->c, err);
    sc_conn_advance(conn, SC_CONN_CLOSED);
    /* There is nobody to be polite to for the usual half minute. */
    apr_table_setn(conn->c->notes, "short-lingering-close", "1");
    return SC_SHAKE_FAILED;
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
    return SC_SHAKE_DONE;
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

/* Gives a blocking read no more time than the handshake has left. */
static void limit_wait(const sc_conn_t *conn, apr_time_t now)
{
    apr_socket_timeout_set(ap_get_conn_socket(conn->c),
                           conn->deadline > now ? conn->deadline - now : 1);
}

/* Does all of the handshake that can be done now. */
static sc_shake_t shake(sc_conn_t *conn, bool may_block)
{
    ap_filter_t *from = sc_wire_below_reqtimeout(conn);

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
            status = may_block ? sc_wire_send(conn, true)
                               : sc_wire_send_without_waiting(conn);
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
            return !may_block && conn->c->data_in_output_filters
                       ? SC_SHAKE_WAIT
                       : SC_SHAKE_DONE;
        }
        if (may_block) {
            limit_wait(conn, now);
        }
        status = sc_wire_fetch(conn, from,
                               may_block ? APR_BLOCK_READ : APR_NONBLOCK_READ);
        if (APR_STATUS_IS_EAGAIN(status) && !may_block) {
            return SC_SHAKE_WAIT;
        }
        if (APR_STATUS_IS_TIMEUP(status)) {
            return fail_overdue(conn);
        }
        if (status != APR_SUCCESS) {
            return fail_network(conn, status);
        }
    }
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

sc_shake_t sc_shake(sc_conn_t *conn, bool may_block)
{
    return may_block ? shake_blocking(conn) : shake(conn, false);
}
