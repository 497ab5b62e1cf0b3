/* SPDX-License-Identifier: Apache-2.0 */
/* When this fails, a policy lets in what its name promises to keep out. */
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

#include "sc_policy.h"

static apr_pool_t *pool;

static const char *const names[] = {"modern", "intermediate", "legacy", "fips"};

#define NUM_NAMES (sizeof(names) / sizeof(names[0]))

static const sc_policy_t *policy(const char *name)
{
    const sc_policy_t *found = sc_policy_find(name);

    assert_non_null(found);
    return found;
}

/* Calls check for every member of a list, and returns how many there are. */
static int each(const char *list, void (*check)(const char *member))
{
    char *rest = apr_pstrdup(pool, list);
    char *last;
    int count = 0;

    for (char *member = apr_strtok(rest, ":", &last); member != NULL;
         member = apr_strtok(NULL, ":", &last)) {
        check(member);
        count++;
    }
    return count;
}

static bool list_has(const char *list, const char *member)
{
    const char *padded = apr_pstrcat(pool, ":", list, ":", NULL);

    return strstr(padded, apr_pstrcat(pool, ":", member, ":", NULL)) != NULL;
}

static void found_by_name_in_any_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_NAMES; i++) {
        assert_string_equal(policy(names[i])->name, names[i]);
        assert_non_null(strstr(sc_policy_names(), names[i]));
    }
    assert_ptr_equal(sc_policy_find("MODERN"), sc_policy_find("modern"));
    assert_ptr_equal(sc_policy_find("Fips"), sc_policy_find("fips"));
    assert_null(sc_policy_find(""));
    assert_null(sc_policy_find("moder"));
    assert_null(sc_policy_find("modern "));
    assert_null(sc_policy_find("modernx"));
    assert_null(sc_policy_find("old"));
    assert_string_equal(sc_policy_default()->name, "intermediate");
}

static void versions_and_flags(void **state)
{
    static const struct {
        const char *name;
        int min;
        bool needs_fips;
        bool insecure;
    } rows[] = {
        {"modern", SC_TLS1_3, false, false},
        {"intermediate", SC_TLS1_2, false, false},
        {"legacy", SC_TLS1_0, false, true},
        {"fips", SC_TLS1_2, true, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const sc_policy_t *p = policy(rows[i].name);

        assert_int_equal(p->protocol_min, rows[i].min);
        assert_int_equal(p->protocol_max, SC_TLS1_3);
        assert_int_equal(p->needs_fips, rows[i].needs_fips);
        assert_int_equal(p->insecure, rows[i].insecure);
        /* A lowered security level belongs to the insecure policy alone. */
        assert_int_equal(strstr(p->ciphers, "@SECLEVEL") != NULL,
                         rows[i].insecure);
        assert_int_equal(strstr(p->sigalgs, "SHA1") != NULL, rows[i].insecure);
    }
    assert_true(list_has(policy("legacy")->ciphers, "@SECLEVEL=0"));
}

static void is_ecdhe_aead(const char *cipher)
{
    assert_int_equal(strncmp(cipher, "ECDHE-", 6), 0);
    assert_true(strstr(cipher, "-GCM-") != NULL ||
                strstr(cipher, "-CHACHA20-POLY1305") != NULL);
}

static void is_aes_gcm(const char *cipher)
{
    assert_true(strstr(cipher, "AES128-GCM-") != NULL ||
                strstr(cipher, "AES256-GCM-") != NULL ||
                strstr(cipher, "AES_128_GCM_") != NULL ||
                strstr(cipher, "AES_256_GCM_") != NULL);
}

static void is_in_legacy(const char *cipher)
{
    assert_true(list_has(policy("legacy")->ciphers, cipher));
}

static void is_not_broken(const char *cipher)
{
    static const char *const broken[] = {"NULL", "RC4",   "DES", "MD5", "EXP",
                                         "ADH",  "AECDH", "PSK", "SRP", "IDEA"};

    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        assert_null(strstr(cipher, broken[i]));
    }
}

static void ciphers(void **state)
{
    const char *list = policy("intermediate")->ciphers;

    (void)state;
    assert_int_equal(each(list, is_ecdhe_aead), 6);
    assert_int_equal(each(list, is_in_legacy), 6);
    assert_string_equal(policy("modern")->ciphers, list);
    assert_int_equal(each(policy("fips")->ciphers, is_ecdhe_aead), 4);
    assert_int_equal(each(policy("fips")->ciphers, is_aes_gcm), 4);
    assert_true(each(policy("legacy")->ciphers, is_not_broken) > 10);
    assert_true(list_has(policy("legacy")->ciphers, "ECDHE-RSA-AES128-SHA"));
    assert_true(list_has(policy("legacy")->ciphers, "AES128-SHA"));

    assert_int_equal(each(policy("fips")->ciphersuites, is_aes_gcm), 2);
    for (size_t i = 0; i < NUM_NAMES; i++) {
        assert_true(
            list_has(policy(names[i])->ciphersuites, "TLS_AES_128_GCM_SHA256"));
        assert_int_equal(list_has(policy(names[i])->ciphersuites,
                                  "TLS_CHACHA20_POLY1305_SHA256"),
                         strcmp(names[i], "fips") != 0);
    }
}

