/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_identity.h"

#include <stdatomic.h>
#include <string.h>

#include <apr_strings.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "sc_cert.h"
#include "sc_key.h"
#include "sc_ossl.h"
#include "sc_pair.h"

/* Longest IP address literal, with brackets. */
#define ADDRESS_MAX 64

/* A certificate and its key as OpenSSL has them. */
typedef struct opened {
    X509 *leaf;
    EVP_PKEY *key;
} opened_t;

struct sc_identity_cell {
    sc_identity_bytes_t bytes;  /* sealed; none if it was made open */
    _Atomic(opened_t *) opened; /* NULL: not needed yet in this process */
    X509 *outline;              /* for the time of the start, or NULL */
};

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

bool sc_key_type_get(sc_key_type_t *type, const EVP_PKEY *key)
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

static void opened_free(opened_t *opened)
{
    if (opened != NULL) {
        X509_free(opened->leaf);
        EVP_PKEY_free(opened->key);
        OPENSSL_free(opened);
    }
}

static apr_status_t cell_cleanup(void *data)
{
    sc_identity_cell_t *cell = data;

    opened_free(atomic_exchange(&cell->opened, NULL));
    X509_free(cell->outline);
    cell->outline = NULL;
    return APR_SUCCESS;
}

static sc_identity_t *identity_new(sc_key_type_t type, STACK_OF(X509) *chain,
                                   apr_pool_t *p)
{
    sc_identity_t *identity = apr_pcalloc(p, sizeof(*identity));

    identity->type = type;
    identity->chain = chain;
    identity->cell = apr_pcalloc(p, sizeof(*identity->cell));
    apr_pool_cleanup_register(p, identity->cell, cell_cleanup,
                              apr_pool_cleanup_null);
    return identity;
}

sc_identity_t *sc_identity_seal(sc_key_type_t type,
                                const sc_identity_bytes_t *bytes,
                                STACK_OF(X509) *chain, apr_pool_t *p)
{
    sc_identity_t *identity = identity_new(type, chain, p);

    identity->cell->bytes = *bytes;
    return identity;
}

sc_identity_t *sc_identity_make(X509 *leaf, EVP_PKEY *key,
                                STACK_OF(X509) *chain, apr_pool_t *p)
{
    sc_key_type_t type;
    sc_identity_t *identity;
    opened_t *opened;

    if (!sc_key_type_get(&type, key)) {
        return NULL;
    }
    opened = OPENSSL_zalloc(sizeof(*opened));
    if (opened == NULL) {
        return NULL;
    }
    opened->leaf = X509_up_ref(leaf) == 1 ? leaf : NULL;
    opened->key = EVP_PKEY_up_ref(key) == 1 ? key : NULL;
    if (opened->leaf == NULL || opened->key == NULL) {
        opened_free(opened);
        return NULL;
    }
    identity = identity_new(type, chain, p);
    atomic_init(&identity->cell->opened, opened);
    return identity;
}

/* OpenSSL's name for what a sealed key is likely to be. */
static const char *key_hint(sc_key_type_t type)
{
    static const char *const names[SC_KEY_TYPES] = {
        [SC_KEY_RSA] = "RSA",
        [SC_KEY_ECDSA] = "EC",
        [SC_KEY_ED25519] = "ED25519",
        [SC_KEY_ED448] = "ED448",
    };

    return type < SC_KEY_TYPES ? names[type] : NULL;
}

/* Makes the objects of a sealed identity. */
static opened_t *opened_make(const sc_identity_t *identity)
{
    const sc_identity_bytes_t *bytes = &identity->cell->bytes;
    opened_t *opened = OPENSSL_zalloc(sizeof(*opened));

    if (opened == NULL) {
        return NULL;
    }
    opened->leaf = sc_cert_make(bytes->leaf, bytes->leaf_len);
    opened->key = sc_key_from_der(NULL, bytes->key, bytes->key_len,
                                  key_hint(identity->type));
    if (opened->leaf == NULL || opened->key == NULL) {
        opened_free(opened);
        return NULL;
    }
    return opened;
}

bool sc_identity_open(const sc_identity_t *identity, X509 **leaf,
                      EVP_PKEY **key)
{
    sc_identity_cell_t *cell = identity->cell;
    opened_t *opened = atomic_load(&cell->opened);

    if (opened == NULL) {
        opened_t *first = NULL;

        opened = opened_make(identity);
        if (opened == NULL) {
            return false;
        }
        /* Several threads may have got here; all use what the first made. */
        if (!atomic_compare_exchange_strong(&cell->opened, &first, opened)) {
            opened_free(opened);
            opened = first;
        }
    }
    *leaf = opened->leaf;
    *key = opened->key;
    return true;
}

/* ---- From memory ---- */

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
    sc_pair_t pair = {.source = {NULL, NULL, NULL}};
    sc_chain_env_t *env = &pair.env;
    sc_identity_t *identity = NULL;

    (void)apr_pool_create(&env->ptemp, p); /* like apr_palloc(): aborts */
    ERR_clear_error();
    env->file = "the certificate given as text";
    env->place = &nowhere;
    env->report = sc_report_make(env->ptemp);
    pair.chain_pem =
        sc_pem_parse(sc_file_from_text(chain_pem, env->file, env->place,
                                       env->report, env->ptemp),
                     env->place, env->report, env->ptemp);
    pair.key_pem =
        sc_pem_parse(sc_file_from_text(key_pem, "the key given as text",
                                       env->place, env->report, env->ptemp),
                     env->place, env->report, env->ptemp);
    if (sc_pair_find(&pair)) {
        STACK_OF(X509) *chain = X509_chain_up_ref(pair.chain);

        sc_own_x509_stack(chain, p);
        if (chain != NULL) {
            identity = sc_identity_make(sk_X509_value(pair.certs, pair.leaf),
                                        pair.key, chain, p);
        }
        if (identity == NULL) {
            sc_pair_no_memory(&pair);
        }
    }
    if (identity == NULL) {
        error_take(err, env->report);
    }
    apr_pool_destroy(env->ptemp); /* wipes the files */
    ERR_clear_error();
    return identity;
}

/* ---- Names ---- */

void sc_identity_set_outline(const sc_identity_t *identity, X509 *outline)
{
    X509_free(identity->cell->outline);
    identity->cell->outline = outline;
}

const sc_identity_bytes_t *sc_identity_closed_bytes(
    const sc_identity_t *identity)
{
    const sc_identity_cell_t *cell = identity->cell;

    return cell->outline == NULL && atomic_load(&cell->opened) == NULL
               ? &cell->bytes
               : NULL;
}

bool sc_identity_covers(const sc_identity_t *identity, const char *name)
{
    X509 *leaf = identity->cell->outline;
    apr_size_t len = strlen(name);
    char address[ADDRESS_MAX];
    EVP_PKEY *key;
    int result;

    /* OpenSSL takes a leading dot for "any name below". */
    if (len == 0 || name[0] == '.' ||
        (leaf == NULL && !sc_identity_open(identity, &leaf, &key))) {
        ERR_clear_error();
        return false;
    }
    if (name[0] == '[' && name[len - 1] == ']' && len < sizeof(address)) {
        apr_cpystrn(address, name + 1, len - 1);
        name = address;
        len -= 2;
    }
    result = X509_check_ip_asc(leaf, name, 0);
    if (result == -2) { /* not an address literal */
        result = X509_check_host(leaf, name, len,
                                 X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                     X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                                 NULL);
    }
    ERR_clear_error();
    return result == 1;
}
