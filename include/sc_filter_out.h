/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection output filter: encrypts what the server sends, keeping
 * metadata buckets in their place, and says close_notify at the end of the
 * connection.
 */
#ifndef SC_FILTER_OUT_H
#define SC_FILTER_OUT_H

#include <util_filter.h>

#include "sc_base.h"
#include "sc_conn.h"

/* The context is an sc_conn_t. */
apr_status_t sc_filter_out(ap_filter_t *f, apr_bucket_brigade *bb);

/*
 * Encrypts what the filter holds back for a record to share, into the engine's
 * output; to be called before a thread waits for the client. Returns an error
 * if the connection is broken.
 */
apr_status_t sc_filter_out_release(sc_conn_t *conn) SC_MUST_CHECK;

#endif
