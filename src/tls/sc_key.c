/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_key.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/evperr.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "sc_ossl.h"

/* One attempt to decrypt a key. */
typedef struct attempt {
    const sc_pem_t *pem;
    const sc_pem_block_t *block;
    const sc_key_source_t *source;
    const char *why; /* set if there is no pass phrase */
} attempt_t;

static void undecodable(const sc_pem_t *pem, const sc_pem_block_t *block)
{
    sc_report_add(pem->report, SC_SEVERITY_ERROR, "SC0232", pem->place,
                  "the %s block on line %d of %s is no key that OpenSSL can "
                  "read: %s. Copy the file again, or make a new key.",
                  block->label, sc_pem_line(pem, block), pem->file->name,
                  sc_ossl_reason(pem->p));
}

/* The password callback: OpenSSL would prompt on the terminal without one. */
static int passphrase_cb(char *buf, int size, int writing, void *data)
{
    attempt_t *attempt = data;
    int len;

    (void)writing;
    len = attempt->source->passphrase(attempt->source->baton,
                                      attempt->pem->file->name, buf, size,
                                      &attempt->why);
    if (len < 0 || len > size) {
        if (attempt->why == NULL) {
            attempt->why = "its source gives none";
        }
        return -1;
    }
    return len;
}

static int no_passphrase_cb(char *buf, int size, int writing, void *data)
{
    (void)writing;
    (void)data;
    if (size > 0) {
        buf[0] = '\0';
    }
    return -1;
}

/*
 * Tells whether the queue speaks of a way of encryption that is not supported
 * rather than of garbage that came out of it. The innermost error knows.
 */
static bool is_unsupported(void)
{
    unsigned long code = ERR_peek_error();
    int reason = ERR_GET_REASON(code);

    return (ERR_GET_LIB(code) == ERR_LIB_EVP && reason != EVP_R_BAD_DECRYPT) ||
           (ERR_GET_LIB(code) == ERR_LIB_PEM && reason != PEM_R_BAD_DECRYPT);
}

static void decrypt_failed(const attempt_t *attempt)
{
    const sc_pem_t *pem = attempt->pem;

    if (attempt->why != NULL) {
        sc_report_add(pem->report, SC_SEVERITY_ERROR, "SC0229", pem->place,
                      "the key in %s is encrypted and there is no pass phrase "
                      "for it: %s",
                      pem->file->name, attempt->why);
    }
    else if (is_unsupported()) {
        sc_report_add(pem->report, SC_SEVERITY_ERROR, "SC0231", pem->place,
                      "the key in %s is encrypted in a way that this OpenSSL "
                      "cannot undo: %s. Write it anew where it can be read: "
                      "openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW",
                      pem->file->name, sc_ossl_reason(pem->p));
    }
    else {
        sc_report_add(pem->report, SC_SEVERITY_ERROR, "SC0230", pem->place,
                      "the pass phrase for the key in %s is wrong, or the key "
                      "is damaged. Try it: openssl pkey -noout -in %s",
                      pem->file->name, pem->file->name);
    }
    ERR_clear_error();
}

/* ---- Decoding ---- */

/* A decoder of OpenSSL for one type of key; making one costs far more than
 * using it. */
typedef struct decoder {
    const char *type;
    OSSL_DECODER_CTX *ctx; /* NULL: not made yet, or given up */
    EVP_PKEY *key;         /* where ctx puts what it makes */
} decoder_t;

struct sc_decoders {
    decoder_t each[5];
};

static apr_status_t decoders_cleanup(void *data)
{
    sc_decoders_t *decoders = data;

    for (size_t i = 0; i < sizeof(decoders->each) / sizeof(decoder_t); i++) {
        OSSL_DECODER_CTX_free(decoders->each[i].ctx);
    }
    return APR_SUCCESS;
}

sc_decoders_t *sc_decoders_make(apr_pool_t *p)
{
    static const char *const types[] = {"EC", "RSA", "RSA-PSS", "ED25519",
                                        "ED448"};
    sc_decoders_t *decoders = apr_pcalloc(p, sizeof(*decoders));

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        decoders->each[i].type = types[i];
    }
    apr_pool_cleanup_register(p, decoders, decoders_cleanup,
                              apr_pool_cleanup_null);
    return decoders;
}

/* Decodes by a decoder that is made if need be and given up after a failure:
 * OpenSSL does not say what state it is in then. */
static EVP_PKEY *decoder_run(decoder_t *decoder, const unsigned char *der,
                             apr_size_t len)
{
    EVP_PKEY *key;

    decoder->key = NULL;
    if (decoder->ctx == NULL) {
        decoder->ctx = OSSL_DECODER_CTX_new_for_pkey(
            &decoder->key, "DER", NULL, decoder->type, EVP_PKEY_KEYPAIR, NULL,
            NULL);
        if (decoder->ctx == NULL) {
            return NULL;
        }
        OSSL_DECODER_CTX_set_pem_password_cb(decoder->ctx, no_passphrase_cb,
                                             NULL);
    }
    if (OSSL_DECODER_from_data(decoder->ctx, &der, &len) != 1) {
        EVP_PKEY_free(decoder->key);
        decoder->key = NULL;
        OSSL_DECODER_CTX_free(decoder->ctx);
        decoder->ctx = NULL;
    }
    key = decoder->key;
    decoder->key = NULL;
    return key;
}

