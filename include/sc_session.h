/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a client comes back without a full handshake: by a ticket, which is the
 * sealed state of its session (RFC 5077; RFC 8446, 4.6.1), or by the number of
 * a session that a cache keeps (RFC 5246, 7.3; in TLS 1.3 where tickets are
 * off). Both are sealed with the keys of an epoch; see sc_ratchet.h.
 *
 * What seals and what keeps is the caller's: here is neither a clock, nor a
 * secret, nor a lock.
 *
 * What OpenSSL does, tested in t/unit: the callbacks of the context a
 * connection began with are called, so all contexts have the same; a session
 * of another session-id context leads to a full handshake, not to an error.
 *
 * Life time: sc_sessions_t is the caller's and outlives the contexts.
 * Threads: any; the functions of sc_sessions_t must allow for that.
 */
#ifndef SC_SESSION_H
#define SC_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include <apr_time.h>

#include "sc_base.h"
#include "sc_context.h"
#include "sc_ratchet.h"

/* The longest a session may be prolonged by resuming it again and again: after
 * that the server has to show its certificate (RFC 8446, 4.6.1). */
#define SC_SESSION_LIFE_MAX apr_time_from_sec(604800)

/* The largest session that is cached, and what it is sealed into. */
#define SC_SESSION_LEN_MAX    8192
#define SC_SESSION_SEALED_MAX (SC_SESSION_LEN_MAX + 56)

/* Where sealed sessions are kept. No function may fail: a full handshake always
 * goes on. */
typedef struct sc_session_cache {
    void (*store)(const unsigned char *id, size_t id_len, apr_time_t expiry,
                  unsigned char *data, size_t len);
    /* Copies at most size bytes to data; returns their number, 0: none. */
    size_t (*retrieve)(const unsigned char *id, size_t id_len,
                       unsigned char *data, size_t size);
    void (*remove)(const unsigned char *id, size_t id_len);
    /* Told whether what was retrieved is what was once stored. */
    void (*judge)(bool genuine);
} sc_session_cache_t;

typedef struct sc_sessions {
    /* Copies the keys of that name to key, or those that seal if name is NULL.
     * With SC_RATCHET_NONE there are none. */
    sc_ratchet_age_t (*find_key)(const unsigned char *name,
                                 sc_ratchet_key_t *key);
    apr_time_t (*now)(void);
    /* What a client is told; a ticket is good as long as its key is known.
     * Whole seconds. */
    apr_interval_time_t ticket_life;
    apr_interval_time_t cache_life;  /* after that nothing cached is good */
    const sc_session_cache_t *cache; /* NULL: none */
} sc_sessions_t;

/* The derivation for sc_ratchet.h: HKDF-Expand with SHA-256 (RFC 5869). */
bool sc_session_derive(const unsigned char secret[SC_RATCHET_SECRET_LEN],
                       const char *label, unsigned char *out, size_t len);

/*
 * Computes the session-id context of a host: only a host of equal name and
 * equal settings (their binding) takes a session up again. The name counts
 * because a client that resumes is shown no certificate. (So does the name the
 * client asks for, which goes with the session.) Returns false if there is no
 * memory.
 */
bool sc_session_context(unsigned char context[SC_BINDING_LEN],
                        const unsigned char binding[SC_BINDING_LEN],
                        const char *host) SC_MUST_CHECK;

/*
 * Makes a context's connections resume sessions. Whether there are tickets has
 * been decided by sc_context_make(). Call before the context is used.
 */
void sc_session_adopt(const sc_context_t *context,
                      const sc_sessions_t *sessions);

#endif
