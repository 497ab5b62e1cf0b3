/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_cert.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/provider.h>
#include <openssl/x509v3.h>

#include "sc_ossl.h"

/* Room for the longest point of a curve that TLS knows: P-521. */
#define POINT_MAX 133

struct sc_certs {
    OSSL_LIB_CTX *blind; /* without any algorithm: makes outlines; or NULL */
    OSSL_PROVIDER *none;
    apr_thread_mutex_t *lock; /* NULL: there is one thread only */
    apr_hash_t *by_der;       /* under lock: bytes to X509 */
    apr_pool_t *p;            /* under lock */
};

static apr_status_t certs_cleanup(void *data)
{
    sc_certs_t *certs = data;

    if (certs->none != NULL) {
        OSSL_PROVIDER_unload(certs->none);
    }
    OSSL_LIB_CTX_free(certs->blind);
    return APR_SUCCESS;
}

sc_certs_t *sc_certs_make(apr_pool_t *p)
{
    sc_certs_t *certs = apr_pcalloc(p, sizeof(*certs));

    certs->p = p;
    certs->by_der = apr_hash_make(p);
    certs->blind = OSSL_LIB_CTX_new();
    if (certs->blind != NULL) {
        /* With the provider that has nothing loaded, OpenSSL does not fall back
         * to the default one. */
        certs->none = OSSL_PROVIDER_load(certs->blind, "null");
    }
    apr_pool_cleanup_register(p, certs, certs_cleanup, apr_pool_cleanup_null);
    return certs;
}

bool sc_certs_allow_threads(sc_certs_t *certs)
{
    return certs->lock != NULL ||
           apr_thread_mutex_create(&certs->lock, APR_THREAD_MUTEX_DEFAULT,
                                   certs->p) == APR_SUCCESS;
}

X509 *sc_cert_make(const unsigned char *der, apr_size_t len)
{
    return d2i_X509(NULL, &der, (long)len);
}

X509 *sc_certs_outline(const sc_certs_t *certs, const unsigned char *der,
                       apr_size_t len)
{
    const unsigned char *at = der;
    uint32_t flags;
    X509 *cert;

    if (certs->none == NULL) {
        return sc_cert_make(der, len);
    }
    cert = X509_new_ex(certs->blind, NULL);
    if (cert != NULL && d2i_X509(&cert, &at, (long)len) == NULL) {
        X509_free(cert); /* NULL by now, if it got far enough */
        return NULL;
    }
    if (cert == NULL) {
        return NULL;
    }
    ERR_set_mark();
    flags = X509_get_extension_flags(cert);
    ERR_pop_to_mark(); /* there is no algorithm for its fingerprint */
    if ((flags & EXFLAG_SI) != 0) {
        /* Without its key nobody can tell whether it is self-signed, too. */
        X509_free(cert);
        cert = sc_cert_make(der, len);
    }
    return cert;
}

/* Adds a certificate, of which the store keeps a reference. */
static X509 *certs_add(sc_certs_t *certs, const unsigned char *der,
                       apr_size_t len)
{
    X509 *cert = sc_cert_make(der, len);

    if (cert != NULL && X509_up_ref(cert) != 1) {
        X509_free(cert);
        cert = NULL;
    }
    if (cert != NULL) {
        apr_hash_set(certs->by_der, apr_pmemdup(certs->p, der, len),
                     (apr_ssize_t)len, sc_own_x509(cert, certs->p));
    }
    return cert;
}

X509 *sc_certs_get(sc_certs_t *certs, const unsigned char *der, apr_size_t len)
{
    X509 *cert;

    if (certs->lock != NULL) {
        apr_thread_mutex_lock(certs->lock);
    }
    cert = apr_hash_get(certs->by_der, der, (apr_ssize_t)len);
    if (cert == NULL) {
        cert = certs_add(certs, der, len);
    }
    else if (X509_up_ref(cert) != 1) {
        cert = NULL;
    }
    if (certs->lock != NULL) {
        apr_thread_mutex_unlock(certs->lock);
    }
    return cert;
}

X509 *sc_cert_whole(const X509 *cert)
{
    unsigned char *der = NULL;
    int len = i2d_X509(cert, &der);
    X509 *whole = NULL;

    if (len > 0) {
        whole = sc_cert_make(der, (apr_size_t)len);
    }
    OPENSSL_free(der);
    return whole;
}

/* ---- Keys ---- */

EVP_PKEY *sc_cert_public_key(const X509 *cert)
{
    unsigned char *der = NULL;
    const unsigned char *at;
    EVP_PKEY *key = NULL;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);

    if (len > 0) {
        at = der;
        key = d2i_PUBKEY(NULL, &at, len);
    }
    OPENSSL_free(der);
    return key;
}