static void both_key_types_in_every_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_NAMES; i++) {
        const sc_policy_t *p = policy(names[i]);

        assert_true(list_has(p->ciphers, "ECDHE-ECDSA-AES128-GCM-SHA256"));
        assert_true(list_has(p->ciphers, "ECDHE-RSA-AES128-GCM-SHA256"));
        assert_true(list_has(p->sigalgs, "ecdsa_secp256r1_sha256"));
        assert_true(list_has(p->sigalgs, "rsa_pss_rsae_sha256"));
        assert_true(list_has(p->sigalgs, "rsa_pss_pss_sha256"));
        assert_true(list_has(p->sigalgs, "rsa_pkcs1_sha256"));
        assert_int_equal(list_has(p->sigalgs, "ed25519"),
                         strcmp(names[i], "fips") != 0);
    }
}

static void groups(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_NAMES; i++) {
        assert_string_equal(policy(names[i])->groups,
                            strcmp(names[i], "fips") == 0
                                ? "P-256:P-384"
                                : "?X25519MLKEM768:X25519:P-256:P-384");
    }
}

/* SHA-1 goes last: it is for those who can do nothing better. */
static void sha1_comes_last(void **state)
{
    const char *list = policy("legacy")->sigalgs;
    const char *sha1 = strstr(list, "SHA1");

    (void)state;
    assert_non_null(sha1);
    assert_null(strstr(sha1, "sha256"));
    assert_int_equal(strncmp(list, policy("intermediate")->sigalgs,
                             strlen(policy("intermediate")->sigalgs)),
                     0);
}

static void protocol_ranges(void **state)
{
    static const struct {
        const char *text;
        int min; /* 0: refused */
        int max;
    } rows[] = {
        {"TLSv1.2", SC_TLS1_2, SC_TLS1_3},
        {"TLSv1.3", SC_TLS1_3, SC_TLS1_3},
        {"TLSv1", SC_TLS1_0, SC_TLS1_3},
        {"TLSv1.0", SC_TLS1_0, SC_TLS1_3},
        {"tlsV1.1", SC_TLS1_1, SC_TLS1_3},
        {"TLSv1.2-TLSv1.3", SC_TLS1_2, SC_TLS1_3},
        {"TLSv1.2-TLSv1.2", SC_TLS1_2, SC_TLS1_2},
        {"TLSV1.0-tlsv1.1", SC_TLS1_0, SC_TLS1_1},
        {"TLSv1.3-TLSv1.2", 0, 0},
        {"", 0, 0},
        {"-", 0, 0},
        {"TLSv1.2-", 0, 0},
        {"-TLSv1.2", 0, 0},
        {"TLSv1.2-TLSv1.3-TLSv1.3", 0, 0},
        {"TLSv1.2 - TLSv1.3", 0, 0},
        {"TLSv1.2 ", 0, 0},
        {" TLSv1.2", 0, 0},
        {"TLSv1.2+", 0, 0},
        {"TLSv1.4", 0, 0},
        {"TLSv1.2-TLSv1.4", 0, 0},
        {"TLSv1.", 0, 0},
        {"TLSv1.22", 0, 0},
        {"TLSv", 0, 0},
        {"1.2", 0, 0},
        {"SSLv3", 0, 0},
        {"SSLv3-TLSv1.3", 0, 0},
        {"all", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int min = -1;
        int max = -2;
        bool ok = sc_protocol_parse(rows[i].text, &min, &max);

        if (ok != (rows[i].min != 0)) {
            fail_msg("%s", rows[i].text);
        }
        assert_int_equal(min, ok ? rows[i].min : -1);
        assert_int_equal(max, ok ? rows[i].max : -2);
    }
}

static void names_and_numbers(void **state)
{
    static const char *const others[] = {
        "", "tlsv1.2", "TLSv1.2 ", "TLSv1.4", "SSLv3", "unknown", "DTLSv1.2"};

    (void)state;
    assert_string_equal(sc_protocol_name(SC_TLS1_0), "TLSv1");
    assert_string_equal(sc_protocol_name(SC_TLS1_1), "TLSv1.1");
    assert_string_equal(sc_protocol_name(SC_TLS1_2), "TLSv1.2");
    assert_string_equal(sc_protocol_name(SC_TLS1_3), "TLSv1.3");
    assert_int_equal(sc_protocol_number("TLSv1.0"), SC_TLS1_0);
    for (int version = -1; version <= 0x10000; version++) {
        const char *name = sc_protocol_name(version);
        bool known = version >= SC_TLS1_0 && version <= SC_TLS1_3;

        if (!known) {
            assert_string_equal(name, "unknown");
        }
        assert_int_equal(sc_protocol_number(name), known ? version : 0);
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_equal(sc_protocol_number(others[i]), 0);
    }
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
        cmocka_unit_test(found_by_name_in_any_case),
        cmocka_unit_test(versions_and_flags),
        cmocka_unit_test(ciphers),
        cmocka_unit_test(both_key_types_in_every_list),
        cmocka_unit_test(groups),
        cmocka_unit_test(sha1_comes_last),
        cmocka_unit_test(protocol_ranges),
        cmocka_unit_test(names_and_numbers),
    };

    return cmocka_run_group_tests_name("sc_policy", tests, group_setup,
                                       group_teardown);
}
