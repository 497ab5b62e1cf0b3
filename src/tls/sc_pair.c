/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_pair.h"

#include <string.h>

#include <apr_strings.h>
#include <openssl/crypto.h>
#include <openssl/objects.h>

#include "sc_ossl.h"

#define RIGHT_KEY "Point the directive at the key the request was made with."

#define SWAPPED   "The certificate comes first, the key second."

/* Returns "RSA, 2048 bits". */
static const char *key_text(const EVP_PKEY *key, apr_pool_t *p)
{
    const char *name = EVP_PKEY_get0_type_name(key);

    return apr_psprintf(p, "%s, %d bits", name != NULL ? name : "unknown",
                        EVP_PKEY_get_bits(key));
}

void sc_pair_no_memory(const sc_pair_t *pair)
{
    sc_report_add(pair->env.report, SC_SEVERITY_ERROR, "SC0216",
                  pair->env.place,
                  "there is not enough memory to load the certificate.");
}

/* ---- Files that hold something else ---- */

/* Says what a file that should hold certificates holds instead. */
static void certs_missing(const sc_pair_t *pair)
{
    const sc_chain_env_t *env = &pair->env;
    const sc_pem_t *pem = pair->chain_pem;

    if (sc_pem_count(pem, SC_PEM_KEY) > 0) {
        sc_report_add(env->report, SC_SEVERITY_ERROR, "SC0217", env->place,
                      "%s holds a private key but no certificate. " SWAPPED,
                      env->file);
    }
    else if (sc_pem_count(pem, SC_PEM_REQUEST) > 0) {
        sc_report_add(env->report, SC_SEVERITY_ERROR, "SC0218", env->place,
                      "%s holds a certificate request, not a certificate. "
                      "Send it to a CA and name the certificate that comes "
                      "back.",
                      env->file);
    }
    else if (sc_pem_count(pem, SC_PEM_PKCS7) > 0) {
        sc_report_add(env->report, SC_SEVERITY_ERROR, "SC0219", env->place,
                      "%s holds a PKCS#7 bundle, not certificates. Unpack it: "
                      "openssl pkcs7 -print_certs -in %s -out NEW.pem",
                      env->file, env->file);
    }
    else if (sc_pem_count(pem, SC_PEM_PUBLIC_KEY) > 0) {
        sc_report_add(env->report, SC_SEVERITY_ERROR, "SC0220", env->place,
                      "%s holds a bare public key, not a certificate. Name "
                      "the certificate that the CA sent.",
                      env->file);
    }
    else {
        sc_report_add(env->report, SC_SEVERITY_ERROR, "SC0221", env->place,
                      "%s holds no certificate, only this block: %s. Name the "
                      "certificate that the CA sent.",
                      env->file, sc_pem_block(pem, 0)->label);
    }
}

/* Says what a file that should hold a key holds instead. */
static void key_missing(const sc_pair_t *pair)
{
    const sc_chain_env_t *env = &pair->env;
    const sc_pem_t *pem = pair->key_pem;
    const char *name = pem->file->name;

    if (pem == pair->chain_pem) {
        sc_report_add(env->report, SC_SEVERITY_ERROR, "SC0223", env->place,
                      "%s holds no private key, and no other file is named "
                      "for it. Name the key file after the certificate's.",
                      name);
    }
    else if (sc_pem_count(pem, SC_PEM_CERTIFICATE) > 0) {
        sc_report_add(
            env->report, SC_SEVERITY_ERROR, "SC0222", env->place,
            "%s is named as the key but holds only certificates. " SWAPPED,
            name);
    }
    else if (sc_pem_count(pem, SC_PEM_REQUEST) > 0) {
        sc_report_add(env->report, SC_SEVERITY_ERROR, "SC0224", env->place,
                      "%s is named as the key but holds a certificate "
                      "request. Name the private key that was made with it.",
                      name);
    }
    else if (sc_pem_count(pem, SC_PEM_PUBLIC_KEY) > 0) {
        sc_report_add(env->report, SC_SEVERITY_ERROR, "SC0225", env->place,
                      "%s holds a public key, not the private one. Name the "
                      "private key that it was taken from.",
                      name);
    }
    else if (sc_pem_count(pem, SC_PEM_OPENSSH_KEY) > 0) {
        sc_report_add(env->report, SC_SEVERITY_ERROR, "SC0226", env->place,
                      "%s is in OpenSSH's own format. Convert a copy of it: "
                      "ssh-keygen -p -m PEM -f COPY",
                      name);
    }
    else {
        sc_report_add(
            env->report, SC_SEVERITY_ERROR, "SC0227", env->place,
            "%s holds no private key, only this block: %s. Name the key "
            "that the certificate was requested with.",
            name, sc_pem_block(pem, 0)->label);
    }
}

