/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_loader.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "sc_cert.h"
#include "sc_chain.h"
#include "sc_file.h"
#include "sc_ossl.h"
#include "sc_pair.h"
#include "sc_pem.h"
#include "sc_vault.h"

/* To be raised whenever a fault is looked for that was none before. */
#define RULES "pair of files, rules 1"

struct sc_loader {
    const sc_proven_t *known;
    sc_proven_t *found;
    sc_certs_t *store;
    sc_decoders_t *decoders;
    sc_vault_t *vault;
    apr_hash_t *loaded; /* by file names: entry_t */
    apr_hash_t *chains; /* by the certificates' addresses: STACK_OF(X509) */
    apr_pool_t *p;
    apr_pool_t *ptemp;
    apr_pool_t *scratch; /* cleared with each pair of files */
};

/* A pair of files that was asked for. */
typedef struct entry {
    const sc_identity_t *identity; /* NULL: it cannot be used */
} entry_t;

sc_loader_t *sc_loader_make(const sc_proven_t *known, sc_proven_t *found,
                            apr_pool_t *p, apr_pool_t *ptemp)
{
    sc_loader_t *loader = apr_pcalloc(ptemp, sizeof(*loader));

    loader->known = known;
    loader->found = found;
    loader->store = sc_certs_make(ptemp);
    loader->decoders = sc_decoders_make(ptemp);
    loader->vault = sc_vault_make(p);
    loader->loaded = apr_hash_make(ptemp);
    loader->chains = apr_hash_make(ptemp);
    loader->p = p;
    loader->ptemp = ptemp;
    (void)apr_pool_create(&loader->scratch, ptemp); /* aborts, as apr_palloc */
    return loader;
}

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

static bool hash_file(EVP_MD_CTX *md, const sc_pem_t *pem)
{
    const sc_file_t *file = pem->file;

    return EVP_DigestUpdate(md, &file->bytes_len, sizeof(file->bytes_len)) ==
               1 &&
           EVP_DigestUpdate(md, &file->is_exposed, sizeof(file->is_exposed)) ==
               1 &&
           EVP_DigestUpdate(md, file->bytes, file->bytes_len) == 1;
}

/* Makes the statement that these files have no fault; false if it cannot. */
static bool proof_make(sc_proof_t *proof, const sc_pair_t *pair)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *md;
    bool made;

    memset(proof, 0, sizeof(*proof));
    if (pair->chain_pem == NULL || pair->key_pem == NULL) {
        return false;
    }
    md = EVP_MD_CTX_new();
    made = md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 &&
           EVP_DigestUpdate(md, RULES, sizeof(RULES)) == 1 &&
           hash_file(md, pair->chain_pem) && hash_file(md, pair->key_pem) &&
           EVP_DigestFinal_ex(md, digest, NULL) == 1;
    if (made) {
        memcpy(proof, digest, sizeof(*proof));
    }
    EVP_MD_CTX_free(md);
    return made;
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

/* ---- Identities ---- */

/* Returns the one stack in p of these certificates, or NULL without memory. */
static STACK_OF(X509) *chain_share(const sc_loader_t *loader,
                                   STACK_OF(X509) *chain)
{
    const int num = sk_X509_num(chain);
    const apr_size_t len = (apr_size_t)(num + 1) * sizeof(X509 *);
    X509 **key = apr_pcalloc(loader->scratch, len);
    STACK_OF(X509) *shared;

    for (int i = 0; i < num; i++) {
        key[i] = sk_X509_value(chain, i);
    }
    shared = apr_hash_get(loader->chains, key, (apr_ssize_t)len);
    if (shared == NULL) {
        shared = sc_own_x509_stack(X509_chain_up_ref(chain), loader->p);
        if (shared != NULL) {
            apr_hash_set(loader->chains, apr_pmemdup(loader->ptemp, key, len),
                         (apr_ssize_t)len, shared);
        }
    }
    return shared;
}

/* Keeps the bytes of a pair and makes an identity of them. */
static sc_identity_t *seal(const sc_loader_t *loader, const sc_pair_t *pair,
                           STACK_OF(X509) *chain, sc_key_type_t type)
{
    sc_identity_bytes_t bytes;
    unsigned char *leaf =
        sc_pem_decode(pair->chain_pem, pair->leaf_block, &bytes.leaf_len);
    unsigned char *key =
        sc_pem_decode(pair->key_pem, pair->key_block, &bytes.key_len);
    sc_identity_t *identity = NULL;

    if (leaf != NULL && key != NULL) {
        bytes.leaf = apr_pmemdup(loader->p, leaf, bytes.leaf_len);
        bytes.key = sc_vault_keep(loader->vault, key, bytes.key_len);
        if (bytes.key != NULL) {
            identity = sc_identity_seal(type, &bytes, chain, loader->p);
        }
    }
    OPENSSL_free(leaf);
    OPENSSL_clear_free(key, bytes.key_len);
    return identity;
}

