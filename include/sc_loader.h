/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads identities from files, checks them, and says in words what is wrong
 * with them. Each pair of files is read once, whoever names it, and what many
 * have in common, such as their intermediate certificates, is made once.
 *
 * Life time: a loader lives as long as its scratch pool; identities live in the
 * pool given for them.
 * Threads: owned by the caller. sc_loader_read_ahead() has threads of its own,
 * which are gone when it returns.
 */
#ifndef SC_LOADER_H
#define SC_LOADER_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "sc_base.h"
#include "sc_error.h"
#include "sc_exam.h"
#include "sc_identity.h"
#include "sc_proven.h"

typedef struct sc_loader sc_loader_t;

/*
 * Makes a loader whose identities live in p. known is what the last one found
 * to be without fault, or NULL: such files are only loaded, not checked again.
 * What is found to be so now goes to found, unless that is NULL.
 */
sc_loader_t *sc_loader_make(const sc_proven_t *known, sc_proven_t *found,
                            apr_pool_t *p, apr_pool_t *ptemp);

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

/* Sees to it that sc_identity_covers() need not open the identity, until the
 * next sc_identity_set_outline(). */
void sc_loader_outline(const sc_loader_t *loader,
                       const sc_identity_t *identity);

/*
 * Examines the files of many identities (sc_identity_spec_t) on all processors,
 * so that sc_loader_load() finds that done; it reports the problems then, in
 * the order in which it is called. Of no effect but on time. Encrypted keys are
 * left to sc_loader_load(). The specs must live until the next call.
 */
void sc_loader_read_ahead(sc_loader_t *loader, const apr_array_header_t *specs);

#endif
