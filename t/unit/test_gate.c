/* SPDX-License-Identifier: Apache-2.0 */
/* When this fails, a protected directory may be served to anybody. */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "sc_gate.h"
#include "sc_policy.h"

static apr_pool_t *pool;

/* Parses a whole directive. Returns the first error. */
static const char *parse(sc_gate_rule_t *rule, const char *text)
{
    char *rest = apr_pstrdup(pool, text);
    char *last;

    memset(rule, 0, sizeof(*rule));
    for (char *word = apr_strtok(rest, " ", &last); word != NULL;
         word = apr_strtok(NULL, " ", &last)) {
        sc_gate_rule_t before;
        const char *error;

        memcpy(&before, rule, sizeof(before));
        error = sc_gate_rule_word(rule, word, pool);
        if (error != NULL) {
            assert_memory_equal(rule, &before, sizeof(before));
            return error;
        }
    }
    return sc_gate_rule_check(rule, pool);
}

static sc_gate_rule_t rule_of(const char *text)
{
    sc_gate_rule_t rule;

    assert_null(parse(&rule, text));
    return rule;
}

/* A requirement with one rule; NULL: none at all. */
static sc_gate_requirement_t only(sc_gate_layer_t layer, const char *text)
{
    sc_gate_requirement_t requirement;

    memset(&requirement, 0, sizeof(requirement));
    if (text != NULL) {
        requirement.layer[layer] = rule_of(text);
    }
    return requirement;
}

static void rules_are_read(void **state)
{
    static const struct {
        const char *text;
        sc_gate_else_t on_deny;
        int protocol_min;
        int bits_min;
        unsigned conditions;
    } rows[] = {
        {"on", SC_GATE_ELSE_DENY, 0, 0, 0},
        {"off", SC_GATE_ELSE_DENY, 0, 0, 0},
        {"on TLS>=1.1", SC_GATE_ELSE_DENY, SC_TLS1_1, 0, 0},
        {"on tls>=1.2", SC_GATE_ELSE_DENY, SC_TLS1_2, 0, 0},
        {"on tls>=1.3", SC_GATE_ELSE_DENY, SC_TLS1_3, 0, 0},
        {"on bits>=1", SC_GATE_ELSE_DENY, 0, 1, 0},
        {"on bits>=256", SC_GATE_ELSE_DENY, 0, 256, 0},
        {"on pfs", SC_GATE_ELSE_DENY, 0, 0, SC_GATE_PFS},
        {"on aead", SC_GATE_ELSE_DENY, 0, 0, SC_GATE_AEAD},
        {"on PQ", SC_GATE_ELSE_DENY, 0, 0, SC_GATE_PQ},
        {"on verified", SC_GATE_ELSE_DENY, 0, 0, SC_GATE_VERIFIED},
        {"on No-Early-Data", SC_GATE_ELSE_DENY, 0, 0, SC_GATE_NO_EARLY_DATA},
        {"on else=deny", SC_GATE_ELSE_DENY, 0, 0, 0},
        {"on else=REDIRECT", SC_GATE_ELSE_REDIRECT, 0, 0, 0},
        {"on else=hide", SC_GATE_ELSE_HIDE, 0, 0, 0},
        {"on verified else=hide tls>=1.3 aead bits>=128", SC_GATE_ELSE_HIDE,
         SC_TLS1_3, 128, SC_GATE_VERIFIED | SC_GATE_AEAD},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        sc_gate_rule_t rule = rule_of(rows[i].text);

        assert_true(rule.set);
        assert_int_equal(rule.on, strcmp(rows[i].text, "off") != 0);
        assert_int_equal(rule.else_set, strstr(rows[i].text, "else") != NULL);
        assert_int_equal(rule.on_deny, rows[i].on_deny);
        assert_int_equal(rule.protocol_min, rows[i].protocol_min);
        assert_int_equal(rule.bits_min, rows[i].bits_min);
        assert_int_equal(rule.conditions, rows[i].conditions);
    }
}

