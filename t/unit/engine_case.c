/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "engine_case.h"

#include <stdlib.h>
#include <string.h>

#include <apr_buckets.h>
#include <apr_general.h>
#include <apr_strings.h>
#include <openssl/err.h>

#include "pki.h"
#include "sc_bio.h"

apr_pool_t *case_pool;
site_t site;
SSL *server_ssl;

static apr_pool_t *program_pool;

/* ---- Identities ---- */

static struct {
    char letter;
    pki_type_t type;
    const char *subject;
    const char *san;
    const sc_identity_t *identity;
} identities[] = {
    {'R', PKI_RSA, "a RSA", "DNS:a.example", NULL},
    {'E', PKI_EC, "a ECDSA", "DNS:a.example", NULL},
    {'D', PKI_ED25519, "a Ed25519", "DNS:a.example", NULL},
    {'P', PKI_RSA_PSS, "a RSA-PSS", "DNS:a.example", NULL},
    {'r', PKI_RSA, "b RSA", "DNS:b.example", NULL},
    {'e', PKI_EC, "b ECDSA", "DNS:b.example", NULL},
    {'d', PKI_ED25519, "b Ed25519", "DNS:b.example", NULL},
};

#define NUM_IDENTITIES (sizeof(identities) / sizeof(identities[0]))

static const sc_identity_t *make_identity(pki_type_t type, const char *subject,
                                          const char *san)
{
    const pki_spec_t spec = {.subject = subject, .san = san};
    EVP_PKEY *key = pki_make_key(type);
    X509 *cert = pki_make_cert(key, &spec);
    char *key_text = pki_key_text(key);
    char *cert_text = pki_cert_text(cert);
    sc_error_t err = {.id = NULL};
    const sc_identity_t *identity =
        sc_identity_from_pem(cert_text, key_text, &err, program_pool);

    assert_null(err.id);
    assert_non_null(identity);
    free(key_text);
    free(cert_text);
    X509_free(cert);
    EVP_PKEY_free(key);
    return identity;
}

const sc_identity_t *case_identity(char letter)
{
    for (size_t i = 0; i < NUM_IDENTITIES; i++) {
        if (identities[i].letter == letter) {
            return identities[i].identity;
        }
    }
    fail_msg("there is no identity %c", letter);
    return NULL;
}

/* ---- Sessions ---- */

struct case_sessions vault;

static sc_ratchet_age_t find_key(const unsigned char *name,
                                 sc_ratchet_key_t *key)
{
    static const sc_ratchet_age_t ages[] = {
        SC_RATCHET_PREVIOUS, SC_RATCHET_CURRENT, SC_RATCHET_NEXT};

    for (int i = 0; i < 3 && vault.has_keys; i++) {
        if (name ? !memcmp(name, vault.keys[i].name, SC_RATCHET_NAME_LEN)
                 : ages[i] == SC_RATCHET_CURRENT) {
            *key = vault.keys[i];
            return ages[i];
        }
    }
    return SC_RATCHET_NONE;
}

static apr_time_t now(void)
{
    return vault.now;
}

static void reset_vault(void)
{
    vault = (struct case_sessions){
        .sessions = {.find_key = find_key,
                     .now = now,
                     .ticket_life = apr_time_from_sec(43200),
                     .cache_life = apr_time_from_sec(300)},
        .has_keys = true,
        .now = apr_time_from_sec(1700000000),
    };
    for (size_t i = 0; i < sizeof(vault.keys); i++) {
        ((unsigned char *)vault.keys)[i] = (unsigned char)(i * 7 + i / 256);
    }
}

/* ---- Hosts ---- */

