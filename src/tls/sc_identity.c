/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_identity.h"

#include <string.h>

#include <apr_strings.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "sc_chain.h"
#include "sc_file.h"
#include "sc_key.h"
#include "sc_ossl.h"
#include "sc_pem.h"

/* Longest IP address literal, with brackets. */
#define ADDRESS_MAX 64

#define RIGHT_KEY   "Point the directive at the key the request was made with."

#define SWAPPED     "The certificate comes first, the key second."

/* What is known while an identity is being put together; all of it scratch. */
typedef struct loader {
    sc_chain_env_t env;
    sc_passphrase_fn_t passphrase;
    void *baton;
    const sc_pem_t *chain_pem; /* NULL: already reported */
    const sc_pem_t *key_pem;   /* the same pointer if one file holds both */
    STACK_OF(X509) *certs;     /* all of the file, in its order */
    int leaf;                  /* index into certs */
    EVP_PKEY *key;             /* the one that belongs to the leaf, or NULL */
    int num_errors;            /* in the report before anything was done */
} loader_t;

const char *sc_key_type_name(sc_key_type_t type)
{
    static const char *const names[SC_KEY_TYPES] = {
        [SC_KEY_RSA] = "RSA",
        [SC_KEY_ECDSA] = "ECDSA",
        [SC_KEY_ED25519] = "Ed25519",
        [SC_KEY_ED448] = "Ed448",
    };

    return type < SC_KEY_TYPES ? names[type] : "unknown";
}

/* Returns false for a type that cannot sign a TLS handshake here. */
static bool type_get(sc_key_type_t *type, const EVP_PKEY *key)
{
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
        *type = SC_KEY_RSA;
        return true;
    case EVP_PKEY_EC:
        *type = SC_KEY_ECDSA;
        return true;
    case EVP_PKEY_ED25519:
        *type = SC_KEY_ED25519;
        return true;
    case EVP_PKEY_ED448:
        *type = SC_KEY_ED448;
        return true;
    default:
        return false;
    }
}

/* Returns "RSA, 2048 bits". */
static const char *key_text(const EVP_PKEY *key, apr_pool_t *p)
{
    const char *name = EVP_PKEY_get0_type_name(key);

    return apr_psprintf(p, "%s, %d bits", name != NULL ? name : "unknown",
                        EVP_PKEY_get_bits(key));
}

static void out_of_memory(sc_report_t *report, const sc_place_t *place)
{
    sc_report_add(report, SC_SEVERITY_ERROR, "SC0216", place,
                  "there is not enough memory to load the certificate.");
}

