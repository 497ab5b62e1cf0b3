/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_proven.h"

#include <stdlib.h>
#include <string.h>

#include <apr_tables.h>

typedef struct record {
    sc_proof_t proof;
    unsigned char note[SC_PROOF_NOTE_LEN];
} record_t;

struct sc_proven {
    apr_array_header_t *added; /* of record_t; NULL for an opened one */
    const record_t *sorted;    /* of an opened one */
    apr_size_t num_sorted;
};

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(sc_proof_t));
}

sc_proven_t *sc_proven_make(apr_pool_t *p)
{
    sc_proven_t *proven = apr_pcalloc(p, sizeof(*proven));

    proven->added = apr_array_make(p, 16, sizeof(record_t));
    return proven;
}

void sc_proven_add(sc_proven_t *proven, const sc_proof_t *proof,
                   const void *note, apr_size_t note_len)
{
    record_t *record = apr_array_push(proven->added);

    record->proof = *proof;
    memset(record->note, 0, sizeof(record->note));
    if (note_len > 0 && note_len <= sizeof(record->note)) {
        memcpy(record->note, note, note_len);
    }
}

void *sc_proven_bytes(sc_proven_t *proven, apr_size_t *len)
{
    void *bytes;

    *len = (apr_size_t)proven->added->nelts * sizeof(record_t);
    bytes = *len > 0 ? malloc(*len) : NULL;
    if (bytes != NULL) {
        qsort(proven->added->elts, (size_t)proven->added->nelts,
              sizeof(record_t), compare);
        memcpy(bytes, proven->added->elts, *len);
    }
    return bytes;
}

const sc_proven_t *sc_proven_open(const void *bytes, apr_size_t len,
                                  apr_pool_t *p)
{
    sc_proven_t *proven = apr_pcalloc(p, sizeof(*proven));

    proven->sorted = bytes;
    proven->num_sorted = len / sizeof(record_t);
    return proven;
}

const void *sc_proven_find(const sc_proven_t *proven, const sc_proof_t *proof)
{
    const record_t *record = NULL;

    if (proven != NULL && proven->num_sorted > 0) {
        record = bsearch(proof, proven->sorted, proven->num_sorted,
                         sizeof(record_t), compare);
    }
    return record != NULL ? record->note : NULL;
}