/* What a certificate says of its key (RFC 5280, 4.1.2.7). */
typedef struct spki {
    int type;  /* NID of the algorithm */
    int curve; /* NID, if that is what its parameters are */
    const unsigned char *bits;
    int bits_len;
} spki_t;

static bool spki_get(spki_t *spki, const X509 *cert)
{
    ASN1_OBJECT *type = NULL;
    X509_ALGOR *algorithm = NULL;
    const void *value = NULL;
    int form = V_ASN1_UNDEF;

    if (X509_PUBKEY_get0_param(&type, &spki->bits, &spki->bits_len, &algorithm,
                               X509_get_X509_PUBKEY(cert)) != 1) {
        return false;
    }
    X509_ALGOR_get0(NULL, &form, &value, algorithm);
    spki->type = OBJ_obj2nid(type);
    spki->curve = form == V_ASN1_OBJECT ? OBJ_obj2nid(value) : NID_undef;
    return true;
}

const char *sc_cert_key_type(const X509 *cert)
{
    spki_t spki;

    if (!spki_get(&spki, cert)) {
        return NULL;
    }
    switch (spki.type) {
    case NID_rsaEncryption:
        return "RSA";
    case NID_rsassaPss:
        return "RSA-PSS";
    case NID_X9_62_id_ecPublicKey:
        return "EC";
    case NID_ED25519:
        return "ED25519";
    case NID_ED448:
        return "ED448";
    default:
        return NULL;
    }
}

/* Tells whether a key has these bytes as its public part. */
static bool has_public_bytes(const EVP_PKEY *key, const spki_t *spki)
{
    unsigned char point[POINT_MAX];
    size_t len = 0;

    return EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point,
                                           sizeof(point), &len) == 1 &&
           spki->bits_len > 0 && len == (size_t)spki->bits_len &&
           memcmp(point, spki->bits, len) == 0;
}

static bool has_curve(const EVP_PKEY *key, int curve)
{
    char name[80];

    return curve != NID_undef &&
           EVP_PKEY_get_group_name(key, name, sizeof(name), NULL) == 1 &&
           OBJ_txt2nid(name) == curve;
}

/* Reads the next number of an ASN.1 sequence and compares it. */
static bool has_number(const EVP_PKEY *key, const char *name,
                       const unsigned char **at, const unsigned char *end)
{
    ASN1_INTEGER *number = d2i_ASN1_INTEGER(NULL, at, (long)(end - *at));
    BIGNUM *wanted = number != NULL ? ASN1_INTEGER_to_BN(number, NULL) : NULL;
    BIGNUM *found = NULL;
    bool same = wanted != NULL &&
                EVP_PKEY_get_bn_param(key, name, &found) == 1 &&
                BN_cmp(wanted, found) == 0;

    ASN1_INTEGER_free(number);
    BN_free(wanted);
    BN_free(found);
    return same;
}

/* RSAPublicKey (RFC 8017, A.1.1): a sequence of modulus and exponent. */
static bool has_rsa_numbers(const EVP_PKEY *key, const spki_t *spki)
{
    const unsigned char *at = spki->bits;
    const unsigned char *end = at + spki->bits_len;
    long len = 0;
    int tag = 0;
    int class = 0;

    return ASN1_get_object(&at, &len, &tag, &class, spki->bits_len) ==
               V_ASN1_CONSTRUCTED &&
           tag == V_ASN1_SEQUENCE && class == V_ASN1_UNIVERSAL &&
           has_number(key, OSSL_PKEY_PARAM_RSA_N, &at, end) &&
           has_number(key, OSSL_PKEY_PARAM_RSA_E, &at, end) && at == end;
}

/*
 * Tells whether certificate and key are written so alike that they must fit.
 * "No" means nothing: a point, for example, can be written in two ways.
 */
static bool obviously_fits(const X509 *cert, const EVP_PKEY *key)
{
    spki_t spki;

    if (!spki_get(&spki, cert)) {
        return false;
    }
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
        return spki.type == NID_X9_62_id_ecPublicKey &&
               has_curve(key, spki.curve) && has_public_bytes(key, &spki);
    case EVP_PKEY_ED25519:
        return spki.type == NID_ED25519 && has_public_bytes(key, &spki);
    case EVP_PKEY_ED448:
        return spki.type == NID_ED448 && has_public_bytes(key, &spki);
    case EVP_PKEY_RSA:
        return spki.type == NID_rsaEncryption && has_rsa_numbers(key, &spki);
    default:
        return false;
    }
}

bool sc_cert_fits_key(const X509 *cert, const EVP_PKEY *key)
{
    EVP_PKEY *public;
    bool fits;

    if (obviously_fits(cert, key)) {
        return true;
    }
    ERR_clear_error();
    public = sc_cert_public_key(cert);
    fits = public != NULL && EVP_PKEY_eq(public, key) == 1;
    EVP_PKEY_free(public);
    return fits;
}
