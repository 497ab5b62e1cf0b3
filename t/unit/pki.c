/* SPDX-License-Identifier: Apache-2.0 */
#include "pki.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#define NEED(condition) need((condition), #condition)

static void need(bool met, const char *what)
{
    if (!met) {
        perror(what);
        ERR_print_errors_fp(stderr);
        abort();
    }
}

/* DSA is generated in two steps; the library offers no shorter way. */
static EVP_PKEY *make_dsa(void)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
    EVP_PKEY *params = NULL;
    EVP_PKEY *key = NULL;

    NEED(ctx != NULL && EVP_PKEY_paramgen_init(ctx) == 1);
    NEED(EVP_PKEY_CTX_set_dsa_paramgen_bits(ctx, 1024) == 1);
    NEED(EVP_PKEY_paramgen(ctx, &params) == 1);
    EVP_PKEY_CTX_free(ctx);
    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, params, NULL);
    NEED(ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1);
    NEED(EVP_PKEY_keygen(ctx, &key) == 1);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(params);
    return key;
}

static EVP_PKEY *make_rsa_pss(void)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
    EVP_PKEY *key = NULL;

    NEED(ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1);
    NEED(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048) == 1);
    NEED(EVP_PKEY_keygen(ctx, &key) == 1);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

EVP_PKEY *pki_make_key(pki_type_t type)
{
    EVP_PKEY *key = NULL;

    switch (type) {
    case PKI_RSA:
        key = EVP_RSA_gen(2048);
        break;
    case PKI_RSA_WEAK:
        key = EVP_RSA_gen(1024);
        break;
    case PKI_RSA_PSS:
        key = make_rsa_pss();
        break;
    case PKI_EC:
        key = EVP_EC_gen("P-256");
        break;
    case PKI_EC384:
        key = EVP_EC_gen("P-384");
        break;
    case PKI_ED25519:
        key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        break;
    case PKI_ED448:
        key = EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
        break;
    case PKI_DSA:
        key = make_dsa();
        break;
    }
    NEED(key != NULL);
    return key;
}

static void add_name(X509_NAME *name, const char *subject)
{
    if (subject != NULL) {
        NEED(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                        (const unsigned char *)subject, -1, -1,
                                        0) == 1);
    }
}

static void add_extension(X509 *cert, X509V3_CTX *ctx, int nid,
                          const char *value)
{
    X509_EXTENSION *extension;

    if (value == NULL) {
        return;
    }
    extension = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
    NEED(extension != NULL);
    NEED(X509_add_ext(cert, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

/* Ed25519 and Ed448 hash by themselves. */
static const EVP_MD *digest_of(const EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448")
               ? NULL
               : EVP_sha256();
}

static void add_extensions(X509 *cert, const pki_spec_t *spec, X509 *issuer)
{
    X509V3_CTX ctx;

    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&ctx);
    add_extension(cert, &ctx, NID_basic_constraints,
                  spec->ca ? "critical,CA:TRUE" : "CA:FALSE");
    add_extension(cert, &ctx, NID_subject_key_identifier, "hash");
    add_extension(cert, &ctx, NID_authority_key_identifier, "keyid");
    add_extension(cert, &ctx, NID_subject_alt_name, spec->san);
    add_extension(cert, &ctx, NID_ext_key_usage, spec->eku);
    add_extension(cert, &ctx, NID_info_access, spec->aia);
}

X509 *pki_make_cert(EVP_PKEY *key, const pki_spec_t *spec)
{
    X509 *cert = X509_new();
    X509 *issuer = spec->issuer != NULL ? spec->issuer : cert;
    EVP_PKEY *signer = spec->issuer_key != NULL ? spec->issuer_key : key;
    uint64_t serial = 0;

    NEED(cert != NULL && X509_set_version(cert, X509_VERSION_3) == 1);
    NEED(RAND_bytes((unsigned char *)&serial, (int)sizeof(serial)) == 1);
    NEED(ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1) ==
         1);
    add_name(X509_get_subject_name(cert), spec->subject);
    NEED(X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1);
    NEED(X509_gmtime_adj(X509_getm_notBefore(cert),
                         spec->from_days != 0 ? spec->from_days * PKI_DAY
                                              : -3600) != NULL);
    NEED(X509_gmtime_adj(X509_getm_notAfter(cert),
                         (spec->until_days != 0 ? spec->until_days : 90) *
                             PKI_DAY) != NULL);
    NEED(X509_set_pubkey(cert, key) == 1);
    add_extensions(cert, spec, issuer);
    NEED(X509_sign(cert, signer, digest_of(signer)) > 0);
    return cert;
}

X509_REQ *pki_make_request(EVP_PKEY *key, const char *subject)
{
    X509_REQ *request = X509_REQ_new();

    NEED(request != NULL);
    add_name(X509_REQ_get_subject_name(request), subject);
    NEED(X509_REQ_set_pubkey(request, key) == 1);
    NEED(X509_REQ_sign(request, key, digest_of(key)) > 0);
    return request;
}

/* Moves what was written to a memory BIO to a string, and frees the BIO. */
static char *text_take(BIO *bio)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    char *text = NULL;

    NEED(len > 0);
    text = strndup(data, (size_t)len);
    NEED(text != NULL);
    BIO_free(bio);
    return text;
}

