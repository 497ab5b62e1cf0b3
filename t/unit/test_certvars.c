/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, programs and logs are told a wrong name, or a certificate
 * writes what it likes into them.
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

#include <apr_general.h>
#include <apr_strings.h>
#include <apr_tables.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "sc_certvars.h"

#include "pki.h"

static apr_pool_t *pool;
static EVP_PKEY *key;
static X509 *rich;  /* one of everything */
static X509 *plain; /* the least there can be */

/* ---- The certificates ---- */

#define SANS                                                                   \
    "DNS:a.example,email:post@a.example,DNS:*.b.example,IP:192.0.2.1,"         \
    "URI:https://a.example/x,IP:2001:db8::1,RID:1.2.3.4,"                      \
    "otherName:msUPN;UTF8:user@corp,otherName:1.3.6.1.5.5.7.8.7;IA5:_x.a.b,"   \
    "email:two@a.example,otherName:1.2.3.4;UTF8:unknown"

static void add(X509_NAME *name, int nid, int type, const char *text, int len)
{
    assert_true(X509_NAME_add_entry_by_NID(
        name, nid, type, (const unsigned char *)text, len, -1, 0));
}

static void fill_subject(X509_NAME *name)
{
    add(name, NID_countryName, V_ASN1_PRINTABLESTRING, "DE", 2);
    add(name, NID_stateOrProvinceName, V_ASN1_UTF8STRING, "Land", 4);
    add(name, NID_localityName, V_ASN1_UTF8STRING, "K\xc3\xb6ln", 5);
    add(name, NID_organizationName, V_ASN1_UTF8STRING, "\"A\", B+C", 8);
    add(name, NID_organizationalUnitName, V_ASN1_UTF8STRING, "one", 3);
    add(name, NID_organizationalUnitName, V_ASN1_UTF8STRING, "two\nlines\x7f",
        10);
    add(name, NID_organizationalUnitName, V_ASN1_UTF8STRING, "\xe2\x82\xac", 3);
    add(name, NID_commonName, V_ASN1_UTF8STRING, "a\0b", 3);
    add(name, NID_title, V_ASN1_UTF8STRING, "Dr", 2);
    add(name, NID_initials, V_ASN1_UTF8STRING, "X", 1);
    add(name, NID_givenName, V_ASN1_UTF8STRING, "Given", 5);
    add(name, NID_surname, V_ASN1_UTF8STRING, "Sur", 3);
    add(name, NID_description, V_ASN1_UTF8STRING, "back\\slash", 10);
    add(name, NID_serialNumber, V_ASN1_PRINTABLESTRING, "4711", 4);
    add(name, NID_userId, V_ASN1_UTF8STRING, "uid", 3);
    add(name, NID_pkcs9_emailAddress, V_ASN1_IA5STRING, "x@a.example", 11);
    add(name, NID_commonName, V_ASN1_BMPSTRING, "\0s\0e\0c\0o\0n\0d", 12);
}

static void resign(X509 *cert)
{
    assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
}

static void make_rich(void)
{
    const pki_spec_t spec = {.san = SANS};
    X509_NAME *subject = X509_NAME_new();
    X509_NAME *issuer = X509_NAME_new();

    rich = pki_make_cert(key, &spec);
    fill_subject(subject);
    add(issuer, NID_countryName, V_ASN1_PRINTABLESTRING, "FR", 2);
    add(issuer, NID_organizationalUnitName, V_ASN1_UTF8STRING, "CA", 2);
    add(issuer, NID_commonName, V_ASN1_UTF8STRING, "Root, Inc", 9);
    assert_true(X509_set_subject_name(rich, subject));
    assert_true(X509_set_issuer_name(rich, issuer));
    assert_true(ASN1_INTEGER_set_uint64(X509_get_serialNumber(rich), 0xa1b2c3));
    assert_true(
        ASN1_TIME_set_string(X509_getm_notBefore(rich), "20240102030405Z"));
    assert_true(
        ASN1_TIME_set_string(X509_getm_notAfter(rich), "20910203040506Z"));
    resign(rich);
    X509_NAME_free(subject);
    X509_NAME_free(issuer);
}

