/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl_args.h"

#include <stdio.h>
#include <string.h>

#include <apr_getopt.h>
#include <apr_strings.h>
#include <apr_tables.h>

/* apr_getopt_long() knows options by a number; below this are characters. */
#define FIRST_NUMBER 256

static int count(const ctl_option_t *options)
{
    int n = 0;

    while (options[n].name != NULL) {
        n++;
    }
    return n;
}

static apr_getopt_option_t *table_make(const ctl_option_t *options,
                                       apr_pool_t *p)
{
    const int n = count(options);
    apr_getopt_option_t *table =
        apr_pcalloc(p, (apr_size_t)(n + 1) * sizeof(*table));

    for (int i = 0; i < n; i++) {
        table[i].name = options[i].name;
        table[i].optch = FIRST_NUMBER + i;
        table[i].has_arg = options[i].value != NULL;
        table[i].description = options[i].meaning;
    }
    return table;
}

/* Takes all options; what is left are words. False if something is wrong. */
static bool options_take(ctl_args_t *args, apr_getopt_t *os, apr_pool_t *p)
{
    const apr_getopt_option_t *table = table_make(args->options, p);
    const char *value;
    apr_status_t rv;
    int number;

    while ((rv = apr_getopt_long(os, table, &number, &value)) == APR_SUCCESS) {
        const ctl_option_t *option = &args->options[number - FIRST_NUMBER];
        const char **place = &args->values[number - FIRST_NUMBER];

        if (*place != NULL) {
            (void)fprintf(stderr, "securechanctl: --%s is given twice\n",
                          option->name);
            return false;
        }
        *place = option->value != NULL ? value : "";
    }
    return APR_STATUS_IS_EOF(rv);
}

const ctl_args_t *ctl_args_read(const ctl_option_t *options, int argc,
                                const char *const *argv, apr_pool_t *p)
{
    ctl_args_t *args = apr_pcalloc(p, sizeof(*args));
    apr_getopt_t *os;

    args->options = options;
    args->values =
        apr_pcalloc(p, (apr_size_t)(count(options) + 1) * sizeof(char *));
    if (apr_getopt_init(&os, p, argc, argv) != APR_SUCCESS) {
        return NULL;
    }
    os->interleave = 1;
    if (!options_take(args, os, p)) {
        return NULL;
    }
    args->words = os->argv + os->ind;
    args->num_words = argc - os->ind;
    return args;
}

const char *ctl_args_value(const ctl_args_t *args, const char *name)
{
    for (int i = 0; args->options[i].name != NULL; i++) {
        if (strcmp(args->options[i].name, name) == 0) {
            return args->values[i];
        }
    }
    return NULL;
}

bool ctl_args_has(const ctl_args_t *args, const char *name)
{
    return ctl_args_value(args, name) != NULL;
}
