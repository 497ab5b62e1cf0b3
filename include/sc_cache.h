/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session cache of the server (SecureChanSessionCache), through whatever
 * mod_socache module keeps it. A cache that fails costs full handshakes and one
 * warning; it is left alone for a while and then tried again.
 *
 * A provider that several processes may use at once is taken to be on the
 * network: its calls are made by threads of their own, and a handshake waits
 * for an answer no longer than a second. Others are called directly, under a
 * lock.
 *
 * Life time: the configuration; the threads, the child.
 * Threads: internally locked (locks "cache" and "cache errands"), neither held
 * across a provider's call. The lock between processes is.
 */
#ifndef SC_CACHE_H
#define SC_CACHE_H

#include <httpd.h>

#include "sc_conf.h"
#include "sc_session.h"

/* In pre_config: makes the name of the lock known to the directive Mutex. */
void sc_cache_register(apr_pool_t *pconf);

/*
 * Finds the provider of "name" or "name:arguments" and has it look at the
 * arguments. Returns an error text, or NULL.
 */
const char *sc_cache_configure(sc_cache_option_t *option, const char *word,
                               apr_pool_t *ptemp, apr_pool_t *p);

/*
 * Starts the cache. Returns what goes into sc_sessions_t: NULL if there is to
 * be none, or if it cannot be started, which goes to report.
 */
const sc_session_cache_t *sc_cache_start(const sc_cache_option_t *option,
                                         server_rec *s, sc_report_t *report,
                                         apr_pool_t *pconf);

/* In child_init. */
void sc_cache_child_init(apr_pool_t *pchild, server_rec *s);

#endif
