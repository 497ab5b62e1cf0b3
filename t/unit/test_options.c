/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, a virtual host loses a setting, or gets one that somebody
 * made for another host.
 */
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

#include "sc_options.h"

static apr_pool_t *pool;

static const sc_place_t base_place = {
    .directive = "base", .file = "base.conf", .line = 1};
static const sc_place_t add_place = {
    .directive = "add", .file = "add.conf", .line = 2, .host = "b.example"};

/* Gives every setting a value of the given kind, 0 or 1, and marks none. */
static void fill(sc_options_t *options, int kind)
{
    static const sc_protocol_range_t ranges[] = {{SC_TLS1_0, SC_TLS1_2},
                                                 {SC_TLS1_2, SC_TLS1_3}};

    sc_options_init(options);
    options->engine = kind == 1;
    options->policy = sc_policy_find(kind ? "modern" : "legacy");
    options->protocol = ranges[kind];
    options->ciphers = kind ? "AES128-SHA" : "AES256-SHA";
    options->ciphersuites = kind ? "TLS_AES_128_GCM_SHA256" : "";
    options->groups = kind ? "P-256" : "P-384";
    options->commands = apr_array_make(pool, 1, sizeof(sc_command_option_t));
    options->certificates =
        apr_array_make(pool, 1, sizeof(sc_certificate_option_t));
    options->sni_mismatch = kind ? SC_SNI_MISMATCH_STRICT : SC_SNI_MISMATCH_OFF;
    options->sni_unknown =
        kind ? SC_SNI_UNKNOWN_REJECT : SC_SNI_UNKNOWN_DEFAULT;
    options->tickets = kind != 0;
    options->plain_http = kind ? SC_PLAIN_HTTP_REDIRECT : SC_PLAIN_HTTP_CLOSE;
    options->handshake_timeout = kind ? 1 : 2;
    options->head_timeout = kind ? 3 : 4;
}

/* Fails unless the setting has the same value in both. */
static void assert_same(const sc_options_t *a, const sc_options_t *b,
                        sc_option_t option)
{
    switch (option) {
    case SC_OPTION_ENGINE:
        assert_int_equal(a->engine, b->engine);
        break;
    case SC_OPTION_POLICY:
        assert_ptr_equal(a->policy, b->policy);
        break;
    case SC_OPTION_PROTOCOL:
        assert_int_equal(a->protocol.min, b->protocol.min);
        assert_int_equal(a->protocol.max, b->protocol.max);
        break;
    case SC_OPTION_CIPHERS:
        assert_ptr_equal(a->ciphers, b->ciphers);
        break;
    case SC_OPTION_CIPHERSUITES:
        assert_ptr_equal(a->ciphersuites, b->ciphersuites);
        break;
    case SC_OPTION_GROUPS:
        assert_ptr_equal(a->groups, b->groups);
        break;
    case SC_OPTION_COMMANDS:
        assert_ptr_equal(a->commands, b->commands);
        break;
    case SC_OPTION_CERTIFICATES:
        assert_ptr_equal(a->certificates, b->certificates);
        break;
    case SC_OPTION_SNI_MISMATCH:
        assert_int_equal(a->sni_mismatch, b->sni_mismatch);
        break;
    case SC_OPTION_SNI_UNKNOWN:
        assert_int_equal(a->sni_unknown, b->sni_unknown);
        break;
    case SC_OPTION_TICKETS:
        assert_int_equal(a->tickets, b->tickets);
        break;
    case SC_OPTION_PLAIN_HTTP:
        assert_int_equal(a->plain_http, b->plain_http);
        break;
    case SC_OPTION_HANDSHAKE_TIMEOUT:
        assert_int_equal(a->handshake_timeout, b->handshake_timeout);
        break;
    case SC_OPTION_HEAD_TIMEOUT:
        assert_int_equal(a->head_timeout, b->head_timeout);
        break;
    case SC_OPTIONS:
        fail();
    }
}

