/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, clients get a chain they cannot follow, or nobody is told of
 * a certificate that they will refuse.
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
#include <sys/stat.h>

#include <apr_strings.h>
#include <openssl/err.h>

#include "identity_case.h"

static void leaf_not_first(void **state)
{
    const sc_identity_t *identity;

    (void)state;
    identity =
        load_chain(apr_pstrcat(pool, pki.upper.cert_pem, pki.lower.cert_pem,
                               pki.leaf.cert_pem, NULL),
                   "W0236");
    assert_chain(identity, pki.leaf.cert, pki.lower.cert, pki.upper.cert);
}

static void chain_out_of_order(void **state)
{
    const sc_identity_t *identity;

    (void)state;
    identity =
        load_chain(apr_pstrcat(pool, pki.leaf.cert_pem, pki.upper.cert_pem,
                               pki.lower.cert_pem, NULL),
                   "W0237");
    assert_chain(identity, pki.leaf.cert, pki.lower.cert, pki.upper.cert);
}

static void superfluous_certificates(void **state)
{
    const sc_identity_t *identity;

    (void)state;
    identity = load_chain(apr_pstrcat(pool, fullchain(), pki.lower.cert_pem,
                                      pki.leaf.cert_pem, NULL),
                          "W0238");
    assert_chain(identity, pki.leaf.cert, pki.lower.cert, pki.upper.cert);
    assert_non_null(strstr(problem_text(0), "CN=lower and 1 more"));

    identity = load_chain(
        apr_pstrcat(pool, fullchain(), pki.root.cert_pem, NULL), "W0239");
    assert_chain(identity, pki.leaf.cert, pki.lower.cert, pki.upper.cert);
    assert_non_null(strstr(problem_text(0), "CN=root"));

    identity = load_chain(
        apr_pstrcat(pool, fullchain(), pki.other.cert_pem, NULL), "W0240");
    assert_chain(identity, pki.leaf.cert, pki.lower.cert, pki.upper.cert);
    assert_non_null(strstr(problem_text(0), "CN=other"));

    identity =
        load_chain(apr_pstrcat(pool, fullchain(), pki.lone.cert_pem,
                               pki.root.cert_pem, pki.root.cert_pem, NULL),
                   "W0238 W0239");
    assert_chain(identity, pki.leaf.cert, pki.lower.cert, pki.upper.cert);
}

/* A root and its cross-signed twin: the twin is what clients need. */
static void cross_signed_twin_is_kept(void **state)
{
    entity_t old_root;
    pki_spec_t twin_spec = {.subject = "root", .ca = true};
    const sc_identity_t *identity;
    X509 *twin;
    char *twin_pem;

    (void)state;
    make_entity(&old_root, PKI_EC,
                &(pki_spec_t){.subject = "old root", .ca = true});
    twin_spec.issuer = old_root.cert;
    twin_spec.issuer_key = old_root.key;
    twin = pki_make_cert(pki.root.key, &twin_spec);
    twin_pem = pki_cert_text(twin);
    identity =
        load_text(apr_pstrcat(pool, pki.other.cert_pem, pki.root.cert_pem,
                              twin_pem, pki.other.key_pem, NULL),
                  "W0239");
    assert_chain(identity, pki.other.cert, twin, NULL);
    X509_free(twin);
    free(twin_pem);
    drop_entity(&old_root);
}

/* Of two issuers with the same name and key id, the one that signed. */
static void namesakes_are_told_apart_by_signature(void **state)
{
    EVP_PKEY *false_key = pki_make_key(PKI_EC);
    X509 *forged = X509_dup(pki.lower.cert);
    const sc_identity_t *identity;
    char *forged_pem;

    (void)state;
    assert_int_equal(X509_set_pubkey(forged, false_key), 1);
    assert_true(X509_sign(forged, pki.upper.key, EVP_sha256()) > 0);
    forged_pem = pki_cert_text(forged);
    identity =
        load_chain(apr_pstrcat(pool, pki.leaf.cert_pem, forged_pem,
                               pki.lower.cert_pem, pki.upper.cert_pem, NULL),
                   "W0240");
    assert_chain(identity, pki.leaf.cert, pki.lower.cert, pki.upper.cert);
    EVP_PKEY_free(false_key);
    X509_free(forged);
    free(forged_pem);
}

static void self_signed_leaf_is_fine(void **state)
{
    (void)state;
    assert_chain(
        load_text(apr_pstrcat(pool, pki.lone.cert_pem, pki.lone.key_pem, NULL),
                  ""),
        pki.lone.cert, NULL, NULL);
}

static void dates(void **state)
{
    pki_spec_t expired = {.from_days = -30, .until_days = -1};
    pki_spec_t future = {.from_days = 1, .until_days = 30};

    (void)state;
    spec.dates_are_errors = true;
    load_leaf(PKI_EC, expired, "E0242");
    assert_non_null(strstr(problem_text(0), " UTC"));
    load_leaf(PKI_EC, future, "E0243");
    assert_non_null(strstr(problem_text(0), " UTC"));
    spec.dates_are_errors = false;
    assert_non_null(load_leaf(PKI_EC, expired, "W0242"));
    assert_non_null(load_leaf(PKI_EC, future, "W0243"));
    assert_non_null(load_leaf(PKI_EC, (pki_spec_t){.until_days = 13}, "W0244"));
    assert_non_null(load_leaf(PKI_EC, (pki_spec_t){.until_days = 15}, ""));
    assert_non_null(
        load_leaf(PKI_EC, (pki_spec_t){.until_days = 365L * 5000}, ""));
    assert_non_null(
        load_leaf(PKI_EC, (pki_spec_t){.from_days = -365L * 70}, ""));
}