/* ---- Certificates ---- */

/* Decodes one certificate; returns it to the caller, or NULL after a report. */
static X509 *cert_decode(const sc_pair_t *pair, const sc_pem_block_t *block)
{
    const sc_pem_t *pem = pair->chain_pem;
    apr_size_t len = 0;
    unsigned char *der = sc_pem_decode(pem, block, &len);
    X509 *cert;

    if (der == NULL) {
        return NULL;
    }
    if (pair->store == NULL) {
        cert = sc_cert_make(der, len);
    }
    else if (sk_X509_num(pair->certs) == 0) {
        /* The leaf, as a rule, and nobody else's. */
        cert = sc_certs_outline(pair->store, der, len);
    }
    else {
        cert = sc_certs_get(pair->store, der, len);
    }
    OPENSSL_free(der);
    if (cert == NULL) {
        sc_report_add(pem->report, SC_SEVERITY_ERROR, "SC0214", pem->place,
                      "the %s block on line %d of %s is no whole certificate: "
                      "%s. Fetch the file again, as an attachment if it came "
                      "by mail.",
                      block->label, sc_pem_line(pem, block), pem->file->name,
                      sc_ossl_reason(pem->p));
    }
    return cert;
}

/* Adds a certificate, which it owns from now on; false if there is no memory.
 */
static bool cert_add(const sc_pair_t *pair, X509 *cert)
{
    if (X509_add_cert(pair->certs, cert, X509_ADD_FLAG_DEFAULT) == 1) {
        return true;
    }
    X509_free(cert);
    sc_pair_no_memory(pair);
    return false;
}

/* Decodes all certificates of the chain file; blocks become those of certs. */
static void certs_decode(const sc_pair_t *pair, const sc_pem_block_t **blocks)
{
    const sc_pem_t *pem = pair->chain_pem;
    const sc_pem_block_t *block;

    if (sc_pem_count(pem, SC_PEM_CERTIFICATE) == 0) {
        certs_missing(pair);
        return;
    }
    for (int i = 0; (block = sc_pem_block(pem, i)) != NULL; i++) {
        X509 *cert;

        if (block->kind != SC_PEM_CERTIFICATE) {
            continue;
        }
        cert = cert_decode(pair, block);
        if (cert != NULL) {
            blocks[sk_X509_num(pair->certs)] = block;
            if (!cert_add(pair, cert)) {
                return;
            }
        }
    }
}

/* Makes the first certificate whole if it turned out not to be the leaf: an
 * issuer is judged by its key. */
static void first_complete(const sc_pair_t *pair)
{
    X509 *first;
    X509 *whole;

    if (pair->store == NULL || pair->leaf == 0) {
        return;
    }
    first = sk_X509_value(pair->certs, 0);
    whole = sc_cert_whole(first);
    if (whole == NULL) {
        sc_pair_no_memory(pair);
        return;
    }
    (void)sk_X509_set(pair->certs, 0, whole);
    X509_free(first);
}

/* ---- The key ---- */

/* Returns the index of the first certificate the key belongs to, or -1. */
static int cert_find(STACK_OF(X509) *certs, const EVP_PKEY *key)
{
    for (int i = 0; i < sk_X509_num(certs); i++) {
        if (sc_cert_fits_key(sk_X509_value(certs, i), key)) {
            return i;
        }
    }
    return -1;
}

/*
 * Looks among the keys of the file, either those that are encrypted or those
 * that are not, for the one that belongs to a certificate. *other becomes one
 * that belongs to none.
 */
static void key_find(sc_pair_t *pair, bool encrypted, EVP_PKEY **other)
{
    const sc_pem_t *pem = pair->key_pem;
    const sc_pem_block_t *block;
    const char *hint = NULL;

    if (sk_X509_num(pair->certs) > 0) {
        hint = sc_cert_key_type(sk_X509_value(pair->certs, 0));
    }
    for (int i = 0; (block = sc_pem_block(pem, i)) != NULL; i++) {
        EVP_PKEY *key;
        int match;

        if (block->kind != SC_PEM_KEY || block->encrypted != encrypted) {
            continue;
        }
        key = sc_key_decode(pem, block, hint, &pair->source);
        sc_own_pkey(key, pair->env.ptemp);
        if (key == NULL) {
            continue;
        }
        match = cert_find(pair->certs, key);
        if (match >= 0) {
            pair->key = key;
            pair->key_block = block;
            pair->leaf = match;
            return;
        }
        *other = key;
    }
}

/* Returns the leaf's public key, owned by scratch, or NULL. */
static EVP_PKEY *leaf_key(const sc_pair_t *pair)
{
    return sc_own_pkey(
        sc_cert_public_key(sk_X509_value(pair->certs, pair->leaf)),
        pair->env.ptemp);
}

