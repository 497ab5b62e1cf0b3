/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has been checked and found true, so that it need not be checked again:
 * a set of digests, each of one statement with everything that makes it true
 * ("this certificate file and this key file have no fault", with their bytes),
 * and a note for each.
 *
 * Life time: the pool of sc_proven_make(). sc_proven_bytes() makes it plain
 * bytes that survive even the module.
 * Threads: one at a time while it is filled; immutable once sorted.
 */
#ifndef SC_PROVEN_H
#define SC_PROVEN_H

#include <stdbool.h>

#include <apr_pools.h>

#include "sc_base.h"

/* Bytes of a digest: half a SHA-256, which nobody can find twice either. */
#define SC_PROOF_LEN 16

/* Bytes of a note. */
#define SC_PROOF_NOTE_LEN 24

/* A statement. */
typedef struct sc_proof {
    unsigned char digest[SC_PROOF_LEN];
} sc_proof_t;

typedef struct sc_proven sc_proven_t;

/* Returns an empty set. */
sc_proven_t *sc_proven_make(apr_pool_t *p);

/* Adds a statement with a note of note_len bytes, at most SC_PROOF_NOTE_LEN;
 * the rest is zero. */
void sc_proven_add(sc_proven_t *proven, const sc_proof_t *proof,
                   const void *note, apr_size_t note_len);

/*
 * Returns the whole set as bytes from malloc(), and their number, to be opened
 * by sc_proven_open(); NULL if it is empty or there is no memory.
 */
void *sc_proven_bytes(sc_proven_t *proven, apr_size_t *len);

/* Returns the set made of such bytes, which it borrows. */
const sc_proven_t *sc_proven_open(const void *bytes, apr_size_t len,
                                  apr_pool_t *p);

/* Returns the note of a statement, or NULL if it is not in the set. Only for
 * sets from sc_proven_open(); NULL is an empty set. */
const void *sc_proven_find(const sc_proven_t *proven, const sc_proof_t *proof);

#endif
