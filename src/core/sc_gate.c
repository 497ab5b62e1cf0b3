/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_gate.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#include "sc_policy.h"

/* No cipher of TLS has a longer key; a rule that asks for more is a slip. */
#define BITS_MAX 256

#define CONDITIONS_ALLOWED                                                     \
    "tls>=1.3, bits>=256, pfs, aead, pq, verified, no-early-data"

/* The conditions that are met or not, in the order they are reported. */
static const struct {
    const char *word;
    unsigned bit;
    sc_gate_reason_t reason;
    const char *sentence;
} conditions[] = {
    {"pfs", SC_GATE_PFS, SC_GATE_REASON_PFS,
     "A key exchange with forward secrecy is required, and this connection is "
     "not known to use one."},
    {"aead", SC_GATE_AEAD, SC_GATE_REASON_AEAD,
     "An authenticated (AEAD) cipher is required, and this connection is not "
     "known to use one."},
    {"pq", SC_GATE_PQ, SC_GATE_REASON_PQ,
     "A post-quantum key exchange is required, and this connection is not "
     "known to use one."},
    {"verified", SC_GATE_VERIFIED, SC_GATE_REASON_VERIFIED,
     "A verified client certificate is required, and this connection has "
     "none."},
    {"no-early-data", SC_GATE_NO_EARLY_DATA, SC_GATE_REASON_EARLY_DATA,
     "This request may have been sent as TLS early data, which can be "
     "replayed; it has to be sent again after the handshake."},
};

#define NUM_CONDITIONS (sizeof(conditions) / sizeof(conditions[0]))

/* The order of strictness, the only place where it is written down. */
static const struct {
    const char *word;
    sc_gate_else_t on_deny;
    int strictness;
    sc_gate_verdict_t insecure; /* the verdict for an insecure channel */
    sc_gate_verdict_t weak;     /* and for a secure one that is too weak */
} answers[] = {
    {"else=redirect", SC_GATE_ELSE_REDIRECT, 0, SC_GATE_REDIRECT, SC_GATE_DENY},
    {"else=deny", SC_GATE_ELSE_DENY, 1, SC_GATE_DENY, SC_GATE_DENY},
    {"else=hide", SC_GATE_ELSE_HIDE, 2, SC_GATE_HIDE, SC_GATE_HIDE},
};

#define NUM_ANSWERS    (sizeof(answers) / sizeof(answers[0]))
#define ANSWER_DEFAULT 1

static size_t answer_find(sc_gate_else_t on_deny)
{
    for (size_t i = 0; i < NUM_ANSWERS; i++) {
        if (answers[i].on_deny == on_deny) {
            return i;
        }
    }
    return ANSWER_DEFAULT;
}

static sc_gate_else_t stricter(sc_gate_else_t a, sc_gate_else_t b)
{
    return answers[answer_find(b)].strictness >
                   answers[answer_find(a)].strictness
               ? b
               : a;
}

static bool is_on(const sc_gate_rule_t *rule)
{
    return rule->set && rule->on;
}

static bool has_prefix(const char *word, const char *prefix)
{
    return apr_cstr_casecmpn(word, prefix, strlen(prefix)) == 0;
}

static const char *given_twice(const char *what, apr_pool_t *p)
{
    return apr_psprintf(p, "\"%s\" is given twice", what);
}

/* Takes the version of "tls>=1.3". */
static const char *tls_parse(sc_gate_rule_t *rule, const char *version,
                             apr_pool_t *p)
{
    int number = sc_protocol_number(apr_pstrcat(p, "TLSv", version, NULL));

    /* "TLSv1" is a version too, but "tls>=1" would be read as any 1.x. */
    if (number == 0 || strchr(version, '.') == NULL) {
        return apr_psprintf(p,
                            "\"tls>=%s\" names no version; allowed are "
                            "tls>=1.0, tls>=1.1, tls>=1.2, tls>=1.3",
                            version);
    }
    if (rule->protocol_min != 0) {
        return given_twice("tls>=", p);
    }
    rule->protocol_min = number;
    return NULL;
}