/* Reports a leaf whose key is of no use in TLS; returns false then. */
static bool leaf_type_check(const sc_pair_t *pair)
{
    const sc_chain_env_t *env = &pair->env;
    X509 *leaf = sk_X509_value(pair->certs, pair->leaf);
    const EVP_PKEY *key = pair->key != NULL ? pair->key : leaf_key(pair);
    ASN1_OBJECT *algorithm = NULL;
    char name[80] = "unknown";
    sc_key_type_t type;

    if (key != NULL && sc_key_type_get(&type, key)) {
        return true;
    }
    if (X509_PUBKEY_get0_param(&algorithm, NULL, NULL, NULL,
                               X509_get_X509_PUBKEY(leaf)) == 1) {
        OBJ_obj2txt(name, (int)sizeof(name), algorithm, 0);
    }
    sc_report_add(env->report, SC_SEVERITY_ERROR, "SC0241", env->place,
                  "the certificate in %s has a key of a type that cannot be "
                  "used for TLS here (%s). Make an RSA, ECDSA, Ed25519 or "
                  "Ed448 key and have a certificate issued for it.",
                  env->file, name);
    return false;
}

/* Says that no key of the file belongs to a certificate; other is one. */
static void mismatch_report(const sc_pair_t *pair, const EVP_PKEY *other)
{
    const sc_chain_env_t *env = &pair->env;
    const char *key_name = pair->key_pem->file->name;
    const EVP_PKEY *public = leaf_key(pair);
    const char *wanted =
        public != NULL ? key_text(public, env->ptemp) : "unreadable";
    const char *found = key_text(other, env->ptemp);
    int num_keys = sc_pem_count(pair->key_pem, SC_PEM_KEY);
    const char *types;

    if (num_keys > 1) {
        sc_report_add(env->report, SC_SEVERITY_ERROR, "SC0235", env->place,
                      "none of the %d keys in %s belongs to the certificate "
                      "in %s (%s): different public keys. " RIGHT_KEY,
                      num_keys, key_name, env->file, wanted);
        return;
    }
    types = strcmp(wanted, found) == 0
                ? wanted
                : apr_psprintf(env->ptemp, "%s; the key: %s", wanted, found);
    sc_report_add(env->report, SC_SEVERITY_ERROR, "SC0233", env->place,
                  "the certificate in %s does not belong to the key in %s: "
                  "different public keys (%s). " RIGHT_KEY,
                  env->file, key_name, types);
}

/* Settles which certificate is the leaf and which key is its own. */
static void pair_choose(sc_pair_t *pair)
{
    EVP_PKEY *other = NULL;

    if (pair->key_pem != NULL && sc_pem_count(pair->key_pem, SC_PEM_KEY) == 0) {
        if (pair->key_pem != pair->chain_pem || sk_X509_num(pair->certs) > 0) {
            key_missing(pair);
        }
    }
    else if (pair->key_pem != NULL) {
        key_find(pair, false, &other);
        /* Nobody is asked for the pass phrase of a key that is not needed. */
        if (pair->key == NULL && sk_X509_num(pair->certs) > 0) {
            key_find(pair, true, &other);
        }
    }
    if (sk_X509_num(pair->certs) == 0) {
        return;
    }
    if (pair->key == NULL) {
        pair->leaf = sc_chain_guess_leaf(pair->certs);
    }
    if (leaf_type_check(pair) && pair->key == NULL && other != NULL) {
        mismatch_report(pair, other);
    }
}

bool sc_pair_find(sc_pair_t *pair)
{
    const sc_chain_env_t *env = &pair->env;
    const int num_errors = sc_report_count(env->report, SC_SEVERITY_ERROR);
    const int num_blocks =
        pair->chain_pem != NULL ? pair->chain_pem->blocks->nelts : 0;
    const sc_pem_block_t **blocks = apr_pcalloc(
        env->ptemp, (apr_size_t)(num_blocks + 1) * sizeof(sc_pem_block_t *));

    pair->certs = sc_own_x509_stack(sk_X509_new_null(), env->ptemp);
    if (pair->certs == NULL) {
        sc_pair_no_memory(pair);
        return false;
    }
    if (pair->chain_pem != NULL) {
        certs_decode(pair, blocks);
    }
    pair_choose(pair);
    pair->leaf_block = blocks[pair->leaf];
    first_complete(pair);
    if (pair->key != NULL) {
        pair->chain = sc_chain_order(env, pair->certs, pair->leaf);
        sc_own_x509_stack(pair->chain, env->ptemp);
        if (pair->chain == NULL) {
            sc_pair_no_memory(pair);
        }
    }
    return pair->key != NULL && pair->chain != NULL &&
           sc_report_count(env->report, SC_SEVERITY_ERROR) == num_errors;
}
