/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_engine.h"

#include <string.h>

#include <apr_strings.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/ssl.h>

#include "sc_bio.h"
#include "sc_name.h"
#include "sc_ossl.h"

struct sc_engine {
    SSL *ssl;
    const sc_context_t *context; /* the settings in force */
    const sc_engine_hooks_t *hooks;
    void *baton;
    apr_pool_t *pool;
    sc_bio_t queues;
    bool failed; /* a fatal error happened: no more SSL calls */
    bool close_sent;
    bool hello_seen;
    char *name;           /* canonical SNI, "" if not a name, or NULL */
    const char *protocol; /* chosen by ALPN, or NULL */
    const apr_array_header_t *identities; /* for the certificate callback */
    const sc_identity_t *replacement;     /* instead of them, from ALPN */
    sc_error_t *err;                      /* the caller's, while a step runs */
};

/* ---- Callbacks of the handshake ---- */

/*
 * Finds the host name in the server_name extension (RFC 6066, 3): a list of two
 * length bytes with entries of type, two length bytes, and name. A malformed
 * one counts as none here; the library checks it after us and sends the alert.
 */
static char *read_server_name(const sc_engine_t *engine)
{
    const unsigned char *data;
    char name[SC_NAME_MAX + 1];
    size_t name_len;
    size_t len;

    if (!SSL_client_hello_get0_ext(engine->ssl, TLSEXT_TYPE_server_name, &data,
                                   &len) ||
        len < 5 || data[2] != TLSEXT_NAMETYPE_host_name) {
        return NULL;
    }
    name_len = (size_t)data[3] << 8 | data[4];
    if (name_len > len - 5) {
        return NULL;
    }
    if (!sc_name_canonical(name, (const char *)data + 5, name_len) ||
        sc_name_is_address(name)) {
        name[0] = '\0'; /* something that is nobody's host name */
    }
    return apr_pstrdup(engine->pool, name);
}

static int repeats_name(sc_engine_t *engine, int *alert)
{
    const char *name = read_server_name(engine);

    if (name && engine->name ? !strcmp(name, engine->name)
                             : name == engine->name) {
        return SSL_CLIENT_HELLO_SUCCESS;
    }
    sc_error_set(engine->err, "SC0321", SC_BLAME_PEER,
                 "the client asks for another name in its second hello");
    *alert = SSL_AD_ILLEGAL_PARAMETER;
    return SSL_CLIENT_HELLO_ERROR;
}

/* Splits the list of RFC 7301, 3.1 (the library has checked its form). */
static apr_array_header_t *read_offers(const unsigned char *in,
                                       unsigned int in_len, apr_pool_t *p)
{
    apr_array_header_t *offers = apr_array_make(p, 4, sizeof(char *));

    for (unsigned int at = 0; at < in_len && in[at] <= in_len - at - 1;
         at += 1U + in[at]) {
        APR_ARRAY_PUSH(offers, const char *) =
            apr_pstrmemdup(p, (const char *)in + at + 1, in[at]);
    }
    return offers;
}

/*
 * Chooses among the offers. The second hello, after a HelloRetryRequest, must
 * offer the same (RFC 8446, 4.1.2): by then another protocol may have taken the
 * connection over already.
 */
static const char *choose_protocol(sc_engine_t *engine,
                                   const apr_array_header_t *offers)
{
    const char *chosen = engine->protocol;

    if (!chosen) {
        chosen = engine->hooks->select_protocol(engine->baton, offers,
                                                &engine->replacement);
        if (!chosen || !chosen[0] || strlen(chosen) > 255) {
            sc_error_set(engine->err, "SC0308", SC_BLAME_PEER,
                         "the client offers no application protocol (ALPN) "
                         "that this host speaks");
            return NULL;
        }
        engine->protocol = apr_pstrdup(engine->pool, chosen);
        return engine->protocol;
    }
    for (int i = 0; i < offers->nelts; i++) {
        if (!strcmp(APR_ARRAY_IDX(offers, i, const char *), chosen)) {
            return chosen;
        }
    }
    sc_error_set(engine->err, "SC0322", SC_BLAME_PEER,
                 "the client no longer offers %s (ALPN) in its second hello",
                 chosen);
    return NULL;
}

