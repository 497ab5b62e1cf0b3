/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The examination of one pair of files, certificate and key: reads them, checks
 * them, says in words what is wrong with them, and brings what an identity can
 * be made of.
 *
 * Life time: what it brings lives in the pool given, secrets wiped with it.
 * Threads: any number at a time, each with a kit and pools of its own; the
 * store may be shared if it allows that.
 */
#ifndef SC_EXAM_H
#define SC_EXAM_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_time.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "sc_base.h"
#include "sc_cert.h"
#include "sc_error.h"
#include "sc_identity.h"
#include "sc_key.h"
#include "sc_proven.h"

/* What is asked for. */
typedef struct sc_identity_spec {
    const char *chain_file; /* absolute path of a PEM file, leaf first or not;
                             * must live as long as the identity */
    const char *key_file;   /* the same; NULL: the key is in chain_file */
    sc_place_t place;       /* for messages */
    apr_time_t now;         /* the time dates are checked against */
    bool dates_are_errors;  /* outside its dates: error, else warning */
    sc_passphrase_fn_t passphrase; /* NULL: encrypted keys are an error */
    void *baton;
} sc_identity_spec_t;

/* What an examination works with. */
typedef struct sc_exam_kit {
    const sc_proven_t *known; /* files without fault; may be NULL */
    sc_certs_t *store;
    sc_decoders_t *decoders;
    bool may_ask; /* false: an encrypted key is left for later */
} sc_exam_kit_t;

typedef enum {
    SC_EXAM_PASSED,
    SC_EXAM_FAILED, /* the report says why */
    SC_EXAM_LATER   /* the key is encrypted; nothing has been reported */
} sc_exam_result_t;

typedef struct sc_exam {
    sc_exam_result_t result;
    /* The rest only if it was passed. */
    bool is_new;      /* the proof has not been known before */
    sc_proof_t proof; /* that there is no fault; all zero: there is some */
    sc_identity_grade_t grade;
    STACK_OF(X509) *chain;     /* in order, without leaf and root */
    X509 *leaf;                /* an outline; NULL: nothing to be looked at */
    EVP_PKEY *key;             /* NULL: bytes are set */
    sc_identity_bytes_t bytes; /* for sc_identity_seal() */
} sc_exam_t;

/*
 * Examines the files that spec names. Every problem goes to report. Leaves
 * OpenSSL's error queue empty. Network: none.
 */
const sc_exam_t *sc_exam_take(const sc_exam_kit_t *kit,
                              const sc_identity_spec_t *spec,
                              sc_report_t *report, apr_pool_t *p);

#endif