static void wrong_rules_are_refused(void **state)
{
    /* after "on", each unknown and named in the message with what is allowed */
    char words[] = "else= else=allow else=deny2 tls>= tls>=1 tls>=1.4 tls=1.3 "
                   "tls>=1.33 tls>1.3 tls>=TLSv1.3 bits>= bits>=0 bits>=257 "
                   "bits>=-1 bits>=+8 bits>=0x8 bits>=12b bits>=4294967424 "
                   "pf pfss no_early_data true";
    char whole[] = "yes|pfs|pfs on|else=deny|on on|on pfs off|off on|off pfs|"
                   "off tls>=1.3|off bits>=1|off else=deny|on pfs PFS|"
                   "on tls>=1.2 tls>=1.3|on bits>=1 bits>=1|"
                   "on else=deny else=hide";
    sc_gate_rule_t rule;
    char *last;

    (void)state;
    for (const char *word = apr_strtok(words, " ", &last); word != NULL;
         word = apr_strtok(NULL, " ", &last)) {
        const char *quoted = apr_psprintf(pool, "\"%s\"", word);
        const char *error = parse(&rule, apr_psprintf(pool, "on %s", word));

        assert_non_null(error);
        assert_non_null(strstr(error, quoted));
        assert_non_null(strstr(error, "allowed"));
    }
    for (const char *text = apr_strtok(whole, "|", &last); text != NULL;
         text = apr_strtok(NULL, "|", &last)) {
        assert_non_null(parse(&rule, text));
    }
    assert_non_null(parse(&rule, ""));
    assert_non_null(strstr(parse(&rule, "on pfs PFS"), "\"pfs\""));
    assert_non_null(strstr(parse(&rule, "on else=deny else=hide"), "else="));
}

static void conditions_of_require_secure(void **state)
{
    static const char *const refused[] = {"on", "off", "else=deny", "", "x"};
    sc_gate_rule_t rule;
    sc_gate_rule_t before;

    (void)state;
    memset(&rule, 0, sizeof(rule));
    assert_null(sc_gate_condition_word(&rule, "tls>=1.2", pool));
    assert_true(rule.set && rule.on && !rule.else_set);
    assert_int_equal(rule.on_deny, SC_GATE_ELSE_DENY);
    assert_null(sc_gate_condition_word(&rule, "verified", pool));
    assert_int_equal(rule.protocol_min, SC_TLS1_2);
    assert_int_equal(rule.conditions, SC_GATE_VERIFIED);
    assert_non_null(sc_gate_condition_word(&rule, "verified", pool));
    memcpy(&before, &rule, sizeof(before));
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        const char *error = sc_gate_condition_word(&rule, refused[i], pool);

        assert_non_null(error);
        assert_null(strstr(error, "else=redirect"));
        assert_memory_equal(&rule, &before, sizeof(rule));
    }
}

/* Where requests come from, from nothing known to everything one could ask. */
static const sc_gate_facts_t channels[] = {
    {.secure = false},
    /* A liar of a channel: everything but secure. */
    {SC_TLS1_3, 256, false, true, true, true, true, true},
    {.secure = true},
    {.secure = true, .protocol = SC_TLS1_2, .bits = 128, .pfs = true},
    {.secure = true, .protocol = SC_TLS1_3, .bits = 128},
    {SC_TLS1_2, 256, true, true, true, false, true, true},
    {SC_TLS1_3, 128, true, true, true, true, false, true},
    {0xfefd, 256, true, true, true, true, true, true},
    {SC_TLS1_3, 256, true, true, true, true, true, true},
};

#define NUM_CHANNELS (sizeof(channels) / sizeof(channels[0]))

/* The rules the exhaustive tests combine; NULL: none. */
static const char *const texts[] = {NULL,
                                    "off",
                                    "on",
                                    "on tls>=1.3",
                                    "on bits>=256",
                                    "on pfs verified",
                                    "on else=deny",
                                    "on else=redirect",
                                    "on aead else=hide"};

#define NUM_TEXTS (sizeof(texts) / sizeof(texts[0]))

/* Each of texts[] parsed; the loops below are too long for parsing inside. */
static sc_gate_rule_t rules[NUM_TEXTS];

static bool allows(const sc_gate_requirement_t *requirement,
                   const sc_gate_facts_t *facts)
{
    return sc_gate_decide(requirement, facts).verdict == SC_GATE_ALLOW;
}

