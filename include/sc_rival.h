/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds hosts for which mod_ssl is switched on, too: both modules would
 * encrypt, and no client could read it. mod_ssl tells nobody, so its directive
 * is looked up in the tree of directives that httpd has read.
 */
#ifndef SC_RIVAL_H
#define SC_RIVAL_H

#include <httpd.h>

#include "sc_error.h"

/* Reports every TLS host of ours that has SSLEngine on. */
void sc_rival_check(server_rec *main_server, sc_report_t *report,
                    apr_pool_t *ptemp);

#endif