/* Says what a file that should hold certificates holds instead. */
static void certs_missing(const loader_t *loader)
{
    const sc_chain_env_t *env = &loader->env;
    const sc_pem_t *pem = loader->chain_pem;

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
static void key_missing(const loader_t *loader)
{
    const sc_chain_env_t *env = &loader->env;
    const sc_pem_t *pem = loader->key_pem;
    const char *name = pem->file->name;

    if (pem == loader->chain_pem) {
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

/* Decodes one certificate; returns it to the caller, or NULL after a report. */
static X509 *cert_decode(const sc_pem_t *pem, const sc_pem_block_t *block)
{
    apr_size_t len = 0;
    unsigned char *der = sc_pem_decode(pem, block, &len);
    const unsigned char *at = der;
    X509 *cert;

    if (der == NULL) {
        return NULL;
    }
    cert = d2i_X509(NULL, &at, (long)len);
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

/* Decodes all certificates of the chain file. */
static void certs_decode(loader_t *loader)
{
    const sc_pem_t *pem = loader->chain_pem;
    const sc_pem_block_t *block;

    if (sc_pem_count(pem, SC_PEM_CERTIFICATE) == 0) {
        certs_missing(loader);
        return;
    }
    for (int i = 0; (block = sc_pem_block(pem, i)) != NULL; i++) {
        X509 *cert;

        if (block->kind != SC_PEM_CERTIFICATE) {
            continue;
        }
        cert = cert_decode(pem, block);
        if (cert != NULL &&
            X509_add_cert(loader->certs, cert, X509_ADD_FLAG_DEFAULT) != 1) {
            X509_free(cert);
            out_of_memory(loader->env.report, loader->env.place);
            return;
        }
    }
}

static bool is_pair(const X509 *cert, const EVP_PKEY *key)
{
    const EVP_PKEY *public = X509_get0_pubkey(cert);

    return public != NULL && EVP_PKEY_eq(public, key) == 1 &&
           X509_check_private_key(cert, key) == 1;
}

/* Returns the index of the first certificate the key belongs to, or -1. */
static int cert_find(STACK_OF(X509) *certs, const EVP_PKEY *key)
{
    for (int i = 0; i < sk_X509_num(certs); i++) {
        if (is_pair(sk_X509_value(certs, i), key)) {
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
static void key_find(loader_t *loader, bool encrypted, EVP_PKEY **other)
{
    const sc_pem_t *pem = loader->key_pem;
    const sc_pem_block_t *block;
    const EVP_PKEY *public = NULL;
    const char *hint = NULL;

    if (sk_X509_num(loader->certs) > 0) {
        public = X509_get0_pubkey(sk_X509_value(loader->certs, 0));
    }
    if (public != NULL) {
        hint = EVP_PKEY_get0_type_name(public);
    }
    for (int i = 0; (block = sc_pem_block(pem, i)) != NULL; i++) {
        EVP_PKEY *key;
        int match;

        if (block->kind != SC_PEM_KEY || block->encrypted != encrypted) {
            continue;
        }
        key =
            sc_key_decode(pem, block, hint, loader->passphrase, loader->baton);
        sc_own_pkey(key, loader->env.ptemp);
        if (key == NULL) {
            continue;
        }
        match = cert_find(loader->certs, key);
        if (match >= 0) {
            loader->key = key;
            loader->leaf = match;
            return;
        }
        *other = key;
    }
}

/* Reports a leaf whose key is of no use in TLS; returns false then. */
static bool leaf_type_check(const loader_t *loader)
{
    const sc_chain_env_t *env = &loader->env;
    X509 *leaf = sk_X509_value(loader->certs, loader->leaf);
    const EVP_PKEY *key = X509_get0_pubkey(leaf);
    ASN1_OBJECT *algorithm = NULL;
    char name[80] = "unknown";
    sc_key_type_t type;

    if (key != NULL && type_get(&type, key)) {
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
static void mismatch_report(const loader_t *loader, const EVP_PKEY *other)
{
    const sc_chain_env_t *env = &loader->env;
    const char *key_name = loader->key_pem->file->name;
    const EVP_PKEY *public =
        X509_get0_pubkey(sk_X509_value(loader->certs, loader->leaf));
    const char *wanted =
        public != NULL ? key_text(public, env->ptemp) : "unreadable";
    const char *found = key_text(other, env->ptemp);
    int num_keys = sc_pem_count(loader->key_pem, SC_PEM_KEY);
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
static void pair_choose(loader_t *loader)
{
    EVP_PKEY *other = NULL;

    if (loader->key_pem != NULL &&
        sc_pem_count(loader->key_pem, SC_PEM_KEY) == 0) {
        if (loader->key_pem != loader->chain_pem ||
            sk_X509_num(loader->certs) > 0) {
            key_missing(loader);
        }
    }
    else if (loader->key_pem != NULL) {
        key_find(loader, false, &other);
        /* Nobody is asked for the pass phrase of a key that is not needed. */
        if (loader->key == NULL && sk_X509_num(loader->certs) > 0) {
            key_find(loader, true, &other);
        }
    }
    if (sk_X509_num(loader->certs) == 0) {
        return;
    }
    if (loader->key == NULL) {
        loader->leaf = sc_chain_guess_leaf(loader->certs);
    }
    if (leaf_type_check(loader) && loader->key == NULL && other != NULL) {
        mismatch_report(loader, other);
    }
}

/* Warns if everybody on the machine can read or change a key. */
static void exposure_check(const loader_t *loader, const sc_pem_t *pem)
{
    if (pem == NULL || !pem->file->is_exposed ||
        sc_pem_count(pem, SC_PEM_KEY) == 0) {
        return;
    }
    sc_report_add(loader->env.report, SC_SEVERITY_WARNING, "SC0247",
                  loader->env.place,
                  "%s holds a private key and its mode lets every user of "
                  "this machine read or change it. Mend that: chmod o-rw %s",
                  pem->file->name, pem->file->name);
}

/* Hands what was found from scratch to the pool of the caller. */
static sc_identity_t *identity_make(const loader_t *loader,
                                    STACK_OF(X509) *chain, apr_pool_t *p)
{
    sc_identity_t *identity = apr_pcalloc(p, sizeof(*identity));
    X509 *leaf = sk_X509_value(loader->certs, loader->leaf);

    if (X509_up_ref(leaf) != 1) {
        return NULL;
    }
    identity->leaf = sc_own_x509(leaf, p);
    if (EVP_PKEY_up_ref(loader->key) != 1) {
        return NULL;
    }
    identity->key = sc_own_pkey(loader->key, p);
    chain = X509_chain_up_ref(chain);
    identity->chain = sc_own_x509_stack(chain, p);
    if (chain == NULL || !type_get(&identity->type, identity->key)) {
        return NULL;
    }
    return identity;
}

/* The checks of files and certificates that are of no account in memory. */
static void checks_do(const loader_t *loader, STACK_OF(X509) *chain)
{
    if (sk_X509_num(loader->certs) > 0) {
        sc_chain_check(&loader->env, sk_X509_value(loader->certs, loader->leaf),
                       chain);
    }
    exposure_check(loader, loader->chain_pem);
    if (loader->key_pem != loader->chain_pem) {
        exposure_check(loader, loader->key_pem);
    }
}

/* Does everything after the files are read; returns NULL after an error. */
static sc_identity_t *assemble(loader_t *loader, bool with_checks,
                               apr_pool_t *p)
{
    const sc_chain_env_t *env = &loader->env;
    STACK_OF(X509) *chain = NULL;
    sc_identity_t *identity = NULL;

    loader->certs = sc_own_x509_stack(sk_X509_new_null(), env->ptemp);
    if (loader->certs == NULL) {
        out_of_memory(env->report, env->place);
        return NULL;
    }
    if (loader->chain_pem != NULL) {
        certs_decode(loader);
    }
    pair_choose(loader);
    if (loader->key != NULL) {
        chain = sc_chain_order(env, loader->certs, loader->leaf);
        sc_own_x509_stack(chain, env->ptemp);
    }
    if (with_checks) {
        checks_do(loader, chain);
    }
    if (sc_report_count(env->report, SC_SEVERITY_ERROR) > loader->num_errors) {
        return NULL;
    }
    if (loader->key != NULL && chain != NULL) {
        identity = identity_make(loader, chain, p);
    }
    if (identity == NULL) {
        out_of_memory(env->report, env->place);
    }
    return identity;
}

sc_identity_t *sc_identity_load(const sc_identity_spec_t *spec,
                                sc_report_t *report, apr_pool_t *p)
{
    const char *key_file =
        spec->key_file != NULL ? spec->key_file : spec->chain_file;
    loader_t loader = {.passphrase = spec->passphrase, .baton = spec->baton};
    sc_chain_env_t *env = &loader.env;
    sc_identity_t *identity;

    (void)apr_pool_create(&env->ptemp, p); /* like apr_palloc(): aborts */
    ERR_clear_error();
    env->file = spec->chain_file;
    env->place = &spec->place;
    env->report = report;
    env->now = spec->now;
    env->dates_are_errors = spec->dates_are_errors;
    loader.num_errors = sc_report_count(report, SC_SEVERITY_ERROR);
    loader.chain_pem =
        sc_pem_parse(sc_file_read(env->file, env->place, report, env->ptemp),
                     env->place, report, env->ptemp);
    if (strcmp(key_file, env->file) == 0) {
        loader.key_pem = loader.chain_pem;
    }
    else {
        loader.key_pem =
            sc_pem_parse(sc_file_read(key_file, env->place, report, env->ptemp),
                         env->place, report, env->ptemp);
    }
    identity = assemble(&loader, true, p);
    if (identity != NULL) {
        identity->chain_file = apr_pstrdup(p, env->file);
        identity->key_file = apr_pstrdup(p, key_file);
    }
    apr_pool_destroy(env->ptemp); /* wipes the files */
    ERR_clear_error();
    return identity;
}

/* Makes the first error of a report the one of the record. */
static void error_take(sc_error_t *err, const sc_report_t *report)
{
    for (int i = 0; i < report->problems->nelts; i++) {
        const sc_problem_t *problem =
            &APR_ARRAY_IDX(report->problems, i, sc_problem_t);

        if (problem->severity == SC_SEVERITY_ERROR) {
            sc_error_set(err, problem->id, SC_BLAME_CONFIG, "%s",
                         problem->text);
            return;
        }
    }
}

sc_identity_t *sc_identity_from_pem(const char *chain_pem, const char *key_pem,
                                    sc_error_t *err, apr_pool_t *p)
{
    static const sc_place_t nowhere = {NULL, NULL, 0, NULL};
    loader_t loader = {.passphrase = NULL};
    sc_chain_env_t *env = &loader.env;
    sc_identity_t *identity;

    (void)apr_pool_create(&env->ptemp, p); /* like apr_palloc(): aborts */
    ERR_clear_error();
    env->file = "the certificate given as text";
    env->place = &nowhere;
    env->report = sc_report_make(env->ptemp);
    loader.chain_pem =
        sc_pem_parse(sc_file_from_text(chain_pem, env->file, env->place,
                                       env->report, env->ptemp),
                     env->place, env->report, env->ptemp);
    loader.key_pem =
        sc_pem_parse(sc_file_from_text(key_pem, "the key given as text",
                                       env->place, env->report, env->ptemp),
                     env->place, env->report, env->ptemp);
    identity = assemble(&loader, false, p);
    if (identity == NULL) {
        error_take(err, env->report);
    }
    apr_pool_destroy(env->ptemp);
    ERR_clear_error();
    return identity;
}

bool sc_identity_covers(const sc_identity_t *identity, const char *name)
{
    apr_size_t len = strlen(name);
    char address[ADDRESS_MAX];
    int result;

    /* OpenSSL takes a leading dot for "any name below". */
    if (len == 0 || name[0] == '.') {
        return false;
    }
    if (name[0] == '[' && name[len - 1] == ']' && len < sizeof(address)) {
        apr_cpystrn(address, name + 1, len - 1);
        name = address;
        len -= 2;
    }
    result = X509_check_ip_asc(identity->leaf, name, 0);
    if (result == -2) { /* not an address literal */
        result = X509_check_host(identity->leaf, name, len,
                                 X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                     X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                                 NULL);
    }
    ERR_clear_error();
    return result == 1;
}
