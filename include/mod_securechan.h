/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mod_securechan for other modules. There is nothing to call: ask httpd's own
 * ap_ssl_conn_is_ssl() and ap_ssl_var_lookup() (http_ssl.h), which this module
 * answers for its connections, HTTP/2's secondary ones included.
 */
#ifndef MOD_SECURECHAN_H
#define MOD_SECURECHAN_H

#define MOD_SECURECHAN_VERSION "0.1.0"

#endif