/* What the directive promises, one rule by itself, in words of this file. */
static bool rule_allows(const sc_gate_rule_t *rule,
                        const sc_gate_facts_t *facts)
{
    unsigned have = 0;

    if (!rule->set || !rule->on) {
        return true;
    }
    have |= facts->pfs ? SC_GATE_PFS : 0;
    have |= facts->aead ? SC_GATE_AEAD : 0;
    have |= facts->pq ? SC_GATE_PQ : 0;
    have |= facts->verified ? SC_GATE_VERIFIED : 0;
    have |= facts->no_early_data ? SC_GATE_NO_EARLY_DATA : 0;
    if (rule->protocol_min != 0 && facts->protocol != SC_TLS1_3 &&
        (facts->protocol != SC_TLS1_2 || rule->protocol_min == SC_TLS1_3)) {
        return false;
    }
    return facts->secure && facts->bits >= rule->bits_min &&
           (rule->conditions & have) == rule->conditions;
}

/* Agreement of a decision with the rules taken one by one. */
static void decision_check(const sc_gate_requirement_t *requirement,
                           const sc_gate_facts_t *facts)
{
    sc_gate_decision_t decision = sc_gate_decide(requirement, facts);
    sc_gate_verdict_t expected = SC_GATE_ALLOW;
    unsigned written[2] = {0, 0}; /* else= seen in main, in .htaccess */
    bool allowed = true;

    for (int i = 0; i < SC_GATE_LAYERS; i++) {
        const sc_gate_rule_t *rule = &requirement->layer[i];

        allowed = allowed && rule_allows(rule, facts);
        if (rule->on && rule->else_set) {
            written[i == SC_GATE_LAYER_HTACCESS] |= 1U << rule->on_deny;
        }
    }
    if (written[0] == 0) {
        written[0] = written[1];
    }
    if (!allowed) {
        expected = SC_GATE_DENY;
        if ((written[0] & (1U << SC_GATE_ELSE_HIDE)) != 0) {
            expected = SC_GATE_HIDE;
        }
        else if (written[0] == 1U << SC_GATE_ELSE_REDIRECT && !facts->secure) {
            expected = SC_GATE_REDIRECT;
        }
    }
    assert_int_equal(decision.verdict, expected);
    assert_int_equal(decision.reason == SC_GATE_REASON_NONE, allowed);
    assert_int_equal(decision.reason == SC_GATE_REASON_NOT_SECURE,
                     !allowed && !facts->secure);
}

/* Every rule in every layer at once, against every channel. */
static void every_layer_with_every_rule(void **state)
{
    size_t combinations = 1;

    (void)state;
    for (int i = 0; i < SC_GATE_LAYERS; i++) {
        combinations *= NUM_TEXTS;
    }
    for (size_t n = 0; n < combinations; n++) {
        sc_gate_requirement_t requirement = {.violated = false};
        size_t rest = n;

        for (int i = 0; i < SC_GATE_LAYERS; i++) {
            requirement.layer[i] = rules[rest % NUM_TEXTS];
            rest /= NUM_TEXTS;
        }
        for (size_t i = 0; i < NUM_CHANNELS; i++) {
            decision_check(&requirement, &channels[i]);
        }
    }
}

/* All conditions against all facts, in one layer. */
static void every_condition_with_every_fact(void **state)
{
    static const int versions[] = {0, SC_TLS1_2, SC_TLS1_3, 0xfefd, 0x7f1c, -1};
    static const int minimums[] = {0, SC_TLS1_2, SC_TLS1_3};
    static const int bits[] = {0, 128, 256};

    (void)state;
    for (unsigned n = 0; n < 32U * 3 * 3 * 2 * 6 * 3 * 32; n++) {
        unsigned rest = n;
        sc_gate_requirement_t requirement = {.violated = false};
        sc_gate_rule_t *rule = &requirement.layer[SC_GATE_LAYER_FILES];
        sc_gate_facts_t facts;

        *rule = rules[2];
        rule->conditions = rest % 32;
        rule->protocol_min = minimums[(rest /= 32) % 3];
        rule->bits_min = bits[(rest /= 3) % 3];
        facts.secure = (rest /= 3) % 2 != 0;
        facts.protocol = versions[(rest /= 2) % 6];
        facts.bits = bits[(rest /= 6) % 3];
        rest /= 3;
        facts.pfs = (rest & 1) != 0;
        facts.aead = (rest & 2) != 0;
        facts.pq = (rest & 4) != 0;
        facts.verified = (rest & 8) != 0;
        facts.no_early_data = (rest & 16) != 0;
        decision_check(&requirement, &facts);
    }
}

