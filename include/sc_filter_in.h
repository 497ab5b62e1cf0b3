/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection input filter: hands decrypted bytes to the server in each of
 * httpd's reading modes.
 */
#ifndef SC_FILTER_IN_H
#define SC_FILTER_IN_H

#include <util_filter.h>

/* AP_MODE_INIT, READBYTES, GETLINE and SPECULATIVE; the context is an
 * sc_conn_t. A non-blocking read never blocks, whatever records arrive. */
apr_status_t sc_filter_in(ap_filter_t *f, apr_bucket_brigade *bb,
                          ap_input_mode_t mode, apr_read_type_e block,
                          apr_off_t readbytes);

#endif
