/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decrypted bytes of a connection that nobody has read yet, conn->clear,
 * and how they come there. Where the client speaks HTTP without TLS, they are
 * the bytes from the network.
 *
 * Threads: owned by the connection.
 */
#ifndef SC_CLEAR_H
#define SC_CLEAR_H

#include "sc_conn.h"

/* What is decrypted at a time at most: as much as httpd reads at once. */
#define SC_CLEAR_SIZE APR_BUCKET_BUFF_SIZE

/* Tells whether decrypted bytes wait. */
bool sc_clear_has(sc_conn_t *conn);

/*
 * Decrypts at least one byte to the end of conn->clear, reading from the filter
 * if need be. APR_EAGAIN: there is nothing now, and no record that could be
 * decrypted. APR_EOF: the client has ended its direction. Anything else: the
 * connection is broken, and what is to be logged and sent has been.
 */
apr_status_t sc_clear_fill(sc_conn_t *conn, ap_filter_t *from,
                           apr_read_type_e block) SC_MUST_CHECK;

/*
 * The same without ever waiting, for bytes that are going to lie there for a
 * while: they take no more memory than their number asks for. They are left in
 * buf as well, which has room for SC_CLEAR_SIZE. Their number may be 0 although
 * something was read: ask again.
 */
apr_status_t sc_clear_gather(sc_conn_t *conn, ap_filter_t *from, char *buf,
                             apr_size_t *len) SC_MUST_CHECK;

#endif
