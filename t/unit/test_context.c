/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, a misspelt setting passes in silence, a good one stops the
 * server, or two hosts with different settings count as equal.
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

#include <apr_strings.h>
#include <openssl/err.h>

#include "engine_case.h"
#include "pki.h"

#define HOST "a.example"

static sc_report_t *report;

/* Returns "E0253 W0262": severity and number of every problem, in order. */
static const char *problems(void)
{
    const char *list = "";

    for (int i = 0; i < report->problems->nelts; i++) {
        const sc_problem_t *problem =
            &APR_ARRAY_IDX(report->problems, i, sc_problem_t);

        assert_memory_equal(problem->id, "SC", 2);
        assert_string_equal(problem->place.host, HOST);
        list = apr_pstrcat(case_pool, list, i > 0 ? " " : "",
                           problem->severity == SC_SEVERITY_ERROR ? "E" : "W",
                           problem->id + 2, NULL);
    }
    return list;
}

static const sc_problem_t *first_problem(void)
{
    return &APR_ARRAY_IDX(report->problems, 0, sc_problem_t);
}

/* Makes a context and compares all problems found. */
static const sc_context_t *make_from(const sc_options_t *options,
                                     const char *expected)
{
    const sc_context_t *context;

    report = sc_report_make(case_pool);
    context = sc_context_make(options, HOST, report, case_pool);
    assert_int_equal(ERR_peek_error(), 0);
    assert_string_equal(problems(), expected);
    assert_int_equal(context == NULL,
                     sc_report_count(report, SC_SEVERITY_ERROR) > 0);
    return context;
}

static const sc_context_t *make(const host_spec_t *spec, const char *expected)
{
    return make_from(case_options(spec), expected);
}

static void assert_says(const char *directive, const char *words)
{
    assert_string_equal(first_problem()->place.directive, directive);
    if (!strstr(first_problem()->text, words)) {
        fail_msg("\"%s\" is not in: %s", words, first_problem()->text);
    }
}

static bool has_cipher(const sc_context_t *context, const char *name)
{
    STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(context->ssl_ctx);

    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
        if (!strcmp(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i)),
                    name)) {
            return true;
        }
    }
    return false;
}

/* ---- Policies and ranges ---- */

static void every_policy_but_fips(void **state)
{
    static const char *const names[] = {"modern", "intermediate", "legacy"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const sc_policy_t *policy = sc_policy_find(names[i]);
        const sc_context_t *context =
            make(&(host_spec_t){.policy = names[i]}, "");

        assert_int_equal(context->protocol_min, policy->protocol_min);
        assert_int_equal(context->protocol_max, policy->protocol_max);
        assert_non_null(strstr(context->groups, "X25519"));
        assert_null(strchr(context->groups, '?'));
        assert_null(context->commands);
    }
}

static void fips_needs_its_provider(void **state)
{
    (void)state;
    assert_null(make(&(host_spec_t){.policy = "fips"}, "E0259"));
    assert_says("SecureChanPolicy", "FIPS provider is not active");
    assert_string_equal(first_problem()->place.file, "test.conf");
}

static void protocol_ranges(void **state)
{
    static const char *const good[] = {"TLSv1-TLSv1", "TLSv1.1-TLSv1.2",
                                       "TLSv1.2",     "TLSv1.2-TLSv1.2",
                                       "TLSv1.3",     "TLSv1-TLSv1.3"};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        sc_options_t *options =
            case_options(&(host_spec_t){.protocol = good[i]});
        const sc_context_t *context = make_from(options, "");

        assert_int_equal(context->protocol_min, options->protocol.min);
        assert_int_equal(context->protocol_max, options->protocol.max);
        assert_int_equal(SSL_CTX_get_min_proto_version(context->ssl_ctx),
                         options->protocol.min);
        assert_int_equal(SSL_CTX_get_max_proto_version(context->ssl_ctx),
                         options->protocol.max);
    }
}

static void impossible_protocol_range(void **state)
{
    sc_options_t *options = case_options(&(host_spec_t){.protocol = "TLSv1.3"});

    (void)state;
    options->protocol.min = 0x0305;
    options->protocol.max = 0x0305;
    assert_null(make_from(options, "E0260"));
    assert_says("SecureChanProtocol", "cannot speak");
}

