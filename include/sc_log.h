/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where records of the lower layers become log lines: each exactly once, at a
 * level that follows from who has to mend it.
 *
 * Included by every httpd-layer file but the module file, which declares the
 * module itself.
 */
#ifndef SC_LOG_H
#define SC_LOG_H

#include <httpd.h>

#include <http_config.h>
#include <http_log.h>

#include "sc_error.h"

extern module AP_MODULE_DECLARE_DATA securechan_module;
APLOG_USE_MODULE(securechan);

/* Logs a connection's error: what the peer or the configuration is to blame for
 * at info, the system at critical. An empty record logs nothing. */
void sc_log_connection(const conn_rec *c, const sc_error_t *err);

/*
 * Logs every problem of the report, errors at error_level and warnings at
 * warning. startup: the console is all there is yet.
 */
void sc_log_report(const sc_report_t *report, int error_level, int startup,
                   server_rec *s, apr_pool_t *ptemp);

#endif
