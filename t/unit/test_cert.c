/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, a key is taken for that of another certificate, or a good
 * pair is refused.
 */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "identity_case.h"

#include "sc_cert.h"
#include "sc_key.h"

static const pki_type_t types[] = {
    PKI_RSA,   PKI_RSA_WEAK, PKI_RSA_PSS, PKI_EC,
    PKI_EC384, PKI_ED25519,  PKI_ED448,
};

#define NUM_TYPES (sizeof(types) / sizeof(types[0]))

/* One of each type. */
static entity_t entities[NUM_TYPES];

/* Returns an outline of a certificate, and its bytes if der is given. */
static X509 *outline_of(sc_certs_t *certs, X509 *cert)
{
    unsigned char *der = NULL;
    int len = i2d_X509(cert, &der);
    X509 *outline = sc_certs_outline(certs, der, (apr_size_t)len);

    OPENSSL_free(der);
    assert_non_null(outline);
    return outline;
}

static void key_fits_its_own_certificate_only(void **state)
{
    sc_certs_t *certs = sc_certs_make(pool);

    (void)state;
    for (size_t i = 0; i < NUM_TYPES; i++) {
        X509 *outline = outline_of(certs, entities[i].cert);

        for (size_t k = 0; k < NUM_TYPES; k++) {
            assert_int_equal(sc_cert_fits_key(outline, entities[k].key),
                             i == k);
            assert_int_equal(
                sc_cert_fits_key(entities[i].cert, entities[k].key), i == k);
        }
        X509_free(outline);
    }
}

/* The same type and the same curve or size, but another key. */
static void key_of_the_same_type_does_not_fit(void **state)
{
    sc_certs_t *certs = sc_certs_make(pool);

    (void)state;
    for (size_t i = 0; i < NUM_TYPES; i++) {
        X509 *outline = outline_of(certs, entities[i].cert);
        EVP_PKEY *other = pki_make_key(types[i]);

        assert_false(sc_cert_fits_key(outline, other));
        EVP_PKEY_free(other);
        X509_free(outline);
    }
}

