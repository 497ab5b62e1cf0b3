/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_ratchet.h"

#include <string.h>

#include <apr_strings.h>

/* Where the keys of the epochs lie. */
enum { PREVIOUS, CURRENT, NEXT, NUM_KEYS };

/* All keys of an epoch are derived in one go. */
_Static_assert(sizeof(sc_ratchet_key_t) ==
                   SC_RATCHET_NAME_LEN + 3 * SC_RATCHET_SECRET_LEN,
               "a key has no bytes but those derived");

void sc_ratchet_wipe(sc_ratchet_t *ratchet)
{
    explicit_bzero(ratchet, sizeof(*ratchet));
}

static bool is_empty(const sc_ratchet_t *ratchet)
{
    return ratchet->rotate == 0;
}

/* Returns the number of the epoch at a time. */
static apr_int64_t epoch_at(const sc_ratchet_t *ratchet, apr_int64_t now)
{
    return now > ratchet->begun ? (now - ratchet->begun) / ratchet->rotate : 0;
}

/* Goes one epoch on. Nobody asks for keys of epochs that are only passed. */
static bool pass(sc_ratchet_t *ratchet, bool with_keys,
                 sc_ratchet_derive_fn_t derive)
{
    unsigned char secret[SC_RATCHET_SECRET_LEN] = {0};
    sc_ratchet_key_t *newest = &ratchet->keys[NEXT];
    bool ok;

    ratchet->keys[PREVIOUS] = ratchet->keys[CURRENT];
    ratchet->keys[CURRENT] = ratchet->keys[NEXT];
    ok = derive(ratchet->secret, "securechan next secret", secret,
                sizeof(secret)) &&
         (!with_keys || derive(ratchet->secret, "securechan keys",
                               (unsigned char *)newest, sizeof(*newest)));
    memmove(ratchet->secret, secret, sizeof(secret));
    explicit_bzero(secret, sizeof(secret));
    ratchet->epoch++;
    return ok;
}

/* Goes on to an epoch that is not far. */
static sc_ratchet_result_t pass_to(sc_ratchet_t *ratchet, apr_int64_t epoch,
                                   sc_ratchet_derive_fn_t derive)
{
    while (ratchet->epoch < epoch) {
        if (!pass(ratchet, ratchet->epoch + NUM_KEYS >= epoch, derive)) {
            sc_ratchet_wipe(ratchet);
            return SC_RATCHET_FAILED;
        }
    }
    return SC_RATCHET_STEPPED;
}

sc_ratchet_result_t sc_ratchet_begin(
    sc_ratchet_t *ratchet, const unsigned char root[SC_RATCHET_SECRET_LEN],
    apr_int64_t begun, apr_int64_t rotate, apr_int64_t now,
    sc_ratchet_derive_fn_t derive)
{
    char label[64];
    apr_int64_t epoch;

    sc_ratchet_wipe(ratchet);
    ratchet->begun = begun;
    ratchet->rotate = rotate;
    epoch = epoch_at(ratchet, now);
    if (epoch > SC_RATCHET_STEPS_MAX) {
        sc_ratchet_wipe(ratchet);
        return SC_RATCHET_TOO_FAR;
    }
    apr_snprintf(label, sizeof(label),
                 "securechan root, epochs of %" APR_INT64_T_FMT " s", rotate);
    if (!derive(root, label, ratchet->secret, sizeof(ratchet->secret))) {
        sc_ratchet_wipe(ratchet);
        return SC_RATCHET_FAILED;
    }
    ratchet->epoch = -2; /* the secret is always that of the epoch after next */
    return pass_to(ratchet, epoch, derive);
}

sc_ratchet_result_t sc_ratchet_step(const sc_ratchet_t *ratchet,
                                    sc_ratchet_t *next, apr_int64_t now,
                                    sc_ratchet_derive_fn_t derive)
{
    apr_int64_t epoch;

    if (is_empty(ratchet)) {
        return SC_RATCHET_SAME;
    }
    epoch = epoch_at(ratchet, now);
    if (epoch <= ratchet->epoch) {
        return SC_RATCHET_SAME;
    }
    if (epoch - ratchet->epoch > SC_RATCHET_STEPS_MAX) {
        return SC_RATCHET_TOO_FAR;
    }
    *next = *ratchet;
    return pass_to(next, epoch, derive);
}

apr_int64_t sc_ratchet_due(const sc_ratchet_t *ratchet)
{
    return ratchet->begun + (ratchet->epoch + 1) * ratchet->rotate;
}

const sc_ratchet_key_t *sc_ratchet_current(const sc_ratchet_t *ratchet)
{
    return is_empty(ratchet) ? NULL : &ratchet->keys[CURRENT];
}

sc_ratchet_age_t sc_ratchet_find(const sc_ratchet_t *ratchet,
                                 const unsigned char name[SC_RATCHET_NAME_LEN],
                                 const sc_ratchet_key_t **key)
{
    static const sc_ratchet_age_t ages[NUM_KEYS] = {
        SC_RATCHET_PREVIOUS, SC_RATCHET_CURRENT, SC_RATCHET_NEXT};

    /* Before epoch 0 there was none; its place holds zeros, and anybody can
     * name and make a ticket of those. */
    for (int i = ratchet->epoch > 0 ? PREVIOUS : CURRENT;
         i < NUM_KEYS && !is_empty(ratchet); i++) {
        if (!memcmp(ratchet->keys[i].name, name, SC_RATCHET_NAME_LEN)) {
            *key = &ratchet->keys[i];
            return ages[i];
        }
    }
    *key = NULL;
    return SC_RATCHET_NONE;
}
