/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a whole small file that may hold a secret, and says in words why it
 * cannot.
 *
 * Life time: the bytes never enter a pool; they are wiped and freed when the
 * pool given to sc_file_read() is cleared.
 * Threads: owned by the caller.
 */
#ifndef SC_FILE_H
#define SC_FILE_H

#include <stdbool.h>

#include <apr_pools.h>

#include "sc_base.h"
#include "sc_error.h"

/* The largest file that is read. */
#define SC_FILE_MAX 1048576

typedef struct sc_file {
    const char *name;  /* the path, or what to call the text in messages */
    bool is_exposed;   /* the file's mode lets everybody read or write it */
    bool is_shared;    /* the same, or its group */
    const char *bytes; /* bytes_len of them, then one NUL */
    apr_size_t bytes_len;
} sc_file_t;

/* Returns the file, or NULL after adding an error to report. */
sc_file_t *sc_file_read(const char *path, const sc_place_t *place,
                        sc_report_t *report, apr_pool_t *p) SC_MUST_CHECK;

/* The same for a copy of a text in memory, called name in messages. */
sc_file_t *sc_file_from_text(const char *text, const char *name,
                             const sc_place_t *place, sc_report_t *report,
                             apr_pool_t *p) SC_MUST_CHECK;

#endif
