/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of returning clients have in common.
 */
#ifndef SESSION_CASE_H
#define SESSION_CASE_H

#include "engine_case.h"

#define NUM_VERSIONS 2

extern const int versions[NUM_VERSIONS]; /* TLS 1.2 and 1.3 */

/* Adds a.example with all defaults. */
void add_host_a(void);

/* Returns the client of one version. */
client_spec_t client_of(int version, const char *name, SSL_SESSION *session);

/*
 * Connects, talks, and closes as a good client does. Returns the session that
 * the client has then, with a reference for the caller; fails the test unless
 * the handshake was resumed or not, as expected.
 */
SSL_SESSION *connect_with(const client_spec_t *client, bool resumed);
SSL_SESSION *connect_to(int version, const char *name, SSL_SESSION *session,
                        bool resumed);

/* The same, with the session given up and the new one in its place. */
void come_back(int version, const char *name, SSL_SESSION **session,
               bool resumed);

#endif
