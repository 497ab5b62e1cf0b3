/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of one virtual host as the directives leave them: every value
 * beside a bit that says whether it was set, so that "unset" needs no magic
 * number. Merging is driven by one table.
 *
 * Life time: plain struct in the configuration's pool; rebuilt at every
 * restart. Threads: immutable once the configuration is read.
 */
#ifndef SC_OPTIONS_H
#define SC_OPTIONS_H

#include <stdbool.h>

#include <apr_tables.h>
#include <apr_time.h>

#include "sc_base.h"
#include "sc_error.h"
#include "sc_policy.h"

/* One entry for each setting that is inherited on its own. */
typedef enum {
    SC_OPTION_ENGINE,
    SC_OPTION_POLICY,
    SC_OPTION_PROTOCOL,
    SC_OPTION_CIPHERS,
    SC_OPTION_CIPHERSUITES,
    SC_OPTION_GROUPS,
    SC_OPTION_COMMANDS,
    SC_OPTION_CERTIFICATES,
    SC_OPTION_SNI_MISMATCH,
    SC_OPTION_SNI_UNKNOWN,
    SC_OPTION_TICKETS,
    SC_OPTION_PLAIN_HTTP,
    SC_OPTION_HANDSHAKE_TIMEOUT,
    SC_OPTION_HEAD_TIMEOUT,
    SC_OPTIONS
} sc_option_t;

typedef enum {
    SC_SNI_MISMATCH_AUTH, /* 421 if the two hosts' channel settings differ */
    SC_SNI_MISMATCH_STRICT /* 421 whenever Host and SNI differ */,
    SC_SNI_MISMATCH_OFF
} sc_sni_mismatch_t;

typedef enum {
    SC_SNI_UNKNOWN_DEFAULT, /* the first host of the address answers */
    SC_SNI_UNKNOWN_REJECT   /* fatal unrecognized_name (RFC 6066, 3) */
} sc_sni_unknown_t;

typedef enum {
    SC_PLAIN_HTTP_ERROR,    /* a readable 400 page */
    SC_PLAIN_HTTP_REDIRECT, /* 308 to the https address for GET and HEAD */
    SC_PLAIN_HTTP_CLOSE
} sc_plain_http_t;

typedef struct sc_protocol_range {
    int min; /* wire numbers, see sc_policy.h */
    int max;
} sc_protocol_range_t;

/* One SecureChanCertificate directive. */
typedef struct sc_certificate_option {
    const char *chain_file; /* absolute */
    const char *key_file;   /* absolute, or NULL: in chain_file */
    sc_place_t place;
} sc_certificate_option_t;

/* One SecureChanOpenSSL directive. */
typedef struct sc_command_option {
    const char *name;
    const char *value;
    sc_place_t place;
} sc_command_option_t;

typedef struct sc_options {
    unsigned set; /* bit 1 << SC_OPTION_* : it was given */
    const sc_place_t *place[SC_OPTIONS]; /* where it was given, or NULL */
    /* The values, in the order of sc_option_t; nothing may follow them. */
    bool engine;
    const sc_policy_t *policy;
    sc_protocol_range_t protocol;
    const char *ciphers;
    const char *ciphersuites;
    const char *groups;
    apr_array_header_t *commands;     /* of sc_command_option_t */
    apr_array_header_t *certificates; /* of sc_certificate_option_t */
    sc_sni_mismatch_t sni_mismatch;
    sc_sni_unknown_t sni_unknown;
    bool tickets;
    sc_plain_http_t plain_http;
    apr_interval_time_t handshake_timeout;
    apr_interval_time_t head_timeout;
} sc_options_t;

/* Gives every setting its default, none of them marked as set. */
void sc_options_init(sc_options_t *options);

/* Tells whether a setting was given. */
bool sc_options_has(const sc_options_t *options, sc_option_t option);

/* Marks a setting as given at place, which must live as long as options. */
void sc_options_mark(sc_options_t *options, sc_option_t option,
                     const sc_place_t *place);

/*
 * Writes to out what a virtual host (add) gets within a server (base): its own
 * settings, and the server's where it has none. Lists replace, they do not add
 * up. out may not be base or add. Pointers are shared, nothing is allocated.
 */
void sc_options_merge(sc_options_t *out, const sc_options_t *base,
                      const sc_options_t *add);

/* What is in force: the host's own setting, else its policy's. */
sc_protocol_range_t sc_options_protocol(const sc_options_t *options);
const char *sc_options_ciphers(const sc_options_t *options);
const char *sc_options_ciphersuites(const sc_options_t *options);
const char *sc_options_groups(const sc_options_t *options);

#endif