/* Takes the number of "bits>=256". */
static const char *bits_parse(sc_gate_rule_t *rule, const char *text,
                              apr_pool_t *p)
{
    size_t len = strlen(text);
    long bits = 0;

    if (len >= 1 && len <= 3 && strspn(text, "0123456789") == len) {
        bits = strtol(text, NULL, 10);
    }
    if (bits < 1 || bits > BITS_MAX) {
        return apr_psprintf(p,
                            "\"bits>=%s\" is not possible; allowed is a "
                            "number from 1 to %d",
                            text, BITS_MAX);
    }
    if (rule->bits_min != 0) {
        return given_twice("bits>=", p);
    }
    rule->bits_min = (int)bits;
    return NULL;
}

/* Takes any condition; an unknown word is answered with the text unknown. */
static const char *condition_parse(sc_gate_rule_t *rule, const char *word,
                                   const char *allowed, apr_pool_t *p)
{
    if (has_prefix(word, "tls>=")) {
        return tls_parse(rule, word + strlen("tls>="), p);
    }
    if (has_prefix(word, "bits>=")) {
        return bits_parse(rule, word + strlen("bits>="), p);
    }
    for (size_t i = 0; i < NUM_CONDITIONS; i++) {
        if (apr_cstr_casecmp(word, conditions[i].word) != 0) {
            continue;
        }
        if ((rule->conditions & conditions[i].bit) != 0) {
            return given_twice(conditions[i].word, p);
        }
        rule->conditions |= conditions[i].bit;
        return NULL;
    }
    return apr_psprintf(p, "\"%s\" is not known; allowed are %s", word,
                        allowed);
}

static const char *else_parse(sc_gate_rule_t *rule, const char *word,
                              apr_pool_t *p)
{
    for (size_t i = 0; i < NUM_ANSWERS; i++) {
        if (apr_cstr_casecmp(word, answers[i].word) != 0) {
            continue;
        }
        if (rule->else_set) {
            return given_twice("else=", p);
        }
        rule->else_set = true;
        rule->on_deny = answers[i].on_deny;
        return NULL;
    }
    return apr_psprintf(p,
                        "\"%s\" is not known; allowed are else=deny, "
                        "else=redirect, else=hide",
                        word);
}

const char *sc_gate_rule_word(sc_gate_rule_t *rule, const char *word,
                              apr_pool_t *p)
{
    bool on = apr_cstr_casecmp(word, "on") == 0;

    if (on || apr_cstr_casecmp(word, "off") == 0) {
        if (rule->set) {
            return apr_psprintf(p,
                                "\"%s\" can stand only once, as the first "
                                "word",
                                word);
        }
        rule->set = true;
        rule->on = on;
        rule->on_deny = SC_GATE_ELSE_DENY;
        return NULL;
    }
    if (!rule->set) {
        return apr_psprintf(p, "the first word must be on or off, not \"%s\"",
                            word);
    }
    if (has_prefix(word, "else=")) {
        return else_parse(rule, word, p);
    }
    return condition_parse(
        rule, word, CONDITIONS_ALLOWED ", else=deny, else=redirect, else=hide",
        p);
}

const char *sc_gate_rule_check(const sc_gate_rule_t *rule, apr_pool_t *p)
{
    if (!rule->set) {
        return apr_pstrdup(p, "on or off is missing");
    }
    if (!rule->on && (rule->else_set || rule->protocol_min != 0 ||
                      rule->bits_min != 0 || rule->conditions != 0)) {
        return apr_pstrdup(p, "off demands nothing, so no condition and no "
                              "else= can follow it");
    }
    return NULL;
}

const char *sc_gate_condition_word(sc_gate_rule_t *rule, const char *word,
                                   apr_pool_t *p)
{
    const char *error = condition_parse(rule, word, CONDITIONS_ALLOWED, p);

    if (error == NULL) {
        rule->set = true;
        rule->on = true;
        rule->on_deny = SC_GATE_ELSE_DENY;
    }
    return error;
}

/*
 * Tells whether the main configuration wrote an else= that is in force, and
 * which.
 */
static bool else_of_main(const sc_gate_requirement_t *requirement,
                         sc_gate_else_t *on_deny)
{
    bool found = false;

    for (int i = 0; i < SC_GATE_LAYERS; i++) {
        const sc_gate_rule_t *rule = &requirement->layer[i];

        if (i == SC_GATE_LAYER_HTACCESS || !is_on(rule) || !rule->else_set) {
            continue;
        }
        *on_deny = found ? stricter(*on_deny, rule->on_deny) : rule->on_deny;
        found = true;
    }
    return found;
}

