/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_facts.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <openssl/obj_mac.h>

#include "sc_ossl.h"
#include "sc_policy.h"

/* Before there is a cipher the library's version is no more than a guess. */
static void note_protocol(sc_facts_t *facts, const SSL *ssl)
{
    const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);

    if (!cipher) {
        /* Chosen already, but in force only from ChangeCipherSpec on. */
        cipher = SSL_get_pending_cipher(ssl);
    }
    if (!cipher) {
        return;
    }
    facts->protocol = SSL_get_version(ssl);
    facts->protocol_number = SSL_version(ssl);
    facts->cipher = SSL_CIPHER_get_name(cipher);
    facts->bits_used = SSL_CIPHER_get_bits(cipher, &facts->bits_algorithm);
    facts->aead = SSL_CIPHER_is_aead(cipher) != 0;
    facts->authenticated = SSL_CIPHER_get_auth_nid(cipher) != NID_auth_null;
    switch (SSL_CIPHER_get_kx_nid(cipher)) {
    case NID_kx_ecdhe:
    case NID_kx_dhe:
    case NID_kx_any: /* TLS 1.3: always ephemeral, PSK included (psk_dhe_ke) */
        facts->pfs = true;
        break;
    default:
        break;
    }
}

/*
 * The hybrids of draft-ietf-tls-ecdhe-mlkem combine a curve with ML-KEM; a name
 * that starts with MLKEM is ML-KEM alone and not a hybrid.
 */
static bool is_hybrid(const char *group)
{
    return strstr(group, "MLKEM") != NULL && strncmp(group, "MLKEM", 5) != 0;
}

static void note_group(sc_facts_t *facts, SSL *ssl)
{
    /* In TLS 1.2 the library looks for it in the session. */
    const int group =
        SSL_get_session(ssl) ? (int)SSL_get_negotiated_group(ssl) : 0;
    const char *name = group ? SSL_group_to_name(ssl, group) : NULL;

    if (name) {
        facts->group = name;
        facts->pq = is_hybrid(name);
    }
}

/*
 * The names of RFC 8446, 4.2.3 for what OpenSSL gives as two numbers. For PSS
 * it depends on the type of the key, too.
 */
static const struct {
    int type;
    int digest;
    int key; /* NID_undef: any */
    const char *name;
} sigalgs[] = {
    {EVP_PKEY_EC, NID_sha256, NID_undef, "ecdsa_secp256r1_sha256"},
    {EVP_PKEY_EC, NID_sha384, NID_undef, "ecdsa_secp384r1_sha384"},
    {EVP_PKEY_EC, NID_sha512, NID_undef, "ecdsa_secp521r1_sha512"},
    {EVP_PKEY_EC, NID_sha1, NID_undef, "ecdsa_sha1"},
    {EVP_PKEY_RSA, NID_sha256, NID_undef, "rsa_pkcs1_sha256"},
    {EVP_PKEY_RSA, NID_sha384, NID_undef, "rsa_pkcs1_sha384"},
    {EVP_PKEY_RSA, NID_sha512, NID_undef, "rsa_pkcs1_sha512"},
    {EVP_PKEY_RSA, NID_sha1, NID_undef, "rsa_pkcs1_sha1"},
    {EVP_PKEY_RSA_PSS, NID_sha256, EVP_PKEY_RSA, "rsa_pss_rsae_sha256"},
    {EVP_PKEY_RSA_PSS, NID_sha384, EVP_PKEY_RSA, "rsa_pss_rsae_sha384"},
    {EVP_PKEY_RSA_PSS, NID_sha512, EVP_PKEY_RSA, "rsa_pss_rsae_sha512"},
    {EVP_PKEY_RSA_PSS, NID_sha256, EVP_PKEY_RSA_PSS, "rsa_pss_pss_sha256"},
    {EVP_PKEY_RSA_PSS, NID_sha384, EVP_PKEY_RSA_PSS, "rsa_pss_pss_sha384"},
    {EVP_PKEY_RSA_PSS, NID_sha512, EVP_PKEY_RSA_PSS, "rsa_pss_pss_sha512"},
    {EVP_PKEY_ED25519, NID_undef, NID_undef, "ed25519"},
    {EVP_PKEY_ED448, NID_undef, NID_undef, "ed448"},
};

static void note_sigalg(sc_facts_t *facts, SSL *ssl)
{
    const EVP_PKEY *pkey = SSL_get_privatekey(ssl);
    const int key = pkey ? EVP_PKEY_get_base_id(pkey) : NID_undef;
    int type = NID_undef;
    int digest = NID_undef;

    /* Without an ephemeral key there is nothing to sign. */
    if (!facts->pfs || !SSL_get_signature_type_nid(ssl, &type)) {
        return;
    }
    (void)SSL_get_signature_nid(ssl, &digest);
    for (size_t i = 0; i < sizeof(sigalgs) / sizeof(sigalgs[0]); i++) {
        if (sigalgs[i].type == type &&
            (sigalgs[i].digest == digest || sigalgs[i].digest == NID_undef) &&
            (sigalgs[i].key == key || sigalgs[i].key == NID_undef)) {
            facts->sigalg = sigalgs[i].name;
            return;
        }
    }
}

static void note_session(sc_facts_t *facts, const SSL *ssl, apr_pool_t *p)
{
    static const char digits[] = "0123456789ABCDEF";
    const SSL_SESSION *session = SSL_get_session(ssl);
    unsigned int len = 0;
    const unsigned char *id =
        session ? SSL_SESSION_get_id(session, &len) : NULL;

    facts->resumed = SSL_session_reused(ssl) != 0;
    if (len > 0) {
        char *text = apr_palloc(p, 2 * (apr_size_t)len + 1);

        for (apr_size_t i = 0; i < len; i++) {
            text[2 * i] = digits[id[i] >> 4];
            text[2 * i + 1] = digits[id[i] & 15];
        }
        text[2 * (apr_size_t)len] = '\0';
        facts->session_id = text;
    }
}

const sc_facts_t *sc_facts_make(SSL *ssl, const char *sni, X509 *resumed_cert,
                                apr_interval_time_t handshake_time,
                                apr_pool_t *p)
{
    sc_facts_t *facts = apr_pcalloc(p, sizeof(*facts));
    const unsigned char *alpn;
    unsigned int alpn_len;
    X509 *cert =
        SSL_session_reused(ssl) ? resumed_cert : SSL_get_certificate(ssl);

    facts->protocol = facts->cipher = facts->group = facts->sigalg = "";
    facts->session_id = "";
    note_protocol(facts, ssl);
    note_group(facts, ssl);
    note_sigalg(facts, ssl);
    note_session(facts, ssl, p);
    SSL_get0_alpn_selected(ssl, &alpn, &alpn_len);
    facts->alpn = apr_pstrmemdup(p, alpn ? (const char *)alpn : "", alpn_len);
    facts->sni = sni ? apr_pstrdup(p, sni) : "";
    /* TLS 1.3 has no renegotiation that could be insecure (RFC 8446, 4.1.2). */
    facts->secure_renegotiation =
        facts->protocol_number == SC_TLS1_3 ||
        SSL_get_secure_renegotiation_support(ssl) != 0;
    facts->handshake_time = handshake_time;
    if (cert && X509_up_ref(cert)) {
        facts->server_cert = sc_own_x509(cert, p);
    }
    return facts;
}
