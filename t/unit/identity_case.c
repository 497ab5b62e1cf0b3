/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "identity_case.h"

#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <openssl/err.h>

#include "sc_statement.h"

struct case_pki pki;
apr_pool_t *pool;
sc_report_t *report;
sc_identity_spec_t spec;
const char *key_answer;
int num_questions;

void make_entity(entity_t *entity, pki_type_t type, const pki_spec_t *cert)
{
    entity->key = pki_make_key(type);
    entity->cert = pki_make_cert(entity->key, cert);
    entity->key_pem = pki_key_text(entity->key);
    entity->cert_pem = pki_cert_text(entity->cert);
}

/* A leaf of the lower CA unless cert says otherwise. */
entity_t *leaf_make(entity_t *entity, pki_type_t type, pki_spec_t cert)
{
    if (cert.issuer == NULL) {
        cert.issuer = pki.lower.cert;
        cert.issuer_key = pki.lower.key;
    }
    make_entity(entity, type, &cert);
    return entity;
}

void drop_entity(entity_t *entity)
{
    EVP_PKEY_free(entity->key);
    X509_free(entity->cert);
    free(entity->key_pem);
    free(entity->cert_pem);
}

/* Returns the path of a name in the test directory. */
const char *path_of(const char *name)
{
    return apr_pstrcat(pool, pki.dir, "/", name, NULL);
}

const char *put_bytes(const char *name, const void *bytes, size_t len)
{
    const char *path = path_of(name);

    pki_write(path, 0600, bytes, len);
    return path;
}

const char *put(const char *name, const char *text)
{
    return put_bytes(name, text, strlen(text));
}

/* The chain of pki.leaf as a CA should send it. */
const char *fullchain(void)
{
    return apr_pstrcat(pool, pki.leaf.cert_pem, pki.lower.cert_pem,
                       pki.upper.cert_pem, NULL);
}

int answer(void *baton, const char *key_file, char *buf, int size,
           const char **why)
{
    assert_ptr_equal(baton, &num_questions);
    assert_non_null(strstr(key_file, pki.dir));
    num_questions++;
    if (key_answer == NULL) {
        *why = "nobody knows it";
        return -1;
    }
    apr_cpystrn(buf, key_answer, (apr_size_t)size);
    return (int)strlen(key_answer);
}

/* Fails if any 16 characters of base64 of a key stand in a text. */
void assert_no_key_bytes(const char *text, const char *key_pem)
{
    const char *body = strchr(key_pem, '\n');
    char window[17];

    for (; body[0] != '-' && strlen(body) > 16; body++) {
        apr_cpystrn(window, body, sizeof(window));
        if (strchr(window, '\n') == NULL) {
            assert_null(strstr(text, window));
        }
    }
}

/* Returns "E0200 W0247": severity and number of every problem, in order. */
static const char *problems(void)
{
    const char *list = "";

    for (int i = 0; i < report->problems->nelts; i++) {
        const sc_problem_t *problem =
            &APR_ARRAY_IDX(report->problems, i, sc_problem_t);

        assert_memory_equal(problem->id, "SC", 2);
        assert_string_equal(problem->place.directive, "SecureChanCertificate");
        assert_no_key_bytes(problem->text, pki.leaf.key_pem);
        assert_no_key_bytes(problem->text, pki.other.key_pem);
        assert_null(strstr(problem->text, PASSPHRASE));
        list = apr_pstrcat(pool, list, i > 0 ? " " : "",
                           problem->severity == SC_SEVERITY_ERROR ? "E" : "W",
                           problem->id + 2, NULL);
        if (getenv("SHOW") != NULL) {
            print_message("    %s\n", sc_problem_format(problem, pool));
        }
    }
    return list;
}

X509 *leaf_of(const sc_identity_t *identity)
{
    X509 *leaf = NULL;
    EVP_PKEY *key = NULL;

    assert_true(sc_identity_open(identity, &leaf, &key));
    assert_int_equal(X509_check_private_key(leaf, key), 1);
    return leaf;
}

/* Files without fault, once checked, give the same identity without checks. */
static void assert_loads_again(const sc_identity_t *identity,
                               sc_proven_t *found)
{
    const sc_identity_t *again;
    apr_size_t len;
    void *bytes = sc_proven_bytes(found, &len);
    const bool is_proven = sc_proof_is_set(&identity->proof);

    assert_int_equal(bytes != NULL, is_proven);
    if (!is_proven) {
        return;
    }
    again = sc_loader_load(
        sc_loader_make(sc_proven_open(bytes, len, pool), NULL, pool, pool),
        &spec, report);
    assert_int_equal(report->problems->nelts, 0);
    assert_non_null(again);
    assert_memory_equal(&again->proof, &identity->proof, sizeof(sc_proof_t));
    assert_memory_equal(&again->grade, &identity->grade,
                        sizeof(identity->grade));
    assert_int_equal(again->type, identity->type);
    assert_int_equal(X509_cmp(leaf_of(again), leaf_of(identity)), 0);
    assert_int_equal(sk_X509_num(again->chain), sk_X509_num(identity->chain));
    for (int i = 0; i < sk_X509_num(again->chain); i++) {
        assert_int_equal(X509_cmp(sk_X509_value(again->chain, i),
                                  sk_X509_value(identity->chain, i)),
                         0);
    }
    assert_int_equal(ERR_peek_error(), 0);
    free(bytes);
}

