/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of sc_identity and of the parts below it have in common: a
 * small PKI in a temporary directory, and loading with a look at every problem
 * that was reported. The variables are fresh for every test.
 */
#ifndef IDENTITY_CASE_H
#define IDENTITY_CASE_H

#include <apr_pools.h>
#include <openssl/x509.h>

#include "sc_identity.h"
#include "sc_loader.h"

#include "pki.h"

#define PASSPHRASE "open sesame"

/* An entity: its key and certificate, and both as PEM text. */
typedef struct entity {
    EVP_PKEY *key;
    X509 *cert;
    char *key_pem;
    char *cert_pem;
} entity_t;

struct case_pki {
    entity_t root;
    entity_t upper; /* issued by root */
    entity_t lower; /* issued by upper */
    entity_t leaf;  /* issued by lower */
    entity_t other; /* a leaf of root, RSA */
    entity_t lone;  /* self-signed, no CA */
    char *dir;
};

extern struct case_pki pki;

extern apr_pool_t *pool;
extern sc_report_t *report;     /* of the latest load */
extern sc_identity_spec_t spec; /* for the next one */
extern const char *key_answer;  /* of the pass phrase source; NULL: none */
extern int num_questions;       /* that it was asked */

/* A pass phrase source for spec. */
int answer(void *baton, const char *key_file, char *buf, int size,
           const char **why);

/* Fill an entity; a leaf is one of pki.lower unless cert says otherwise. */
void make_entity(entity_t *entity, pki_type_t type, const pki_spec_t *cert);
entity_t *leaf_make(entity_t *entity, pki_type_t type, pki_spec_t cert);
void drop_entity(entity_t *entity);

/* Return the path of a file in the test directory; put writes it, mode 0600. */
const char *path_of(const char *name);
const char *put(const char *name, const char *text);
const char *put_bytes(const char *name, const void *bytes, size_t len);

/* Returns the chain of pki.leaf as a CA should send it. */
const char *fullchain(void);

/*
 * Each loads what spec says and compares all problems, in order, with expected:
 * "E0200 W0247" is an error and a warning.
 */
const sc_identity_t *load(const char *chain_file, const char *key_file,
                          const char *expected);
const sc_identity_t *load_text(const char *text, const char *expected);
const sc_identity_t *load_key(const char *key_text, const char *expected);
const sc_identity_t *load_chain(const char *text, const char *expected);
const sc_identity_t *load_leaf(pki_type_t type, pki_spec_t cert,
                               const char *expected);

/* Returns the certificate of an identity, opened; the key must fit it. */
X509 *leaf_of(const sc_identity_t *identity);

/* Returns the text of a problem of the latest load. */
const char *problem_text(int i);

/* Fails unless these are the leaf and its intermediates, up to a NULL. */
void assert_chain(const sc_identity_t *identity, const X509 *leaf,
                  const X509 *first, const X509 *second);

/* Fails if 16 characters of base64 of a key stand in a text. */
void assert_no_key_bytes(const char *text, const char *key_pem);

/* For the tests' tables. */
int begin(void **state);
int finish(void **state);
int set_up(void **state);
int tear_down(void **state);

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, finish)

#endif
