/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_ossl.h"

#include <stdbool.h>
#include <string.h>

#include <apr_errno.h>
#include <apr_strings.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>

/* OpenSSL keeps no more than sixteen errors per thread. */
#define QUEUE_MAX 16

/* Room for the longest reason and library names there are. */
#define REASON_MAX 160

/* What a person should make of a reason of the SSL library. */
typedef struct meaning {
    int reason;
    sc_blame_t blame;
    const char *hint;
} meaning_t;

/* Reasons that are not here are the peer's doing, and speak for themselves. */
static const meaning_t meanings[] = {
    {SSL_R_WRONG_VERSION_NUMBER, SC_BLAME_PEER,
     "the client sends something that is not TLS, or a version that is "
     "switched off here"},
    {SSL_R_UNSUPPORTED_PROTOCOL, SC_BLAME_PEER,
     "the client offers only TLS versions that are switched off here"},
    {SSL_R_VERSION_TOO_LOW, SC_BLAME_PEER,
     "the client offers only TLS versions that are switched off here"},
    {SSL_R_UNKNOWN_PROTOCOL, SC_BLAME_PEER,
     "the client sends something that is not TLS"},
    {SSL_R_NO_PROTOCOLS_AVAILABLE, SC_BLAME_SYSTEM,
     "no TLS version is left that both the configuration and the library "
     "allow"},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, SC_BLAME_PEER,
     "the client does not accept the TLS versions offered here"},
    {SSL_R_INAPPROPRIATE_FALLBACK, SC_BLAME_PEER,
     "the client came back with a lower TLS version than it has to"},
    {SSL_R_NO_SHARED_CIPHER, SC_BLAME_PEER,
     "the client offers none of the configured ones"},
    {SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SC_BLAME_PEER,
     "the client accepts no signature that a key configured here can make"},
    {SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, SC_BLAME_PEER,
     "the client accepts no signature that a key configured here can make"},
    {SSL_R_NO_SUITABLE_KEY_SHARE, SC_BLAME_PEER,
     "the client offers none of the configured key exchange groups"},
    {SSL_R_NO_SHARED_GROUPS, SC_BLAME_PEER,
     "the client offers none of the configured key exchange groups"},
    {SSL_R_NO_SUITABLE_GROUPS, SC_BLAME_PEER,
     "the client offers none of the configured key exchange groups"},
    {SSL_R_NO_APPLICATION_PROTOCOL, SC_BLAME_PEER,
     "the client wants none of the protocols that are served here (ALPN)"},
    {SSL_R_HTTP_REQUEST, SC_BLAME_PEER,
     "the client speaks plain HTTP on the TLS port"},
    {SSL_R_HTTPS_PROXY_REQUEST, SC_BLAME_PEER,
     "the client takes the TLS port for an HTTP proxy"},
    {SSL_R_UNEXPECTED_EOF_WHILE_READING, SC_BLAME_PEER,
     "the client closed the connection"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, SC_BLAME_PEER,
     "the client does not know who issued the certificate; perhaps an "
     "intermediate is missing from the chain"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, SC_BLAME_PEER,
     "the client rejects the certificate of this server"},
    {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, SC_BLAME_PEER,
     "the client cannot use this kind of certificate"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, SC_BLAME_PEER,
     "the client says that the certificate of this server is revoked"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, SC_BLAME_PEER,
     "the client says that the certificate of this server has expired; "
     "perhaps the client's clock is wrong"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, SC_BLAME_PEER,
     "the client does not trust the certificate of this server"},
    {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, SC_BLAME_PEER,
     "the client finds nothing acceptable in what is offered here"},
    {SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY, SC_BLAME_PEER,
     "the client finds what is offered here too weak"},
    {SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL, SC_BLAME_PEER,
     "the client wants none of the protocols that are served here (ALPN)"},
    {SSL_R_TLSV1_ALERT_USER_CANCELLED, SC_BLAME_PEER, "the client gave up"},
    {SSL_R_TLSV1_ALERT_DECRYPT_ERROR, SC_BLAME_PEER,
     "the client found a signature or a checksum of the handshake wrong"},
    {SSL_R_TLSV1_ALERT_DECRYPTION_FAILED, SC_BLAME_PEER,
     "what was sent arrived changed at the client"},
    {SSL_R_SSLV3_ALERT_BAD_RECORD_MAC, SC_BLAME_PEER,
     "what was sent arrived changed at the client"},
    {SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, SC_BLAME_PEER,
     "what the client sent was changed on its way"},
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, SC_BLAME_PEER,
     "a client certificate is required and the client sent none"},
    {SSL_R_CERTIFICATE_VERIFY_FAILED, SC_BLAME_PEER,
     "the client's certificate is not acceptable"},
    {SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED, SC_BLAME_PEER,
     "the client does not support secure renegotiation"},
    {SSL_R_NO_CERTIFICATE_SET, SC_BLAME_SYSTEM,
     "this host has no certificate in use"},
    {SSL_R_NO_CERTIFICATE_ASSIGNED, SC_BLAME_SYSTEM,
     "this host has no certificate in use"},
};

