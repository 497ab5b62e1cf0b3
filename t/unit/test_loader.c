/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, a big server reports problems of its certificates in a
 * different order each time, takes files for good that nobody has checked, or
 * serves one host's certificate to another. Worth running under
 * ThreadSanitizer.
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

#include <apr_atomic.h>
#include <apr_strings.h>
#include <openssl/err.h>

#include "identity_case.h"

#include "sc_crew.h"
#include "sc_statement.h"

/* Pairs of files: enough for several threads, few enough to be quick. */
#define PAIRS 120

static sc_identity_spec_t specs[PAIRS];

/* Writes one of the pairs, one in ten of which has something wrong with it. */
static void put_pair(int i)
{
    sc_identity_spec_t *one = &specs[i];
    const char *chain = fullchain();
    const char *key = pki.leaf.key_pem;
    const char *key_name = apr_psprintf(pool, "%d.key", i);
    char *encrypted = NULL;

    switch (i % 10) {
    case 3: /* one of five, no two of which have the same fault */
        switch (i / 10 % 5) {
        case 0:
            chain = "no certificate\n";
            break;
        case 1:
            key = pki.other.key_pem;
            break;
        case 2:
            chain = apr_pstrcat(pool, pki.upper.cert_pem, pki.lower.cert_pem,
                                pki.leaf.cert_pem, NULL);
            break;
        case 3:
            encrypted = pki_encrypted_text(pki.leaf.key, PASSPHRASE);
            key = encrypted;
            break;
        default:
            key_name = "nowhere.key";
            break;
        }
        break;
    case 7:
        chain = pki.lone.cert_pem;
        key = pki.lone.key_pem;
        break;
    default:
        break;
    }
    *one = spec;
    one->place.line = i;
    one->passphrase = answer;
    one->chain_file = put(apr_psprintf(pool, "%d.pem", i), chain);
    one->key_file = path_of(key_name);
    if (strcmp(key_name, "nowhere.key") != 0) {
        (void)put(key_name, key);
    }
    free(encrypted);
}

static void put_pairs(void)
{
    for (int i = 0; i < PAIRS; i++) {
        put_pair(i);
    }
    key_answer = PASSPHRASE;
}

/* Loads all pairs and returns all problems, in order, each with its line. */
static const char *load_all(sc_loader_t *loader,
                            const sc_identity_t *identities[PAIRS])
{
    const char *all = "";

    report = sc_report_make(pool);
    for (int i = 0; i < PAIRS; i++) {
        identities[i] = sc_loader_load(loader, &specs[i], report);
    }
    for (int i = 0; i < report->problems->nelts; i++) {
        const sc_problem_t *problem =
            &APR_ARRAY_IDX(report->problems, i, sc_problem_t);

        all = apr_psprintf(pool, "%s%d: %s %s\n", all, problem->place.line,
                           problem->id, problem->text);
    }
    assert_int_equal(ERR_peek_error(), 0);
    return all;
}

static apr_array_header_t *specs_as_array(void)
{
    apr_array_header_t *array =
        apr_array_make(pool, PAIRS, sizeof(sc_identity_spec_t));

    for (int i = 0; i < PAIRS; i++) {
        APR_ARRAY_PUSH(array, sc_identity_spec_t) = specs[i];
    }
    return array;
}