static void basics_are_not_for_choosing(void **state)
{
    const sc_context_t *context = make(&(host_spec_t){.policy = NULL}, "");
    const uint64_t wanted = SSL_OP_CIPHER_SERVER_PREFERENCE |
                            SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_COMPRESSION |
                            SSL_OP_NO_RENEGOTIATION;
    const long modes = SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_RELEASE_BUFFERS;

    (void)state;
    assert_int_equal(SSL_CTX_get_options(context->ssl_ctx) & wanted, wanted);
    assert_int_equal(SSL_CTX_get_mode(context->ssl_ctx) & modes, modes);
    /* A certificate in a context would be lent to hosts that have none. */
    assert_null(SSL_CTX_get0_certificate(context->ssl_ctx));
    assert_null(SSL_CTX_get0_privatekey(context->ssl_ctx));
}

/* ---- Lists ---- */

static void good_ciphers(void **state)
{
    const sc_context_t *context;

    (void)state;
    context = make(&(host_spec_t){.ciphers = "ECDHE-RSA-AES128-GCM-SHA256:"
                                             "AES256-SHA"},
                   "");
    assert_true(has_cipher(context, "ECDHE-RSA-AES128-GCM-SHA256"));
    assert_true(has_cipher(context, "AES256-SHA"));
    assert_false(has_cipher(context, "ECDHE-RSA-AES256-GCM-SHA384"));
    make(&(host_spec_t){.ciphers = "HIGH:!aNULL:!MD5:-AES256:+SHA1:@STRENGTH"},
         "");
    make(&(host_spec_t){.ciphers = "ECDHE+AESGCM:ALL:@SECLEVEL=1"}, "");
    make(&(host_spec_t){.ciphers = "AES128-SHA, AES256-SHA;CAMELLIA256-SHA"},
         "");
}

static void bad_ciphers(void **state)
{
    static const char *const bad[] = {
        "NONSENSE",
        "AES128-SHA:NONSENSE",
        "NONSENSE,AES128-SHA",
        "AES128-SHA;NONSENSE",
        "AES128-SHA NONSENSE",
        /* A suite of TLS 1.3 has no effect here. */
        "AES128-SHA:TLS_AES_128_GCM_SHA256",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_null(make(&(host_spec_t){.ciphers = bad[i]}, "E0253"));
        assert_says("SecureChanCiphers", "selects no cipher");
    }
    assert_null(make(&(host_spec_t){.ciphers = "AES128:!AES"}, "E0254"));
    assert_says("SecureChanCiphers", "leaves no cipher");
    assert_null(make(&(host_spec_t){.ciphers = "!AES"}, "E0254"));
    assert_null(make(&(host_spec_t){.ciphers = "AES128:@NONSENSE"}, "E0254"));
}

static void good_ciphersuites(void **state)
{
    const sc_context_t *context;

    (void)state;
    context = make(&(host_spec_t){.suites = "TLS_AES_256_GCM_SHA384:"
                                            "TLS_AES_128_CCM_SHA256"},
                   "");
    assert_true(has_cipher(context, "TLS_AES_256_GCM_SHA384"));
    assert_true(has_cipher(context, "TLS_AES_128_CCM_SHA256"));
    assert_false(has_cipher(context, "TLS_AES_128_GCM_SHA256"));
}

static void bad_ciphersuites(void **state)
{
    static const char *const bad[] = {
        "NONSENSE",
        "TLS_AES_128_GCM_SHA256:NONSENSE",
        "NONSENSE:TLS_AES_128_GCM_SHA256",
        "TLS_AES_128_GCM_SHA265:TLS_AES_256_GCM_SHA384",
        "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384",
        /* Ciphers of TLS 1.2, by either kind of name. */
        "AES128-SHA",
        "TLS_AES_128_GCM_SHA256:TLS_RSA_WITH_AES_128_CBC_SHA",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_null(make(&(host_spec_t){.suites = bad[i]}, "E0255"));
        assert_says("SecureChanCiphers", "TLS 1.3");
    }
}

static void optional_groups(void **state)
{
    (void)state;
    assert_string_equal(
        make(&(host_spec_t){.groups = "?NONSENSE:X25519:?P-256"}, "")->groups,
        "X25519:P-256");
    assert_string_equal(
        make(&(host_spec_t){.groups = "P-384:?NONSENSE"}, "")->groups, "P-384");
}

