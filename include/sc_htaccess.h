/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds out what .htaccess files below a directory demand, for methods that
 * reach there without asking httpd for each resource (WebDAV on collections).
 *
 * Threads: safe for any request.
 */
#ifndef SC_HTACCESS_H
#define SC_HTACCESS_H

#include <stdbool.h>

#include <httpd.h>

#include "sc_gate.h"

/*
 * Tells whether a channel meets every SecureChanRequire in the access files
 * below the directory of a request, whether or not httpd would read them there:
 * one level down for "Depth: 1", else in the whole tree. An access file that
 * cannot be read counts as not met; so does, for a channel that is not secure,
 * a tree of more than 10,000 entries. If not met, *unmet says what is demanded,
 * and *reason why it is not met.
 */
bool sc_htaccess_admits(request_rec *r, const sc_gate_facts_t *facts,
                        sc_gate_effective_t *unmet, sc_gate_reason_t *reason);

#endif