static void nothing_unknown_counts_as_met(void **state)
{
    static const char *const demands[] = {
        "on tls>=1.0", "on bits>=1",  "on pfs",          "on aead",
        "on pq",       "on verified", "on no-early-data"};

    (void)state;
    for (int i = 0; i < 7; i++) {
        sc_gate_requirement_t requirement = only(SC_GATE_LAYER_IF, demands[i]);
        sc_gate_decision_t decision =
            sc_gate_decide(&requirement, &channels[2]);

        assert_int_equal(decision.verdict, SC_GATE_DENY);
        assert_int_equal(decision.reason, SC_GATE_REASON_PROTOCOL + i);
        assert_true(allows(&requirement, &channels[NUM_CHANNELS - 1]));
    }
}

static void odd_requirements_fail_closed(void **state)
{
    const sc_gate_effective_t alien = {.on = true, .conditions = 0x8000U};
    const sc_gate_effective_t off = {.on = false};
    sc_gate_requirement_t requirement = only(SC_GATE_LAYER_FILES, "on");
    sc_gate_reason_t reason = SC_GATE_REASON_NONE;

    (void)state;
    assert_false(sc_gate_is_met(&alien, &channels[NUM_CHANNELS - 1], &reason));
    assert_int_not_equal(reason, SC_GATE_REASON_NONE);

    requirement.layer[SC_GATE_LAYER_FILES].else_set = true;
    requirement.layer[SC_GATE_LAYER_FILES].on_deny = (sc_gate_else_t)77;
    assert_int_equal(sc_gate_decide(&requirement, &channels[0]).verdict,
                     SC_GATE_DENY);

    /* sc_gate_is_met() does not ask whether the rule is on. */
    assert_false(sc_gate_is_met(&off, &channels[0], &reason));
    assert_int_equal(reason, SC_GATE_REASON_NOT_SECURE);
    assert_true(sc_gate_is_met(&off, &channels[2], &reason));
    assert_int_equal(reason, SC_GATE_REASON_NONE);
}

/* Merges rules one after another; the first letter of each is its layer. */
static sc_gate_requirement_t merge_all(const char *const *steps, int num)
{
    sc_gate_requirement_t merged = only(SC_GATE_LAYER_DIRECTORY, NULL);

    for (int i = 0; i < num && steps[i] != NULL; i++) {
        static const char letters[] = "DHFLPI";
        sc_gate_layer_t layer =
            (sc_gate_layer_t)(strchr(letters, steps[i][0]) - letters);
        sc_gate_requirement_t add = only(layer, steps[i] + 2);

        add.layer[layer].file = "some.conf";
        add.layer[layer].line = i + 1;
        merged = sc_gate_merge(&merged, &add);
    }
    return merged;
}

/* Steps of merging, the step that breaks the rules (0: none), and one rule that
 * demands what the whole then demands. */
static const struct {
    const char *steps[5];
    int violation;
    const char *expected;
} merges[] = {
    /* within a layer the later replaces the earlier, whole */
    {{"D on", "D off"}, 0, "off"},
    {{"D on tls>=1.3 pfs else=hide", "D on aead"}, 0, "on aead"},
    {{"L on", "L off", "L on pq"}, 0, "on pq"},
    /* across layers nothing is loosened, in either order */
    {{"L off", "D on"}, 0, "on"},
    {{"D on tls>=1.3", "F on tls>=1.2 pq"}, 0, "on tls>=1.3 pq"},
    {{"D on else=redirect", "L on"}, 0, "on else=redirect"},
    {{"D on else=hide", "D off", "L on else=redirect"}, 0, "on else=redirect"},
    /* .htaccess adds */
    {{"H on else=redirect", "H on pfs"}, 0, "on pfs else=redirect"},
    {{"H on bits>=9 tls>=1.3", "H on bits>=8"}, 0, "on bits>=9 tls>=1.3"},
    {{"H on else=hide", "H on else=redirect"}, 0, "on else=hide"},
    {{"H on else=redirect", "H on else=hide"}, 0, "on else=hide"},
    {{"H off", "H on"}, 0, "on"},
    {{"D off", "H off"}, 0, "off"},
    {{"D on", "H on aead", "D on pq"}, 0, "on aead pq"},
    {{"H on pfs", "D off"}, 0, "on pfs"},
    /* and takes nothing away */
    {{"D on", "H off"}, 2, "on"},
    {{"L on", "H off"}, 2, "on"},
    {{"H on pfs", "H off"}, 2, "on pfs"},
    {{"D on", "H off", "D off"}, 2, "off"},
    {{"D on", "H off", "H off"}, 2, "on"},
    {{"D on else=deny", "H on else=redirect aead"}, 2, "on else=deny"},
    {{"D on else=deny", "H on else=hide"}, 2, "on else=deny"},
    {{"D on else=hide", "L on else=deny", "H on else=deny"}, 3, "on else=hide"},
    {{"D on else=hide", "H on else=hide pq"}, 0, "on pq else=hide"},
    {{"D on", "H on else=hide"}, 0, "on else=hide"},
    {{"D on", "H on else=hide", "L on else=redirect"}, 0, "on else=redirect"},
};