/* The same by one that is used once; type NULL tries all there are. */
static EVP_PKEY *decode_once(const unsigned char *der, apr_size_t len,
                             const char *type)
{
    decoder_t decoder = {.type = type};
    EVP_PKEY *key = decoder_run(&decoder, der, len);

    OSSL_DECODER_CTX_free(decoder.ctx);
    return key;
}

static EVP_PKEY *decode_as(sc_decoders_t *decoders, const unsigned char *der,
                           apr_size_t len, const char *type)
{
    for (size_t i = 0;
         decoders != NULL && i < sizeof(decoders->each) / sizeof(decoder_t);
         i++) {
        if (strcmp(decoders->each[i].type, type) == 0) {
            return decoder_run(&decoders->each[i], der, len);
        }
    }
    return decode_once(der, len, type);
}

EVP_PKEY *sc_key_from_der(sc_decoders_t *decoders, const unsigned char *der,
                          apr_size_t len, const char *hint)
{
    EVP_PKEY *key = NULL;

    if (hint != NULL) {
        key = decode_as(decoders, der, len, hint);
    }
    if (key == NULL) {
        ERR_clear_error();
        key = decode_once(der, len, NULL);
    }
    return key;
}

/* ---- Decrypting ---- */

/* Decrypts PKCS#8 (RFC 5958, 3). */
static EVP_PKEY *pkcs8_decrypt(attempt_t *attempt, const unsigned char *der,
                               apr_size_t len)
{
    X509_SIG *sealed = d2i_X509_SIG(NULL, &der, (long)len);
    PKCS8_PRIV_KEY_INFO *plain = NULL;
    EVP_PKEY *key = NULL;
    char passphrase[PEM_BUFSIZE];
    int passphrase_len;

    if (sealed == NULL) {
        undecodable(attempt->pem, attempt->block);
        return NULL;
    }
    passphrase_len =
        passphrase_cb(passphrase, (int)sizeof(passphrase), 0, attempt);
    if (passphrase_len >= 0) {
        plain = PKCS8_decrypt(sealed, passphrase, passphrase_len);
    }
    OPENSSL_cleanse(passphrase, sizeof(passphrase));
    if (plain != NULL) {
        key = EVP_PKCS82PKEY(plain);
    }
    if (key == NULL) {
        decrypt_failed(attempt);
    }
    PKCS8_PRIV_KEY_INFO_free(plain);
    X509_SIG_free(sealed);
    return key;
}

/* Decrypts the old way (RFC 1421 header), in place. */
static EVP_PKEY *rfc1421_decrypt(attempt_t *attempt, unsigned char *der,
                                 apr_size_t len, const char *hint)
{
    char *header = OPENSSL_strdup(attempt->block->header);
    EVP_CIPHER_INFO cipher;
    EVP_PKEY *key = NULL;
    long plain_len = (long)len;

    if (header != NULL && PEM_get_EVP_CIPHER_INFO(header, &cipher) == 1 &&
        PEM_do_header(&cipher, der, &plain_len, passphrase_cb, attempt) == 1) {
        key = sc_key_from_der(attempt->source->decoders, der,
                              (apr_size_t)plain_len, hint);
        if (key == NULL) {
            ERR_clear_error(); /* garbage came out: not the decoder's fault */
        }
    }
    if (key == NULL) {
        decrypt_failed(attempt);
    }
    OPENSSL_free(header);
    return key;
}

static EVP_PKEY *decrypt(attempt_t *attempt, unsigned char *der, apr_size_t len,
                         const char *hint)
{
    const sc_pem_t *pem = attempt->pem;

    if (attempt->source->passphrase == NULL) {
        sc_report_add(pem->report, SC_SEVERITY_ERROR, "SC0228", pem->place,
                      "the key in %s is encrypted and no pass phrase is to be "
                      "had. Set SecureChanPassPhrase, or decrypt the key: "
                      "openssl pkey -in %s -out NEW",
                      pem->file->name, pem->file->name);
        return NULL;
    }
    if (attempt->block->header != NULL) {
        return rfc1421_decrypt(attempt, der, len, hint);
    }
    return pkcs8_decrypt(attempt, der, len);
}

EVP_PKEY *sc_key_decode(const sc_pem_t *pem, const sc_pem_block_t *block,
                        const char *hint, const sc_key_source_t *source)
{
    attempt_t attempt = {pem, block, source, NULL};
    apr_size_t len = 0;
    unsigned char *der = sc_pem_decode(pem, block, &len);
    EVP_PKEY *key;

    if (der == NULL) {
        return NULL;
    }
    if (strcmp(block->label, "RSA PRIVATE KEY") == 0) {
        hint = "RSA";
    }
    else if (strcmp(block->label, "EC PRIVATE KEY") == 0) {
        hint = "EC";
    }
    if (block->encrypted) {
        key = decrypt(&attempt, der, len, hint);
    }
    else {
        key = sc_key_from_der(source->decoders, der, len, hint);
        if (key == NULL) {
            undecodable(pem, block);
        }
    }
    OPENSSL_clear_free(der, len);
    ERR_clear_error();
    return key;
}
