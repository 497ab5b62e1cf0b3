/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes keys, certificates and their files for unit tests. Every function ends
 * the program if it fails: a test without its material proves nothing.
 */
#ifndef PKI_H
#define PKI_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

typedef enum {
    PKI_RSA,      /* 2048 bits */
    PKI_RSA_WEAK, /* 1024 bits */
    PKI_RSA_PSS,
    PKI_EC, /* P-256 */
    PKI_EC384,
    PKI_ED25519,
    PKI_ED448,
    PKI_DSA
} pki_type_t;

#define PKI_DAY 86400L

/* What a certificate says. All zero is a fair leaf of no name. */
typedef struct pki_spec {
    const char *subject; /* common name; NULL: an empty subject */
    const char *san;     /* "DNS:a.example,IP:192.0.2.1"; NULL: none */
    const char *eku;     /* "serverAuth"; NULL: none */
    const char *aia;     /* "caIssuers;URI:http://..."; NULL: none */
    bool ca;
    long from_days;  /* from now; 0: an hour ago */
    long until_days; /* from now; 0: in 90 days */
    X509 *issuer;    /* NULL: self-signed */
    EVP_PKEY *issuer_key;
} pki_spec_t;

/* Each returns an object that the caller frees. */
EVP_PKEY *pki_make_key(pki_type_t type);
X509 *pki_make_cert(EVP_PKEY *key, const pki_spec_t *spec);
X509_REQ *pki_make_request(EVP_PKEY *key, const char *subject);

/* Each returns text that the caller frees with free(). */
char *pki_cert_text(X509 *cert);
char *pki_request_text(X509_REQ *request);
char *pki_public_text(EVP_PKEY *key);
char *pki_key_text(EVP_PKEY *key); /* PKCS#8 */
char *pki_encrypted_text(EVP_PKEY *key, const char *passphrase);
char *pki_old_text(EVP_PKEY *key, const char *passphrase); /* PKCS#1, SEC1 */

/* Joins texts up to a NULL; the result is freed with free(). */
char *pki_join(const char *text, ...) __attribute__((sentinel));

/* Writes a file of that mode whatever the umask is. */
void pki_write(const char *path, int mode, const void *bytes, size_t len);

/* Makes an empty directory under /tmp; removes one with the files in it. */
char *pki_make_dir(void);
void pki_remove_dir(char *path);

#endif
