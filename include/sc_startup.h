/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Startup: the configuration is checked where a failure can still stop the
 * server, then built for use.
 *
 * Threads: the parent's only thread.
 */
#ifndef SC_STARTUP_H
#define SC_STARTUP_H

#include <httpd.h>

/* The pre_config hook. */
int sc_startup_pre_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp);

/* The check_config hook: finds every problem under "httpd -t" and at the first
 * of httpd's two passes. */
int sc_startup_check_config(apr_pool_t *pconf, apr_pool_t *plog,
                            apr_pool_t *ptemp, server_rec *s);

/* The post_config hook: builds the site for use. In a server that is running
 * already it never fails for a bad file. */
int sc_startup_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s);

/* The last post_config hook: what has started until now is no child of httpd.
 */
int sc_startup_settle(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                      server_rec *s);

/* The child_init hook. */
void sc_startup_child_init(apr_pool_t *pchild, server_rec *s);

#endif
