/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection output filter: encrypts what the server sends, keeping
 * metadata buckets in their place, and says close_notify at the end of the
 * connection.
 */
#ifndef SC_FILTER_OUT_H
#define SC_FILTER_OUT_H

#include <util_filter.h>

/* The context is an sc_conn_t. */
apr_status_t sc_filter_out(ap_filter_t *f, apr_bucket_brigade *bb);

#endif