/* ---- Looking up ---- */

static const char *lookup(X509 *cert, const char *name)
{
    const char *value = sc_certvars_lookup(cert, name, pool);

    if (ERR_peek_error() != 0) {
        fail_msg("%s leaves an error behind", name);
    }
    return value;
}

static void assert_value(X509 *cert, const char *name, const char *expected)
{
    const char *value = lookup(cert, name);

    if (!value || strcmp(value, expected) != 0) {
        fail_msg("%s is \"%s\", not \"%s\"", name, value ? value : "(null)",
                 expected);
    }
}

#define SUBJECT                                                                \
    "CN=second,emailAddress=x@a.example,UID=uid,serialNumber=4711,"            \
    "description=back\\\\slash,SN=Sur,GN=Given,initials=X,title=Dr,"           \
    "CN=a\\00b,OU=\xe2\x82\xac,OU=two\\0Alines\\7F,OU=one,"                    \
    "O=\\\"A\\\"\\, B\\+C,L=K\xc3\xb6ln,ST=Land,C=DE"

static void every_variable(void **state)
{
    static const char *const rows[][2] = {
        {"M_VERSION", "3"},
        {"M_SERIAL", "A1B2C3"},
        {"V_START", "Jan  2 03:04:05 2024 GMT"},
        {"V_END", "Feb  3 04:05:06 2091 GMT"},
        {"A_SIG", "ecdsa-with-SHA256"},
        {"A_KEY", "id-ecPublicKey"},
        {"S_DN", SUBJECT},
        {"I_DN", "CN=Root\\, Inc,OU=CA,C=FR"},
        {"S_DN_C", "DE"},
        {"S_DN_ST", "Land"},
        {"S_DN_SP", "Land"},
        {"S_DN_L", "K\xc3\xb6ln"},
        {"S_DN_O", "\"A\", B+C"},
        {"S_DN_OU", "one"},
        {"S_DN_OU_0", "one"},
        {"S_DN_OU_1", "two\\0Alines\\7F"},
        {"S_DN_OU_2", "\xe2\x82\xac"},
        {"S_DN_CN", "a\\00b"},
        {"S_DN_CN_1", "second"},
        {"S_DN_T", "Dr"},
        {"S_DN_I", "X"},
        {"S_DN_G", "Given"},
        {"S_DN_S", "Sur"},
        {"S_DN_D", "back\\\\slash"},
        {"S_DN_SerialNumber", "4711"},
        {"S_DN_UID", "uid"},
        {"S_DN_Email", "x@a.example"},
        {"I_DN_C", "FR"},
        {"I_DN_OU", "CA"},
        {"I_DN_CN", "Root, Inc"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_value(rich, rows[i][0], rows[i][1]);
    }
}

static void raw_values(void **state)
{
    (void)state;
    assert_value(rich, "S_DN_OU_RAW", "one");
    assert_value(rich, "S_DN_OU_1_RAW", "two\\0Alines\\7F");
    assert_value(rich, "S_DN_CN_RAW", "a\\00b");
    assert_value(rich, "S_DN_CN_1_RAW", "second");
    assert_value(rich, "I_DN_CN_RAW", "Root, Inc");
    /* Not converted: a character beyond Latin-1 is written by its number. */
    assert_value(rich, "S_DN_OU_2_RAW", "\\U20AC");
    assert_value(rich, "S_DN_OU_3_RAW", "");
    assert_null(lookup(rich, "S_DN_RAW"));
    assert_null(lookup(rich, "S_DN__RAW"));
    assert_null(lookup(rich, "S_DN_CN_RAW_RAW"));
}

static void alternative_names(void **state)
{
    static const char *const rows[][2] = {
        {"SAN_DNS_0", "a.example"},
        {"SAN_DNS_1", "*.b.example"},
        {"SAN_DNS_2", ""},
        {"SAN_Email_0", "post@a.example"},
        {"SAN_Email_1", "two@a.example"},
        {"SAN_URI_0", "https://a.example/x"},
        {"SAN_URI_1", ""},
        {"SAN_IP_0", "192.0.2.1"},
        {"SAN_IP_1", "2001:db8::1"},
        {"SAN_IP_2", ""},
        {"SAN_OTHER_msUPN_0", "user@corp"},
        {"SAN_OTHER_msUPN_1", ""},
        {"SAN_OTHER_dnsSRV_0", "_x.a.b"},
        {"SAN_OTHER_dnsSRV_1", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_value(rich, rows[i][0], rows[i][1]);
    }
}

static void unknown_names(void **state)
{
    static const char *const names[] = {
        "",
        "FOO",
        "S_DN_",
        "S_DN_XX",
        "S_DN_CNx",
        "S_DN_CN_",
        "S_DN_CN_x",
        "S_DN_CN_1x",
        "S_DN_CN_-1",
        "S_DN_CN_ 1",
        "S_DN_CN_+1",
        "S_DN_CN_1001",
        "S_DN_cn",
        "s_dn",
        "I_DN_XX",
        "SAN_",
        "SAN_FOO_0",
        "SAN_DNS_x",
        "SAN_DNS_0x",
        "SAN_DNS_-1",
        "SAN_RID_0",
        "M_VERSION_0",
        "CERT_CHAIN",
        "V_REMAIN_RAW",
        "M_",
        "A_SIG ",
        "SAN_OTHER_0",
        "S_DN_CN_99999999999999999999",
        "SAN_DNS_99999999999999999999",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (lookup(rich, names[i])) {
            fail_msg("\"%s\" is known", names[i]);
        }
    }
    assert_null(lookup(NULL, "S_DN"));
    assert_null(lookup(NULL, "FOO"));
}

static void missing_parts(void **state)
{
    static const char *const names[] = {
        "S_DN",        "I_DN",        "S_DN_CN",     "S_DN_CN_1",
        "S_DN_CN_RAW", "I_DN_O",      "S_DN_UID",    "SAN_DNS_0",
        "SAN_IP_0",    "SAN_Email_7", "SAN_URI_999", "S_DN_CN_1000"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_value(plain, names[i], "");
    }
    assert_value(plain, "M_VERSION", "3");
}

static void certificate_as_pem(void **state)
{
    char *expected = pki_cert_text(rich);

    (void)state;
    assert_value(rich, "CERT", expected);
    free(expected);
}

static void remaining_days(void **state)
{
    static const struct {
        long seconds;
        const char *days;
    } rows[] = {
        {10 * PKI_DAY + 60, "10"},   {PKI_DAY - 60, "0"},
        {PKI_DAY + 60, "1"},         {-60, "0"},
        {-3 * PKI_DAY, "0"},         {60, "0"},
        {400 * PKI_DAY + 60, "400"},
    };
    X509 *cert = pki_make_cert(key, &(pki_spec_t){.subject = "x"});

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        X509_gmtime_adj(X509_getm_notAfter(cert), rows[i].seconds);
        assert_value(cert, "V_REMAIN", rows[i].days);
    }
    X509_free(cert);
}

static void algorithms(void **state)
{
    static const struct {
        pki_type_t type;
        const char *key;
        const char *signature;
    } rows[] = {
        {PKI_RSA, "rsaEncryption", "sha256WithRSAEncryption"},
        {PKI_RSA_PSS, "rsassaPss", "rsassaPss"},
        {PKI_EC384, "id-ecPublicKey", "ecdsa-with-SHA256"},
        {PKI_ED25519, "ED25519", "ED25519"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        EVP_PKEY *other = pki_make_key(rows[i].type);
        X509 *cert = pki_make_cert(other, &(pki_spec_t){.subject = "x"});

        assert_value(cert, "A_KEY", rows[i].key);
        assert_value(cert, "A_SIG", rows[i].signature);
        X509_free(cert);
        EVP_PKEY_free(other);
    }
}

/* An address of a wrong length, and an extension that is no list of names. */
static void malformed_alternative_names(void **state)
{
    static const struct {
        const unsigned char bytes[8];
        int len;
    } rows[] = {
        {{0x30, 5, 0x87, 3, 1, 2, 3}, 7},
        {{0x30, 2, 0x87, 0}, 4},
        {{0x30, 0}, 2},
        {{0x02, 1, 7}, 3},
        {{0x30, 9, 0x82}, 3},
        {{0}, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        X509 *cert = pki_make_cert(key, &(pki_spec_t){.subject = "x"});
        ASN1_OCTET_STRING *data = ASN1_OCTET_STRING_new();
        X509_EXTENSION *extension;
        apr_table_t *env = apr_table_make(pool, 1);

        assert_true(ASN1_OCTET_STRING_set(data, rows[i].bytes, rows[i].len));
        extension =
            X509_EXTENSION_create_by_NID(NULL, NID_subject_alt_name, 0, data);
        assert_true(X509_add_ext(cert, extension, -1));
        resign(cert);
        assert_value(cert, "SAN_IP_0", "");
        assert_value(cert, "SAN_DNS_0", "");
        sc_certvars_export(cert, "", env, pool);
        assert_int_equal(ERR_peek_error(), 0);
        assert_null(apr_table_get(env, "SAN_DNS_0"));
        X509_EXTENSION_free(extension);
        ASN1_OCTET_STRING_free(data);
        X509_free(cert);
    }
}

/* ---- No value can break a line or a header ---- */

static void no_control_characters(void **state)
{
    char text[64];
    X509 *cert =
        pki_make_cert(key, &(pki_spec_t){.san = "DNS:x,email:y@z,URI:u:v"});
    X509_NAME *name = X509_NAME_new();
    const apr_array_header_t *list;
    apr_table_t *env = apr_table_make(pool, 30);

    (void)state;
    for (int i = 0; i < 32; i++) {
        text[i] = (char)i;
    }
    text[32] = 127;
    add(name, NID_commonName, V_ASN1_UTF8STRING, text, 33);
    add(name, NID_organizationName, V_ASN1_IA5STRING, text, 33);
    add(name, NID_localityName, V_ASN1_T61STRING, text, 33);
    assert_true(X509_set_subject_name(cert, name));
    assert_true(X509_set_issuer_name(cert, name));
    resign(cert);
    X509_NAME_free(name);
    sc_certvars_export(cert, "", env, pool);
    apr_table_setn(env, "raw CN", lookup(cert, "S_DN_CN_RAW"));
    apr_table_setn(env, "raw O", lookup(cert, "S_DN_O_RAW"));
    list = apr_table_elts(env);
    for (int i = 0; i < list->nelts; i++) {
        const apr_table_entry_t *entry =
            &APR_ARRAY_IDX(list, i, apr_table_entry_t);

        for (const char *at = entry->val; *at; at++) {
            if ((unsigned char)*at < 32 || *at == 127) {
                fail_msg("%s has character %d", entry->key, *at);
            }
        }
    }
    assert_non_null(strstr(lookup(cert, "S_DN_CN"), "\\0D\\0E"));
    X509_free(cert);
}

/* ---- Exporting ---- */

/* Every exported value is that of the variable of its name. */
static void export_list(void **state)
{
    static const char *const expected[] = {"M_VERSION",
                                           "M_SERIAL",
                                           "V_START",
                                           "V_END",
                                           "S_DN",
                                           "I_DN",
                                           "A_SIG",
                                           "A_KEY",
                                           "S_DN_C",
                                           "S_DN_ST",
                                           "S_DN_L",
                                           "S_DN_O",
                                           "S_DN_OU",
                                           "S_DN_OU_1",
                                           "S_DN_OU_2",
                                           "S_DN_CN",
                                           "S_DN_CN_1",
                                           "S_DN_T",
                                           "S_DN_I",
                                           "S_DN_G",
                                           "S_DN_S",
                                           "S_DN_D",
                                           "S_DN_SerialNumber",
                                           "S_DN_UID",
                                           "S_DN_Email",
                                           "I_DN_C",
                                           "I_DN_OU",
                                           "I_DN_CN",
                                           "SAN_DNS_0",
                                           "SAN_DNS_1",
                                           "SAN_Email_0",
                                           "SAN_Email_1",
                                           "SAN_URI_0",
                                           "SAN_IP_0",
                                           "SAN_IP_1",
                                           "SAN_OTHER_msUPN_0",
                                           "SAN_OTHER_dnsSRV_0"};
    const size_t num_expected = sizeof(expected) / sizeof(expected[0]);
    apr_table_t *env = apr_table_make(pool, 40);

    (void)state;
    sc_certvars_export(rich, "SSL_SERVER_", env, pool);
    assert_int_equal(ERR_peek_error(), 0);
    for (size_t i = 0; i < num_expected; i++) {
        const char *value = apr_table_get(
            env, apr_pstrcat(pool, "SSL_SERVER_", expected[i], NULL));

        assert_value(rich, expected[i], value ? value : "missing");
    }
    assert_int_equal(apr_table_elts(env)->nelts, num_expected);
    assert_null(apr_table_get(env, "SSL_SERVER_V_REMAIN"));
    assert_null(apr_table_get(env, "SSL_SERVER_CERT"));
}

static void export_of_the_least(void **state)
{
    apr_table_t *env = apr_table_make(pool, 10);

    (void)state;
    sc_certvars_export(plain, "", env, pool);
    /* Version, serial number, dates and algorithms. */
    assert_int_equal(apr_table_elts(env)->nelts, 6);
    sc_certvars_export(NULL, "", env, pool);
    assert_int_equal(apr_table_elts(env)->nelts, 6);
}

static void empty_attributes_are_not_exported(void **state)
{
    X509 *cert = pki_make_cert(key, &(pki_spec_t){.subject = NULL});
    X509_NAME *name = X509_NAME_new();
    apr_table_t *env = apr_table_make(pool, 10);

    (void)state;
    add(name, NID_title, V_ASN1_UTF8STRING, "", 0);
    add(name, NID_organizationalUnitName, V_ASN1_UTF8STRING, "", 0);
    add(name, NID_organizationalUnitName, V_ASN1_UTF8STRING, "two", 3);
    assert_true(X509_set_subject_name(cert, name));
    resign(cert);
    X509_NAME_free(name);
    sc_certvars_export(cert, "", env, pool);
    assert_null(apr_table_get(env, "S_DN_T"));
    assert_null(apr_table_get(env, "S_DN_OU"));
    /* The numbers stay those of sc_certvars_lookup(). */
    assert_string_equal(apr_table_get(env, "S_DN_OU_1"), "two");
    assert_value(cert, "S_DN_OU_1", "two");
    X509_free(cert);
}

/* ---- Around the tests ---- */

static int group_setup(void **state)
{
    (void)state;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    key = pki_make_key(PKI_EC);
    make_rich();
    plain = pki_make_cert(key, &(pki_spec_t){.subject = NULL});
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    X509_free(rich);
    X509_free(plain);
    EVP_PKEY_free(key);
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variable),
        cmocka_unit_test(raw_values),
        cmocka_unit_test(alternative_names),
        cmocka_unit_test(unknown_names),
        cmocka_unit_test(missing_parts),
        cmocka_unit_test(certificate_as_pem),
        cmocka_unit_test(remaining_days),
        cmocka_unit_test(algorithms),
        cmocka_unit_test(malformed_alternative_names),
        cmocka_unit_test(no_control_characters),
        cmocka_unit_test(export_list),
        cmocka_unit_test(export_of_the_least),
        cmocka_unit_test(empty_attributes_are_not_exported),
    };

    return cmocka_run_group_tests_name("sc_certvars", tests, group_setup,
                                       group_teardown);
}