static void unknown_groups(void **state)
{
    (void)state;
    assert_null(make(&(host_spec_t){.groups = "X25519:NONSENSE"}, "E0251"));
    assert_says("SecureChanGroups", "\"NONSENSE\"");
    assert_null(make(&(host_spec_t){.groups = "NONSENSE"}, "E0251"));
    assert_null(make(&(host_spec_t){.groups = "?NONSENSE:?P-1"}, "E0252"));
    assert_says("SecureChanGroups", "?NONSENSE:?P-1");
    assert_null(make(&(host_spec_t){.groups = ":"}, "E0252"));
    assert_null(make(&(host_spec_t){.groups = "?"}, "E0252"));
}

static void group_named_twice_counts_once(void **state)
{
    (void)state;
    assert_string_equal(
        make(&(host_spec_t){.groups = "X25519:P-256:X25519"}, "")->groups,
        "X25519:P-256");
    assert_string_equal(
        make(&(host_spec_t){.groups = "P-256:?p-256:P-384"}, "")->groups,
        "P-256:P-384");
    /* Two names of one group: whether or not the library minds. */
    assert_non_null(
        make(&(host_spec_t){.groups = "P-256:prime256v1:P-384"}, ""));
}

static void all_problems_in_one_run(void **state)
{
    (void)state;
    assert_null(make(&(host_spec_t){.policy = "fips",
                                    .ciphers = "NONSENSE",
                                    .groups = "NONSENSE",
                                    .command = "NONSENSE",
                                    .value = "x"},
                     "E0259 E0253 E0251 E0258"));
}

/* ---- SSL_CONF commands ---- */

