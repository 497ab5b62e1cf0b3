/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_exam.h"

#include <string.h>

#include <apr_strings.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "sc_chain.h"
#include "sc_file.h"
#include "sc_ossl.h"
#include "sc_pair.h"
#include "sc_pem.h"
#include "sc_statement.h"

/* To be raised whenever a fault is looked for that was none before. */
#define RULES "no fault in a pair of files, rules 1"

/* ---- Checks ---- */

/* Warns if everybody on the machine can read or change a key. */
static void exposure_check(const sc_chain_env_t *env, const sc_pem_t *pem)
{
    if (pem == NULL || !pem->file->is_exposed ||
        sc_pem_count(pem, SC_PEM_KEY) == 0) {
        return;
    }
    sc_report_add(env->report, SC_SEVERITY_WARNING, "SC0247", env->place,
                  "%s holds a private key and its mode lets every user of "
                  "this machine read or change it. Mend that: chmod o-rw %s",
                  pem->file->name, pem->file->name);
}

/* The checks of files and certificates that are of no account in memory. */
static void checks_do(const sc_pair_t *pair)
{
    const sc_chain_env_t *env = &pair->env;

    if (sk_X509_num(pair->certs) > 0) {
        X509 *leaf = sk_X509_value(pair->certs, pair->leaf);
        EVP_PKEY *public = NULL;

        if (pair->key == NULL) {
            public = sc_cert_public_key(leaf);
        }
        sc_chain_check(env, leaf, pair->key != NULL ? pair->key : public,
                       pair->chain);
        EVP_PKEY_free(public);
    }
    exposure_check(env, pair->chain_pem);
    if (pair->key_pem != pair->chain_pem) {
        exposure_check(env, pair->key_pem);
    }
}

/* Grades an identity; the grade stays unknown, but for the type, if OpenSSL
 * does not know the signature. */
static void grade_get(sc_identity_grade_t *grade, const sc_pair_t *pair)
{
    X509 *leaf = sk_X509_value(pair->certs, pair->leaf);
    sc_key_type_t type;

    memset(grade, 0, sizeof(*grade));
    if (!sc_key_type_get(&type, pair->key)) {
        return; /* not in an identity: that was an error */
    }
    grade->type = (int)type;
    if (X509_get_signature_info(leaf, &grade->signature_md, NULL,
                                &grade->signature_bits, NULL) == 1) {
        grade->signature = X509_get_signature_nid(leaf);
        grade->is_self_signed =
            (X509_get_extension_flags(leaf) & EXFLAG_SS) != 0;
        grade->key_bits = EVP_PKEY_get_security_bits(pair->key);
    }
}

/* ---- Files without fault ---- */

static void state_file(sc_statement_t *statement, const sc_pem_t *pem)
{
    const sc_file_t *file = pem->file;

    sc_statement_bytes(statement, file->bytes, file->bytes_len);
    sc_statement_bytes(statement, &file->is_exposed, sizeof(file->is_exposed));
}

/* Makes the statement that these files have no fault; false if it cannot. */
static bool proof_make(sc_proof_t *proof, const sc_pair_t *pair)
{
    sc_statement_t statement;

    if (pair->chain_pem == NULL || pair->key_pem == NULL) {
        memset(proof, 0, sizeof(*proof));
        return false;
    }
    sc_statement_begin(&statement, RULES);
    state_file(&statement, pair->chain_pem);
    state_file(&statement, pair->key_pem);
    return sc_statement_end(&statement, proof);
}

/* Returns the first block of a kind, or NULL. */
static const sc_pem_block_t *block_first(const sc_pem_t *pem,
                                         sc_pem_kind_t kind)
{
    const sc_pem_block_t *block = NULL;

    for (int i = 0; (block = sc_pem_block(pem, i)) != NULL; i++) {
        if (block->kind == kind) {
            break;
        }
    }
    return block;
}

/*
 * Tells whether a pair, in whose files there is no fault, consists of the first
 * certificate of its file and the only key. Only then its files tell without
 * being decoded what belongs to what, and the statement is worth a note.
 */
static bool is_plain(const sc_pair_t *pair)
{
    return pair->leaf_block ==
               block_first(pair->chain_pem, SC_PEM_CERTIFICATE) &&
           sc_pem_count(pair->key_pem, SC_PEM_KEY) == 1 &&
           !pair->key_block->encrypted;
}

/* Takes a pair apart that is known to be plain and without fault. */
static bool plain_take(sc_pair_t *pair)
{
    const sc_pem_t *pem = pair->chain_pem;
    const sc_pem_block_t *block;

    pair->leaf_block = block_first(pem, SC_PEM_CERTIFICATE);
    pair->key_block = block_first(pair->key_pem, SC_PEM_KEY);
    pair->chain = sc_own_x509_stack(sk_X509_new_null(), pair->env.ptemp);
    for (int i = 0; (block = sc_pem_block(pem, i)) != NULL; i++) {
        apr_size_t len = 0;
        unsigned char *der;
        X509 *cert;

        if (block->kind != SC_PEM_CERTIFICATE || block == pair->leaf_block) {
            continue;
        }
        der = sc_pem_decode(pem, block, &len);
        cert = der != NULL ? sc_certs_get(pair->store, der, len) : NULL;
        OPENSSL_free(der);
        if (cert == NULL || sk_X509_push(pair->chain, cert) == 0) {
            X509_free(cert);
            return false;
        }
    }
    return pair->chain != NULL;
}

/* ---- The examination ---- */

