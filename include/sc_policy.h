/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Named security policies and protocol ranges, as plain data. The lists are in
 * OpenSSL's own syntax; nothing here calls OpenSSL.
 *
 * Threads: constant data and pure functions.
 */
#ifndef SC_POLICY_H
#define SC_POLICY_H

#include <stdbool.h>

#include "sc_base.h"

/* Protocol versions by their number on the wire (RFC 8446, 4.1.2). */
#define SC_TLS1_0 0x0301
#define SC_TLS1_1 0x0302
#define SC_TLS1_2 0x0303
#define SC_TLS1_3 0x0304

typedef struct sc_policy {
    const char *name;
    int protocol_min;
    int protocol_max;
    const char *ciphers;      /* TLS 1.2 and below */
    const char *ciphersuites; /* TLS 1.3 */
    const char *groups;       /* '?' before a name: skip it if unsupported */
    const char *sigalgs;
    bool needs_fips; /* refuse to start unless the FIPS provider is active */
    bool insecure;   /* warn loudly at startup */
} sc_policy_t;

/* Returns the policy of that name (any case), or NULL. */
const sc_policy_t *sc_policy_find(const char *name);

/* Returns the policy in force where none is configured: "intermediate". */
const sc_policy_t *sc_policy_default(void);

/* All policy names, for messages: "modern, intermediate, legacy or fips". */
const char *sc_policy_names(void);

/*
 * Parses "TLSv1.2" (this version and above) or "TLSv1.2-TLSv1.3" (any case).
 * Returns false, with min and max untouched, for an unknown version or a range
 * whose end is below its start.
 */
bool sc_protocol_parse(const char *text, int *min, int *max) SC_MUST_CHECK;

/* Returns "TLSv1.2" for SC_TLS1_2 and so on, "TLSv1" for SC_TLS1_0 as OpenSSL
 * and mod_ssl do; "unknown" for anything else. */
const char *sc_protocol_name(int version);

/* Returns the number of a name such as "TLSv1.2" (exact case; "TLSv1.0" is
 * "TLSv1"), or 0. */
int sc_protocol_number(const char *name);

#endif