static void good_commands(void **state)
{
    const sc_context_t *context;

    (void)state;
    context = make(
        &(host_spec_t){.command = "Options", .value = "-ServerPreference"}, "");
    assert_false(SSL_CTX_get_options(context->ssl_ctx) &
                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    assert_int_equal(context->commands->nelts, 1);
    context =
        make(&(host_spec_t){.command = "VerifyMode", .value = "Request"}, "");
    assert_int_equal(SSL_CTX_get_verify_mode(context->ssl_ctx),
                     SSL_VERIFY_PEER);
    make(&(host_spec_t){.command = "signaturealgorithms",
                        .value = "rsa_pss_rsae_sha256"},
         "");
}

static void bad_commands(void **state)
{
    (void)state;
    assert_null(
        make(&(host_spec_t){.command = "NONSENSE", .value = "x"}, "E0258"));
    assert_says("SecureChanTest", "does not know the command");
    assert_null(make(&(host_spec_t){.command = "Options", .value = "NONSENSE"},
                     "E0258"));
    assert_says("SecureChanTest", "refuses the command");
    assert_null(make(
        &(host_spec_t){.command = "SignatureAlgorithms", .value = "NONSENSE"},
        "E0258"));
    assert_null(make(&(host_spec_t){.command = "VerifyCAFile",
                                    .value = "/nonexistent/ca.pem"},
                     "E0258"));
}

static void commands_with_directives_of_their_own(void **state)
{
    static const char *const table[][2] = {
        {"Groups", "SecureChanGroups"},
        {"curves", "SecureChanGroups"},
        {"ECDHParameters", "SecureChanGroups"},
        {"MinProtocol", "SecureChanProtocol"},
        {"maxprotocol", "SecureChanProtocol"},
        {"Protocol", "SecureChanProtocol"},
        {"CipherString", "SecureChanCiphers"},
        {"CipherSuites", "SecureChanCiphers"},
        {"Certificate", "SecureChanCertificate"},
        {"PrivateKey", "SecureChanCertificate"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        assert_null(make(&(host_spec_t){.command = table[i][0], .value = "x"},
                         "E0257"));
        assert_says("SecureChanTest", table[i][1]);
    }
}

/* ---- The binding ---- */

static void binding_is_equal_for_equal_settings_only(void **state)
{
    static const host_spec_t specs[] = {
        {.policy = NULL},
        {.policy = "modern"},
        {.policy = "legacy"},
        {.protocol = "TLSv1.2-TLSv1.2"},
        {.protocol = "TLSv1.3"},
        {.ciphers = "ECDHE-RSA-AES128-GCM-SHA256"},
        {.ciphers = "ECDHE-RSA-AES256-GCM-SHA384"},
        {.suites = "TLS_AES_128_GCM_SHA256"},
        {.suites = "TLS_AES_256_GCM_SHA384"},
        {.groups = "P-256"},
        {.groups = "P-256:P-384"},
        {.groups = "P-384:P-256"},
        {.command = "Options", .value = "KTLS"},
        {.command = "Options", .value = "-KTLS"},
        {.command = "VerifyMode", .value = "Request"},
        {.command = "Option", .value = "sKTLS"},
    };
    const size_t num_specs = sizeof(specs) / sizeof(specs[0]);

    (void)state;
    for (size_t i = 0; i < num_specs; i++) {
        for (size_t j = 0; j < num_specs; j++) {
            unsigned char a[SC_BINDING_LEN];
            unsigned char b[SC_BINDING_LEN];

            sc_context_binding(a, case_options(&specs[i]));
            sc_context_binding(b, case_options(&specs[j]));
            assert_int_equal(memcmp(a, b, sizeof(a)) == 0, i == j);
        }
    }
}

static void binding_does_not_depend_on_where_settings_stand(void **state)
{
    sc_options_t *a = case_options(&(host_spec_t){.policy = "modern"});
    sc_options_t *b = case_options(&(host_spec_t){.policy = "modern"});
    static const sc_place_t elsewhere = {.file = "elsewhere.conf", .line = 99};
    unsigned char binding[SC_BINDING_LEN];

    (void)state;
    b->place[SC_OPTION_POLICY] = &elsewhere;
    b->engine = true;
    b->handshake_timeout = 1;
    sc_context_binding(binding, b);
    assert_memory_equal(make_from(a, "")->binding, binding, SC_BINDING_LEN);
}

/* ---- Identities ---- */

static sc_identity_t *make_identity(EVP_PKEY **key, X509 **leaf,
                                    pki_type_t type)
{
    const pki_spec_t spec = {.subject = HOST};
    sc_identity_t *identity;

    *key = pki_make_key(type);
    *leaf = pki_make_cert(*key, &spec);
    identity = sc_identity_make(*leaf, *key, NULL, case_pool);
    assert_non_null(identity);
    identity->chain_file = "/etc/a.pem";
    return identity;
}

static void small_keys_depend_on_the_security_level(void **state)
{
    static const sc_place_t place = {.directive = "SecureChanCertificate",
                                     .host = HOST};
    const sc_context_t *strict =
        make(&(host_spec_t){.ciphers = "HIGH:@SECLEVEL=2"}, "");
    const sc_context_t *lax =
        make(&(host_spec_t){.ciphers = "HIGH:@SECLEVEL=0"}, "");
    EVP_PKEY *key;
    X509 *leaf;
    const sc_identity_t *identity = make_identity(&key, &leaf, PKI_RSA_WEAK);

    (void)state;
    report = sc_report_make(case_pool);
    assert_true(sc_context_accepts(lax, identity, &place, report));
    assert_int_equal(report->problems->nelts, 0);
    assert_false(sc_context_accepts(strict, identity, &place, report));
    assert_string_equal(problems(), "E0262");
    assert_says("SecureChanCertificate", "key too small");
    assert_non_null(strstr(first_problem()->text, "/etc/a.pem"));
    assert_int_equal(ERR_peek_error(), 0);
    /* The context itself has got nothing of it. */
    assert_null(SSL_CTX_get0_certificate(lax->ssl_ctx));
    X509_free(leaf);
    EVP_PKEY_free(key);
}

static void fair_keys_are_accepted(void **state)
{
    static const sc_place_t place = {.host = HOST};
    const sc_context_t *context = make(&(host_spec_t){.policy = NULL}, "");

    (void)state;
    report = sc_report_make(case_pool);
    for (const char *letter = "REDP"; *letter; letter++) {
        assert_true(sc_context_accepts(context, case_identity(*letter), &place,
                                       report));
    }
    assert_string_equal(problems(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_policy_but_fips),
        CASE(fips_needs_its_provider),
        CASE(protocol_ranges),
        CASE(impossible_protocol_range),
        CASE(basics_are_not_for_choosing),
        CASE(good_ciphers),
        CASE(bad_ciphers),
        CASE(good_ciphersuites),
        CASE(bad_ciphersuites),
        CASE(optional_groups),
        CASE(unknown_groups),
        CASE(group_named_twice_counts_once),
        CASE(all_problems_in_one_run),
        CASE(good_commands),
        CASE(bad_commands),
        CASE(commands_with_directives_of_their_own),
        CASE(binding_is_equal_for_equal_settings_only),
        CASE(binding_does_not_depend_on_where_settings_stand),
        CASE(small_keys_depend_on_the_security_level),
        CASE(fair_keys_are_accepted),
    };

    return cmocka_run_group_tests_name("sc_context", tests, case_set_up,
                                       case_tear_down);
}
