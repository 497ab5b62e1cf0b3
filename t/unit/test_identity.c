/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, a good certificate or key is refused, a bad one is taken, or
 * the administrator is told the wrong cause.
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
#include <unistd.h>

#include <apr_strings.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include "identity_case.h"

#define NOBODY 65534

static void good_pair_in_two_files(void **state)
{
    const sc_identity_t *identity = load_chain(fullchain(), "");

    (void)state;
    assert_chain(identity, pki.leaf.cert, pki.lower.cert, pki.upper.cert);
    assert_int_equal(identity->type, SC_KEY_ECDSA);
    assert_string_equal(identity->chain_file, spec.chain_file);
    assert_string_equal(identity->key_file, spec.key_file);
}

static void good_pair_in_one_file_in_any_order(void **state)
{
    const sc_identity_t *identity;

    (void)state;
    identity =
        load_text(apr_pstrcat(pool, fullchain(), pki.leaf.key_pem, NULL), "");
    assert_chain(identity, pki.leaf.cert, pki.lower.cert, pki.upper.cert);
    assert_string_equal(identity->key_file, spec.chain_file);
    assert_non_null(
        load_text(apr_pstrcat(pool, pki.leaf.key_pem, fullchain(), NULL), ""));
    /* The same file named twice is one file. */
    assert_non_null(load(spec.chain_file, spec.chain_file, ""));
}

static void text_parameters_and_windows_line_ends(void **state)
{
    char *old = pki_old_text(pki.leaf.key, NULL);
    const char *text =
        apr_pstrcat(pool, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n",
                    "-----END EC PARAMETERS-----\n", old,
                    "Bag Attributes\n    name: x\n", fullchain(), NULL);
    apr_array_header_t *parts = apr_array_make(pool, 10, sizeof(char *));
    char *last = NULL;

    (void)state;
    for (char *line = apr_strtok(apr_pstrdup(pool, text), "\n", &last);
         line != NULL; line = apr_strtok(NULL, "\n", &last)) {
        APR_ARRAY_PUSH(parts, const char *) =
            apr_pstrcat(pool, line, "\r\n", NULL);
    }
    assert_non_null(load_text(apr_array_pstrcat(pool, parts, 0), ""));
    free(old);
}

