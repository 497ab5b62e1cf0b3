/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS as asked for: one version, one cipher, and a look at what came about.
 * Certificates are not verified: that is the client's cost, not the server's.
 */
#include "load.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/objects.h>

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    load_conn_t *conn = SSL_get_app_data(ssl);
    SSL_SESSION_free(conn->session);
    conn->session = session;
    return 1;
}

/* A certificate with a P-256 key needs P-256 among the groups in TLS 1.2, where
 * they stand for both; the first is what must be chosen. */
static void set_groups(SSL_CTX *context, const load_options_t *options)
{
    char list[128];
    (void)snprintf(list, sizeof(list), "%s:P-256", options->group);
    const char *use =
        options->version == TLS1_2_VERSION ? list : options->group;
    if (SSL_CTX_set1_groups_list(context, use) != 1) {
        load_fail("OpenSSL has no group %s", use);
    }
}

SSL_CTX *load_tls_context(const load_options_t *options)
{
    static const unsigned char h2[] = "\002h2";
    static const unsigned char http1[] = "\010http/1.1";
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL ||
        SSL_CTX_set_min_proto_version(context, options->version) != 1 ||
        SSL_CTX_set_max_proto_version(context, options->version) != 1) {
        load_fail("no TLS context");
    }
    if (options->cipher != NULL &&
        (options->version == TLS1_3_VERSION
             ? SSL_CTX_set_ciphersuites(context, options->cipher)
             : SSL_CTX_set_cipher_list(context, options->cipher)) != 1) {
        load_fail("OpenSSL has no cipher %s", options->cipher);
    }
    if (options->group != NULL) {
        set_groups(context, options);
    }
    if (SSL_CTX_set_alpn_protos(context, options->h2 ? h2 : http1,
                                options->h2 ? 3 : 9) != 0) {
        load_fail("no ALPN");
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    (void)SSL_CTX_set_options(context,
                              options->no_tickets ? SSL_OP_NO_TICKET : 0);
    (void)SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    (void)SSL_CTX_set_session_cache_mode(
        context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_session);
    return context;
}

SSL *load_tls_make(load_conn_t *conn)
{
    const load_options_t *options = conn->run->options;
    SSL *ssl = SSL_new(conn->run->context);
    if (ssl == NULL || SSL_set_fd(ssl, conn->fd) != 1 ||
        SSL_set_app_data(ssl, conn) != 1) {
        load_fail("no TLS connection");
    }
    char name[256];
    const char *percent = strchr(options->name, '%');
    if (options->hosts > 0 && percent != NULL) {
        (void)snprintf(name, sizeof(name), "%.*s%" PRIu64 "%s",
                       (int)(percent - options->name), options->name,
                       conn->number, percent + 1);
    }
    else {
        (void)snprintf(name, sizeof(name), "%s", options->name);
    }
    if (SSL_set_tlsext_host_name(ssl, name) != 1) {
        load_fail("no server name");
    }
    if (options->resume && conn->run->measuring) {
        if (conn->session == NULL) {
            load_fail("not resumed: the server gave no session");
        }
        if (SSL_set_session(ssl, conn->session) != 1) {
            load_fail("the session cannot be used");
        }
    }
    return ssl;
}

static void check_group(SSL *ssl, const load_options_t *options)
{
    EVP_PKEY *key = NULL;
    if (SSL_get_peer_tmp_key(ssl, &key) != 1) {
        load_fail("the key exchange is not known");
    }
    const char *name = OBJ_nid2sn(EVP_PKEY_get_id(key));
    if (strcmp(name, options->group) != 0) {
        load_fail("the group is %s, not %s", name, options->group);
    }
    EVP_PKEY_free(key);
}

static void check_key(SSL *ssl, const load_options_t *options)
{
    X509 *certificate = SSL_get0_peer_certificate(ssl);
    EVP_PKEY *key = certificate == NULL ? NULL : X509_get0_pubkey(certificate);
    if (key == NULL || EVP_PKEY_get_base_id(key) != options->key) {
        load_fail("the certificate's key is of another type");
    }
}

static void check_alpn(SSL *ssl, const load_options_t *options)
{
    const char *want = options->h2 ? "h2" : "http/1.1";
    const unsigned char *name = NULL;
    unsigned len = 0;
    SSL_get0_alpn_selected(ssl, &name, &len);
    /* HTTP/1.1 is also what a server speaks that knows no ALPN. */
    if ((len != 0 || options->h2) &&
        (len != strlen(want) || memcmp(name, want, len) != 0)) {
        load_fail("the protocol is %.*s, not %s", (int)len, (const char *)name,
                  want);
    }
}

void load_tls_check(load_conn_t *conn)
{
    const load_options_t *options = conn->run->options;
    SSL *ssl = conn->ssl;
    bool resume = options->resume && conn->run->measuring;
    if (SSL_version(ssl) != options->version) {
        load_fail("the version is %s", SSL_get_version(ssl));
    }
    const char *cipher = SSL_CIPHER_get_name(SSL_get_current_cipher(ssl));
    if (options->cipher != NULL && strcmp(cipher, options->cipher) != 0) {
        load_fail("the cipher is %s, not %s", cipher, options->cipher);
    }
    if ((SSL_session_reused(ssl) == 1) != resume) {
        load_fail("%s", resume ? "not resumed" : "resumed without being asked");
    }
    /* A resumed TLS 1.2 session exchanges no keys. */
    if (options->group != NULL &&
        (!resume || options->version == TLS1_3_VERSION)) {
        check_group(ssl, options);
    }
    if (options->key != 0 && !resume) {
        check_key(ssl, options);
    }
    check_alpn(ssl, options);
    conn->run->stats.handshakes++;
    conn->run->stats.resumed += resume ? 1 : 0;
}
