/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of one command of securechanctl: options by name, anywhere
 * among the words, each at most once.
 *
 * Life time: allocated from the pool given; borrows the strings of argv.
 * Threads: one.
 */
#ifndef CTL_ARGS_H
#define CTL_ARGS_H

#include <stdbool.h>

#include <apr_pools.h>

#include "sc_base.h"

/* One option of a command. A table of them ends with {NULL}. */
typedef struct ctl_option {
    const char *name;    /* "dir", given as --dir */
    const char *value;   /* what the help calls its value; NULL: it has none */
    const char *meaning; /* one line of help */
} ctl_option_t;

typedef struct ctl_args {
    const char *const *words; /* what is no option, in order */
    int num_words;
    const ctl_option_t *options;
    const char **values; /* by option; NULL: not given; "" for one without */
} ctl_args_t;

/*
 * Reads a command line that begins with the command's name. Returns NULL after
 * saying on stderr what is wrong with it.
 */
const ctl_args_t *ctl_args_read(const ctl_option_t *options, int argc,
                                const char *const *argv, apr_pool_t *p)
    SC_MUST_CHECK;

/* Returns the value of an option of the table, or NULL if it was not given. */
const char *ctl_args_value(const ctl_args_t *args, const char *name);

/* Tells whether an option of the table was given. */
bool ctl_args_has(const ctl_args_t *args, const char *name);

#endif