/* Adds the demands of one rule to those collected so far. */
static void demands_add(sc_gate_effective_t *sum, const sc_gate_rule_t *rule)
{
    if (rule->protocol_min > sum->protocol_min) {
        sum->protocol_min = rule->protocol_min;
    }
    if (rule->bits_min > sum->bits_min) {
        sum->bits_min = rule->bits_min;
    }
    sum->conditions |= rule->conditions;
}

/* Combines two rules of .htaccess files: what one demands stays demanded. */
static sc_gate_rule_t rules_add(const sc_gate_rule_t *outer,
                                const sc_gate_rule_t *inner)
{
    sc_gate_rule_t rule = *inner;
    sc_gate_effective_t sum = {.protocol_min = inner->protocol_min,
                               .bits_min = inner->bits_min,
                               .conditions = inner->conditions};

    if (!is_on(outer)) {
        return rule;
    }
    demands_add(&sum, outer);
    rule.protocol_min = sum.protocol_min;
    rule.bits_min = sum.bits_min;
    rule.conditions = sum.conditions;
    if (outer->else_set) {
        rule.on_deny = inner->else_set
                           ? stricter(outer->on_deny, inner->on_deny)
                           : outer->on_deny;
        rule.else_set = true;
    }
    return rule;
}

/* Tells whether a rule of .htaccess would take away what base has. */
static bool is_loosening(const sc_gate_requirement_t *base,
                         const sc_gate_rule_t *rule)
{
    sc_gate_else_t on_deny;

    if (!rule->on) {
        return sc_gate_effective(base).on;
    }
    return rule->else_set && else_of_main(base, &on_deny) &&
           rule->on_deny != on_deny;
}

static void violation_note(sc_gate_requirement_t *requirement, const char *file,
                           int line)
{
    if (!requirement->violated) {
        requirement->violated = true;
        requirement->violation_file = file;
        requirement->violation_line = line;
    }
}

sc_gate_requirement_t sc_gate_merge(const sc_gate_requirement_t *base,
                                    const sc_gate_requirement_t *add)
{
    const sc_gate_rule_t *inner = &add->layer[SC_GATE_LAYER_HTACCESS];
    sc_gate_requirement_t merged = *base;

    if (add->violated) {
        violation_note(&merged, add->violation_file, add->violation_line);
    }
    for (int i = 0; i < SC_GATE_LAYERS; i++) {
        if (i != SC_GATE_LAYER_HTACCESS && add->layer[i].set) {
            merged.layer[i] = add->layer[i];
        }
    }
    if (inner->set) {
        sc_gate_rule_t *rule = &merged.layer[SC_GATE_LAYER_HTACCESS];

        if (is_loosening(base, inner)) {
            violation_note(&merged, inner->file, inner->line);
        }
        else {
            *rule = rules_add(rule, inner);
        }
    }
    return merged;
}

sc_gate_effective_t sc_gate_effective(const sc_gate_requirement_t *requirement)
{
    const sc_gate_rule_t *htaccess =
        &requirement->layer[SC_GATE_LAYER_HTACCESS];
    sc_gate_effective_t effective = {.on_deny = SC_GATE_ELSE_DENY};

    for (int i = 0; i < SC_GATE_LAYERS; i++) {
        if (is_on(&requirement->layer[i])) {
            effective.on = true;
            demands_add(&effective, &requirement->layer[i]);
        }
    }
    if (!else_of_main(requirement, &effective.on_deny) && is_on(htaccess) &&
        htaccess->else_set) {
        effective.on_deny = htaccess->on_deny;
    }
    return effective;
}

/* Returns the conditions that are known to be met. */
static unsigned conditions_met(const sc_gate_facts_t *facts)
{
    return (facts->pfs ? SC_GATE_PFS : 0U) | (facts->aead ? SC_GATE_AEAD : 0U) |
           (facts->pq ? SC_GATE_PQ : 0U) |
           (facts->verified ? SC_GATE_VERIFIED : 0U) |
           (facts->no_early_data ? SC_GATE_NO_EARLY_DATA : 0U);
}

