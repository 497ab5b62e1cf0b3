/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl_command.h"

#include <stdio.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>
#include <openssl/crypto.h>

#include "mod_securechan.h"

/* Every command has these. */
static const ctl_option_t common_options[] = {
    {"json", NULL, "write one JSON document to stdout"},
    {"help", NULL, "show this text"},
    {NULL, NULL, NULL},
};

/* Returns a command's options and the common ones in one table. */
static const ctl_option_t *options_join(const ctl_command_t *command,
                                        apr_pool_t *p)
{
    const ctl_option_t *const tables[] = {command->options, common_options};
    const ctl_option_t end = {NULL, NULL, NULL};
    apr_array_header_t *all = apr_array_make(p, 8, sizeof(ctl_option_t));

    for (int t = 0; t < 2; t++) {
        for (const ctl_option_t *option = tables[t];
             option != NULL && option->name != NULL; option++) {
            APR_ARRAY_PUSH(all, ctl_option_t) = *option;
        }
    }
    APR_ARRAY_PUSH(all, ctl_option_t) = end;
    return (const ctl_option_t *)all->elts;
}

static void command_help(const ctl_command_t *command,
                         const ctl_option_t *options, apr_pool_t *p)
{
    (void)printf("usage: securechanctl %s %s\n\n%s\n\n", command->name,
                 command->usage, command->summary);
    for (const ctl_option_t *option = options; option->name != NULL; option++) {
        const char *form =
            option->value != NULL
                ? apr_pstrcat(p, option->name, " ", option->value, NULL)
                : option->name;

        (void)printf("  --%-18s %s\n", form, option->meaning);
    }
    (void)printf("\nexample: %s\n", command->example);
}

static void general_help(const ctl_command_t *const *commands, FILE *out)
{
    (void)fprintf(out, "usage: securechanctl COMMAND [options]\n\n"
                       "Keys and certificates for mod_securechan, step by "
                       "step.\n\n");
    for (; *commands != NULL; commands++) {
        (void)fprintf(out, "  %-10s %s\n", (*commands)->name,
                      (*commands)->summary);
        (void)fprintf(out, "  %-10s   %s\n", "", (*commands)->example);
    }
    (void)fprintf(out,
                  "\nsecurechanctl COMMAND --help tells all options.\n"
                  "Exit status: %d done, %d something given or looked at is "
                  "wrong,\n%d wrong command line, %d files, memory or network "
                  "failed.\n",
                  CTL_OK, CTL_PROBLEMS, CTL_USAGE, CTL_FAILED);
}

static const ctl_command_t *find(const ctl_command_t *const *commands,
                                 const char *name)
{
    for (; *commands != NULL; commands++) {
        if (strcmp((*commands)->name, name) == 0) {
            return *commands;
        }
    }
    return NULL;
}

static bool words_fit(const ctl_command_t *command, const ctl_args_t *args)
{
    return args->num_words >= command->min_words &&
           (command->max_words < 0 || args->num_words <= command->max_words);
}

static ctl_status_t run(const ctl_command_t *command, int argc,
                        const char *const *argv, apr_pool_t *p)
{
    const ctl_option_t *options = options_join(command, p);
    const ctl_args_t *args = ctl_args_read(options, argc, argv, p);
    ctl_t *ctl;

    if (args != NULL && ctl_args_has(args, "help")) {
        command_help(command, options, p);
        return CTL_OK;
    }
    if (args == NULL || !words_fit(command, args)) {
        (void)fprintf(stderr,
                      "usage: securechanctl %s %s\n"
                      "example: %s\n",
                      command->name, command->usage, command->example);
        return CTL_USAGE;
    }
    ctl = ctl_begin(ctl_args_has(args, "json"), p);
    return ctl_end(ctl, command->run(ctl, args));
}

ctl_status_t ctl_command_run(const ctl_command_t *const *commands, int argc,
                             const char *const *argv, apr_pool_t *p)
{
    const char *name = argc > 1 ? argv[1] : "";
    const ctl_command_t *command = find(commands, name);

    if (command != NULL) {
        return run(command, argc - 1, argv + 1, p);
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
        general_help(commands, stdout);
        return CTL_OK;
    }
    if (strcmp(name, "--version") == 0) {
        (void)printf("securechanctl %s, %s\n", MOD_SECURECHAN_VERSION,
                     OpenSSL_version(OPENSSL_VERSION));
        return CTL_OK;
    }
    if (*name != '\0') {
        (void)fprintf(stderr, "securechanctl: there is no command \"%s\"\n\n",
                      name);
    }
    general_help(commands, stderr);
    return CTL_USAGE;
}