sc_options_t *case_options(const host_spec_t *spec)
{
    static const sc_place_t place = {
        .directive = "SecureChanTest", .file = "test.conf", .line = 7};
    sc_options_t *options = apr_palloc(case_pool, sizeof(*options));

    sc_options_init(options);
    if (spec->policy) {
        options->policy = sc_policy_find(spec->policy);
        assert_non_null(options->policy);
        sc_options_mark(options, SC_OPTION_POLICY, &place);
    }
    if (spec->protocol) {
        assert_true(sc_protocol_parse(spec->protocol, &options->protocol.min,
                                      &options->protocol.max));
        sc_options_mark(options, SC_OPTION_PROTOCOL, &place);
    }
    if (spec->ciphers) {
        options->ciphers = spec->ciphers;
        sc_options_mark(options, SC_OPTION_CIPHERS, &place);
    }
    if (spec->suites) {
        options->ciphersuites = spec->suites;
        sc_options_mark(options, SC_OPTION_CIPHERSUITES, &place);
    }
    if (spec->groups) {
        options->groups = spec->groups;
        sc_options_mark(options, SC_OPTION_GROUPS, &place);
    }
    options->tickets = !spec->no_tickets;
    if (spec->command) {
        options->commands =
            apr_array_make(case_pool, 1, sizeof(sc_command_option_t));
        APR_ARRAY_PUSH(options->commands, sc_command_option_t) =
            (sc_command_option_t){spec->command, spec->value, place};
        sc_options_mark(options, SC_OPTION_COMMANDS, &place);
    }
    return options;
}

static void server_info_cb(const SSL *ssl, int where, int value)
{
    (void)value;
    if (where & SSL_CB_HANDSHAKE_DONE) {
        server_ssl = (SSL *)ssl;
    }
}

static const sc_context_t *make_context(const char *name,
                                        const host_spec_t *spec)
{
    sc_report_t *report = sc_report_make(case_pool);
    const sc_context_t *context =
        sc_context_make(case_options(spec), name, report, case_pool);

    for (int i = 0; i < report->problems->nelts; i++) {
        print_message("%s\n", sc_problem_format(&APR_ARRAY_IDX(report->problems,
                                                               i, sc_problem_t),
                                                case_pool));
    }
    assert_non_null(context);
    SSL_CTX_set_info_callback(context->ssl_ctx, server_info_cb);
    sc_engine_adopt(context);
    sc_session_adopt(context, &vault.sessions);
    return context;
}

/* The host b.example has identities of its own, in lower case. */
static char letter_for(const char *name, char letter)
{
    return (char)(name[0] == 'b' ? letter - 'A' + 'a' : letter);
}

void case_add_host(const char *name, const host_spec_t *spec)
{
    const char *letters = spec->identities ? spec->identities : "E";
    apr_array_header_t *list =
        apr_array_make(case_pool, 4, sizeof(const sc_identity_t *));
    host_t *host;

    for (; *letters; letters++) {
        APR_ARRAY_PUSH(list, const sc_identity_t *) =
            case_identity(letter_for(name, *letters));
    }
    assert_in_range(site.num_hosts, 0, MAX_HOSTS - 1);
    host = &site.hosts[site.num_hosts++];
    *host = (host_t){name, make_context(name, spec), list, {0}};
    assert_true(sc_session_context(host->session_context,
                                   host->context->binding, name));
}

/* ---- Hooks ---- */

static sc_choice_t choose(void *baton, const char *name,
                          sc_engine_choice_t *choice)
{
    int found = name ? -1 : 0;

    assert_non_null(baton);
    site.num_chosen++;
    site.asked = name ? apr_pstrdup(case_pool, name) : NULL;
    for (int i = 0; i < site.num_hosts && found < 0; i++) {
        if (strcmp(site.hosts[i].name, name) == 0) {
            found = i;
        }
    }
    if (found < 0 && site.unknown != SC_CHOICE_MADE) {
        return site.unknown;
    }
    found = found < 0 ? 0 : found;
    choice->context = site.hosts[found].context;
    choice->identities = site.hosts[found].identities;
    choice->session_context = site.hosts[found].session_context;
    return SC_CHOICE_MADE;
}

static const char *select_protocol(void *baton,
                                   const apr_array_header_t *offers,
                                   const sc_identity_t **identity)
{
    const duo_t *duo = baton;
    const char *chosen = NULL;

    assert_null(*identity);
    if (site.looks_at_facts) {
        site.facts = sc_engine_facts(duo->server, 0, case_pool);
    }
    site.offers = "";
    for (int i = 0; i < offers->nelts; i++) {
        const char *offer = APR_ARRAY_IDX(offers, i, const char *);

        site.offers =
            apr_pstrcat(case_pool, site.offers, i > 0 ? " " : "", offer, NULL);
        if (site.speaks && strcmp(offer, site.speaks) == 0) {
            chosen = site.speaks;
        }
    }
    *identity = site.replacement;
    return chosen;
}

static const sc_engine_hooks_t hooks = {choose, select_protocol};