/*
 * A CA that validates by TLS-ALPN offers acme-tls/1 and nothing else (RFC 8737,
 * 3). In TLS 1.2 the cipher, and with it the type of key, is chosen before the
 * ALPN callback runs, so the certificate for it must be known now.
 */
static bool prepare_challenge(sc_engine_t *engine)
{
    static const unsigned char only[] = "\0\013\012acme-tls/1";
    const unsigned char *data;
    size_t len;

    if (!SSL_client_hello_get0_ext(
            engine->ssl, TLSEXT_TYPE_application_layer_protocol_negotiation,
            &data, &len) ||
        len != sizeof(only) - 1 || memcmp(data, only, len) != 0) {
        return true;
    }
    /* The certificate is all that is asked for; nobody comes back to it. */
    SSL_set_options(engine->ssl, SSL_OP_NO_TICKET);
    SSL_set_num_tickets(engine->ssl, 0);
    return choose_protocol(engine, read_offers(data + 2, (unsigned)len - 2,
                                               engine->pool)) != NULL;
}

static int client_hello_cb(SSL *ssl, int *alert, void *arg)
{
    sc_engine_t *engine = SSL_get_app_data(ssl);
    sc_engine_choice_t choice = {NULL, NULL, NULL};

    (void)arg;
    if (engine->hello_seen) {
        /* The second hello, after a HelloRetryRequest, must ask for the same
         * name (RFC 8446, 4.1.2): what was chosen by the first one stays. */
        return repeats_name(engine, alert);
    }
    engine->hello_seen = true;
    engine->name = read_server_name(engine);
    switch (engine->hooks->choose(engine->baton, engine->name, &choice)) {
    case SC_CHOICE_MADE:
        if (sc_context_apply(ssl, engine->context, choice.context) &&
            SSL_set_session_id_context(ssl, choice.session_context,
                                       SC_BINDING_LEN)) {
            engine->context = choice.context;
            engine->identities = choice.identities;
            if (prepare_challenge(engine)) {
                return SSL_CLIENT_HELLO_SUCCESS;
            }
            *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
            break;
        }
        sc_ossl_error(engine->err, "SC0304", "applying the host's settings");
        *alert = SSL_AD_INTERNAL_ERROR;
        break;
    case SC_CHOICE_UNKNOWN_NAME:
        sc_error_set(engine->err, "SC0305", SC_BLAME_PEER,
                     "no virtual host here serves the name \"%s\" that the "
                     "client asked for",
                     engine->name ? engine->name : "");
        *alert = SSL_AD_UNRECOGNIZED_NAME;
        break;
    case SC_CHOICE_UNAVAILABLE:
    default:
        sc_error_set(engine->err, "SC0306", SC_BLAME_CONFIG,
                     "the virtual host has no usable certificate; see the "
                     "messages at the last restart");
        *alert = SSL_AD_INTERNAL_ERROR;
        break;
    }
    return SSL_CLIENT_HELLO_ERROR;
}

/* Only acknowledges: the choice was made in the client_hello callback. */
/* NOLINTNEXTLINE(readability-non-const-parameter): OpenSSL's function type */
static int server_name_cb(SSL *ssl, int *alert, void *arg)
{
    const sc_engine_t *engine = SSL_get_app_data(ssl);

    (void)alert;
    (void)arg;
    return engine->name && engine->name[0] ? SSL_TLSEXT_ERR_OK
                                           : SSL_TLSEXT_ERR_NOACK;
}

static int certificate_cb(SSL *ssl, void *arg)
{
    sc_engine_t *engine = SSL_get_app_data(ssl);

    (void)arg;
    if (engine->replacement) {
        return sc_context_attach(ssl, engine->replacement);
    }
    for (int i = 0; engine->identities && i < engine->identities->nelts; i++) {
        if (!sc_context_attach(
                ssl, APR_ARRAY_IDX(engine->identities, i, sc_identity_t *))) {
            sc_ossl_error(engine->err, "SC0307", "attaching the certificate");
            return 0;
        }
    }
    return 1;
}