/*
 * Returns the first thing the channel lacks. Numbers that are not a version of
 * TLS (DTLS counts downwards from 0xfeff) must not pass for a high one.
 */
static sc_gate_reason_t lack_find(const sc_gate_effective_t *effective,
                                  const sc_gate_facts_t *facts)
{
    unsigned unmet = effective->conditions & ~conditions_met(facts);

    if (!facts->secure) {
        return SC_GATE_REASON_NOT_SECURE;
    }
    if (effective->protocol_min != 0 &&
        (facts->protocol < effective->protocol_min ||
         facts->protocol > SC_TLS1_3)) {
        return SC_GATE_REASON_PROTOCOL;
    }
    if (facts->bits < effective->bits_min) {
        return SC_GATE_REASON_BITS;
    }
    for (size_t i = 0; i < NUM_CONDITIONS; i++) {
        if ((unmet & conditions[i].bit) != 0) {
            return conditions[i].reason;
        }
    }
    /* A condition nobody here has heard of is not met either. */
    return unmet == 0 ? SC_GATE_REASON_NONE : SC_GATE_REASON_NOT_SECURE;
}

bool sc_gate_is_met(const sc_gate_effective_t *effective,
                    const sc_gate_facts_t *facts, sc_gate_reason_t *reason)
{
    *reason = lack_find(effective, facts);
    return *reason == SC_GATE_REASON_NONE;
}

sc_gate_decision_t sc_gate_decide(const sc_gate_requirement_t *requirement,
                                  const sc_gate_facts_t *facts)
{
    sc_gate_effective_t effective = sc_gate_effective(requirement);
    sc_gate_decision_t decision = {SC_GATE_ALLOW, SC_GATE_REASON_NONE};
    size_t answer = answer_find(effective.on_deny);

    if (requirement->violated) {
        decision.verdict = SC_GATE_BROKEN;
        decision.reason = SC_GATE_REASON_HTACCESS;
    }
    else if (effective.on &&
             !sc_gate_is_met(&effective, facts, &decision.reason)) {
        decision.verdict =
            facts->secure ? answers[answer].weak : answers[answer].insecure;
    }
    return decision;
}

static const char *protocol_explain(const sc_gate_effective_t *effective,
                                    const sc_gate_facts_t *facts, apr_pool_t *p)
{
    const char *has = "is not known to use it";

    if (facts->protocol >= SC_TLS1_0 && facts->protocol <= SC_TLS1_3) {
        has = apr_psprintf(p, "uses TLS 1.%d", facts->protocol - SC_TLS1_0);
    }
    return apr_psprintf(p,
                        "TLS 1.%d or later is required, and this connection "
                        "%s.",
                        effective->protocol_min - SC_TLS1_0, has);
}

static const char *bits_explain(const sc_gate_effective_t *effective,
                                const sc_gate_facts_t *facts, apr_pool_t *p)
{
    if (facts->bits <= 0) {
        return apr_psprintf(p,
                            "A cipher of %d bits or more is required, and the "
                            "strength of this connection is not known.",
                            effective->bits_min);
    }
    return apr_psprintf(p,
                        "A cipher of %d bits or more is required, and this "
                        "connection uses %d.",
                        effective->bits_min, facts->bits);
}

const char *sc_gate_explain(sc_gate_reason_t reason,
                            const sc_gate_effective_t *effective,
                            const sc_gate_facts_t *facts, apr_pool_t *p)
{
    if (reason == SC_GATE_REASON_NOT_SECURE) {
        return "A secure (https) connection is required, and this one is not.";
    }
    if (reason == SC_GATE_REASON_PROTOCOL) {
        return protocol_explain(effective, facts, p);
    }
    if (reason == SC_GATE_REASON_BITS) {
        return bits_explain(effective, facts, p);
    }
    if (reason == SC_GATE_REASON_HTACCESS) {
        return "A .htaccess file tries to weaken what the server's "
               "configuration requires.";
    }
    for (size_t i = 0; i < NUM_CONDITIONS; i++) {
        if (conditions[i].reason == reason) {
            return conditions[i].sentence;
        }
    }
    return "Nothing is missing.";
}
