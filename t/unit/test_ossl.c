/* SPDX-License-Identifier: Apache-2.0 */
/* When this fails, OpenSSL objects leak, or the log blames the wrong side. */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <errno.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <openssl/asn1err.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "sc_ossl.h"

#include "pki.h"

static apr_pool_t *pool;

static void pool_owns_objects(void **state)
{
    apr_pool_t *sub = NULL;
    EVP_PKEY *key = pki_make_key(PKI_EC);
    pki_spec_t spec = {.subject = "owned"};
    X509 *cert = pki_make_cert(key, &spec);
    STACK_OF(X509) *stack = sk_X509_new_null();
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    (void)state;
    assert_int_equal(apr_pool_create(&sub, pool), APR_SUCCESS);
    assert_int_equal(X509_add_cert(stack, cert, X509_ADD_FLAG_UP_REF), 1);
    assert_ptr_equal(sc_own_pkey(key, sub), key);
    assert_ptr_equal(sc_own_x509(cert, sub), cert);
    assert_ptr_equal(sc_own_x509_stack(stack, sub), stack);
    assert_ptr_equal(sc_own_ssl_ctx(ctx, sub), ctx);
    /* LeakSanitizer and valgrind tell whether this frees each exactly once. */
    apr_pool_destroy(sub);
}

static void nothing_is_owned_without_object(void **state)
{
    (void)state;
    assert_null(sc_own_pkey(NULL, pool));
    assert_null(sc_own_x509(NULL, pool));
    assert_null(sc_own_x509_stack(NULL, pool));
    assert_null(sc_own_ssl_ctx(NULL, pool));
}

static void reason_of_empty_queue(void **state)
{
    (void)state;
    ERR_clear_error();
    assert_string_equal(sc_ossl_reason(pool), "no reason given");
}

static void reason_is_outermost_first_without_echoes(void **state)
{
    const char *text;

    (void)state;
    ERR_raise(ERR_LIB_ASN1, ASN1_R_TOO_LONG);
    ERR_raise(ERR_LIB_ASN1, ASN1_R_WRONG_TAG);
    ERR_raise(ERR_LIB_ASN1, ERR_R_NESTED_ASN1_ERROR);
    ERR_raise(ERR_LIB_PEM, PEM_R_BAD_DECRYPT);
    ERR_raise(ERR_LIB_PEM, ERR_R_ASN1_LIB);
    text = sc_ossl_reason(pool);
    assert_string_equal(text, "bad decrypt (PEM routines): "
                              "wrong tag (asn1 encoding routines)");
    assert_int_equal(ERR_peek_error(), 0);
}

static void reason_of_one_repeated_error(void **state)
{
    (void)state;
    ERR_raise(ERR_LIB_ASN1, ASN1_R_WRONG_TAG);
    ERR_raise(ERR_LIB_ASN1, ASN1_R_WRONG_TAG);
    assert_string_equal(sc_ossl_reason(pool),
                        "wrong tag (asn1 encoding routines)");
}

static void reason_of_echoes_alone(void **state)
{
    (void)state;
    ERR_raise(ERR_LIB_PEM, ERR_R_ASN1_LIB);
    assert_non_null(strstr(sc_ossl_reason(pool), "(PEM routines)"));
}

static void reason_of_system_error_is_the_systems(void **state)
{
    (void)state;
    ERR_raise(ERR_LIB_SYS, ENOENT);
    assert_non_null(strstr(sc_ossl_reason(pool), "No such file"));
}

static void reason_has_no_file_names(void **state)
{
    const char *text;

    (void)state;
    ERR_new();
    ERR_set_debug("library_file.c", 4711, "library_function");
    ERR_set_error(ERR_LIB_ASN1, ASN1_R_WRONG_TAG, "Field=%s", "secret");
    text = sc_ossl_reason(pool);
    assert_null(strstr(text, "library"));
    assert_null(strstr(text, "4711"));
    assert_null(strstr(text, "secret"));
}

static void reason_of_a_full_queue(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        ERR_raise(ERR_LIB_ASN1, 100 + i);
    }
    assert_non_null(sc_ossl_reason(pool));
    assert_int_equal(ERR_peek_error(), 0);
}

static void known_reason_has_hint(void **state)
{
    sc_error_t err;

    (void)state;
    sc_error_clear(&err);
    ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);
    sc_ossl_error(&err, "SC0000", "the TLS handshake");
    assert_string_equal(err.id, "SC0000");
    assert_int_equal(err.blame, SC_BLAME_PEER);
    assert_string_equal(err.text,
                        "the TLS handshake failed: no shared cipher (the "
                        "client offers none of the configured ones)");
    assert_int_equal(ERR_peek_error(), 0);
}

