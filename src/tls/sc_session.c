/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_session.h"

#include <string.h>

#include <apr_lib.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include "sc_engine.h"

bool sc_session_derive(const unsigned char secret[SC_RATCHET_SECRET_LEN],
                       const char *label, unsigned char *out, size_t len)
{
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
                                         (char *)"SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret,
                                          SC_RATCHET_SECRET_LEN),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)label,
                                          strlen(label)),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_HKDF, NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    const bool ok = ctx && EVP_KDF_derive(ctx, out, len, params) > 0;

    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return ok;
}

bool sc_session_context(unsigned char context[SC_BINDING_LEN],
                        const unsigned char binding[SC_BINDING_LEN],
                        const char *host)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool ok = md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) &&
              EVP_DigestUpdate(md, binding, SC_BINDING_LEN);

    for (; ok && *host; host++) {
        const char c = (char)apr_tolower(*host);

        ok = EVP_DigestUpdate(md, &c, 1);
    }
    ok = ok && EVP_DigestFinal_ex(md, context, NULL);
    EVP_MD_CTX_free(md);
    return ok;
}

static const sc_sessions_t *sessions_of(const SSL *ssl)
{
    return SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
}

static bool has_tickets(const SSL *ssl)
{
    return !(SSL_get_options(ssl) & SSL_OP_NO_TICKET);
}

/* ---- What goes with a session ---- */

/*
 * Whatever a session is kept in, there go with it the time of the full
 * handshake that began it, in seconds, most significant byte first, and whether
 * it has been put into the cache. (OpenSSL's place for the application's own
 * pointers will not do: duplicating a session that has one can fail.)
 */
enum { TIME_LEN = 8, NOTE_LEN = TIME_LEN + 1 };

static void write_time(unsigned char bytes[TIME_LEN], apr_time_t time)
{
    apr_uint64_t seconds = (apr_uint64_t)apr_time_sec(time);

    for (int i = TIME_LEN - 1; i >= 0; i--) {
        bytes[i] = (unsigned char)(seconds & 0xff);
        seconds >>= 8;
    }
}

static apr_time_t read_time(const unsigned char bytes[TIME_LEN])
{
    apr_uint64_t seconds = 0;

    for (int i = 0; i < TIME_LEN; i++) {
        seconds = seconds << 8 | bytes[i];
    }
    return apr_time_from_sec((apr_time_t)seconds);
}

/* Returns the note, or NULL. */
static const unsigned char *note_of(SSL_SESSION *session)
{
    void *note;
    size_t len;

    return SSL_SESSION_get0_ticket_appdata(session, &note, &len) &&
                   len == NOTE_LEN
               ? note
               : NULL;
}

/* Writes the note; the time of a session that was resumed stays what it is. */
static bool make_note(const sc_sessions_t *sessions, SSL_SESSION *session,
                      bool in_cache)
{
    const unsigned char *before = note_of(session);
    unsigned char note[NOTE_LEN];

    write_time(note, before ? read_time(before) : sessions->now());
    note[TIME_LEN] = in_cache;
    return SSL_SESSION_set1_ticket_appdata(session, note, NOTE_LEN) == 1;
}

/* A session must not be resumed under another name than it was begun with (RFC
 * 6066, 3). */
static bool has_same_name(const SSL *ssl, const SSL_SESSION *session)
{
    const char *before = SSL_SESSION_get0_hostname(session);
    const char *now = sc_engine_name(ssl);

    return !strcasecmp(before ? before : "", now ? now : "");
}

/*
 * Tells whether a session that has been unsealed may be taken up again. As long
 * as its key is known it may, unless it was begun too long ago; the library's
 * own timeout, which in TLS 1.2 no renewal prolongs, does not count.
 */
static bool may_resume(const SSL *ssl, SSL_SESSION *session)
{
    const unsigned char *note = note_of(session);

    return note && has_same_name(ssl, session) &&
           sessions_of(ssl)->now() - read_time(note) < SC_SESSION_LIFE_MAX &&
           SSL_SESSION_set_timeout(
               session, (long)apr_time_sec(SC_SESSION_LIFE_MAX)) == 1;
}

