/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of PEM blocks (RFC 7468): finds the blocks, and says in words what is
 * wrong with a file that has none. What stands inside a block is not looked at.
 * More is accepted than the RFC allows where the meaning is beyond doubt: text
 * around blocks, indented lines, any line ends, markers that share a line with
 * what precedes or follows them.
 *
 * Life time: allocated from the pool of sc_pem_parse(); borrows the file.
 * Threads: owned by the caller.
 */
#ifndef SC_PEM_H
#define SC_PEM_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "sc_base.h"
#include "sc_error.h"
#include "sc_file.h"

typedef enum {
    SC_PEM_CERTIFICATE,
    SC_PEM_KEY, /* a private key of any form but the next */
    SC_PEM_OPENSSH_KEY,
    SC_PEM_REQUEST, /* PKCS#10 */
    SC_PEM_PUBLIC_KEY,
    SC_PEM_PKCS7,
    SC_PEM_PARAMETERS, /* of EC, DH or DSA; of no interest to anybody here */
    SC_PEM_OTHER,
    SC_PEM_KINDS
} sc_pem_kind_t;

typedef struct sc_pem_block {
    sc_pem_kind_t kind;
    bool encrypted;     /* in either of the two ways */
    const char *label;  /* "RSA PRIVATE KEY" */
    const char *header; /* RFC 1421 fields, "Name: value\n" each, or NULL */
    const char *begin;  /* the BEGIN line; borrowed from the file's bytes */
    const char *data;   /* base64 text; likewise */
    apr_size_t data_len;
} sc_pem_block_t;

typedef struct sc_pem {
    const sc_file_t *file;
    apr_array_header_t *blocks; /* of sc_pem_block_t, in the file's order */
    const sc_place_t *place;    /* for messages; borrowed */
    sc_report_t *report;
    apr_pool_t *p;
} sc_pem_t;

/*
 * Finds the blocks of a file. Returns NULL after adding an error to report if
 * there is none or one is damaged, and silently if file is NULL: the reader of
 * the file has said why. The file must live as long as the result.
 */
sc_pem_t *sc_pem_parse(const sc_file_t *file, const sc_place_t *place,
                       sc_report_t *report, apr_pool_t *p) SC_MUST_CHECK;

/* Returns block number i, or NULL past the last one. */
const sc_pem_block_t *sc_pem_block(const sc_pem_t *pem, int i);

/* Returns how many blocks of that kind there are. */
int sc_pem_count(const sc_pem_t *pem, sc_pem_kind_t kind);

/* Returns the line of the file on which a block begins, from 1. */
int sc_pem_line(const sc_pem_t *pem, const sc_pem_block_t *block);

/*
 * Decodes the base64 of a block. Returns bytes that the caller frees with
 * OPENSSL_clear_free(bytes, *len), or NULL after adding an error to the report.
 */
unsigned char *sc_pem_decode(const sc_pem_t *pem, const sc_pem_block_t *block,
                             apr_size_t *len) SC_MUST_CHECK;

#endif