static apr_status_t ssl_ctx_cleanup(void *data)
{
    SSL_CTX_free(data);
    return APR_SUCCESS;
}

static apr_status_t x509_cleanup(void *data)
{
    X509_free(data);
    return APR_SUCCESS;
}

static apr_status_t x509_stack_cleanup(void *data)
{
    STACK_OF(X509) *stack = data;

    sk_X509_pop_free(stack, X509_free);
    return APR_SUCCESS;
}

static apr_status_t pkey_cleanup(void *data)
{
    EVP_PKEY_free(data);
    return APR_SUCCESS;
}

static void own(void *object, apr_status_t (*cleanup)(void *), apr_pool_t *p)
{
    if (object != NULL) {
        apr_pool_cleanup_register(p, object, cleanup, apr_pool_cleanup_null);
    }
}

SSL_CTX *sc_own_ssl_ctx(SSL_CTX *ctx, apr_pool_t *p)
{
    own(ctx, ssl_ctx_cleanup, p);
    return ctx;
}

X509 *sc_own_x509(X509 *cert, apr_pool_t *p)
{
    own(cert, x509_cleanup, p);
    return cert;
}

STACK_OF(X509) *sc_own_x509_stack(STACK_OF(X509) *stack, apr_pool_t *p)
{
    own(stack, x509_stack_cleanup, p);
    return stack;
}

EVP_PKEY *sc_own_pkey(EVP_PKEY *key, apr_pool_t *p)
{
    own(key, pkey_cleanup, p);
    return key;
}

/* Moves the queue to codes, oldest (innermost) first; returns their number. */
static int queue_take(unsigned long codes[QUEUE_MAX])
{
    unsigned long code;
    int num_codes = 0;

    while ((code = ERR_get_error()) != 0) {
        if (num_codes < QUEUE_MAX) {
            codes[num_codes++] = code;
        }
    }
    return num_codes;
}

/* Tells whether an error only says that another part of the library failed. */
static bool is_echo(unsigned long code)
{
    int reason = ERR_GET_REASON(code);

    if (ERR_SYSTEM_ERROR(code)) {
        return false;
    }
    return ERR_COMMON_ERROR(code) &&
           (reason == ERR_R_NESTED_ASN1_ERROR ||
            (reason & ~ERR_RFLAG_COMMON) < ERR_LIB_USER);
}

/* Tells whether an error is the fault of this machine whoever the peer is. */
static bool is_system(unsigned long code)
{
    int reason = ERR_GET_REASON(code);

    return ERR_SYSTEM_ERROR(code) || reason == ERR_R_MALLOC_FAILURE ||
           reason == ERR_R_INTERNAL_ERROR || reason == ERR_R_INIT_FAIL ||
           reason == ERR_R_DISABLED ||
           reason == ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED ||
           reason == ERR_R_PASSED_NULL_PARAMETER;
}