static void every_key_type(void **state)
{
    static const struct {
        pki_type_t type;
        sc_key_type_t expected;
        const char *name;
    } cases[] = {
        {PKI_RSA, SC_KEY_RSA, "RSA"},
        {PKI_RSA_PSS, SC_KEY_RSA, "RSA"},
        {PKI_EC, SC_KEY_ECDSA, "ECDSA"},
        {PKI_EC384, SC_KEY_ECDSA, "ECDSA"},
        {PKI_ED25519, SC_KEY_ED25519, "Ed25519"},
        {PKI_ED448, SC_KEY_ED448, "Ed448"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        entity_t entity;
        const sc_identity_t *identity;

        leaf_make(&entity, cases[i].type, (pki_spec_t){.subject = "t"});
        identity = load_text(
            apr_pstrcat(pool, entity.cert_pem, entity.key_pem, NULL), "");
        assert_int_equal(identity->type, cases[i].expected);
        assert_string_equal(sc_key_type_name(identity->type), cases[i].name);
        drop_entity(&entity);
    }
}

static void old_key_formats(void **state)
{
    char *ec = pki_old_text(pki.leaf.key, NULL);
    char *rsa = pki_old_text(pki.other.key, NULL);

    (void)state;
    assert_non_null(load_key(ec, ""));
    assert_non_null(
        load_text(apr_pstrcat(pool, pki.other.cert_pem, rsa, NULL), ""));
    free(ec);
    free(rsa);
}

static void unsupported_key_type(void **state)
{
    entity_t entity;

    (void)state;
    leaf_make(&entity, PKI_DSA, (pki_spec_t){.subject = "dsa"});
    load_text(apr_pstrcat(pool, entity.cert_pem, entity.key_pem, NULL),
              "E0241 W0234");
    /* The certificate is to blame, whatever the key. */
    load_text(apr_pstrcat(pool, entity.cert_pem, pki.leaf.key_pem, NULL),
              "E0241 W0234");
    drop_entity(&entity);
}

static void files_that_cannot_be_read(void **state)
{
    const char *key = put("leaf.key", pki.leaf.key_pem);
    char *big = calloc(1, 1024 * 1024 + 1);

    (void)state;
    load(path_of("absent.pem"), key, "E0200");
    load(apr_pstrcat(pool, key, "/below", NULL), key, "E0200");
    load(pki.dir, key, "E0201");
    load("/dev/null", key, "E0202");
    load(put("empty.pem", ""), key, "E0205");
    load(put_bytes("big.pem", big, 1024 * 1024 + 1), key, "E0206");
    free(big);
    /* Both files are looked at in one run. */
    load(path_of("absent.pem"), path_of("absent.key"), "E0200 E0200");
    load(path_of("absent.pem"), NULL, "E0200");
}

static void permission_denied(void **state)
{
    const char *chain = put("chain.pem", fullchain());
    const char *key = put("leaf.key", pki.leaf.key_pem);
    uid_t self = geteuid();

    (void)state;
    assert_int_equal(chmod(pki.dir, 0755), 0);
    assert_int_equal(chmod(chain, 0644), 0);
    assert_int_equal(chmod(key, 0), 0);
    if (self == 0) { /* whom no mode keeps out */
        assert_int_equal(seteuid(NOBODY), 0);
    }
    load(chain, key, "E0203");
    assert_int_equal(seteuid(self), 0);
}

static void formats_that_are_not_pem(void **state)
{
    const char *key = put("leaf.key", pki.leaf.key_pem);
    PKCS12 *store = PKCS12_create("x", "name", pki.leaf.key, pki.leaf.cert,
                                  NULL, 0, 0, 0, 0, 0);
    unsigned char *der = NULL;
    const char *pem = pki.leaf.cert_pem;
    apr_size_t pem_len = strlen(pem);
    char *wide = calloc(2, pem_len + 1);
    int len;

    (void)state;
    assert_non_null(wide);
    len = i2d_PKCS12(store, &der);
    load(put_bytes("store.p12", der, (size_t)len), key, "E0208");
    OPENSSL_free(der);
    PKCS12_free(store);

    der = NULL;
    len = i2d_X509(pki.leaf.cert, &der);
    load(put_bytes("leaf.der", der, (size_t)len), key, "E0209");
    OPENSSL_free(der);

    der = NULL;
    len = i2d_PrivateKey(pki.leaf.key, &der);
    load(put("chain.pem", fullchain()), put_bytes("key.der", der, (size_t)len),
         "E0209");
    OPENSSL_clear_free(der, (size_t)len);

    wide[0] = '\xff';
    wide[1] = '\xfe';
    for (apr_size_t i = 0; i < pem_len; i++) {
        wide[2 + 2 * i] = pem[i];
    }
    load(put_bytes("wide.pem", wide, 2 + 2 * pem_len), key, "E0207");
    load(put_bytes("wide.pem", wide + 2, 2 * pem_len), key, "E0207");
    free(wide);

    load(put("words.pem", "no certificate here\n"), key, "E0210");
}

static void damaged_blocks(void **state)
{
    char *cut = apr_pstrdup(pool, pki.leaf.cert_pem);
    char *cut_at = strstr(cut, "-----END");
    char *bad = apr_pstrdup(pool, pki.leaf.cert_pem);
    const char *line;

    (void)state;
    *cut_at = '\0';
    load_chain(cut, "E0212");
    /* A line that got lost leaves base64 whole, but not the certificate. */
    line = strchr(strchr(cut, '\n') + 1, '\n');
    load_chain(apr_pstrcat(pool, "-----BEGIN CERTIFICATE-----", line,
                           "-----END CERTIFICATE-----\n", NULL),
               "E0214");
    bad[40] = '?';
    load_chain(bad, "E0213");
    assert_non_null(strstr(problem_text(0), "line 2"));
    load_chain(strchr(bad, '\n'), "E0211");
}

static void damaged_keys(void **state)
{
    char *bad = apr_pstrdup(pool, pki.leaf.key_pem);

    (void)state;
    bad[40] = '?';
    load_key(bad, "E0213");
    load_key("-----BEGIN PRIVATE KEY-----\naGVsbG8=\n"
             "-----END PRIVATE KEY-----\n",
             "E0232");
    load_key("-----BEGIN RSA PRIVATE KEY-----\naGVsbG8=\n"
             "-----END RSA PRIVATE KEY-----\n",
             "E0232");
    /* What prompts on the terminal in other programs. */
    load_key("-----BEGIN ENCRYPTED PRIVATE KEY-----\naGVsbG8=\n"
             "-----END ENCRYPTED PRIVATE KEY-----\n",
             "E0228");
    spec.passphrase = answer;
    load_key("-----BEGIN ENCRYPTED PRIVATE KEY-----\naGVsbG8=\n"
             "-----END ENCRYPTED PRIVATE KEY-----\n",
             "E0232");
    assert_int_equal(num_questions, 0);
}

/* An encrypted key under the label of one that is not must not prompt either.
 */
static void mislabelled_key_never_prompts(void **state)
{
    char *encrypted = pki_encrypted_text(pki.leaf.key, PASSPHRASE);
    char *cut_at = strstr(encrypted, "-----END");
    const char *body = strchr(encrypted, '\n');

    (void)state;
    *cut_at = '\0';
    load_key(apr_pstrcat(pool, "-----BEGIN PRIVATE KEY-----", body,
                         "-----END PRIVATE KEY-----\n", NULL),
             "E0232");
    free(encrypted);
}

static void wrong_kind_as_certificate(void **state)
{
    X509_REQ *request = pki_make_request(pki.leaf.key, "r");
    char *request_pem = pki_request_text(request);
    char *public_pem = pki_public_text(pki.leaf.key);

    (void)state;
    load_chain(pki.leaf.key_pem, "E0217");
    load_chain(request_pem, "E0218");
    load_text(request_pem, "E0218");
    load_chain("-----BEGIN PKCS7-----\naGVsbG8=\n-----END PKCS7-----\n",
               "E0219");
    load_chain(public_pem, "E0220");
    load_chain("-----BEGIN X509 CRL-----\naGVsbG8=\n-----END X509 CRL-----\n",
               "E0221");
    load_text(pki.leaf.key_pem, "E0217");
    X509_REQ_free(request);
    free(request_pem);
    free(public_pem);
}

static void wrong_kind_as_key(void **state)
{
    X509_REQ *request = pki_make_request(pki.leaf.key, "r");
    char *request_pem = pki_request_text(request);
    char *public_pem = pki_public_text(pki.leaf.key);

    (void)state;
    load_key(pki.leaf.cert_pem, "E0222");
    load_text(fullchain(), "E0223");
    load_key(request_pem, "E0224");
    load_key(public_pem, "E0225");
    load_key("-----BEGIN OPENSSH PRIVATE KEY-----\naGVsbG8=\n"
             "-----END OPENSSH PRIVATE KEY-----\n",
             "E0226");
    load_key("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
             "-----END EC PARAMETERS-----\n",
             "E0227");
    /* Arguments exchanged: each file says what it is. */
    load(put("k.pem", pki.leaf.key_pem), put("c.pem", fullchain()),
         "E0217 E0222");
    X509_REQ_free(request);
    free(request_pem);
    free(public_pem);
}

static void encrypted_key(void **state, const char *text)
{
    (void)state;
    load_key(text, "E0228");
    spec.passphrase = answer;
    key_answer = PASSPHRASE;
    assert_non_null(load_key(text, ""));
    assert_int_equal(num_questions, 1);
    key_answer = "wrong one";
    load_key(text, "E0230");
    key_answer = "";
    load_key(text, "E0230");
    key_answer = NULL;
    load_key(text, "E0229");
    assert_non_null(strstr(problem_text(0), "nobody knows it"));
    assert_int_equal(num_questions, 4);
}

static void encrypted_pkcs8_key(void **state)
{
    char *text = pki_encrypted_text(pki.leaf.key, PASSPHRASE);

    encrypted_key(state, text);
    free(text);
}

static void encrypted_old_key(void **state)
{
    char *text = pki_old_text(pki.leaf.key, PASSPHRASE);

    encrypted_key(state, text);
    free(text);
}

static void encryption_nobody_supports(void **state)
{
    (void)state;
    spec.passphrase = answer;
    key_answer = PASSPHRASE;
    load_key("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
             "DEK-Info: ROT-13,0011223344556677\n\naGVsbG8haGVs\n"
             "-----END RSA PRIVATE KEY-----\n",
             "E0231");
    load_key("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
             "\naGVsbG8haGVs\n-----END RSA PRIVATE KEY-----\n",
             "E0231");
}

static void key_of_another_certificate(void **state)
{
    EVP_PKEY *same_type = pki_make_key(PKI_EC);
    char *same_type_pem = pki_key_text(same_type);

    (void)state;
    load_key(same_type_pem, "E0233");
    load_key(pki.other.key_pem, "E0233");
    assert_non_null(strstr(problem_text(0), "RSA"));
    assert_non_null(strstr(problem_text(0), "EC"));
    load_key(apr_pstrcat(pool, pki.other.key_pem, same_type_pem, NULL),
             "E0235");
    EVP_PKEY_free(same_type);
    free(same_type_pem);
}

static void one_of_several_keys_matches(void **state)
{
    char *encrypted = pki_encrypted_text(pki.other.key, PASSPHRASE);
    char *own = pki_encrypted_text(pki.leaf.key, PASSPHRASE);

    (void)state;
    assert_non_null(load_key(
        apr_pstrcat(pool, pki.other.key_pem, pki.leaf.key_pem, NULL), ""));
    /* Nobody is asked about a key that is not needed. */
    spec.passphrase = answer;
    key_answer = PASSPHRASE;
    assert_non_null(
        load_key(apr_pstrcat(pool, encrypted, pki.leaf.key_pem, NULL), ""));
    assert_int_equal(num_questions, 0);
    assert_non_null(
        load_key(apr_pstrcat(pool, pki.other.key_pem, own, NULL), ""));
    assert_int_equal(num_questions, 1);
    free(encrypted);
    free(own);
}

static void key_file_modes(void **state)
{
    const char *chain = put("chain.pem", fullchain());
    const char *key = put("leaf.key", pki.leaf.key_pem);
    const char *both =
        put("both.pem", apr_pstrcat(pool, fullchain(), pki.leaf.key_pem, NULL));

    (void)state;
    assert_int_equal(chmod(chain, 0644), 0);
    assert_int_equal(chmod(key, 0640), 0);
    assert_non_null(load(chain, key, ""));
    assert_int_equal(chmod(key, 0644), 0);
    assert_non_null(load(chain, key, "W0247"));
    assert_int_equal(chmod(key, 0602), 0);
    assert_non_null(load(chain, key, "W0247"));
    assert_int_equal(chmod(both, 0644), 0);
    assert_non_null(load(both, NULL, "W0247"));
    /* A key that lies about in the certificate's file is as public. */
    assert_int_equal(chmod(key, 0600), 0);
    assert_non_null(load(both, key, "W0247"));
}

/* Errors of another host in the same report are not ours. */
static void report_may_hold_others_errors(void **state)
{
    (void)state;
    spec.chain_file = put("chain.pem", fullchain());
    spec.key_file = put("leaf.key", pki.leaf.key_pem);
    report = sc_report_make(pool);
    sc_report_add(report, SC_SEVERITY_ERROR, "SC0001", &spec.place, "x");
    assert_non_null(
        sc_loader_load(sc_loader_make(NULL, NULL, pool, pool), &spec, report));
    assert_int_equal(report->problems->nelts, 1);
}

static void identity_from_memory(void **state)
{
    const sc_identity_t *identity;
    sc_error_t err;

    (void)state;
    sc_error_clear(&err);
    identity = sc_identity_from_pem(fullchain(), pki.leaf.key_pem, &err, pool);
    assert_chain(identity, pki.leaf.cert, pki.lower.cert, pki.upper.cert);
    assert_null(identity->chain_file);
    assert_null(identity->key_file);
    assert_null(err.id);
    assert_int_equal(ERR_peek_error(), 0);
}

static void bad_identity_from_memory(void **state)
{
    char *encrypted = pki_encrypted_text(pki.leaf.key, PASSPHRASE);
    const struct {
        const char *chain;
        const char *key;
        const char *id;
    } cases[] = {
        {pki.leaf.cert_pem, pki.other.key_pem, "SC0233"},
        {pki.leaf.cert_pem, encrypted, "SC0228"},
        {pki.leaf.cert_pem, pki.leaf.cert_pem, "SC0222"},
        {pki.leaf.key_pem, pki.leaf.key_pem, "SC0217"},
        {"", pki.leaf.key_pem, "SC0210"},
        {pki.leaf.cert_pem, "words", "SC0210"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sc_error_t err;

        sc_error_clear(&err);
        assert_null(
            sc_identity_from_pem(cases[i].chain, cases[i].key, &err, pool));
        assert_string_equal(err.id, cases[i].id);
        assert_int_equal(err.blame, SC_BLAME_CONFIG);
        assert_no_key_bytes(err.text, pki.leaf.key_pem);
        assert_int_equal(ERR_peek_error(), 0);
    }
    free(encrypted);
}

static void names_covered(void **state)
{
    pki_spec_t cert = {.subject = "common.example",
                       .san =
                           "DNS:www.a.example,DNS:*.b.example,DNS:x*.c.example,"
                           "IP:192.0.2.1,IP:2001:db8::1"};
    const sc_identity_t *identity = load_leaf(PKI_EC, cert, "");

    (void)state;
    assert_true(sc_identity_covers(identity, "www.a.example"));
    assert_true(sc_identity_covers(identity, "WWW.A.example"));
    assert_true(sc_identity_covers(identity, "one.b.example"));
    assert_true(sc_identity_covers(identity, "*.b.example"));
    assert_true(sc_identity_covers(identity, "192.0.2.1"));
    assert_true(sc_identity_covers(identity, "2001:DB8:0::1"));
    assert_true(sc_identity_covers(identity, "[2001:db8::1]"));
    assert_false(sc_identity_covers(identity, "a.example"));
    assert_false(sc_identity_covers(identity, "b.example"));
    assert_false(sc_identity_covers(identity, "two.one.b.example"));
    assert_false(sc_identity_covers(identity, "xyz.c.example"));
    assert_false(sc_identity_covers(identity, ".a.example"));
    assert_false(sc_identity_covers(identity, ".b.example"));
    assert_false(sc_identity_covers(identity, "common.example"));
    assert_false(sc_identity_covers(identity, "192.0.2.2"));
    assert_false(sc_identity_covers(identity, "[2001:db8::2]"));
    assert_false(sc_identity_covers(identity, "["));
    assert_false(sc_identity_covers(identity, "[]"));
    assert_false(sc_identity_covers(identity, ""));
    assert_int_equal(ERR_peek_error(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(good_pair_in_two_files),
        TEST(good_pair_in_one_file_in_any_order),
        TEST(text_parameters_and_windows_line_ends),
        TEST(every_key_type),
        TEST(old_key_formats),
        TEST(unsupported_key_type),
        TEST(files_that_cannot_be_read),
        TEST(permission_denied),
        TEST(formats_that_are_not_pem),
        TEST(damaged_blocks),
        TEST(damaged_keys),
        TEST(mislabelled_key_never_prompts),
        TEST(wrong_kind_as_certificate),
        TEST(wrong_kind_as_key),
        TEST(encrypted_pkcs8_key),
        TEST(encrypted_old_key),
        TEST(encryption_nobody_supports),
        TEST(key_of_another_certificate),
        TEST(one_of_several_keys_matches),
        TEST(key_file_modes),
        TEST(report_may_hold_others_errors),
        TEST(identity_from_memory),
        TEST(bad_identity_from_memory),
        TEST(names_covered),
    };

    return cmocka_run_group_tests_name("identity", tests, set_up, tear_down);
}