/* ---- The client ---- */

static void client_info_cb(const SSL *ssl, int where, int value)
{
    duo_t *duo = SSL_get_app_data(ssl);

    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) {
        duo->alert = value;
    }
}

static SSL *make_client(duo_t *duo, const client_spec_t *spec)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl;

    assert_non_null(ctx);
    /* Old protocols and ciphers are the server's to refuse, not the client's.
     */
    SSL_CTX_set_security_level(ctx, 0);
    assert_true(SSL_CTX_set_min_proto_version(ctx, spec->min));
    assert_true(SSL_CTX_set_max_proto_version(ctx, spec->max));
    assert_true(SSL_CTX_set_cipher_list(
        ctx, spec->ciphers ? spec->ciphers : "ALL:@SECLEVEL=0"));
    assert_true(!spec->suites || SSL_CTX_set_ciphersuites(ctx, spec->suites));
    assert_true(!spec->groups || SSL_CTX_set1_groups_list(ctx, spec->groups));
    assert_true(!spec->sigalgs ||
                SSL_CTX_set1_sigalgs_list(ctx, spec->sigalgs));
    assert_true(!spec->alpn ||
                SSL_CTX_set_alpn_protos(ctx, (const unsigned char *)spec->alpn,
                                        (unsigned)strlen(spec->alpn)) == 0);
    SSL_CTX_set_info_callback(ctx, client_info_cb);
    ssl = SSL_new(ctx);
    SSL_CTX_free(ctx);
    assert_non_null(ssl);
    assert_true(!spec->name || SSL_set_tlsext_host_name(ssl, spec->name));
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_app_data(ssl, duo);
    SSL_set_connect_state(ssl);
    assert_true(!spec->session || SSL_set_session(ssl, spec->session));
    return ssl;
}

int duo_client_reads(duo_t *duo)
{
    char buf[4096];
    size_t len;
    int result;

    do {
        ERR_clear_error();
        result = SSL_read_ex(duo->client, buf, sizeof(buf), &len);
    } while (result > 0);
    return SSL_get_error(duo->client, result);
}

const char *duo_subject(const duo_t *duo)
{
    const X509 *cert = SSL_get0_peer_certificate(duo->client);
    char *text = apr_pcalloc(case_pool, 64);

    if (cert) {
        X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName,
                                  text, 64);
    }
    return text;
}

/* ---- The connection ---- */

void duo_begin(duo_t *duo, const client_spec_t *client)
{
    apr_pool_t *pool;

    *duo = (duo_t){.step = SC_STEP_WANT_READ};
    server_ssl = NULL;
    apr_pool_create(&pool, case_pool);
    ERR_clear_error();
    duo->server =
        sc_engine_make(site.hosts[0].context, &hooks, duo,
                       apr_bucket_alloc_create(pool), &duo->err, pool);
    assert_non_null(duo->server);
    assert_int_equal(ERR_peek_error(), 0);
    duo->client = make_client(duo, client);
}

void duo_end(duo_t *duo)
{
    SSL_free(duo->client);
    apr_pool_destroy(sc_engine_output(duo->server)->p);
    assert_int_equal(ERR_peek_error(), 0);
}

sc_step_t duo_step(duo_t *duo)
{
    ERR_clear_error();
    duo->step = sc_engine_handshake(duo->server, &duo->err);
    assert_int_equal(ERR_peek_error(), 0);
    return duo->step;
}

sc_step_t duo_read(duo_t *duo, char *buf, size_t size, size_t *len)
{
    ERR_clear_error();
    duo->step = sc_engine_read(duo->server, buf, size, len, &duo->err);
    assert_int_equal(ERR_peek_error(), 0);
    assert_true((duo->step == SC_STEP_DONE) == (*len > 0));
    return duo->step;
}

sc_step_t duo_write(duo_t *duo, const char *data, size_t len)
{
    sc_step_t step;

    ERR_clear_error();
    step = sc_engine_write(duo->server, data, len, &duo->err);
    assert_int_equal(ERR_peek_error(), 0);
    return step;
}

void duo_close(duo_t *duo)
{
    ERR_clear_error();
    sc_engine_close(duo->server);
    assert_int_equal(ERR_peek_error(), 0);
}