static void files_read(sc_pair_t *pair, const char *key_file)
{
    const sc_chain_env_t *env = &pair->env;

    pair->chain_pem = sc_pem_parse(
        sc_file_read(env->file, env->place, env->report, env->ptemp),
        env->place, env->report, env->ptemp);
    if (strcmp(key_file, env->file) == 0) {
        pair->key_pem = pair->chain_pem;
    }
    else {
        pair->key_pem = sc_pem_parse(
            sc_file_read(key_file, env->place, env->report, env->ptemp),
            env->place, env->report, env->ptemp);
    }
}

static bool has_encrypted_key(const sc_pem_t *pem)
{
    const sc_pem_block_t *block;

    for (int i = 0; pem != NULL && (block = sc_pem_block(pem, i)) != NULL;
         i++) {
        if (block->kind == SC_PEM_KEY && block->encrypted) {
            return true;
        }
    }
    return false;
}

/* A key's bytes from OPENSSL_malloc. */
typedef struct secret {
    unsigned char *bytes;
    apr_size_t len;
} secret_t;

static apr_status_t secret_cleanup(void *data)
{
    const secret_t *secret = data;

    OPENSSL_clear_free(secret->bytes, secret->len);
    return APR_SUCCESS;
}

/* Brings the bytes of leaf and key; false if there is no memory. */
static bool bytes_take(sc_exam_t *exam, const sc_pair_t *pair, apr_pool_t *p)
{
    sc_identity_bytes_t *bytes = &exam->bytes;
    unsigned char *leaf =
        sc_pem_decode(pair->chain_pem, pair->leaf_block, &bytes->leaf_len);
    secret_t *secret = apr_pcalloc(p, sizeof(*secret));

    secret->bytes = sc_pem_decode(pair->key_pem, pair->key_block, &secret->len);
    apr_pool_cleanup_register(p, secret, secret_cleanup, apr_pool_cleanup_null);
    if (leaf != NULL) {
        bytes->leaf = apr_pmemdup(p, leaf, bytes->leaf_len);
    }
    OPENSSL_free(leaf);
    bytes->key = secret->bytes;
    bytes->key_len = secret->len;
    return bytes->leaf != NULL && bytes->key != NULL;
}

/* Brings a key that had to be decrypted as OpenSSL's object: its bytes would
 * have to be kept in clear. */
static bool key_take(sc_exam_t *exam, const sc_pair_t *pair, apr_pool_t *p)
{
    if (EVP_PKEY_up_ref(pair->key) != 1) {
        return false;
    }
    exam->key = sc_own_pkey(pair->key, p);
    return exam->leaf != NULL;
}

/* Brings all that an identity is made of; false if there is no memory. */
static bool result_take(sc_exam_t *exam, const sc_pair_t *pair, apr_pool_t *p)
{
    exam->chain = sc_own_x509_stack(X509_chain_up_ref(pair->chain), p);
    if (pair->certs != NULL) {
        X509 *leaf = sk_X509_value(pair->certs, pair->leaf);

        if (X509_up_ref(leaf) == 1) {
            exam->leaf = sc_own_x509(leaf, p);
        }
    }
    return exam->chain != NULL &&
           (pair->key_block->encrypted ? key_take(exam, pair, p)
                                       : bytes_take(exam, pair, p));
}

/* Passes files that are known to be without fault; false if they are not. */
static bool pass_known(sc_exam_t *exam, const sc_exam_kit_t *kit,
                       sc_pair_t *pair, apr_pool_t *p)
{
    const sc_identity_grade_t *grade = sc_proven_find(kit->known, &exam->proof);

    if (grade == NULL || !plain_take(pair) || !result_take(exam, pair, p)) {
        return false;
    }
    exam->grade = *grade;
    exam->result = SC_EXAM_PASSED;
    return true;
}

/* Passes files that have to be checked, or fails them. */
static void pass_unknown(sc_exam_t *exam, sc_pair_t *pair, apr_pool_t *p)
{
    const sc_report_t *report = pair->env.report;
    const int num_problems = report->problems->nelts;
    const int num_errors = sc_report_count(report, SC_SEVERITY_ERROR);
    const bool found = sc_pair_find(pair);

    checks_do(pair);
    if (!found || sc_report_count(report, SC_SEVERITY_ERROR) > num_errors) {
        return;
    }
    grade_get(&exam->grade, pair);
    if (!result_take(exam, pair, p)) {
        sc_pair_no_memory(pair);
        return;
    }
    exam->is_new = report->problems->nelts == num_problems && is_plain(pair);
    if (!exam->is_new) {
        memset(&exam->proof, 0, sizeof(exam->proof));
    }
    exam->result = SC_EXAM_PASSED;
}

const sc_exam_t *sc_exam_take(const sc_exam_kit_t *kit,
                              const sc_identity_spec_t *spec,
                              sc_report_t *report, apr_pool_t *p)
{
    sc_exam_t *exam = apr_pcalloc(p, sizeof(*exam));
    sc_pair_t pair = {
        .env = {.file = spec->chain_file,
                .place = &spec->place,
                .report = report,
                .now = spec->now,
                .dates_are_errors = spec->dates_are_errors},
        .source = {spec->passphrase, spec->baton, kit->decoders},
        .store = kit->store,
    };

    (void)apr_pool_create(&pair.env.ptemp, p); /* like apr_palloc(): aborts */
    ERR_clear_error();
    exam->result = SC_EXAM_FAILED;
    files_read(&pair,
               spec->key_file != NULL ? spec->key_file : spec->chain_file);
    if (!kit->may_ask && has_encrypted_key(pair.key_pem)) {
        exam->result = SC_EXAM_LATER;
    }
    else if (!proof_make(&exam->proof, &pair) ||
             !pass_known(exam, kit, &pair, p)) {
        pass_unknown(exam, &pair, p);
    }
    apr_pool_destroy(pair.env.ptemp); /* wipes the files */
    ERR_clear_error();
    return exam;
}
