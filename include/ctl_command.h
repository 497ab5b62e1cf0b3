/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of securechanctl as a table, and how one of them is found, told
 * its arguments, and run.
 *
 * Threads: one.
 */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include <apr_pools.h>

#include "ctl_args.h"
#include "ctl_say.h"

/* Each command's file defines one. */
typedef struct ctl_command {
    const char *name;
    const char *summary; /* one line */
    const char *usage;   /* the words after the name: "NAME... --dir DIR" */
    const char *example; /* one whole command line */
    const ctl_option_t *options; /* beyond --json and --help */
    int min_words;
    int max_words; /* -1: any number */
    ctl_status_t (*run)(ctl_t *ctl, const ctl_args_t *args);
} ctl_command_t;

/*
 * Runs what a command line asks for: the command that argv[1] names in the
 * table, which ends with NULL, or help. Returns the exit status.
 */
ctl_status_t ctl_command_run(const ctl_command_t *const *commands, int argc,
                             const char *const *argv, apr_pool_t *p);

#endif
