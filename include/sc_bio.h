/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The BIO between OpenSSL and two queues of bytes: what has come from the
 * network and what is to go there.
 *
 * Life time: the pool of the queues; the BIO itself belongs to the SSL object
 * it is given to, which must go first.
 * Threads: owned by the connection.
 */
#ifndef SC_BIO_H
#define SC_BIO_H

#include <stdbool.h>

#include <apr_buckets.h>
#include <apr_pools.h>
#include <openssl/bio.h>

#include "sc_base.h"

typedef struct sc_bio {
    apr_bucket_brigade *in;
    apr_bucket_brigade *out; /* see sc_bio_output() */
    apr_size_t in_used; /* bytes of the first input bucket already consumed */
    apr_uint64_t in_total; /* bytes consumed so far */
    bool in_ended;         /* nothing will follow what is in the input queue */
    bool end_was_read;     /* the library met that end */
    char *chunk; /* output that lies behind that in the queue, or NULL */
    apr_size_t chunk_len;
} sc_bio_t;

/*
 * Prepares the library side once per loading of the module; undone when p is
 * cleared. Returns false if there is no memory.
 */
bool sc_bio_init(apr_pool_t *p) SC_MUST_CHECK;

/* Fills in empty queues, from p. */
void sc_bio_make(sc_bio_t *queues, apr_bucket_alloc_t *alloc, apr_pool_t *p);

/* Returns a new BIO over the queues, or NULL; the caller owns it. */
BIO *sc_bio_new(sc_bio_t *queues);

/* Returns the queue of bytes for the network, for the caller to empty. */
apr_bucket_brigade *sc_bio_output(sc_bio_t *queues);

/* Gives back what lies outside the pool. */
void sc_bio_free(sc_bio_t *queues);

#endif