/* Blames one error, with another part of the library below and above it. */
static sc_blame_t blame_of(int lib, int reason, const char **text)
{
    static sc_error_t err;

    sc_error_clear(&err);
    ERR_raise(ERR_LIB_ASN1, ASN1_R_WRONG_TAG);
    ERR_raise(lib, reason);
    ERR_raise(ERR_LIB_SSL, ERR_R_ASN1_LIB);
    sc_ossl_error(&err, "SC0000", "it");
    assert_int_equal(ERR_peek_error(), 0);
    *text = err.text;
    return err.blame;
}

static void peers_are_blamed_for_what_peers_do(void **state)
{
    static const int reasons[] = {
        SSL_R_WRONG_VERSION_NUMBER,
        SSL_R_UNSUPPORTED_PROTOCOL,
        SSL_R_HTTP_REQUEST,
        SSL_R_TLSV1_ALERT_UNKNOWN_CA,
        SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
        SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,
        SSL_R_UNEXPECTED_EOF_WHILE_READING,
        SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM,
        SSL_R_NO_SUITABLE_KEY_SHARE,
        SSL_R_NO_APPLICATION_PROTOCOL,
        SSL_R_TLSV1_ALERT_DECRYPT_ERROR,
        SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC,
        SSL_R_SSLV3_ALERT_BAD_RECORD_MAC,
    };
    const char *text;

    (void)state;
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        assert_int_equal(blame_of(ERR_LIB_SSL, reasons[i], &text),
                         SC_BLAME_PEER);
        assert_non_null(strstr(text, " ("));
    }
    assert_int_equal(blame_of(ERR_LIB_SSL, SSL_R_BAD_EXTENSION, &text),
                     SC_BLAME_PEER);
    assert_string_equal(text, "it failed: bad extension");
    assert_int_equal(blame_of(ERR_LIB_EC, 107, &text), SC_BLAME_PEER);
}

static void the_system_is_blamed_for_its_own(void **state)
{
    const char *text;

    (void)state;
    assert_int_equal(blame_of(ERR_LIB_EVP, ERR_R_MALLOC_FAILURE, &text),
                     SC_BLAME_SYSTEM);
    assert_int_equal(blame_of(ERR_LIB_SSL, ERR_R_INTERNAL_ERROR, &text),
                     SC_BLAME_SYSTEM);
    assert_int_equal(blame_of(ERR_LIB_SYS, EMFILE, &text), SC_BLAME_SYSTEM);
    assert_int_equal(blame_of(ERR_LIB_SSL, SSL_R_NO_CERTIFICATE_SET, &text),
                     SC_BLAME_SYSTEM);
}

static void empty_queue_is_the_peers(void **state)
{
    sc_error_t err;

    (void)state;
    ERR_clear_error();
    sc_error_clear(&err);
    sc_ossl_error(&err, "SC0000", "it");
    assert_int_equal(err.blame, SC_BLAME_PEER);
    assert_string_equal(err.text, "it failed: no reason given");
}

static void queue_is_emptied_without_record(void **state)
{
    (void)state;
    ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);
    sc_ossl_error(NULL, "SC0000", "it");
    assert_int_equal(ERR_peek_error(), 0);
}

static int set_up(void **state)
{
    (void)state;
    apr_initialize();
    return apr_pool_create(&pool, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool_owns_objects),
        cmocka_unit_test(nothing_is_owned_without_object),
        cmocka_unit_test(reason_of_empty_queue),
        cmocka_unit_test(reason_is_outermost_first_without_echoes),
        cmocka_unit_test(reason_of_one_repeated_error),
        cmocka_unit_test(reason_of_echoes_alone),
        cmocka_unit_test(reason_of_system_error_is_the_systems),
        cmocka_unit_test(reason_has_no_file_names),
        cmocka_unit_test(reason_of_a_full_queue),
        cmocka_unit_test(known_reason_has_hint),
        cmocka_unit_test(peers_are_blamed_for_what_peers_do),
        cmocka_unit_test(the_system_is_blamed_for_its_own),
        cmocka_unit_test(empty_queue_is_the_peers),
        cmocka_unit_test(queue_is_emptied_without_record),
    };

    return cmocka_run_group_tests_name("ossl", tests, set_up, tear_down);
}
