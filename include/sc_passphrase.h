/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the pass phrases of encrypted keys come from (SecureChanPassPhrase),
 * and the memory that keeps them so that nobody is asked twice: locked, left
 * out of core dumps, and empty in every child process.
 *
 * Life time: what is kept lives as long as the server's parent process.
 * Threads: the parent's only thread, while it reads the configuration.
 */
#ifndef SC_PASSPHRASE_H
#define SC_PASSPHRASE_H

#include <httpd.h>

#include "sc_conf.h"
#include "sc_key.h"

typedef struct sc_passphrase {
    const sc_passphrase_option_t *option;
    const char *host; /* for whom the key is loaded; told to the program */
    apr_pool_t *ptemp;
} sc_passphrase_t;

/* The callback for sc_identity_spec_t; baton is an sc_passphrase_t. */
int sc_passphrase_get(void *baton, const char *key_file, char *buf, int size,
                      const char **why);

/* Forgets what is kept for a key: it did not open it. */
void sc_passphrase_forget(const char *key_file);

#endif