/* Loads what spec says and compares all problems found. */
const sc_identity_t *load(const char *chain_file, const char *key_file,
                          const char *expected)
{
    sc_proven_t *found = sc_proven_make(pool);
    sc_loader_t *loader = sc_loader_make(NULL, found, pool, pool);
    const sc_identity_t *identity;

    spec.chain_file = chain_file;
    spec.key_file = key_file;
    report = sc_report_make(pool);
    identity = sc_loader_load(loader, &spec, report);
    assert_string_equal(problems(), expected);
    assert_int_equal(identity == NULL,
                     sc_report_count(report, SC_SEVERITY_ERROR) > 0);
    assert_int_equal(ERR_peek_error(), 0);
    if (identity != NULL) {
        assert_non_null(leaf_of(identity));
        assert_loads_again(identity, found);
    }
    /* Each pair of files is read once. */
    assert_ptr_equal(sc_loader_load(loader, &spec, sc_report_make(pool)),
                     identity);
    return identity;
}

/* The same with both in one file. */
const sc_identity_t *load_text(const char *text, const char *expected)
{
    return load(put("both.pem", text), NULL, expected);
}

/* A good certificate with this as the key file. */
const sc_identity_t *load_key(const char *key_text, const char *expected)
{
    return load(put("chain.pem", fullchain()), put("only.key", key_text),
                expected);
}

/* A good key with this as the certificate file. */
const sc_identity_t *load_chain(const char *text, const char *expected)
{
    return load(put("chain.pem", text), put("leaf.key", pki.leaf.key_pem),
                expected);
}

const char *problem_text(int i)
{
    return APR_ARRAY_IDX(report->problems, i, sc_problem_t).text;
}

void assert_chain(const sc_identity_t *identity, const X509 *leaf,
                  const X509 *first, const X509 *second)
{
    int num_certs = (first != NULL) + (second != NULL);

    assert_non_null(identity);
    assert_int_equal(X509_cmp(leaf_of(identity), leaf), 0);
    assert_int_equal(sk_X509_num(identity->chain), num_certs);
    if (first != NULL) {
        assert_int_equal(X509_cmp(sk_X509_value(identity->chain, 0), first), 0);
    }
    if (second != NULL) {
        assert_int_equal(X509_cmp(sk_X509_value(identity->chain, 1), second),
                         0);
    }
}

/* Loads a leaf that differs from a good one in what cert says. */
const sc_identity_t *load_leaf(pki_type_t type, pki_spec_t cert,
                               const char *expected)
{
    entity_t entity;
    const sc_identity_t *identity;

    leaf_make(&entity, type, cert);
    identity = load_text(
        apr_pstrcat(pool, entity.cert_pem, entity.key_pem, NULL), expected);
    drop_entity(&entity);
    return identity;
}

/* Every test begins with a fresh specification and pool. */
int begin(void **state)
{
    (void)state;
    memset(&spec, 0, sizeof(spec));
    spec.place.directive = "SecureChanCertificate";
    spec.now = apr_time_now();
    spec.baton = &num_questions;
    key_answer = NULL;
    num_questions = 0;
    return apr_pool_create(&pool, NULL);
}

int finish(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    return 0;
}

int set_up(void **state)
{
    (void)state;
    apr_initialize();
    pki.dir = pki_make_dir();
    make_entity(&pki.root, PKI_EC,
                &(pki_spec_t){.subject = "root", .ca = true});
    make_entity(&pki.upper, PKI_EC,
                &(pki_spec_t){.subject = "upper",
                              .ca = true,
                              .issuer = pki.root.cert,
                              .issuer_key = pki.root.key});
    make_entity(&pki.lower, PKI_EC,
                &(pki_spec_t){.subject = "lower",
                              .ca = true,
                              .issuer = pki.upper.cert,
                              .issuer_key = pki.upper.key});
    leaf_make(&pki.leaf, PKI_EC,
              (pki_spec_t){.subject = "leaf", .san = "DNS:leaf.example"});
    leaf_make(&pki.other, PKI_RSA,
              (pki_spec_t){.subject = "other",
                           .issuer = pki.root.cert,
                           .issuer_key = pki.root.key});
    make_entity(&pki.lone, PKI_EC, &(pki_spec_t){.subject = "lone"});
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    drop_entity(&pki.root);
    drop_entity(&pki.upper);
    drop_entity(&pki.lower);
    drop_entity(&pki.leaf);
    drop_entity(&pki.other);
    drop_entity(&pki.lone);
    pki_remove_dir(pki.dir);
    apr_terminate();
    return 0;
}
