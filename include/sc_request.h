/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens to a request because of the connection it came over: plain HTTP
 * on the TLS port is answered, a Host that belongs elsewhere is sent back, HSTS
 * is announced.
 *
 * Threads: safe for any request, HTTP/2's included.
 */
#ifndef SC_REQUEST_H
#define SC_REQUEST_H

#include <httpd.h>

/* The post_read_request hook. */
int sc_request_post_read(request_rec *r);

/*
 * Strict-Transport-Security, as far as it is configured for the request by now:
 * at its beginning, so that early refusals have it, and as the
 * post_perdir_config hook, before the gate.
 */
int sc_request_announce_hsts(request_rec *r);

/* The http_scheme hook. */
const char *sc_request_scheme(const request_rec *r);

/* The default_port hook. */
apr_port_t sc_request_default_port(const request_rec *r);

#endif