/* Writes the reason alone; the text of a system error comes from the system. */
static void reason_format(char out[REASON_MAX], unsigned long code)
{
    const char *reason = NULL;

    if (ERR_SYSTEM_ERROR(code)) {
        apr_strerror(ERR_GET_REASON(code), out, REASON_MAX);
        return;
    }
    reason = ERR_reason_error_string(code);
    if (reason != NULL) {
        apr_cpystrn(out, reason, REASON_MAX);
    }
    else {
        apr_snprintf(out, REASON_MAX, "error %d", ERR_GET_REASON(code));
    }
}

/* The same followed by the part of the library that says so. */
static const char *reason_make(unsigned long code, apr_pool_t *p)
{
    const char *part = ERR_lib_error_string(code);
    char reason[REASON_MAX];

    reason_format(reason, code);
    return apr_psprintf(p, "%s (%s)", reason, part != NULL ? part : "OpenSSL");
}

const char *sc_ossl_reason(apr_pool_t *p)
{
    unsigned long codes[QUEUE_MAX];
    unsigned long shown[2] = {0, 0};
    int num_codes = queue_take(codes);
    int num_shown = 0;

    if (num_codes == 0) {
        return "no reason given";
    }
    for (int i = num_codes - 1; i >= 0 && num_shown < 2; i--) {
        if (!is_echo(codes[i]) && codes[i] != shown[0]) {
            shown[num_shown++] = codes[i];
        }
    }
    switch (num_shown) {
    case 0:
        return reason_make(codes[0], p);
    case 1:
        return reason_make(shown[0], p);
    default:
        return apr_pstrcat(p, reason_make(shown[0], p), ": ",
                           reason_make(shown[1], p), NULL);
    }
}

static const meaning_t *meaning_find(unsigned long code)
{
    if (ERR_GET_LIB(code) != ERR_LIB_SSL) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        if (meanings[i].reason == ERR_GET_REASON(code)) {
            return &meanings[i];
        }
    }
    return NULL;
}

/*
 * Picks the error that tells most: a known one; else what the SSL library says
 * itself, as the parts below it speak of its internals; else the outermost.
 */
static unsigned long code_pick(const unsigned long *codes, int num_codes)
{
    unsigned long picked = codes[num_codes - 1];

    for (int i = num_codes - 1; i >= 0; i--) {
        if (meaning_find(codes[i]) != NULL) {
            return codes[i];
        }
    }
    for (int i = num_codes - 1; i >= 0; i--) {
        if (ERR_GET_LIB(codes[i]) == ERR_LIB_SSL && !is_echo(codes[i])) {
            return codes[i];
        }
    }
    for (int i = 0; i < num_codes && is_echo(picked); i++) {
        picked = codes[i];
    }
    return picked;
}

void sc_ossl_error(sc_error_t *err, const char *id, const char *what)
{
    unsigned long codes[QUEUE_MAX];
    int num_codes = queue_take(codes);
    sc_blame_t blame = SC_BLAME_PEER;
    const meaning_t *meaning;
    unsigned long code;
    char reason[REASON_MAX];

    if (num_codes == 0) {
        sc_error_set(err, id, SC_BLAME_PEER, "%s failed: no reason given",
                     what);
        return;
    }
    code = code_pick(codes, num_codes);
    for (int i = 0; i < num_codes; i++) {
        if (is_system(codes[i])) {
            blame = SC_BLAME_SYSTEM;
            code = codes[i];
            break;
        }
    }
    meaning = meaning_find(code);
    reason_format(reason, code);
    if (meaning == NULL) {
        sc_error_set(err, id, blame, "%s failed: %s", what, reason);
    }
    else {
        sc_error_set(err, id, meaning->blame, "%s failed: %s (%s)", what,
                     reason, meaning->hint);
    }
}