static void read_ahead_changes_nothing(void **state)
{
    const sc_identity_t *slow[PAIRS];
    const sc_identity_t *fast[PAIRS];
    sc_proven_t *found[] = {sc_proven_make(pool), sc_proven_make(pool)};
    sc_loader_t *loader = sc_loader_make(NULL, found[0], pool, pool);
    const char *expected;
    apr_size_t lens[2];
    void *bytes[2];
    int questions;

    (void)state;
    put_pairs();
    expected = load_all(loader, slow);
    questions = num_questions;
    assert_int_equal(questions, 2); /* 33, 83 */
    assert_int_equal(sc_report_count(report, SC_SEVERITY_ERROR), 8);
    assert_int_equal(sc_report_count(report, SC_SEVERITY_WARNING), 2);

    loader = sc_loader_make(NULL, found[1], pool, pool);
    sc_loader_read_ahead(loader, specs_as_array());
    assert_int_equal(num_questions, questions); /* none of a thread's */
    assert_string_equal(load_all(loader, fast), expected);
    assert_int_equal(num_questions, 2 * questions);
    for (int i = 0; i < PAIRS; i++) {
        assert_int_equal(fast[i] == NULL, slow[i] == NULL);
        if (fast[i] != NULL) {
            assert_int_equal(X509_cmp(leaf_of(fast[i]), leaf_of(slow[i])), 0);
            assert_memory_equal(&fast[i]->proof, &slow[i]->proof,
                                sizeof(fast[i]->proof));
        }
    }
    for (int i = 0; i < 2; i++) {
        bytes[i] = sc_proven_bytes(found[i], &lens[i]);
    }
    assert_int_equal(lens[0], lens[1]);
    assert_memory_equal(bytes[0], bytes[1], lens[0]);
    free(bytes[0]);
    free(bytes[1]);
}

/* What is read ahead and never asked for, or twice, does no harm. */
static void read_ahead_in_any_order(void **state)
{
    const sc_identity_t *identities[PAIRS];
    const sc_identity_t *again[PAIRS];
    sc_loader_t *loader = sc_loader_make(NULL, NULL, pool, pool);
    apr_array_header_t *none =
        apr_array_make(pool, 1, sizeof(sc_identity_spec_t));

    (void)state;
    put_pairs();
    sc_loader_read_ahead(loader, none);
    sc_loader_read_ahead(loader, specs_as_array());
    sc_loader_read_ahead(loader, none);
    sc_loader_read_ahead(loader, specs_as_array());
    (void)load_all(loader, identities);
    sc_loader_read_ahead(loader, specs_as_array());
    assert_string_equal(load_all(loader, again), "");
    assert_memory_equal(identities, again, sizeof(again));
}

static void equal_chains_are_one(void **state)
{
    const sc_identity_t *identities[PAIRS];
    sc_loader_t *loader = sc_loader_make(NULL, NULL, pool, pool);

    (void)state;
    put_pairs();
    sc_loader_read_ahead(loader, specs_as_array());
    (void)load_all(loader, identities);
    assert_ptr_equal(identities[0]->chain, identities[1]->chain);
    assert_ptr_equal(identities[0]->chain, identities[33]->chain);
    assert_ptr_not_equal(identities[0]->chain, identities[7]->chain);
    assert_int_equal(sk_X509_num(identities[0]->chain), 2);
    assert_int_equal(sk_X509_num(identities[7]->chain), 0);
}

/* ---- What is known ---- */

/* Loads spec with what an earlier load, with that outcome, has found. */
static const sc_identity_t *load_after(const sc_identity_spec_t *earlier,
                                       bool was_proven)
{
    sc_proven_t *found = sc_proven_make(pool);
    const sc_identity_t *identity;
    apr_size_t len;
    void *bytes;

    report = sc_report_make(pool);
    assert_non_null(sc_loader_load(sc_loader_make(NULL, found, pool, pool),
                                   earlier, report));
    bytes = sc_proven_bytes(found, &len);
    assert_int_equal(bytes != NULL, was_proven);
    report = sc_report_make(pool);
    identity = sc_loader_load(
        sc_loader_make(sc_proven_open(bytes, len, pool), NULL, pool, pool),
        &spec, report);
    free(bytes);
    return identity;
}

static void changed_files_are_checked_again(void **state)
{
    sc_identity_spec_t good;

    (void)state;
    spec.dates_are_errors = true;
    good = spec;
    good.chain_file = put("good.pem", fullchain());
    good.key_file = put("good.key", pki.leaf.key_pem);
    /* Other names, and the second time even another time: nothing is new. */
    spec.chain_file = put("copy.pem", fullchain());
    spec.key_file = put("copy.key", pki.leaf.key_pem);
    spec.now = apr_time_now() + apr_time_from_sec(1000 * PKI_DAY);
    assert_non_null(load_after(&good, true));
    assert_int_equal(report->problems->nelts, 0);

    (void)put("copy.key", pki.other.key_pem);
    assert_null(load_after(&good, true));
    (void)put("copy.key", pki.leaf.key_pem);
    (void)put("copy.pem", pki.leaf.cert_pem);
    assert_null(load_after(&good, true));
    spec.now = good.now;
    assert_non_null(load_after(&good, true));
    assert_int_equal(report->problems->nelts, 0);
    (void)put("copy.pem", fullchain());
    assert_int_equal(chmod(spec.key_file, 0644), 0);
    assert_non_null(load_after(&good, true));
    assert_int_equal(sc_report_count(report, SC_SEVERITY_WARNING), 1);
}

