/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command of securechanctl says, to a person as lines or to a script as
 * one JSON document: results on stdout, problems on stderr, one line each. In
 * the document the problems are an array of its last members.
 *
 * Threads: one.
 */
#ifndef CTL_SAY_H
#define CTL_SAY_H

#include <stdbool.h>

#include <apr_pools.h>

#include "sc_base.h"
#include "sc_error.h"
#include "sc_json.h"

/* The exit status; the manual page documents these numbers. */
typedef enum {
    CTL_OK = 0,       /* done; there may be warnings */
    CTL_PROBLEMS = 1, /* something given or looked at is wrong */
    CTL_USAGE = 2,    /* the command line is wrong */
    CTL_FAILED = 3    /* the machine does not let us: files, memory, network */
} ctl_status_t;

/* One run of a command. */
typedef struct ctl {
    apr_pool_t *p;
    sc_report_t *report; /* problems, said when the command has ended */
    sc_json_t *json;     /* NULL: a person reads */
} ctl_t;

/* Begins a run. */
ctl_t *ctl_begin(bool is_json, apr_pool_t *p);

/* Says a line to a person; nothing if a script reads. */
void ctl_say(const ctl_t *ctl, const char *format, ...) SC_PRINTF(2, 3);

/*
 * Says on stderr, if that is a terminal and a person reads, what takes a while:
 * the text replaces the one said before. NULL removes it.
 */
void ctl_progress(const ctl_t *ctl, const char *text);

/* Adds an error whose place is a file, or NULL, and returns status. */
ctl_status_t ctl_error(const ctl_t *ctl, ctl_status_t status, const char *id,
                       const char *file, const char *format, ...)
    SC_PRINTF(5, 6);

/* The same for what is only worth a warning. */
void ctl_warning(const ctl_t *ctl, const char *id, const char *file,
                 const char *format, ...) SC_PRINTF(4, 5);

/*
 * Ends a run: says all problems, writes the document, and returns the exit
 * status: the one given, or CTL_PROBLEMS where that is CTL_OK in spite of
 * errors.
 */
ctl_status_t ctl_end(const ctl_t *ctl, ctl_status_t status);

#endif