/* The time that counts is the caller's. */
static void dates_at_another_time(void **state)
{
    (void)state;
    spec.now += apr_time_from_sec(100 * PKI_DAY);
    spec.dates_are_errors = true;
    load_chain(pki.leaf.cert_pem, "E0242");
    spec.now = 0;
    load_chain(pki.leaf.cert_pem, "E0243");
}

static bool is_readable(X509 *cert)
{
    unsigned char *der = NULL;
    int len = i2d_X509(cert, &der);
    const unsigned char *at = der;
    X509 *copy = d2i_X509(NULL, &at, len);
    bool readable = copy != NULL;

    X509_free(copy);
    OPENSSL_free(der);
    ERR_clear_error();
    return readable;
}

static void unreadable_dates(void **state)
{
    X509 *cert = X509_dup(pki.leaf.cert);
    ASN1_TIME *date = X509_getm_notAfter(cert);
    char *text;

    (void)state;
    assert_int_equal(ASN1_STRING_set(date, "never", 5), 1);
    assert_true(X509_sign(cert, pki.lower.key, EVP_sha256()) > 0);
    text = pki_cert_text(cert);
    spec.dates_are_errors = true;
    /* OpenSSL 3.5 does not even take it for a certificate. */
    load_chain(text, is_readable(cert) ? "E0215" : "E0214");
    X509_free(cert);
    free(text);
}

static void doubtful_leaves(void **state)
{
    (void)state;
    assert_non_null(load_leaf(PKI_EC, (pki_spec_t){.ca = true}, "W0245"));
    assert_non_null(
        load_leaf(PKI_EC, (pki_spec_t){.eku = "clientAuth"}, "W0246"));
    assert_non_null(
        load_leaf(PKI_EC, (pki_spec_t){.eku = "clientAuth,serverAuth"}, ""));
    assert_non_null(
        load_leaf(PKI_EC, (pki_spec_t){.eku = "anyExtendedKeyUsage"}, ""));
    assert_non_null(
        load_leaf(PKI_RSA_WEAK, (pki_spec_t){.ca = false}, "W0234"));
}

static void missing_intermediate(void **state)
{
    pki_spec_t cert = {.aia = "caIssuers;URI:http://ca.example/lower.cer"};
    entity_t entity;

    (void)state;
    assert_non_null(load_leaf(PKI_EC, cert, "W0249"));
    /* A private CA without intermediates needs none. */
    assert_non_null(load_leaf(
        PKI_EC, (pki_spec_t){.aia = "OCSP;URI:http://ca.example/"}, ""));
    leaf_make(&entity, PKI_EC, cert);
    assert_non_null(
        load_text(apr_pstrcat(pool, entity.cert_pem, pki.lower.cert_pem,
                              entity.key_pem, NULL),
                  ""));
    drop_entity(&entity);
}

static void expired_intermediate(void **state)
{
    pki_spec_t old_spec = {.subject = "lower",
                           .ca = true,
                           .from_days = -9,
                           .until_days = -1,
                           .issuer = pki.upper.cert,
                           .issuer_key = pki.upper.key};
    X509 *old = pki_make_cert(pki.lower.key, &old_spec);
    char *old_pem = pki_cert_text(old);

    (void)state;
    spec.dates_are_errors = true;
    assert_non_null(load_chain(
        apr_pstrcat(pool, pki.leaf.cert_pem, old_pem, NULL), "W0248"));
    assert_non_null(strstr(problem_text(0), "CN=lower"));
    X509_free(old);
    free(old_pem);
}

/* One run tells everything: the wrong key does not hide the old date. */
static void all_problems_in_one_run(void **state)
{
    entity_t entity;

    (void)state;
    spec.dates_are_errors = true;
    leaf_make(&entity, PKI_EC,
              (pki_spec_t){.until_days = -1, .from_days = -9, .ca = true});
    load(put("chain.pem", entity.cert_pem), put("other.key", pki.other.key_pem),
         "E0233 E0242 W0245");
    assert_int_equal(chmod(spec.key_file, 0644), 0);
    load(spec.chain_file, spec.key_file, "E0233 E0242 W0245 W0247");
    drop_entity(&entity);
}

static void subject_cannot_forge_log_lines(void **state)
{
    pki_spec_t cert = {.subject = "a\nSC9999: forged\x1b[2J", .ca = true};

    (void)state;
    assert_non_null(load_leaf(PKI_EC, cert, "W0245"));
    assert_null(strchr(problem_text(0), '\n'));
    assert_null(strchr(problem_text(0), '\x1b'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(leaf_not_first),
        TEST(chain_out_of_order),
        TEST(superfluous_certificates),
        TEST(cross_signed_twin_is_kept),
        TEST(namesakes_are_told_apart_by_signature),
        TEST(self_signed_leaf_is_fine),
        TEST(dates),
        TEST(dates_at_another_time),
        TEST(unreadable_dates),
        TEST(doubtful_leaves),
        TEST(missing_intermediate),
        TEST(expired_intermediate),
        TEST(all_problems_in_one_run),
        TEST(subject_cannot_forge_log_lines),
    };

    return cmocka_run_group_tests_name("chain", tests, set_up, tear_down);
}