/* Nothing is proven of files with a fault, however small. */
static void faults_are_reported_again(void **state)
{
    (void)state;
    spec.chain_file = put("a.pem", fullchain());
    spec.key_file = put("a.key", pki.leaf.key_pem);
    assert_int_equal(chmod(spec.key_file, 0644), 0);
    assert_non_null(load_after(&spec, false));
    assert_int_equal(sc_report_count(report, SC_SEVERITY_WARNING), 1);
}

/* Which of several keys is meant is not seen without decoding them. */
static void odd_files_are_decoded_again(void **state)
{
    (void)state;
    spec.chain_file = put("a.pem", fullchain());
    spec.key_file = put(
        "a.key", apr_pstrcat(pool, pki.other.key_pem, pki.leaf.key_pem, NULL));
    assert_non_null(leaf_of(load_after(&spec, false)));
    assert_int_equal(report->problems->nelts, 0);
}

/* ---- Sealed identities ---- */

#define OPENERS 64

static const sc_identity_t *sealed;
static X509 *opened[OPENERS];
static apr_uint32_t num_failed; /* atomic */

static void open_it(void *baton, int worker, int job)
{
    EVP_PKEY *key = NULL;

    (void)baton;
    (void)worker;
    if (!sc_identity_open(sealed, &opened[job], &key)) {
        apr_atomic_inc32(&num_failed);
    }
}

static void all_threads_open_the_same(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        spec.chain_file = put("a.pem", fullchain());
        spec.key_file = put("a.key", pki.leaf.key_pem);
        report = sc_report_make(pool);
        sealed = sc_loader_load(sc_loader_make(NULL, NULL, pool, pool), &spec,
                                report);
        assert_non_null(sealed);
        sc_crew_run(open_it, NULL, SC_CREW_MAX, OPENERS, pool);
        assert_int_equal(num_failed, 0);
        for (int i = 0; i < OPENERS; i++) {
            assert_ptr_equal(opened[i], leaf_of(sealed));
        }
    }
}

static void outline_tells_names_without_opening(void **state)
{
    sc_loader_t *loader = sc_loader_make(NULL, NULL, pool, pool);

    (void)state;
    spec.chain_file = put("a.pem", fullchain());
    spec.key_file = put("a.key", pki.leaf.key_pem);
    report = sc_report_make(pool);
    sealed = sc_loader_load(loader, &spec, report);
    for (int round = 0; round < 2; round++) {
        sc_loader_outline(loader, sealed);
        assert_null(sc_identity_closed_bytes(sealed)); /* there is one */
        assert_true(sc_identity_covers(sealed, "leaf.example"));
        assert_false(sc_identity_covers(sealed, "other.example"));
        sc_identity_set_outline(sealed, NULL);
        assert_non_null(sc_identity_closed_bytes(sealed)); /* not opened */
    }
    assert_true(sc_identity_covers(sealed, "leaf.example"));
    assert_false(sc_identity_covers(sealed, "other.example"));
    assert_null(sc_identity_closed_bytes(sealed));
    sc_loader_outline(loader, sealed);
    assert_true(sc_identity_covers(sealed, "leaf.example"));
    assert_int_equal(ERR_peek_error(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(read_ahead_changes_nothing),
        TEST(read_ahead_in_any_order),
        TEST(equal_chains_are_one),
        TEST(changed_files_are_checked_again),
        TEST(faults_are_reported_again),
        TEST(odd_files_are_decoded_again),
        TEST(all_threads_open_the_same),
        TEST(outline_tells_names_without_opening),
    };

    return cmocka_run_group_tests_name("sc_loader", tests, set_up, tear_down);
}
