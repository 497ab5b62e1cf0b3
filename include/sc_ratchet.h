/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schedule of the keys that seal session tickets. Time is cut into epochs
 * of equal length. Each has a secret, from which its keys come, and from which
 * the next epoch's secret comes; there is no way back. Whoever starts from one
 * root and reads the same clock has the same keys, without a word exchanged.
 *
 * A state holds the keys of three epochs: the one in force, which seals and
 * opens; the one before, because a ticket lives as long as an epoch lasts; and
 * the next, for servers whose clock is a little ahead. The one secret it holds
 * is that of the epoch after these. So what is seized today opens nothing that
 * was sealed before the previous epoch.
 *
 * Pure: the clock and the hash are the caller's. Seconds are counted from 1970.
 *
 * Life time: plain struct in the caller's memory, to be wiped by him at the
 * end. Threads: owned by the caller.
 */
#ifndef SC_RATCHET_H
#define SC_RATCHET_H

#include <stdbool.h>
#include <stddef.h>

#include <apr.h>

#include "sc_base.h"

#define SC_RATCHET_SECRET_LEN 32
#define SC_RATCHET_NAME_LEN   16

/* How long an epoch may last, in seconds; a ticket may not live longer than the
 * longest (RFC 8446, 4.6.1). */
#define SC_RATCHET_ROTATE_MIN 1
#define SC_RATCHET_ROTATE_MAX 604800

/* The most epochs that are gone through at a time. */
#define SC_RATCHET_STEPS_MAX 1000000

/* The keys of one epoch. */
typedef struct sc_ratchet_key {
    unsigned char name[SC_RATCHET_NAME_LEN]; /* public */
    unsigned char cipher[SC_RATCHET_SECRET_LEN];
    unsigned char mac[SC_RATCHET_SECRET_LEN];
    unsigned char cache[SC_RATCHET_SECRET_LEN]; /* seals what is cached */
} sc_ratchet_key_t;

/* Which epoch a key belongs to. */
typedef enum {
    SC_RATCHET_NONE, /* none that is known, or no longer */
    SC_RATCHET_PREVIOUS,
    SC_RATCHET_CURRENT,
    SC_RATCHET_NEXT
} sc_ratchet_age_t;

typedef struct sc_ratchet {
    apr_int64_t begun;  /* when epoch 0 begins */
    apr_int64_t rotate; /* seconds an epoch lasts; 0: the state is empty */
    apr_int64_t epoch;  /* in force */
    sc_ratchet_key_t keys[3]; /* of epoch - 1, epoch, epoch + 1 */
    unsigned char secret[SC_RATCHET_SECRET_LEN]; /* of epoch + 2 */
} sc_ratchet_t;

/*
 * Derives len bytes (at most 255 * 32) from a secret, different ones for each
 * label and such that nothing can be learnt about the secret from them. Returns
 * false if there is no memory.
 */
typedef bool (*sc_ratchet_derive_fn_t)(
    const unsigned char secret[SC_RATCHET_SECRET_LEN], const char *label,
    unsigned char *out, size_t len);

typedef enum {
    SC_RATCHET_SAME,    /* nothing was due */
    SC_RATCHET_STEPPED, /* the state is that of the epoch at now */
    SC_RATCHET_TOO_FAR, /* more than SC_RATCHET_STEPS_MAX epochs away */
    SC_RATCHET_FAILED   /* the derivation failed */
} sc_ratchet_result_t;

/*
 * Makes the state of the epoch at now. rotate is part of what is derived: other
 * epochs have other keys. A time before begun counts as epoch 0. Returns
 * SC_RATCHET_STEPPED, or else leaves the state wiped. The root is the caller's
 * to wipe.
 */
sc_ratchet_result_t sc_ratchet_begin(
    sc_ratchet_t *ratchet, const unsigned char root[SC_RATCHET_SECRET_LEN],
    apr_int64_t begun, apr_int64_t rotate, apr_int64_t now,
    sc_ratchet_derive_fn_t derive);

/*
 * If another epoch than ratchet's is due at now, writes its state to next and
 * returns SC_RATCHET_STEPPED; else next is wiped or untouched. ratchet itself
 * does not change: the caller replaces it. A clock that goes back changes
 * nothing: the secrets of the past are gone.
 */
sc_ratchet_result_t sc_ratchet_step(const sc_ratchet_t *ratchet,
                                    sc_ratchet_t *next, apr_int64_t now,
                                    sc_ratchet_derive_fn_t derive);

/* Returns when the next step is due. */
apr_int64_t sc_ratchet_due(const sc_ratchet_t *ratchet);

/* Returns the keys that seal; NULL if the state is empty. */
const sc_ratchet_key_t *sc_ratchet_current(const sc_ratchet_t *ratchet);

/* Finds the keys of that name; *key is NULL with SC_RATCHET_NONE. */
sc_ratchet_age_t sc_ratchet_find(const sc_ratchet_t *ratchet,
                                 const unsigned char name[SC_RATCHET_NAME_LEN],
                                 const sc_ratchet_key_t **key);

/* Overwrites the state; it is empty afterwards. */
void sc_ratchet_wipe(sc_ratchet_t *ratchet);

#endif