static void sections_merge(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(merges) / sizeof(merges[0]); i++) {
        sc_gate_requirement_t merged = merge_all(merges[i].steps, 5);
        sc_gate_effective_t got = sc_gate_effective(&merged);
        sc_gate_rule_t want = rule_of(merges[i].expected);

        if (got.on != want.on || got.on_deny != want.on_deny ||
            got.protocol_min != want.protocol_min ||
            got.bits_min != want.bits_min ||
            got.conditions != want.conditions) {
            fail_msg("row %lu", (unsigned long)i);
        }
        assert_int_equal(merged.violated, merges[i].violation != 0);
        assert_int_equal(merged.violation_line, merges[i].violation);
        if (merged.violated) {
            assert_string_equal(merged.violation_file, "some.conf");
        }
    }
}

static void violation_answers_500_whatever_the_channel(void **state)
{
    static const char *const steps[] = {"D on", "H off", "D off", "L off"};
    sc_gate_requirement_t nothing = only(SC_GATE_LAYER_FILES, NULL);

    (void)state;
    for (size_t i = 0; i < 3 * NUM_CHANNELS; i++) {
        sc_gate_requirement_t merged[3];

        merged[0] = merge_all(steps, 2 + (int)(i / NUM_CHANNELS));
        merged[1] = sc_gate_merge(&merged[0], &nothing);
        merged[2] = sc_gate_merge(&nothing, &merged[0]);
        for (int j = 0; j < 3; j++) {
            sc_gate_decision_t decision =
                sc_gate_decide(&merged[j], &channels[i % NUM_CHANNELS]);

            assert_int_equal(decision.verdict, SC_GATE_BROKEN);
            assert_int_equal(decision.reason, SC_GATE_REASON_HTACCESS);
            assert_int_equal(merged[j].violation_line, 2);
        }
    }
}

/*
 * Every base of three layers, every rule added in every layer: .htaccess, and a
 * layer that was empty before, never allow what was not allowed.
 */
static void adding_never_loosens(void **state)
{
    static const sc_gate_layer_t used[] = {SC_GATE_LAYER_DIRECTORY,
                                           SC_GATE_LAYER_HTACCESS,
                                           SC_GATE_LAYER_LOCATION};

    (void)state;
    for (size_t n = 0; n < NUM_TEXTS * NUM_TEXTS * NUM_TEXTS * NUM_TEXTS; n++) {
        sc_gate_requirement_t base = {.violated = false};
        size_t rest = n;

        for (size_t i = 0; i < 3; i++) {
            base.layer[used[i]] = rules[rest % NUM_TEXTS];
            rest /= NUM_TEXTS;
        }
        for (int layer = 0; layer < SC_GATE_LAYERS; layer++) {
            sc_gate_requirement_t add = {.violated = false};
            sc_gate_requirement_t merged;

            add.layer[layer] = rules[rest];
            if (base.layer[layer].set && layer != SC_GATE_LAYER_HTACCESS) {
                continue;
            }
            merged = sc_gate_merge(&base, &add);
            for (size_t i = 0; i < NUM_CHANNELS; i++) {
                if (allows(&merged, &channels[i])) {
                    assert_true(allows(&base, &channels[i]));
                    assert_true(rule_allows(&rules[rest], &channels[i]));
                }
            }
        }
    }
}

