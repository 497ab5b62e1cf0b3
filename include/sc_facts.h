/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The snapshot of a secure connection, taken once at the end of its handshake:
 * all that the rest of the server may ask about it. No SSL object is needed, or
 * touched, afterwards.
 *
 * Life time: allocated from the connection's pool.
 * Threads: immutable after make; read by any thread, HTTP/2's included.
 */
#ifndef SC_FACTS_H
#define SC_FACTS_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_time.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "sc_base.h"

typedef struct sc_facts {
    const char *protocol; /* "TLSv1.3"; "" if not yet known, as all strings */
    int protocol_number;  /* wire number, see sc_policy.h; 0: not known */
    const char *cipher;   /* OpenSSL's name */
    int bits_used;
    int bits_algorithm;
    bool authenticated; /* the key exchange proves who the server is */
    bool pfs;
    bool aead;
    bool pq;            /* hybrid post-quantum group */
    const char *group;  /* "x25519", "X25519MLKEM768" */
    const char *sigalg; /* the server's, TLS name: "ecdsa_secp256r1_sha256" */
    const char *alpn;   /* protocol chosen */
    const char *sni;    /* name the client asked for, canonical */
    const char *session_id; /* upper-case hexadecimal */
    bool resumed;
    bool secure_renegotiation;
    apr_interval_time_t handshake_time;
    X509 *server_cert; /* reference owned by the pool, or NULL */
} sc_facts_t;

/*
 * Takes the snapshot of ssl into p. With a handshake still under way it holds
 * what is decided so far, enough for the protocol choice of ALPN. resumed_cert
 * (or NULL) stands for the certificate of a resumed session, in which none was
 * sent.
 */
const sc_facts_t *sc_facts_make(SSL *ssl, const char *sni, X509 *resumed_cert,
                                apr_interval_time_t handshake_time,
                                apr_pool_t *p);

#endif
