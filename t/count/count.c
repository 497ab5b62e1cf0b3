/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work whose instructions are counted: what the server does for a handshake,
 * for a megabyte each way and for the lookup of a name, by this module and, for
 * comparison, by OpenSSL or APR alone. Run under callgrind it writes one dump
 * per piece of work, named "work/who"; t/count/run compares them. Only the
 * server's steps are counted; the client lives in the same process.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_buckets.h>
#include <apr_general.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <openssl/ssl.h>
#include <valgrind/callgrind.h>

#include "../unit/pki.h"
#include "sc_bio.h"
#include "sc_context.h"
#include "sc_engine.h"
#include "sc_identity.h"
#include "sc_session.h"
#include "sc_sni.h"

#define HOST            "www.example.test"
#define HANDSHAKES      20
#define WARM_UP         2 /* caches are filled, and a client can come back */
#define MEGABYTE        ((size_t)1024 * 1024)
#define WRITE_SIZE      65536
#define NAMES           10000
#define LOOKUPS         1000

#define NEED(condition) need((condition), #condition)

static void need(bool met, const char *what)
{
    if (!met) {
        (void)fprintf(stderr, "count: %s\n", what);
        exit(1);
    }
}

/* Begins and ends counting. */
static void toggle(void)
{
    CALLGRIND_TOGGLE_COLLECT;
}

/* ---- What there is once ---- */

static apr_pool_t *pool;
static apr_bucket_alloc_t *alloc;
static const sc_context_t *context; /* this module's */
static apr_array_header_t *identities;
static SSL_CTX *bare; /* OpenSSL alone, with the same settings */
static SSL_CTX *client_ctx;

static sc_choice_t choose(void *baton, const char *name,
                          sc_engine_choice_t *choice)
{
    (void)baton;
    NEED(name && !strcmp(name, HOST));
    choice->context = context;
    choice->identities = identities;
    choice->session_context = context->binding;
    return SC_CHOICE_MADE;
}

static const sc_engine_hooks_t hooks = {choose, NULL};

/* One key for all tickets: that keys change is counted nowhere here. */
static sc_ratchet_age_t find_key(const unsigned char *name,
                                 sc_ratchet_key_t *key)
{
    (void)name;
    memset(key, 7, sizeof(*key));
    return SC_RATCHET_CURRENT;
}

static sc_sessions_t sessions = {.find_key = find_key, .now = apr_time_now};

static void make_ours(const char *cert_text, const char *key_text)
{
    sc_options_t *options = apr_palloc(pool, sizeof(*options));
    sc_report_t *report = sc_report_make(pool);
    sc_error_t err;

    sc_error_clear(&err);
    sc_options_init(options);
    options->groups = "X25519";
    identities = apr_array_make(pool, 1, sizeof(const sc_identity_t *));
    APR_ARRAY_PUSH(identities, const sc_identity_t *) =
        sc_identity_from_pem(cert_text, key_text, &err, pool);
    NEED(APR_ARRAY_IDX(identities, 0, const sc_identity_t *) != NULL);
    NEED(sc_bio_init(pool));
    context = sc_context_make(options, HOST, report, pool);
    NEED(context != NULL);
    sc_engine_adopt(context);
    sessions.ticket_life = apr_time_from_sec(3600);
    sc_session_adopt(context, &sessions);
}

