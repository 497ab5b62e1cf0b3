/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS as a step function over byte queues: bytes from the network go in, bytes
 * for the network come out, and nothing here reads, writes, waits or knows
 * where the bytes travel.
 *
 * Life time: lives in the pool it was made in, which must also own the bucket
 * allocator's brigades.
 * Threads: owned by the connection; one thread at a time. OpenSSL's error queue
 * is empty whenever a function returns.
 */
#ifndef SC_ENGINE_H
#define SC_ENGINE_H

#include <stdbool.h>

#include <apr_buckets.h>
#include <apr_pools.h>
#include <apr_tables.h>

#include "sc_base.h"
#include "sc_context.h"
#include "sc_error.h"
#include "sc_facts.h"
#include "sc_identity.h"

typedef struct sc_engine sc_engine_t;

typedef enum {
    SC_STEP_DONE,      /* what was asked for has happened */
    SC_STEP_WANT_READ, /* put more bytes into the input queue, then call again
                        */
    SC_STEP_CLOSED,    /* the peer has ended its direction */
    SC_STEP_FAILED     /* fatal; the alert, if one is due, is in the output */
} sc_step_t;

/* What a client gets that asks for a name. */
typedef struct sc_engine_choice {
    const sc_context_t *context;
    const apr_array_header_t *identities; /* of const sc_identity_t * */
    /* SC_BINDING_LEN bytes; see sc_session_context() */
    const unsigned char *session_context;
} sc_engine_choice_t;

typedef enum {
    SC_CHOICE_MADE,
    SC_CHOICE_UNKNOWN_NAME, /* fatal unrecognized_name (RFC 6066, 3) */
    SC_CHOICE_UNAVAILABLE /* the host cannot serve now: fatal internal_error */
} sc_choice_t;

/* Decisions the engine asks for during the handshake. */
typedef struct sc_engine_hooks {
    /*
     * Chooses the host. name is canonical; NULL if the client sent none; "" if
     * it sent something that cannot be a host name, such as an address.
     */
    sc_choice_t (*choose)(void *baton, const char *name,
                          sc_engine_choice_t *choice);
    /*
     * Chooses one of the protocols the client offers by ALPN (const char *, at
     * least one). Returns NULL if none will do: fatal no_application_protocol
     * (RFC 7301, 3.2). May set *identity to one that replaces the host's, if
     * there is one offer only (RFC 8737, 3).
     */
    const char *(*select_protocol)(void *baton,
                                   const apr_array_header_t *offers,
                                   const sc_identity_t **identity);
} sc_engine_hooks_t;

/* Makes a context usable by engines: installs the handshake callbacks. */
void sc_engine_adopt(const sc_context_t *context);

/*
 * Makes an engine for the server side of one connection that begins with the
 * settings of context. hooks must outlive it; baton is passed to them. Returns
 * NULL and fills err if OpenSSL gives no connection object.
 */
sc_engine_t *sc_engine_make(const sc_context_t *context,
                            const sc_engine_hooks_t *hooks, void *baton,
                            apr_bucket_alloc_t *alloc, sc_error_t *err,
                            apr_pool_t *p);

/* The queue that the caller fills with bytes from the network. */
apr_bucket_brigade *sc_engine_input(sc_engine_t *engine);

/* Says that no more bytes will follow those in the input queue. */
void sc_engine_input_end(sc_engine_t *engine);

/* The queue of bytes for the network; the caller empties it after each step. */
apr_bucket_brigade *sc_engine_output(sc_engine_t *engine);

/* Copies up to len bytes from the head of the input queue, consuming nothing.
 */
apr_size_t sc_engine_peek(sc_engine_t *engine, unsigned char *buf,
                          apr_size_t len);

/* Moves the handshake on. */
sc_step_t sc_engine_handshake(sc_engine_t *engine, sc_error_t *err);

/* Decrypts up to size bytes into buf; *len is their number with SC_STEP_DONE.
 */
sc_step_t sc_engine_read(sc_engine_t *engine, char *buf, apr_size_t size,
                         apr_size_t *len, sc_error_t *err);

/* Encrypts all of data into the output queue: SC_STEP_DONE or _FAILED. */
sc_step_t sc_engine_write(sc_engine_t *engine, const char *data, apr_size_t len,
                          sc_error_t *err);

/* Puts close_notify into the output, once, unless the connection has failed. */
void sc_engine_close(sc_engine_t *engine);

/* Tells whether the peer's bytes ended without close_notify. */
bool sc_engine_is_truncated(const sc_engine_t *engine);

/* Tells whether the library holds a part of a record, and waits for the rest.
 */
bool sc_engine_in_midst(const sc_engine_t *engine);

/* How many bytes the library has taken from the input queue so far. */
apr_uint64_t sc_engine_consumed(const sc_engine_t *engine);

/* Returns the name asked for on an engine's connection, as sc_engine_hooks_t
 * has it; for callbacks, after the client's hello. */
const char *sc_engine_name(const SSL *ssl);

/* Takes the snapshot of the connection, allocated from p. */
const sc_facts_t *sc_engine_facts(const sc_engine_t *engine,
                                  apr_interval_time_t handshake_time,
                                  apr_pool_t *p);

#endif
