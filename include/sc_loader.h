/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads identities from files, checks them, and says in words what is wrong
 * with them. Each pair of files is read once, whoever names it, and what many
 * have in common, such as their intermediate certificates, is made once.
 *
 * Life time: a loader lives as long as its scratch pool; identities live in the
 * pool given for them.
 * Threads: owned by the caller.
 */
#ifndef SC_LOADER_H
#define SC_LOADER_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_time.h>

#include "sc_base.h"
#include "sc_error.h"
#include "sc_identity.h"
#include "sc_key.h"
#include "sc_proven.h"

typedef struct sc_loader sc_loader_t;

/*
 * Makes a loader whose identities live in p. known is what the last one found
 * to be without fault, or NULL: such files are only loaded, not checked again.
 * What is found to be so now goes to found, unless that is NULL.
 */
sc_loader_t *sc_loader_make(const sc_proven_t *known, sc_proven_t *found,
                            apr_pool_t *p, apr_pool_t *ptemp);

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

/*
 * Loads and checks the identity of a pair of files. Every problem goes to
 * report, the first time that the pair is asked for. Returns NULL if it cannot
 * be used (then report holds, or held, at least one error). Bytes of a key are
 * left nowhere but in the identity. Leaves OpenSSL's error queue empty.
 * Network: none.
 */
const sc_identity_t *sc_loader_load(sc_loader_t *loader,
                                    const sc_identity_spec_t *spec,
                                    sc_report_t *report);

#endif
