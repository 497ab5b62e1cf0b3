/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of a whole connection have in common: virtual hosts made from
 * a few words, and an engine that talks to OpenSSL's own client over memory.
 * Everything but the keys is fresh for every test.
 */
#ifndef ENGINE_CASE_H
#define ENGINE_CASE_H

#include <stdbool.h>

#include <apr_pools.h>
#include <openssl/ssl.h>

#include "sc_context.h"
#include "sc_engine.h"
#include "sc_session.h"

/* What a virtual host is configured with; NULL: the default. */
typedef struct host_spec {
    const char *policy;
    const char *protocol;
    const char *ciphers;
    const char *suites;
    const char *groups;
    const char *command; /* of SecureChanOpenSSL, and its value */
    const char *value;
    bool no_tickets;
    const char *identities; /* R: RSA, E: ECDSA, D: Ed25519; NULL: E */
} host_spec_t;

/* What a client offers; NULL or 0: OpenSSL's default. */
typedef struct client_spec {
    const char *name; /* the host it asks for; NULL: none */
    int min;
    int max;
    const char *ciphers;
    const char *suites;
    const char *groups;
    const char *sigalgs;
    const char *alpn;     /* as on the wire: "\2h2" */
    SSL_SESSION *session; /* to be resumed */
} client_spec_t;

typedef struct host {
    const char *name;
    const sc_context_t *context;
    const apr_array_header_t *identities;
    unsigned char session_context[SC_BINDING_LEN];
} host_t;

#define MAX_HOSTS 3

/* What the hooks answer from, and what they saw. */
typedef struct site {
    host_t hosts[MAX_HOSTS]; /* connections begin with the first */
    int num_hosts;
    sc_choice_t unknown; /* the answer for a name of no host */
    const char *speaks;  /* the protocol chosen if it is offered */
    bool looks_at_facts; /* take them in the ALPN hook */
    const sc_identity_t *replacement;
    int num_chosen;          /* calls of the hook */
    const char *asked;       /* the name in the latest of them, or NULL */
    const char *offers;      /* the protocols offered, joined by spaces */
    const sc_facts_t *facts; /* as they were in the ALPN hook */
} site_t;

/* What sessions are sealed and kept with: three keys of fixed bytes, a clock,
 * and the cache that a test puts here. Reset for each test. */
extern struct case_sessions {
    sc_sessions_t sessions;
    sc_ratchet_key_t keys[3]; /* of the previous epoch, this one, the next */
    bool has_keys;
    apr_time_t now;
} vault;

/* One connection. */
typedef struct duo {
    sc_engine_t *server;
    sc_error_t err;
    sc_step_t step; /* the server's latest */
    SSL *client;
    int alert;    /* the latest the client got: level and number, 0: none */
    size_t slice; /* bytes handed over at a time; 0: all that are there */
} duo_t;

#define FATAL(alert)   (SSL3_AL_FATAL << 8 | (alert))
#define WARNING(alert) (SSL3_AL_WARNING << 8 | (alert))

extern apr_pool_t *case_pool; /* of the test */
extern site_t site;
extern SSL *server_ssl; /* of the latest finished handshake; may be freed */

/* Returns the identity of a letter of host_spec_t, for "a.example"; or of the
 * same letter in lower case: with other keys and subject, for "b.example". */
const sc_identity_t *case_identity(char letter);

/* Returns options for a spec, allocated from case_pool. */
sc_options_t *case_options(const host_spec_t *spec);

/* Adds a host to site. Fails the test if its context cannot be made. */
void case_add_host(const char *name, const host_spec_t *spec);

/* Begins a connection; ends it. */
void duo_begin(duo_t *duo, const client_spec_t *client);
void duo_end(duo_t *duo);

/* Runs the handshake until both sides are silent; returns the server's step. */
sc_step_t duo_shake(duo_t *duo);

/* Begins, and fails the test unless the handshake succeeds. */
void duo_open(duo_t *duo, const client_spec_t *client);

/* Moves what the client has said to the engine's input queue, no more. */
size_t duo_deliver(duo_t *duo);

/* Moves the engine's output to the client, which does not read it yet; returns
 * the number of bytes. */
size_t duo_collect(duo_t *duo);

/* The engine's calls, each with a look at the error queue afterwards. */
sc_step_t duo_step(duo_t *duo);
sc_step_t duo_read(duo_t *duo, char *buf, size_t size, size_t *len);
sc_step_t duo_write(duo_t *duo, const char *data, size_t len);
void duo_close(duo_t *duo);

/* Has the client read and throws away what it gets; returns SSL_get_error(). */
int duo_client_reads(duo_t *duo);

/* Fails unless one word arrives each way. */
void assert_duo_talks(duo_t *duo);

/* Returns the type of the first record of what the engine has put out, 0: none.
 */
int duo_output_type(duo_t *duo);

/* Returns the common name of the certificate the client got, or "". */
const char *duo_subject(const duo_t *duo);

/* For the tests' tables. */
int case_begin(void **state);
int case_finish(void **state);
int case_set_up(void **state);
int case_tear_down(void **state);

#define CASE(function)                                                         \
    cmocka_unit_test_setup_teardown(function, case_begin, case_finish)

#endif