/* Makes an identity of a key that had to be decrypted: its bytes would have to
 * be kept in clear. */
static sc_identity_t *make_open(const sc_loader_t *loader,
                                const sc_pair_t *pair, STACK_OF(X509) *chain)
{
    X509 *leaf = sc_cert_whole(sk_X509_value(pair->certs, pair->leaf));
    sc_identity_t *identity = NULL;

    if (leaf != NULL) {
        identity = sc_identity_make(leaf, pair->key, chain, loader->p);
    }
    X509_free(leaf);
    return identity;
}

/* Hands what was found from scratch to the pool of identities. */
static sc_identity_t *identity_make(const sc_loader_t *loader,
                                    const sc_pair_t *pair,
                                    const sc_identity_grade_t *grade)
{
    STACK_OF(X509) *chain = chain_share(loader, pair->chain);
    sc_identity_t *identity = NULL;

    if (chain != NULL) {
        identity = pair->key_block->encrypted
                       ? make_open(loader, pair, chain)
                       : seal(loader, pair, chain, (sc_key_type_t)grade->type);
    }
    if (identity != NULL) {
        identity->grade = *grade;
        identity->chain_file = pair->chain_pem->file->name;
        identity->key_file = pair->key_pem->file->name;
    }
    return identity;
}

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

/* Loads files that are known to be without fault; NULL if they are not. */
static sc_identity_t *load_known(const sc_loader_t *loader, sc_pair_t *pair,
                                 const sc_proof_t *proof)
{
    const sc_identity_grade_t *grade = sc_proven_find(loader->known, proof);
    sc_identity_t *identity = NULL;

    if (grade != NULL && plain_take(pair)) {
        identity = identity_make(loader, pair, grade);
    }
    if (identity != NULL) {
        identity->proof = *proof;
    }
    return identity;
}

/* Loads files that have to be checked. */
static sc_identity_t *load_unknown(const sc_loader_t *loader, sc_pair_t *pair,
                                   const sc_proof_t *proof)
{
    const sc_chain_env_t *env = &pair->env;
    const int num_problems = env->report->problems->nelts;
    const int num_errors = sc_report_count(env->report, SC_SEVERITY_ERROR);
    const bool found = sc_pair_find(pair);
    sc_identity_t *identity = NULL;
    sc_identity_grade_t grade;
    X509 *leaf;

    checks_do(pair);
    if (!found ||
        sc_report_count(env->report, SC_SEVERITY_ERROR) > num_errors) {
        return NULL;
    }
    grade_get(&grade, pair);
    identity = identity_make(loader, pair, &grade);
    if (identity == NULL) {
        sc_pair_no_memory(pair);
        return NULL;
    }
    leaf = sk_X509_value(pair->certs, pair->leaf);
    sc_identity_set_outline(identity, X509_up_ref(leaf) == 1 ? leaf : NULL);
    if (env->report->problems->nelts == num_problems && is_plain(pair)) {
        identity->proof = *proof;
        if (loader->found != NULL) {
            sc_proven_add(loader->found, proof, &grade, sizeof(grade));
        }
    }
    return identity;
}

/* Loads whatever others may have loaded before. */
static const sc_identity_t *load(const sc_loader_t *loader,
                                 const sc_identity_spec_t *spec,
                                 const char *key_file, sc_report_t *report)
{
    sc_pair_t pair = {
        .env = {.file = spec->chain_file,
                .place = &spec->place,
                .report = report,
                .now = spec->now,
                .dates_are_errors = spec->dates_are_errors,
                .ptemp = loader->scratch},
        .source = {spec->passphrase, spec->baton, loader->decoders},
        .store = loader->store,
    };
    sc_identity_t *identity = NULL;
    sc_proof_t proof;

    ERR_clear_error();
    files_read(&pair, key_file);
    if (proof_make(&proof, &pair)) {
        identity = load_known(loader, &pair, &proof);
    }
    if (identity == NULL) {
        identity = load_unknown(loader, &pair, &proof);
    }
    apr_pool_clear(loader->scratch); /* wipes the files */
    ERR_clear_error();
    return identity;
}

const sc_identity_t *sc_loader_load(sc_loader_t *loader,
                                    const sc_identity_spec_t *spec,
                                    sc_report_t *report)
{
    const char *key_file =
        spec->key_file != NULL ? spec->key_file : spec->chain_file;
    const char *names =
        apr_pstrcat(loader->ptemp, spec->chain_file, "\n", key_file, NULL);
    entry_t *entry = apr_hash_get(loader->loaded, names, APR_HASH_KEY_STRING);

    if (entry == NULL) {
        entry = apr_palloc(loader->ptemp, sizeof(*entry));
        entry->identity = load(loader, spec, key_file, report);
        apr_hash_set(loader->loaded, names, APR_HASH_KEY_STRING, entry);
    }
    return entry->identity;
}