static BIO *make_bio(void)
{
    BIO *bio = BIO_new(BIO_s_mem());

    NEED(bio != NULL);
    return bio;
}

char *pki_cert_text(X509 *cert)
{
    BIO *bio = make_bio();

    NEED(PEM_write_bio_X509(bio, cert) == 1);
    return text_take(bio);
}

char *pki_request_text(X509_REQ *request)
{
    BIO *bio = make_bio();

    NEED(PEM_write_bio_X509_REQ(bio, request) == 1);
    return text_take(bio);
}

char *pki_public_text(EVP_PKEY *key)
{
    BIO *bio = make_bio();

    NEED(PEM_write_bio_PUBKEY(bio, key) == 1);
    return text_take(bio);
}

char *pki_key_text(EVP_PKEY *key)
{
    BIO *bio = make_bio();

    NEED(PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) ==
         1);
    return text_take(bio);
}

char *pki_encrypted_text(EVP_PKEY *key, const char *passphrase)
{
    BIO *bio = make_bio();

    NEED(PEM_write_bio_PKCS8PrivateKey(bio, key, EVP_aes_256_cbc(), passphrase,
                                       (int)strlen(passphrase), NULL,
                                       NULL) == 1);
    return text_take(bio);
}

char *pki_old_text(EVP_PKEY *key, const char *passphrase)
{
    BIO *bio = make_bio();
    const EVP_CIPHER *cipher = passphrase != NULL ? EVP_aes_128_cbc() : NULL;
    int len = passphrase != NULL ? (int)strlen(passphrase) : 0;

    NEED(PEM_write_bio_PrivateKey_traditional(bio, key, cipher,
                                              (const unsigned char *)passphrase,
                                              len, NULL, NULL) == 1);
    return text_take(bio);
}

char *pki_join(const char *text, ...)
{
    BIO *bio = make_bio();
    va_list args;

    va_start(args, text);
    for (; text != NULL; text = va_arg(args, const char *)) {
        NEED(BIO_puts(bio, text) >= 0);
    }
    va_end(args);
    return text_take(bio);
}

void pki_write(const char *path, int mode, const void *bytes, size_t len)
{
    int fd;

    (void)unlink(path); /* it may be there or not */
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    NEED(fd >= 0);
    NEED(write(fd, bytes, len) == (ssize_t)len);
    NEED(fchmod(fd, (mode_t)mode) == 0);
    NEED(close(fd) == 0);
}

char *pki_make_dir(void)
{
    char *path = strdup("/tmp/sc-pki-XXXXXX");

    NEED(path != NULL && mkdtemp(path) != NULL);
    return path;
}

void pki_remove_dir(char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    int fd;

    NEED(dir != NULL);
    fd = dirfd(dir);
    NEED(fd >= 0);
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0) {
            /* A directory among them is AT_REMOVEDIR's business. */
            NEED(unlinkat(fd, entry->d_name, 0) == 0 ||
                 unlinkat(fd, entry->d_name, AT_REMOVEDIR) == 0);
        }
    }
    closedir(dir);
    NEED(rmdir(path) == 0);
    free(path);
}