/* ---- Tickets ---- */

static bool set_mac_key(EVP_MAC_CTX *mac, unsigned char *key)
{
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key,
                                          SC_RATCHET_SECRET_LEN),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                         (char *)"SHA256", 0),
        OSSL_PARAM_construct_end(),
    };

    return EVP_MAC_CTX_set_params(mac, params) == 1;
}

/* Returns what OpenSSL wants: 0: leave it; 1: good; 2: good, and the client
 * should have a new ticket. */
static int open_ticket(SSL *ssl, sc_ratchet_age_t age, const unsigned char *iv,
                       EVP_CIPHER_CTX *cipher, const sc_ratchet_key_t *key)
{
    if (!EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, key->cipher, iv)) {
        return 0;
    }
    /* In TLS 1.3 a client uses a ticket once: without another it would be back
     * to a full handshake after the next. */
    return SSL_version(ssl) >= TLS1_3_VERSION || age == SC_RATCHET_PREVIOUS ? 2
                                                                            : 1;
}

/* Returns 0 if there is to be no ticket, else 1. */
static int seal_ticket(unsigned char *name, unsigned char *iv,
                       EVP_CIPHER_CTX *cipher, const sc_ratchet_key_t *key)
{
    memmove(name, key->name, SC_RATCHET_NAME_LEN);
    return RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 &&
           EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, key->cipher,
                              iv) == 1;
}

static int ticket_key_cb(SSL *ssl, unsigned char *name, unsigned char *iv,
                         EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int sealing)
{
    sc_ratchet_key_t key;
    const sc_ratchet_age_t age =
        sessions_of(ssl)->find_key(sealing ? NULL : name, &key);
    int result = 0; /* no ticket is made, or this one is not opened */

    if (age != SC_RATCHET_NONE && set_mac_key(mac, key.mac)) {
        result = sealing ? seal_ticket(name, iv, cipher, &key)
                         : open_ticket(ssl, age, iv, cipher, &key);
    }
    OPENSSL_cleanse(&key, sizeof(key));
    return result;
}

/* A ticket, or what the cache of TLS 1.3 keeps instead, is about to be made. */
static int session_made_cb(SSL *ssl, void *arg)
{
    const sc_sessions_t *sessions = sessions_of(ssl);
    const apr_interval_time_t life =
        has_tickets(ssl) ? sessions->ticket_life : sessions->cache_life;

    (void)arg;
    /* What the client is told; may_resume() may have left another time. */
    return SSL_SESSION_set_timeout(SSL_get_session(ssl),
                                   (long)apr_time_sec(life)) == 1 &&
           make_note(sessions, SSL_get_session(ssl), false);
}

static SSL_TICKET_RETURN ticket_opened_cb(SSL *ssl, SSL_SESSION *session,
                                          const unsigned char *name,
                                          size_t name_len,
                                          SSL_TICKET_STATUS status, void *arg)
{
    (void)name;
    (void)name_len;
    (void)arg;
    if ((status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW) &&
        may_resume(ssl, session)) {
        return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE
                                            : SSL_TICKET_RETURN_USE_RENEW;
    }
    /* The handshake goes on, but the library takes an error that is left over
     * for its own. */
    ERR_clear_error();
    return SSL_TICKET_RETURN_IGNORE_RENEW;
}

/* ---- The cache ---- */

/*
 * What is stored: a mark, when it expires, the name of the key, a nonce, the
 * tag of AES-256-GCM, and the session in ASN.1, encrypted. The tag vouches for
 * all of it, and for the number it is stored under. So whoever can read or
 * write the cache learns no secret and can put no session of his own into it.
 */
enum {
    MARK_AT = 0,
    EXPIRY_AT = 4,
    NAME_AT = EXPIRY_AT + TIME_LEN,
    NONCE_AT = NAME_AT + SC_RATCHET_NAME_LEN,
    TAG_AT = NONCE_AT + 12,
    TEXT_AT = TAG_AT + 16
};