static void assert_place(const sc_options_t *options, sc_option_t option,
                         const sc_place_t *place)
{
    assert_ptr_equal(options->place[option], place);
}

static void defaults(void **state)
{
    sc_options_t options;

    (void)state;
    memset(&options, 0x55, sizeof(options));
    sc_options_init(&options);
    for (int i = 0; i < SC_OPTIONS; i++) {
        assert_false(sc_options_has(&options, (sc_option_t)i));
        assert_place(&options, (sc_option_t)i, NULL);
    }
    assert_false(options.engine);
    assert_ptr_equal(options.policy, sc_policy_default());
    assert_null(options.commands);
    assert_null(options.certificates);
    assert_int_equal(options.sni_mismatch, SC_SNI_MISMATCH_AUTH);
    assert_int_equal(options.sni_unknown, SC_SNI_UNKNOWN_DEFAULT);
    assert_int_equal(options.plain_http, SC_PLAIN_HTTP_ERROR);
    assert_int_equal(options.handshake_timeout, apr_time_from_sec(10));
    assert_int_equal(options.head_timeout, apr_time_from_sec(20));
}

static void mark_sets_one_bit_and_its_place(void **state)
{
    (void)state;
    for (int i = 0; i < SC_OPTIONS; i++) {
        sc_options_t options;

        sc_options_init(&options);
        sc_options_mark(&options, (sc_option_t)i, &add_place);
        for (int j = 0; j < SC_OPTIONS; j++) {
            assert_int_equal(sc_options_has(&options, (sc_option_t)j), i == j);
        }
        assert_place(&options, (sc_option_t)i, &add_place);
    }
}

/* One setting given in neither, base, add or both; all others in neither. */
static void merge_one(sc_option_t option, bool in_base, bool in_add)
{
    sc_options_t base;
    sc_options_t add;
    sc_options_t out;

    fill(&base, 0);
    fill(&add, 1);
    memset(&out, 0x55, sizeof(out));
    if (in_base) {
        sc_options_mark(&base, option, &base_place);
    }
    if (in_add) {
        sc_options_mark(&add, option, &add_place);
    }
    sc_options_merge(&out, &base, &add);
    for (int i = 0; i < SC_OPTIONS; i++) {
        const bool it = i == (int)option;

        assert_int_equal(sc_options_has(&out, (sc_option_t)i),
                         it && (in_base || in_add));
        assert_same(&out, it && in_add ? &add : &base, (sc_option_t)i);
        assert_place(&out, (sc_option_t)i,
                     it && in_add ? &add_place : base.place[i]);
    }
}

static void merge_of_every_setting(void **state)
{
    (void)state;
    for (int i = 0; i < SC_OPTIONS; i++) {
        merge_one((sc_option_t)i, false, false);
        merge_one((sc_option_t)i, true, false);
        merge_one((sc_option_t)i, false, true);
        merge_one((sc_option_t)i, true, true);
    }
}

static void merge_of_all_settings_at_once(void **state)
{
    sc_options_t base;
    sc_options_t add;
    sc_options_t out;

    (void)state;
    fill(&base, 0);
    fill(&add, 1);
    for (int i = 0; i < SC_OPTIONS; i++) {
        sc_options_mark(&base, (sc_option_t)i, &base_place);
        sc_options_mark(&add, (sc_option_t)i, &add_place);
    }
    sc_options_merge(&out, &base, &add);
    for (int i = 0; i < SC_OPTIONS; i++) {
        assert_same(&out, &add, (sc_option_t)i);
        assert_place(&out, (sc_option_t)i, &add_place);
    }
}