static void make_bare(X509 *cert, EVP_PKEY *key)
{
    bare = SSL_CTX_new(TLS_server_method());
    NEED(SSL_CTX_use_certificate(bare, cert) == 1 &&
         SSL_CTX_use_PrivateKey(bare, key) == 1 &&
         SSL_CTX_set1_groups_list(bare, "X25519") == 1 &&
         SSL_CTX_set_num_tickets(bare, 1) == 1);
    SSL_CTX_set_mode(bare, SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_session_cache_mode(bare, SSL_SESS_CACHE_OFF);
}

static void set_up(void)
{
    const pki_spec_t spec = {.subject = HOST, .san = "DNS:" HOST};
    EVP_PKEY *key = pki_make_key(PKI_EC);
    X509 *cert = pki_make_cert(key, &spec);
    char *cert_text = pki_cert_text(cert);
    char *key_text = pki_key_text(key);

    apr_initialize();
    NEED(apr_pool_create(&pool, NULL) == APR_SUCCESS);
    alloc = apr_bucket_alloc_create(pool);
    make_ours(cert_text, key_text);
    make_bare(cert, key);
    client_ctx = SSL_CTX_new(TLS_client_method());
    NEED(SSL_CTX_set_ciphersuites(client_ctx, "TLS_AES_128_GCM_SHA256") &&
         SSL_CTX_set1_groups_list(client_ctx, "X25519"));
    free(cert_text);
    free(key_text);
    X509_free(cert);
    EVP_PKEY_free(key);
}

/* ---- One connection, the server's side by either of the two ---- */

typedef struct duo {
    bool is_ours;
    apr_pool_t *pool;
    sc_engine_t *engine;
    SSL *server; /* the other's */
    SSL *client;
} duo_t;

/* The client comes back with a session unless it is NULL. */
static void duo_begin(duo_t *duo, bool is_ours, SSL_SESSION *session)
{
    sc_error_t err;

    duo->is_ours = is_ours;
    NEED(apr_pool_create(&duo->pool, pool) == APR_SUCCESS);
    sc_error_clear(&err);
    toggle();
    if (is_ours) {
        duo->engine =
            sc_engine_make(context, &hooks, duo, alloc, &err, duo->pool);
    }
    else {
        duo->server = SSL_new(bare);
        SSL_set_bio(duo->server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_accept_state(duo->server);
    }
    toggle();
    duo->client = SSL_new(client_ctx);
    SSL_set_bio(duo->client, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(duo->client);
    NEED(SSL_set_tlsext_host_name(duo->client, HOST) == 1);
    NEED(!session || SSL_set_session(duo->client, session) == 1);
}

static void duo_end(duo_t *duo)
{
    toggle();
    if (!duo->is_ours) {
        SSL_free(duo->server);
    }
    apr_pool_destroy(duo->pool);
    toggle();
    /* Without a goodbye the session would not be good any more. */
    SSL_set_shutdown(duo->client, SSL_SENT_SHUTDOWN);
    SSL_free(duo->client);
}

/* Hands what the client has said to the server. */
static void deliver(const duo_t *duo)
{
    BIO *from = SSL_get_wbio(duo->client);
    char buf[16384];
    size_t len;

    while (BIO_ctrl_pending(from) > 0 &&
           BIO_read_ex(from, buf, sizeof(buf), &len)) {
        if (duo->is_ours) {
            apr_brigade_write(sc_engine_input(duo->engine), NULL, NULL, buf,
                              len);
        }
        else {
            NEED(BIO_write_ex(SSL_get_rbio(duo->server), buf, len, &len));
        }
    }
}

/* Hands what the server has said to the client; true if there was anything. */
static bool collect(const duo_t *duo)
{
    BIO *to = SSL_get_rbio(duo->client);
    bool some = false;
    char *data;
    size_t len;

    if (duo->is_ours) {
        apr_bucket_brigade *out = sc_engine_output(duo->engine);

        NEED(apr_brigade_pflatten(out, &data, &len, duo->pool) == APR_SUCCESS);
        apr_brigade_cleanup(out);
    }
    else {
        len = (size_t)BIO_get_mem_data(SSL_get_wbio(duo->server), &data);
    }
    if (len > 0) {
        some = true;
        NEED(BIO_write_ex(to, data, len, &len));
    }
    if (!duo->is_ours) {
        (void)BIO_reset(SSL_get_wbio(duo->server));
    }
    return some;
}

static void shake(const duo_t *duo)
{
    sc_error_t err;
    char byte;

    sc_error_clear(&err);
    do {
        (void)SSL_do_handshake(duo->client);
        deliver(duo);
        toggle();
        if (duo->is_ours) {
            (void)sc_engine_handshake(duo->engine, &err);
        }
        else {
            (void)SSL_do_handshake(duo->server);
        }
        toggle();
    } while (collect(duo));
    NEED(SSL_is_init_finished(duo->client));
    (void)SSL_peek(duo->client, &byte, 1); /* takes the ticket */
}

/* ---- The work ---- */

static void begin(void)
{
    CALLGRIND_ZERO_STATS;
}

static void end(const char *work, bool is_ours)
{
    char name[60];

    (void)snprintf(name, sizeof(name), "%s/%s", work,
                   is_ours ? "ours" : "floor");
    CALLGRIND_DUMP_STATS_AT(name);
}

/* Full ones, or resumed ones, each with the ticket of the one before. */
static void handshakes(bool is_ours, bool resume)
{
    SSL_SESSION *session = NULL;

    for (int i = 0; i < WARM_UP + HANDSHAKES; i++) {
        duo_t duo = {0};

        if (i == WARM_UP) {
            begin();
        }
        duo_begin(&duo, is_ours, session);
        shake(&duo);
        NEED(SSL_session_reused(duo.client) == (session != NULL));
        SSL_SESSION_free(session);
        session = resume ? SSL_get1_session(duo.client) : NULL;
        if (is_ours) {
            toggle();
            (void)sc_engine_facts(duo.engine, 0, duo.pool);
            toggle();
        }
        duo_end(&duo);
    }
    SSL_SESSION_free(session);
    end(resume ? "resumed handshake" : "full handshake", is_ours);
}

static void megabyte_out(bool is_ours)
{
    static char data[WRITE_SIZE];
    duo_t duo = {0};
    sc_error_t err;

    sc_error_clear(&err);
    duo_begin(&duo, is_ours, NULL);
    shake(&duo);
    if (!is_ours) {
        SSL_set0_wbio(duo.server, BIO_new(BIO_s_null()));
    }
    for (int i = -1; i < (int)(MEGABYTE / WRITE_SIZE); i++) {
        if (i == 0) {
            begin();
        }
        toggle();
        if (is_ours) {
            NEED(sc_engine_write(duo.engine, data, sizeof(data), &err) ==
                 SC_STEP_DONE);
            apr_brigade_cleanup(sc_engine_output(duo.engine));
        }
        else {
            NEED(SSL_write(duo.server, data, sizeof(data)) == sizeof(data));
        }
        toggle();
    }
    end("1 MB out", is_ours);
    duo_end(&duo);
}

static void megabyte_in(bool is_ours)
{
    static char data[16384];
    size_t got = 0;
    duo_t duo = {0};
    sc_error_t err;

    sc_error_clear(&err);
    duo_begin(&duo, is_ours, NULL);
    shake(&duo);
    for (size_t i = 0; i < MEGABYTE / sizeof(data); i++) {
        NEED(SSL_write(duo.client, data, sizeof(data)) == sizeof(data));
    }
    deliver(&duo);
    begin();
    toggle();
    while (got < MEGABYTE) {
        size_t len = 0;

        NEED(is_ours ? sc_engine_read(duo.engine, data, sizeof(data), &len,
                                      &err) == SC_STEP_DONE
                     : SSL_read_ex(duo.server, data, sizeof(data), &len) == 1);
        got += len;
    }
    toggle();
    end("1 MB in", is_ours);
    duo_end(&duo);
}

static void name_lookup(bool is_ours)
{
    sc_sni_t *sni = sc_sni_make(pool);
    apr_hash_t *hash = apr_hash_make(pool);
    const void *found = NULL;
    char **names = apr_palloc(pool, NAMES * sizeof(*names));

    for (int i = 0; i < NAMES; i++) {
        names[i] = apr_psprintf(pool, "www%d.example.test", i);
        (void)sc_sni_add(sni, names[i], names[i]);
        apr_hash_set(hash, names[i], APR_HASH_KEY_STRING, names[i]);
    }
    begin();
    toggle();
    for (int i = 0; i < LOOKUPS; i++) {
        const char *name = names[i * 7919 % NAMES];

        found = is_ours ? sc_sni_find(sni, name)
                        : apr_hash_get(hash, name, APR_HASH_KEY_STRING);
        NEED(found == name);
    }
    toggle();
    end("name lookup among 10,000", is_ours);
}

int main(void)
{
    set_up();
    for (int is_ours = 0; is_ours < 2; is_ours++) {
        handshakes(is_ours, false);
        handshakes(is_ours, true);
        megabyte_out(is_ours);
        megabyte_in(is_ours);
        name_lookup(is_ours);
    }
    return 0;
}