_Static_assert(SC_SESSION_LEN_MAX + TEXT_AT == SC_SESSION_SEALED_MAX,
               "room for a session and what is before it");

static const unsigned char mark[EXPIRY_AT] = {'S', 'C', 's', '1'};

typedef struct sc_sealed {
    const unsigned char *id;
    size_t id_len;
    size_t text_len;
    unsigned char bytes[SC_SESSION_SEALED_MAX];
} sc_sealed_t;

/* Starts encrypting or decrypting: all but the text has been taken in. */
static bool start_cipher(EVP_CIPHER_CTX *ctx, sc_sealed_t *sealed,
                         const sc_ratchet_key_t *key, bool sealing)
{
    int len;

    return EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key->cache,
                             sealed->bytes + NONCE_AT, sealing) &&
           EVP_CipherUpdate(ctx, NULL, &len, sealed->bytes, NONCE_AT) &&
           EVP_CipherUpdate(ctx, NULL, &len, sealed->id, (int)sealed->id_len);
}

/* Seals text, whose length is in place. */
static bool seal(sc_sealed_t *sealed, const unsigned char *text,
                 apr_time_t expiry, const sc_ratchet_key_t *key)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    unsigned char *bytes = sealed->bytes;
    int len;
    bool ok;

    memmove(bytes, mark, sizeof(mark));
    write_time(bytes + EXPIRY_AT, expiry);
    memmove(bytes + NAME_AT, key->name, SC_RATCHET_NAME_LEN);
    ok = ctx && RAND_bytes(bytes + NONCE_AT, TAG_AT - NONCE_AT) == 1 &&
         start_cipher(ctx, sealed, key, true) &&
         EVP_CipherUpdate(ctx, bytes + TEXT_AT, &len, text,
                          (int)sealed->text_len) &&
         EVP_CipherFinal_ex(ctx, bytes + TEXT_AT + len, &len) &&
         EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TEXT_AT - TAG_AT,
                             bytes + TAG_AT) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

/* Opens what was sealed into text; false if it was not, or not with that key.
 */
static bool unseal(sc_sealed_t *sealed, unsigned char *text,
                   const sc_ratchet_key_t *key)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    unsigned char *bytes = sealed->bytes;
    int len;
    bool ok;

    ok = ctx && start_cipher(ctx, sealed, key, false) &&
         EVP_CipherUpdate(ctx, text, &len, bytes + TEXT_AT,
                          (int)sealed->text_len) &&
         EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TEXT_AT - TAG_AT,
                             bytes + TAG_AT) == 1 &&
         EVP_CipherFinal_ex(ctx, text + len, &len) > 0;
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

static void store_session(const sc_sessions_t *sessions, SSL_SESSION *session)
{
    const apr_time_t expiry = sessions->now() + sessions->cache_life;
    const int len = i2d_SSL_SESSION(session, NULL);
    unsigned char text[SC_SESSION_LEN_MAX];
    unsigned char *end = text;
    unsigned int id_len;
    sc_ratchet_key_t key;
    sc_sealed_t sealed;

    if (len <= 0 || len > SC_SESSION_LEN_MAX) {
        return;
    }
    sealed.id = SSL_SESSION_get_id(session, &id_len);
    sealed.id_len = id_len;
    sealed.text_len = (size_t)i2d_SSL_SESSION(session, &end);
    if (sessions->find_key(NULL, &key) != SC_RATCHET_NONE &&
        seal(&sealed, text, expiry, &key)) {
        sessions->cache->store(sealed.id, sealed.id_len, expiry, sealed.bytes,
                               TEXT_AT + sealed.text_len);
    }
    OPENSSL_cleanse(text, sealed.text_len);
    OPENSSL_cleanse(&key, sizeof(key));
}