static void lists_replace(void **state)
{
    sc_options_t base;
    sc_options_t add;
    sc_options_t out;

    (void)state;
    fill(&base, 0);
    fill(&add, 1);
    APR_ARRAY_PUSH(base.certificates, sc_certificate_option_t) =
        (sc_certificate_option_t){.chain_file = "/base.pem"};
    APR_ARRAY_PUSH(add.certificates, sc_certificate_option_t) =
        (sc_certificate_option_t){.chain_file = "/add.pem"};
    APR_ARRAY_PUSH(base.commands, sc_command_option_t) =
        (sc_command_option_t){"Options", "KTLS", base_place};
    sc_options_mark(&base, SC_OPTION_CERTIFICATES, &base_place);
    sc_options_mark(&base, SC_OPTION_COMMANDS, &base_place);
    sc_options_mark(&add, SC_OPTION_CERTIFICATES, &add_place);
    sc_options_mark(&add, SC_OPTION_COMMANDS, &add_place);
    sc_options_merge(&out, &base, &add);
    assert_int_equal(out.certificates->nelts, 1);
    assert_string_equal(
        APR_ARRAY_IDX(out.certificates, 0, sc_certificate_option_t).chain_file,
        "/add.pem");
    /* An empty list that was given counts, too. */
    assert_int_equal(out.commands->nelts, 0);
}

static void policy_is_in_force_where_nothing_is_set(void **state)
{
    const sc_policy_t *modern = sc_policy_find("modern");
    sc_options_t options;
    sc_protocol_range_t range;

    (void)state;
    sc_options_init(&options);
    options.policy = modern;
    range = sc_options_protocol(&options);
    assert_int_equal(range.min, modern->protocol_min);
    assert_int_equal(range.max, modern->protocol_max);
    assert_ptr_equal(sc_options_ciphers(&options), modern->ciphers);
    assert_ptr_equal(sc_options_ciphersuites(&options), modern->ciphersuites);
    assert_ptr_equal(sc_options_groups(&options), modern->groups);
}

static void own_settings_are_in_force(void **state)
{
    sc_options_t options;
    sc_protocol_range_t range;

    (void)state;
    fill(&options, 1);
    for (int i = 0; i < SC_OPTIONS; i++) {
        sc_options_mark(&options, (sc_option_t)i, &add_place);
    }
    range = sc_options_protocol(&options);
    assert_int_equal(range.min, SC_TLS1_2);
    assert_int_equal(range.max, SC_TLS1_3);
    assert_ptr_equal(sc_options_ciphers(&options), options.ciphers);
    assert_ptr_equal(sc_options_ciphersuites(&options), options.ciphersuites);
    assert_ptr_equal(sc_options_groups(&options), options.groups);
}

/* The server's policy must not lift what a host has set, nor the reverse. */
static void host_policy_beats_server_policy_but_not_its_settings(void **state)
{
    sc_options_t base;
    sc_options_t add;
    sc_options_t out;

    (void)state;
    sc_options_init(&base);
    sc_options_init(&add);
    base.policy = sc_policy_find("legacy");
    base.groups = "P-384";
    sc_options_mark(&base, SC_OPTION_POLICY, &base_place);
    sc_options_mark(&base, SC_OPTION_GROUPS, &base_place);
    add.policy = sc_policy_find("modern");
    sc_options_mark(&add, SC_OPTION_POLICY, &add_place);
    sc_options_merge(&out, &base, &add);
    assert_int_equal(sc_options_protocol(&out).min, SC_TLS1_3);
    assert_string_equal(sc_options_groups(&out), "P-384");
}

static int group_setup(void **state)
{
    (void)state;
    return apr_initialize() != APR_SUCCESS ||
           apr_pool_create(&pool, NULL) != APR_SUCCESS;
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
        cmocka_unit_test(defaults),
        cmocka_unit_test(mark_sets_one_bit_and_its_place),
        cmocka_unit_test(merge_of_every_setting),
        cmocka_unit_test(merge_of_all_settings_at_once),
        cmocka_unit_test(lists_replace),
        cmocka_unit_test(policy_is_in_force_where_nothing_is_set),
        cmocka_unit_test(own_settings_are_in_force),
        cmocka_unit_test(host_policy_beats_server_policy_but_not_its_settings),
    };

    return cmocka_run_group_tests_name("sc_options", tests, group_setup,
                                       group_teardown);
}
