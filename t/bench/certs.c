/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the certificates of the benchmark, many in little time:
 *
 *     certs DIR [FIRST LAST]
 *
 * Without numbers DIR gets ecdsa.pem and rsa.pem with their keys, for
 * www.bench.test; with numbers, N.pem and N.key (ECDSA P-256) for hN.bench.test
 * for each number. All are issued by the CA in DIR/ca.pem, made when missing.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define DAYS (86400L * 90)

static _Noreturn void fail(const char *what, const char *about)
{
    (void)fprintf(stderr, "certs: %s %s: %s\n", what, about, strerror(errno));
    ERR_print_errors_fp(stderr);
    exit(1);
}

/* The caller closes it. Keys are for their owner, who is root where the server
 * starts as root. */
static FILE *open_file(const char *dir, const char *name, bool secret)
{
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    (void)umask(secret ? 077 : 022);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        fail("cannot write", path);
    }
    return file;
}

static void close_file(FILE *file)
{
    if (fclose(file) != 0) {
        fail("cannot write", "a file");
    }
}

static void write_key(const char *dir, const char *name, EVP_PKEY *key)
{
    FILE *file = open_file(dir, name, true);
    if (PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) != 1) {
        fail("cannot write", name);
    }
    close_file(file);
}

static void write_cert(const char *dir, const char *name, X509 *cert)
{
    FILE *file = open_file(dir, name, false);
    if (PEM_write_X509(file, cert) != 1) {
        fail("cannot write", name);
    }
    close_file(file);
}

static void extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL || X509_add_ext(cert, extension, -1) != 1) {
        fail("no extension", value);
    }
    X509_EXTENSION_free(extension);
}

/* A certificate for a name; without issuer, of a CA. The caller frees it. */
static X509 *make_cert(const char *name, EVP_PKEY *key, X509 *issuer,
                       EVP_PKEY *issuer_key)
{
    static long serial = 1;
    X509 *cert = X509_new();
    X509_NAME *subject = cert == NULL ? NULL : X509_get_subject_name(cert);
    if (cert == NULL || X509_set_version(cert, X509_VERSION_3) != 1 ||
        ASN1_INTEGER_set(X509_get_serialNumber(cert),
                         (long)getpid() * 100000L + serial++) != 1 ||
        X509_gmtime_adj(X509_getm_notBefore(cert), -3600) == NULL ||
        X509_gmtime_adj(X509_getm_notAfter(cert), DAYS) == NULL ||
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                   (const unsigned char *)name, -1, -1,
                                   0) != 1 ||
        X509_set_issuer_name(cert, issuer == NULL
                                       ? subject
                                       : X509_get_subject_name(issuer)) != 1 ||
        X509_set_pubkey(cert, key) != 1) {
        fail("no certificate for", name);
    }
    if (issuer == NULL) {
        extend(cert, cert, NID_basic_constraints, "critical,CA:TRUE");
        extend(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign");
    }
    else {
        char san[300];
        (void)snprintf(san, sizeof(san), "DNS:%s", name);
        extend(cert, issuer, NID_basic_constraints, "critical,CA:FALSE");
        extend(cert, issuer, NID_key_usage, "critical,digitalSignature");
        extend(cert, issuer, NID_ext_key_usage, "serverAuth");
        extend(cert, issuer, NID_subject_alt_name, san);
    }
    if (X509_sign(cert, issuer == NULL ? key : issuer_key, EVP_sha256()) <= 0) {
        fail("cannot sign the certificate for", name);
    }
    return cert;
}

static EVP_PKEY *read_key(const char *path)
{
    FILE *file = fopen(path, "r");
    EVP_PKEY *key =
        file == NULL ? NULL : PEM_read_PrivateKey(file, NULL, NULL, NULL);
    if (file != NULL) {
        (void)fclose(file);
    }
    return key;
}

static X509 *read_cert(const char *path)
{
    FILE *file = fopen(path, "r");
    X509 *cert = file == NULL ? NULL : PEM_read_X509(file, NULL, NULL, NULL);
    if (file != NULL) {
        (void)fclose(file);
    }
    return cert;
}

static X509 *the_ca(const char *dir, EVP_PKEY **key)
{
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/ca.key", dir);
    *key = read_key(path);
    (void)snprintf(path, sizeof(path), "%s/ca.pem", dir);
    X509 *cert = read_cert(path);
    if (*key != NULL && cert != NULL) {
        return cert;
    }
    EVP_PKEY_free(*key);
    X509_free(cert);
    *key = EVP_EC_gen("P-256");
    if (*key == NULL) {
        fail("no key for", "the CA");
    }
    cert = make_cert("benchmark CA", *key, NULL, NULL);
    write_key(dir, "ca.key", *key);
    write_cert(dir, "ca.pem", cert);
    return cert;
}

/* NAME.pem and NAME.key for a host; takes over the key. */
static void make_pair(const char *dir, const char *name, const char *host,
                      EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key)
{
    char file[64];
    if (key == NULL) {
        fail("no key for", host);
    }
    X509 *cert = make_cert(host, key, ca, ca_key);
    (void)snprintf(file, sizeof(file), "%s.key", name);
    write_key(dir, file, key);
    (void)snprintf(file, sizeof(file), "%s.pem", name);
    write_cert(dir, file, cert);
    X509_free(cert);
    EVP_PKEY_free(key);
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 4) {
        (void)fputs("usage: certs DIR [FIRST LAST]\n", stderr);
        return 2;
    }
    const char *dir = argv[1];
    EVP_PKEY *ca_key = NULL;
    X509 *ca = the_ca(dir, &ca_key);
    if (argc == 2) {
        make_pair(dir, "ecdsa", "www.bench.test", EVP_EC_gen("P-256"), ca,
                  ca_key);
        make_pair(dir, "rsa", "www.bench.test", EVP_RSA_gen(2048), ca, ca_key);
    }
    else {
        long last = strtol(argv[3], NULL, 10);
        for (long i = strtol(argv[2], NULL, 10); i <= last; i++) {
            char name[32];
            char host[64];
            (void)snprintf(name, sizeof(name), "%ld", i);
            (void)snprintf(host, sizeof(host), "h%ld.bench.test", i);
            make_pair(dir, name, host, EVP_EC_gen("P-256"), ca, ca_key);
        }
    }
    X509_free(ca);
    EVP_PKEY_free(ca_key);
    return 0;
}