static int alpn_cb(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                   const unsigned char *in, unsigned int in_len, void *arg)
{
    sc_engine_t *engine = SSL_get_app_data(ssl);
    const apr_array_header_t *offers = read_offers(in, in_len, engine->pool);
    const char *chosen = choose_protocol(engine, offers);

    (void)arg;
    if (!chosen) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    if (engine->replacement && offers->nelts != 1) {
        /* Not a CA's hello: see prepare_challenge(). */
        sc_error_set(engine->err, "SC0309", SC_BLAME_PEER,
                     "the client offers %s (ALPN) beside other protocols",
                     chosen);
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *out = (const unsigned char *)chosen;
    *out_len = (unsigned char)strlen(chosen);
    return SSL_TLSEXT_ERR_OK;
}

void sc_engine_adopt(const sc_context_t *context)
{
    SSL_CTX *ctx = context->ssl_ctx;

    SSL_CTX_set_client_hello_cb(ctx, client_hello_cb, NULL);
    SSL_CTX_set_tlsext_servername_callback(ctx, server_name_cb);
    SSL_CTX_set_cert_cb(ctx, certificate_cb, NULL);
    SSL_CTX_set_alpn_select_cb(ctx, alpn_cb, NULL);
}

/* ---- The engine ---- */

static apr_status_t engine_cleanup(void *data)
{
    sc_engine_t *engine = data;

    SSL_free(engine->ssl);
    engine->ssl = NULL;
    ERR_clear_error();
    sc_bio_free(&engine->queues);
    return APR_SUCCESS;
}

sc_engine_t *sc_engine_make(const sc_context_t *context,
                            const sc_engine_hooks_t *hooks, void *baton,
                            apr_bucket_alloc_t *alloc, sc_error_t *err,
                            apr_pool_t *p)
{
    sc_engine_t *engine = apr_pcalloc(p, sizeof(*engine));
    BIO *bio;

    /* The queues come first, so that they outlive the SSL object. */
    sc_bio_make(&engine->queues, alloc, p);
    engine->pool = p;
    engine->context = context;
    engine->hooks = hooks;
    engine->baton = baton;
    ERR_clear_error();
    engine->ssl = SSL_new(context->ssl_ctx);
    bio = engine->ssl ? sc_bio_new(&engine->queues) : NULL;
    if (!bio) {
        sc_ossl_error(err, "SC0303", "making a connection object");
        SSL_free(engine->ssl);
        return NULL;
    }
    SSL_set_bio(engine->ssl, bio, bio);
    SSL_set_app_data(engine->ssl, engine);
    SSL_set_accept_state(engine->ssl);
    apr_pool_cleanup_register(p, engine, engine_cleanup, apr_pool_cleanup_null);
    return engine;
}

apr_bucket_brigade *sc_engine_input(sc_engine_t *engine)
{
    return engine->queues.in;
}

void sc_engine_input_end(sc_engine_t *engine)
{
    engine->queues.in_ended = true;
}

apr_bucket_brigade *sc_engine_output(sc_engine_t *engine)
{
    return sc_bio_output(&engine->queues);
}

apr_size_t sc_engine_peek(sc_engine_t *engine, unsigned char *buf,
                          apr_size_t len)
{
    apr_size_t got = len;

    if (apr_brigade_flatten(engine->queues.in, (char *)buf, &got) !=
        APR_SUCCESS) {
        return 0;
    }
    return got;
}

/* Turns what an SSL_* call returned into a step. */
static sc_step_t classify(sc_engine_t *engine, int result, const char *id,
                          const char *what, sc_error_t *err)
{
    switch (SSL_get_error(engine->ssl, result)) {
    case SSL_ERROR_NONE:
        return SC_STEP_DONE;
    case SSL_ERROR_WANT_READ:
        return SC_STEP_WANT_READ;
    case SSL_ERROR_ZERO_RETURN:
        return SC_STEP_CLOSED;
    case SSL_ERROR_SYSCALL:
        if (engine->queues.end_was_read && ERR_peek_error() == 0) {
            return SC_STEP_CLOSED;
        }
        break;
    default:
        break;
    }
    engine->failed = true;
    sc_ossl_error(err, id, what);
    return SC_STEP_FAILED;
}

static bool has_protocol(const sc_engine_t *engine)
{
    const unsigned char *protocol;
    unsigned int len;

    SSL_get0_alpn_selected(engine->ssl, &protocol, &len);
    return len > 0;
}

sc_step_t sc_engine_handshake(sc_engine_t *engine, sc_error_t *err)
{
    sc_step_t step;

    if (engine->failed) {
        return SC_STEP_FAILED;
    }
    ERR_clear_error();
    engine->err = err;
    step = classify(engine, SSL_do_handshake(engine->ssl), "SC0301",
                    "the TLS handshake", err);
    if (step == SC_STEP_DONE && engine->protocol && !has_protocol(engine)) {
        /* The second hello had no ALPN at all, and nobody was asked. */
        sc_error_set(err, "SC0323", SC_BLAME_PEER,
                     "the client no longer offers %s (ALPN), which was chosen",
                     engine->protocol);
        engine->failed = true;
        step = SC_STEP_FAILED;
    }
    engine->err = NULL;
    ERR_clear_error();
    return step;
}

sc_step_t sc_engine_read(sc_engine_t *engine, char *buf, apr_size_t size,
                         apr_size_t *len, sc_error_t *err)
{
    sc_step_t step;

    *len = 0;
    if (engine->failed) {
        return SC_STEP_FAILED;
    }
    ERR_clear_error();
    engine->err = err;
    step = classify(engine, SSL_read_ex(engine->ssl, buf, size, len), "SC0310",
                    "reading from the client", err);
    engine->err = NULL;
    ERR_clear_error();
    return step;
}

sc_step_t sc_engine_write(sc_engine_t *engine, const char *data, apr_size_t len,
                          sc_error_t *err)
{
    size_t written;
    sc_step_t step;

    if (engine->failed || engine->close_sent) {
        return SC_STEP_FAILED;
    }
    if (len == 0) {
        return SC_STEP_DONE;
    }
    ERR_clear_error();
    engine->err = err;
    step = classify(engine, SSL_write_ex(engine->ssl, data, len, &written),
                    "SC0311", "writing to the client", err);
    engine->err = NULL;
    ERR_clear_error();
    /* The output queue takes everything, so there is nothing to wait for. */
    return step == SC_STEP_DONE ? SC_STEP_DONE : SC_STEP_FAILED;
}

void sc_engine_close(sc_engine_t *engine)
{
    if (!engine->failed && !engine->close_sent &&
        SSL_is_init_finished(engine->ssl)) {
        engine->close_sent = true;
        ERR_clear_error();
        (void)SSL_shutdown(engine->ssl); /* sends; does not wait for theirs */
        ERR_clear_error();
    }
}

bool sc_engine_is_truncated(const sc_engine_t *engine)
{
    return engine->queues.end_was_read;
}

bool sc_engine_in_midst(const sc_engine_t *engine)
{
    /* With nothing but its header there, a record has no pending bytes yet. */
    return SSL_has_pending(engine->ssl) ||
           !strcmp(SSL_rstate_string(engine->ssl), "RB");
}

apr_uint64_t sc_engine_consumed(const sc_engine_t *engine)
{
    return engine->queues.in_total;
}

const char *sc_engine_name(const SSL *ssl)
{
    return ((const sc_engine_t *)SSL_get_app_data(ssl))->name;
}

/*
 * Returns the certificate that a resumed session began with, as far as can be
 * known: in TLS 1.2 the cipher tells the type of its key; else it is the host's
 * first one.
 */
static X509 *resumed_certificate(const sc_engine_t *engine)
{
    const SSL_CIPHER *cipher = SSL_get_current_cipher(engine->ssl);
    const int auth = cipher ? SSL_CIPHER_get_auth_nid(cipher) : NID_auth_any;

    for (int i = 0; engine->identities && i < engine->identities->nelts; i++) {
        const sc_identity_t *identity =
            APR_ARRAY_IDX(engine->identities, i, const sc_identity_t *);

        if (auth == NID_auth_any ||
            (auth == NID_auth_rsa) == (identity->type == SC_KEY_RSA)) {
            EVP_PKEY *key;
            X509 *leaf;

            return sc_identity_open(identity, &leaf, &key) ? leaf : NULL;
        }
    }
    return NULL;
}

const sc_facts_t *sc_engine_facts(const sc_engine_t *engine,
                                  apr_interval_time_t handshake_time,
                                  apr_pool_t *p)
{
    X509 *resumed =
        SSL_session_reused(engine->ssl) ? resumed_certificate(engine) : NULL;

    return sc_facts_make(engine->ssl, engine->name, resumed, handshake_time, p);
}