/* A point may be written in short; key and certificate need not agree. */
static void short_point_fits(void **state)
{
    sc_certs_t *certs = sc_certs_make(pool);
    EVP_PKEY *key = pki_make_key(PKI_EC);
    X509 *outline;
    X509 *cert;

    (void)state;
    assert_int_equal(
        EVP_PKEY_set_utf8_string_param(
            key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed"),
        1);
    cert = pki_make_cert(key, &(pki_spec_t){.subject = "short"});
    assert_int_equal(
        EVP_PKEY_set_utf8_string_param(
            key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed"),
        1);
    outline = outline_of(certs, cert);
    assert_true(sc_cert_fits_key(outline, key));
    assert_false(sc_cert_fits_key(outline, pki.leaf.key));
    X509_free(outline);
    X509_free(cert);
    EVP_PKEY_free(key);
}

static void outline_tells_what_a_certificate_tells(void **state)
{
    static const char *const names[NUM_TYPES] = {
        "RSA", "RSA", "RSA-PSS", "EC", "EC", "ED25519", "ED448",
    };
    sc_certs_t *certs = sc_certs_make(pool);

    (void)state;
    for (size_t i = 0; i < NUM_TYPES; i++) {
        X509 *outline = outline_of(certs, entities[i].cert);
        X509 *whole = sc_cert_whole(outline);
        EVP_PKEY *public = sc_cert_public_key(outline);

        assert_string_equal(sc_cert_key_type(outline), names[i]);
        assert_string_equal(sc_cert_key_type(entities[i].cert), names[i]);
        assert_int_equal(X509_cmp(outline, entities[i].cert), 0);
        assert_int_equal(X509_get_extension_flags(outline) &
                             ~(uint32_t)EXFLAG_NO_FINGERPRINT,
                         X509_get_extension_flags(entities[i].cert));
        assert_int_equal(X509_check_private_key(whole, entities[i].key), 1);
        assert_int_equal(EVP_PKEY_eq(public, entities[i].key), 1);
        EVP_PKEY_free(public);
        X509_free(whole);
        X509_free(outline);
        assert_int_equal(ERR_peek_error(), 0);
    }
}

static void equal_certificates_are_one(void **state)
{
    sc_certs_t *certs = sc_certs_make(pool);
    unsigned char *one = NULL;
    unsigned char *two = NULL;
    const int one_len = i2d_X509(pki.lower.cert, &one);
    const int two_len = i2d_X509(pki.upper.cert, &two);
    X509 *first = sc_certs_get(certs, one, (apr_size_t)one_len);
    X509 *again;
    X509 *other;

    (void)state;
    assert_true(sc_certs_allow_threads(certs));
    again = sc_certs_get(certs, one, (apr_size_t)one_len);
    other = sc_certs_get(certs, two, (apr_size_t)two_len);
    assert_non_null(first);
    assert_ptr_equal(first, again);
    assert_ptr_not_equal(first, other);
    assert_int_equal(X509_cmp(first, pki.lower.cert), 0);
    assert_non_null(X509_get0_pubkey(first)); /* not an outline */
    X509_free(first);
    X509_free(again);
    X509_free(other);
    OPENSSL_free(one);
    OPENSSL_free(two);
}

static void damaged_bytes_are_no_certificate(void **state)
{
    sc_certs_t *certs = sc_certs_make(pool);
    unsigned char *der = NULL;
    const int len = i2d_X509(pki.leaf.cert, &der);

    (void)state;
    for (int cut = 0; cut < len; cut += 7) {
        assert_null(sc_certs_outline(certs, der, (apr_size_t)cut));
        assert_null(sc_certs_get(certs, der, (apr_size_t)cut));
        assert_null(sc_cert_make(der, (apr_size_t)cut));
    }
    OPENSSL_free(der);
    ERR_clear_error();
}

/* ---- Keys ---- */

static EVP_PKEY *decode(sc_decoders_t *decoders, EVP_PKEY *key,
                        const char *hint)
{
    unsigned char *der = NULL;
    const int len = i2d_PrivateKey(key, &der);
    EVP_PKEY *decoded = sc_key_from_der(decoders, der, (apr_size_t)len, hint);

    OPENSSL_clear_free(der, (size_t)len);
    assert_non_null(decoded);
    assert_int_equal(EVP_PKEY_eq(decoded, key), 1);
    return decoded;
}

/* Decoders are used again for each type in turn, whatever failed before. */
static void decoders_are_used_again(void **state)
{
    static const char *const hints[NUM_TYPES] = {
        "RSA", "RSA", "RSA-PSS", "EC", "EC", "ED25519", "ED448",
    };
    static const unsigned char garbage[] = {0x30, 0x03, 0x02, 0x01, 0x07};
    sc_decoders_t *decoders = sc_decoders_make(pool);

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < NUM_TYPES; i++) {
            EVP_PKEY *first = decode(decoders, entities[i].key, hints[i]);
            EVP_PKEY *again = decode(decoders, entities[i].key, hints[i]);

            assert_ptr_not_equal(first, again);
            EVP_PKEY_free(again);
            assert_int_equal(EVP_PKEY_eq(first, entities[i].key), 1);
            EVP_PKEY_free(first);
            EVP_PKEY_free(decode(decoders, entities[i].key, NULL));
            EVP_PKEY_free(decode(decoders, entities[i].key, "EC"));
            assert_null(
                sc_key_from_der(decoders, garbage, sizeof(garbage), hints[i]));
            assert_null(sc_key_from_der(decoders, garbage, 0, hints[i]));
            ERR_clear_error();
        }
    }
    EVP_PKEY_free(decode(NULL, entities[0].key, hints[0]));
}

static int set_up_all(void **state)
{
    int result = set_up(state);

    for (size_t i = 0; i < NUM_TYPES; i++) {
        /* Of RSA one that is self-signed, else leaves of pki.lower. */
        if (types[i] == PKI_RSA) {
            make_entity(&entities[i], types[i],
                        &(pki_spec_t){.subject = "one"});
        }
        else {
            leaf_make(&entities[i], types[i], (pki_spec_t){.subject = "one"});
        }
    }
    return result;
}

static int tear_down_all(void **state)
{
    for (size_t i = 0; i < NUM_TYPES; i++) {
        drop_entity(&entities[i]);
    }
    return tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(key_fits_its_own_certificate_only),
        TEST(key_of_the_same_type_does_not_fit),
        TEST(short_point_fits),
        TEST(outline_tells_what_a_certificate_tells),
        TEST(equal_certificates_are_one),
        TEST(damaged_bytes_are_no_certificate),
        TEST(decoders_are_used_again),
    };

    return cmocka_run_group_tests_name("sc_cert", tests, set_up_all,
                                       tear_down_all);
}