/* Moves at most limit bytes of what the client has said. */
static size_t deliver(duo_t *duo, size_t limit)
{
    BIO *bio = SSL_get_wbio(duo->client);
    char buf[4096];
    size_t moved = 0;
    size_t len;

    while (moved < limit && BIO_ctrl_pending(bio) > 0) {
        len = limit - moved < sizeof(buf) ? limit - moved : sizeof(buf);
        assert_true(BIO_read_ex(bio, buf, len, &len));
        assert_int_equal(apr_brigade_write(sc_engine_input(duo->server), NULL,
                                           NULL, buf, len),
                         APR_SUCCESS);
        moved += len;
    }
    return moved;
}

size_t duo_deliver(duo_t *duo)
{
    return deliver(duo, duo->slice ? duo->slice : SIZE_MAX);
}

size_t duo_collect(duo_t *duo)
{
    apr_bucket_brigade *out = sc_engine_output(duo->server);
    size_t moved = 0;

    while (!APR_BRIGADE_EMPTY(out)) {
        apr_bucket *bucket = APR_BRIGADE_FIRST(out);
        const char *data;
        apr_size_t len;
        size_t written;

        assert_int_equal(apr_bucket_read(bucket, &data, &len, APR_BLOCK_READ),
                         APR_SUCCESS);
        assert_true(len == 0 || BIO_write_ex(SSL_get_rbio(duo->client), data,
                                             len, &written));
        moved += len;
        apr_bucket_delete(bucket);
    }
    return moved;
}

static void client_shakes(duo_t *duo)
{
    ERR_clear_error();
    if (SSL_is_init_finished(duo->client)) {
        (void)duo_client_reads(duo);
    }
    else {
        (void)SSL_do_handshake(duo->client);
    }
    ERR_clear_error();
}

sc_step_t duo_shake(duo_t *duo)
{
    size_t moved;

    do {
        client_shakes(duo);
        moved = duo_deliver(duo);
        if (duo->step == SC_STEP_WANT_READ) {
            duo_step(duo);
        }
        moved += duo_collect(duo);
    } while (moved > 0);
    return duo->step;
}

void duo_open(duo_t *duo, const client_spec_t *client)
{
    duo_begin(duo, client);
    if (duo_shake(duo) != SC_STEP_DONE || !SSL_is_init_finished(duo->client)) {
        fail_msg("no handshake: %s %s, alert %d", duo->err.id, duo->err.text,
                 duo->alert);
    }
    assert_null(duo->err.id);
}

void assert_duo_talks(duo_t *duo)
{
    char buf[16];
    size_t len;

    ERR_clear_error();
    assert_true(SSL_write_ex(duo->client, "ping", 4, &len));
    (void)deliver(duo, SIZE_MAX);
    assert_int_equal(duo_read(duo, buf, sizeof(buf), &len), SC_STEP_DONE);
    assert_int_equal(len, 4);
    assert_memory_equal(buf, "ping", 4);
    assert_int_equal(duo_write(duo, "pong", 4), SC_STEP_DONE);
    (void)duo_collect(duo);
    assert_true(SSL_read_ex(duo->client, buf, sizeof(buf), &len));
    assert_int_equal(len, 4);
    assert_memory_equal(buf, "pong", 4);
}

int duo_output_type(duo_t *duo)
{
    char type = 0;
    apr_size_t len = 1;

    assert_int_equal(
        apr_brigade_flatten(sc_engine_output(duo->server), &type, &len),
        APR_SUCCESS);
    return len == 1 ? type : 0;
}

/* ---- Around the tests ---- */

int case_begin(void **state)
{
    (void)state;
    site = (site_t){.unknown = SC_CHOICE_UNKNOWN_NAME};
    reset_vault();
    return apr_pool_create(&case_pool, program_pool) != APR_SUCCESS;
}

int case_finish(void **state)
{
    (void)state;
    apr_pool_destroy(case_pool);
    return 0;
}

int case_set_up(void **state)
{
    (void)state;
    apr_initialize();
    apr_pool_create(&program_pool, NULL);
    for (size_t i = 0; i < NUM_IDENTITIES; i++) {
        identities[i].identity = make_identity(
            identities[i].type, identities[i].subject, identities[i].san);
    }
    return !sc_bio_init(program_pool);
}

int case_tear_down(void **state)
{
    (void)state;
    apr_pool_destroy(program_pool);
    apr_terminate();
    return 0;
}
