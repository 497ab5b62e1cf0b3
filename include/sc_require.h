/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate at work: where SecureChanRequire is enforced, by which hooks, and
 * what a refused client is told. The decision itself is sc_gate.
 *
 * Threads: safe for any request, HTTP/2's included. Nothing is remembered
 * between hooks: each computes the verdict anew from r->per_dir_config.
 */
#ifndef SC_REQUIRE_H
#define SC_REQUIRE_H

#include <httpd.h>

/* The quick_handler hook: keeps other quick handlers from answering first. */
int sc_require_quick(request_rec *r, int lookup);

/* The map_to_storage hook: TRACE is answered there, before the gate. */
int sc_require_trace(request_rec *r);

/* The post_perdir_config hook: the gate. */
int sc_require_check(request_rec *r);

/* The fixups hook: asserts the verdict once more, at the very end. */
int sc_require_assert(request_rec *r);

/* Registers the authorization providers "secure" and "ssl". */
void sc_require_register_providers(apr_pool_t *p);

#endif
