/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decision of SecureChanRequire: what a directory demands, how sections
 * combine, and whether a channel is good enough. A total function of plain
 * data: whatever is not known counts as not met.
 *
 * Life time: rules and requirements are plain structs, copied freely; the file
 * names in them are borrowed from the configuration.
 * Threads: pure functions.
 */
#ifndef SC_GATE_H
#define SC_GATE_H

#include <stdbool.h>

#include <apr_pools.h>

#include "sc_base.h"

/* What is known about the channel a request came over. */
typedef struct sc_gate_facts {
    int protocol;  /* wire number, see sc_policy.h; 0: not known */
    int bits;      /* strength of the cipher; 0: not known */
    bool secure;   /* a TLS connection of this server, handshake complete */
    bool pfs;      /* ephemeral key exchange */
    bool aead;     /* authenticated encryption */
    bool pq;       /* hybrid post-quantum group */
    bool verified; /* the client's certificate was verified */
    bool no_early_data; /* known not to have come as 0-RTT data */
} sc_gate_facts_t;

/* Conditions that are either met or not. */
#define SC_GATE_PFS           0x01U
#define SC_GATE_AEAD          0x02U
#define SC_GATE_PQ            0x04U
#define SC_GATE_VERIFIED      0x08U
#define SC_GATE_NO_EARLY_DATA 0x10U

/* What to do with a request that came over no secure channel; see answers[] in
 * sc_gate.c for the order of strictness. */
typedef enum {
    SC_GATE_ELSE_REDIRECT,
    SC_GATE_ELSE_DENY,
    SC_GATE_ELSE_HIDE
} sc_gate_else_t;

/* Where a rule stands. Sections of one layer nest; layers never loosen each
 * other (httpd's merge order is not nesting). */
typedef enum {
    SC_GATE_LAYER_DIRECTORY, /* <Directory>, <DirectoryMatch> */
    SC_GATE_LAYER_HTACCESS,  /* anything in a .htaccess file */
    SC_GATE_LAYER_FILES,     /* <Files>, <FilesMatch> */
    SC_GATE_LAYER_LOCATION,  /* <Location>, <LocationMatch> */
    SC_GATE_LAYER_PROXY,     /* <Proxy>, <ProxyMatch> */
    SC_GATE_LAYER_IF,        /* <If>, <ElseIf>, <Else> */
    SC_GATE_LAYERS
} sc_gate_layer_t;

/* One SecureChanRequire directive. All zero: none was given. */
typedef struct sc_gate_rule {
    const char *file; /* where the directive stands */
    int line;
    sc_gate_else_t on_deny; /* meaningful if on; deny unless else_set */
    int protocol_min;       /* tls>=; 0: any */
    int bits_min;           /* bits>=; 0: any */
    unsigned conditions;    /* SC_GATE_* bits */
    bool set;
    bool on;
    bool else_set; /* else= was written out */
} sc_gate_rule_t;

/* All rules that apply to one directory, and what .htaccess did wrong. */
typedef struct sc_gate_requirement {
    sc_gate_rule_t layer[SC_GATE_LAYERS];
    bool violated; /* a .htaccess file tried to loosen; the gate answers 500 */
    const char *violation_file;
    int violation_line;
} sc_gate_requirement_t;

/* The requirement that results from all layers. */
typedef struct sc_gate_effective {
    bool on;
    sc_gate_else_t on_deny;
    int protocol_min;
    int bits_min;
    unsigned conditions;
} sc_gate_effective_t;

typedef enum {
    SC_GATE_ALLOW,
    SC_GATE_DENY,     /* 403 with the reason */
    SC_GATE_REDIRECT, /* to the https address; only for an insecure channel */
    SC_GATE_HIDE,     /* 404 as for a missing file */
    SC_GATE_BROKEN    /* 500: .htaccess tried to loosen */
} sc_gate_verdict_t;

typedef enum {
    SC_GATE_REASON_NONE,
    SC_GATE_REASON_NOT_SECURE,
    SC_GATE_REASON_PROTOCOL,
    SC_GATE_REASON_BITS,
    SC_GATE_REASON_PFS,
    SC_GATE_REASON_AEAD,
    SC_GATE_REASON_PQ,
    SC_GATE_REASON_VERIFIED,
    SC_GATE_REASON_EARLY_DATA,
    SC_GATE_REASON_HTACCESS
} sc_gate_reason_t;

typedef struct sc_gate_decision {
    sc_gate_verdict_t verdict;
    sc_gate_reason_t reason;
} sc_gate_decision_t;

/*
 * Parses one word of the directive into rule: "on", "off", "tls>=1.3",
 * "bits>=256", "pfs", "aead", "pq", "verified", "no-early-data", "else=deny",
 * "else=redirect", "else=hide" (any case). The first word must be on or off,
 * and only on takes more (checked by sc_gate_rule_check). Returns NULL, or an
 * error text in p that names the word and what is allowed. A condition given
 * twice, and an else= given twice, are errors too.
 */
const char *sc_gate_rule_word(sc_gate_rule_t *rule, const char *word,
                              apr_pool_t *p);

/* Returns NULL if the finished rule makes sense, else an error text in p. */
const char *sc_gate_rule_check(const sc_gate_rule_t *rule, apr_pool_t *p);

/*
 * Like sc_gate_rule_word() for the arguments of "Require secure": conditions
 * only, no on, off or else=. Starts from an all-zero rule, leaves it set and
 * on.
 */
const char *sc_gate_condition_word(sc_gate_rule_t *rule, const char *word,
                                   apr_pool_t *p);

/*
 * Combines two requirements as httpd merges an outer configuration (base) with
 * one that is applied later (add). Within a layer of the main configuration a
 * later rule replaces the earlier one whole. Within the .htaccess layer
 * conditions add up and the strictest else= counts, and a rule that says off
 * where the base is effectively on, or that writes an else= other than the one
 * the main configuration wrote, is dropped and noted as the violation.
 * Violations are kept, the first one's place with them.
 */
sc_gate_requirement_t sc_gate_merge(const sc_gate_requirement_t *base,
                                    const sc_gate_requirement_t *add);

/*
 * Combines all layers: on if any layer is on, conditions added up, minimums at
 * their highest, and of the else= written out the strictest (hide, deny,
 * redirect) among those of the main configuration that are on; one of .htaccess
 * counts only where the main configuration wrote none. None at all: deny.
 */
sc_gate_effective_t sc_gate_effective(const sc_gate_requirement_t *requirement);

/*
 * Decides. A requirement that is violated is SC_GATE_BROKEN, whatever the
 * channel. An insecure channel leads to what else= says; a secure one that is
 * too weak is never redirected: SC_GATE_DENY, or SC_GATE_HIDE with else=hide.
 */
sc_gate_decision_t sc_gate_decide(const sc_gate_requirement_t *requirement,
                                  const sc_gate_facts_t *facts);

/*
 * Tells whether a channel is secure and meets every condition, without asking
 * whether the rule is on; the reason for the first that is not met goes to
 * *reason, SC_GATE_REASON_NONE if all are.
 */
bool sc_gate_is_met(const sc_gate_effective_t *effective,
                    const sc_gate_facts_t *facts, sc_gate_reason_t *reason);

/* Returns a sentence for the page and the log, in p, such as "TLS 1.3 or later
 * is required, and this connection uses TLS 1.2." */
const char *sc_gate_explain(sc_gate_reason_t reason,
                            const sc_gate_effective_t *effective,
                            const sc_gate_facts_t *facts, apr_pool_t *p);

#endif