/* httpd merges the sections of one walk first, the result with the rest later:
 * that way round, too, .htaccess must loosen nothing. */
static void order_of_merging_never_loosens(void **state)
{
    (void)state;
    for (size_t n = 0; n < NUM_TEXTS * NUM_TEXTS * NUM_TEXTS; n++) {
        sc_gate_requirement_t main_rule = {.violated = false};
        sc_gate_requirement_t htaccess = {.violated = false};
        sc_gate_requirement_t files = {.violated = false};
        sc_gate_requirement_t walk;
        sc_gate_requirement_t merged;

        main_rule.layer[SC_GATE_LAYER_DIRECTORY] = rules[n % NUM_TEXTS];
        htaccess.layer[SC_GATE_LAYER_HTACCESS] =
            rules[n / NUM_TEXTS % NUM_TEXTS];
        files.layer[SC_GATE_LAYER_FILES] = rules[n / NUM_TEXTS / NUM_TEXTS];
        for (int round = 0; round < 2; round++) {
            walk = round == 0 ? sc_gate_merge(&files, &htaccess)
                              : sc_gate_merge(&htaccess, &files);
            merged = sc_gate_merge(&main_rule, &walk);
            for (size_t i = 0; i < NUM_CHANNELS; i++) {
                if (allows(&merged, &channels[i])) {
                    assert_true(allows(&main_rule, &channels[i]));
                    assert_true(allows(&htaccess, &channels[i]));
                    assert_true(allows(&files, &channels[i]));
                }
            }
        }
    }
}

static const char *explain(int reason, size_t channel)
{
    static const sc_gate_effective_t effective = {
        .on = true, .protocol_min = SC_TLS1_3, .bits_min = 256};

    return sc_gate_explain((sc_gate_reason_t)reason, &effective,
                           &channels[channel], pool);
}

static void reasons_are_explained(void **state)
{
    (void)state;
    for (int reason = 0; reason <= SC_GATE_REASON_HTACCESS; reason++) {
        for (size_t i = 0; i < NUM_CHANNELS; i++) {
            const char *text = explain(reason, i);

            /* It is put into a page and into the log as it is. */
            assert_null(strpbrk(text, "<>&\"\r\n"));
            assert_true(strlen(text) > 10 && text[strlen(text) - 1] == '.');
            for (int other = 0; other < reason; other++) {
                assert_string_not_equal(explain(other, i), text);
            }
        }
    }
    assert_string_equal(
        explain(SC_GATE_REASON_PROTOCOL, 3),
        "TLS 1.3 or later is required, and this connection uses TLS 1.2.");
    assert_non_null(strstr(explain(SC_GATE_REASON_BITS, 3), "256"));
    assert_non_null(strstr(explain(SC_GATE_REASON_BITS, 3), "128"));
    assert_non_null(strstr(explain(SC_GATE_REASON_PROTOCOL, 2), "not known"));
    assert_non_null(strstr(explain(SC_GATE_REASON_BITS, 2), "not known"));
}

static int group_setup(void **state)
{
    (void)state;
    if (apr_initialize() != APR_SUCCESS ||
        apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return 1;
    }
    for (size_t i = 1; i < NUM_TEXTS; i++) {
        rules[i] = rule_of(texts[i]);
    }
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_read),
        cmocka_unit_test(wrong_rules_are_refused),
        cmocka_unit_test(conditions_of_require_secure),
        cmocka_unit_test(every_layer_with_every_rule),
        cmocka_unit_test(every_condition_with_every_fact),
        cmocka_unit_test(nothing_unknown_counts_as_met),
        cmocka_unit_test(odd_requirements_fail_closed),
        cmocka_unit_test(sections_merge),
        cmocka_unit_test(violation_answers_500_whatever_the_channel),
        cmocka_unit_test(adding_never_loosens),
        cmocka_unit_test(order_of_merging_never_loosens),
        cmocka_unit_test(reasons_are_explained),
    };

    return cmocka_run_group_tests_name("sc_gate", tests, group_setup,
                                       group_teardown);
}