static int session_new_cb(SSL *ssl, SSL_SESSION *session)
{
    const sc_sessions_t *sessions = sessions_of(ssl);

    /* In TLS 1.3 the client has the session in a ticket, unless these are off.
     */
    if ((SSL_version(ssl) < TLS1_3_VERSION || !has_tickets(ssl)) &&
        make_note(sessions, session, true)) {
        store_session(sessions, session);
    }
    return 0; /* no reference is kept */
}

/* Returns the session that was sealed, or NULL. */
static SSL_SESSION *open_session(const SSL *ssl, sc_sealed_t *sealed)
{
    const sc_sessions_t *sessions = sessions_of(ssl);
    unsigned char text[SC_SESSION_LEN_MAX];
    const unsigned char *start = text;
    SSL_SESSION *session = NULL;
    sc_ratchet_key_t key;
    bool genuine;

    /* Of an epoch that is over, or of a server with another secret. */
    if (sessions->find_key(sealed->bytes + NAME_AT, &key) == SC_RATCHET_NONE) {
        return NULL;
    }
    genuine = unseal(sealed, text, &key);
    sessions->cache->judge(genuine);
    if (genuine && read_time(sealed->bytes + EXPIRY_AT) > sessions->now()) {
        session = d2i_SSL_SESSION(NULL, &start, (long)sealed->text_len);
    }
    OPENSSL_cleanse(text, sealed->text_len);
    OPENSSL_cleanse(&key, sizeof(key));
    if (session && !may_resume(ssl, session)) {
        SSL_SESSION_free(session);
        session = NULL;
    }
    return session;
}

static SSL_SESSION *session_get_cb(SSL *ssl, const unsigned char *id, int len,
                                   int *copy)
{
    const sc_sessions_t *sessions = sessions_of(ssl);
    sc_sealed_t sealed;
    size_t got;

    *copy = 0; /* the reference is OpenSSL's now */
    sealed.id = id;
    sealed.id_len = (size_t)len;
    got = sessions->cache->retrieve(id, sealed.id_len, sealed.bytes,
                                    sizeof(sealed.bytes));
    if (got == 0) {
        return NULL;
    }
    if (got <= TEXT_AT || memcmp(sealed.bytes, mark, sizeof(mark)) != 0) {
        sessions->cache->judge(false);
        return NULL;
    }
    sealed.text_len = got - TEXT_AT;
    return open_session(ssl, &sealed);
}

/* After a fatal alert a session must not be taken up again (RFC 5246, 7.2.2).
 */
static void session_remove_cb(SSL_CTX *ctx, SSL_SESSION *session)
{
    const sc_sessions_t *sessions = SSL_CTX_get_app_data(ctx);
    unsigned int len;
    const unsigned char *id = SSL_SESSION_get_id(session, &len);
    const unsigned char *note = note_of(session);

    if (note && note[TIME_LEN] && len > 0) {
        sessions->cache->remove(id, len);
    }
}

/* ---- Contexts ---- */

void sc_session_adopt(const sc_context_t *context,
                      const sc_sessions_t *sessions)
{
    SSL_CTX *ctx = context->ssl_ctx;
    const bool tickets = !(SSL_CTX_get_options(ctx) & SSL_OP_NO_TICKET);

    SSL_CTX_set_app_data(ctx, (void *)sessions);
    SSL_CTX_set_timeout(ctx,
                        (long)apr_time_sec(tickets ? sessions->ticket_life
                                                   : sessions->cache_life));
    SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, ticket_key_cb);
    SSL_CTX_set_session_ticket_cb(ctx, session_made_cb, ticket_opened_cb, NULL);
    if (sessions->cache) {
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_SERVER |
                                                SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(ctx, session_new_cb);
        SSL_CTX_sess_set_get_cb(ctx, session_get_cb);
        SSL_CTX_sess_set_remove_cb(ctx, session_remove_cb);
    }
    else if (!tickets) {
        SSL_CTX_set_num_tickets(ctx, 0); /* nothing could be taken up again */
    }
}
