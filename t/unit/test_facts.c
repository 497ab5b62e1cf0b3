/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, logs, CGI programs and the gate of SecureChanRequire are
 * told something about a connection that is not so.
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

#include <openssl/err.h>

#include "engine_case.h"

#define HANDSHAKE_TIME 12345

static const sc_facts_t *take_facts(const duo_t *duo)
{
    const sc_facts_t *facts =
        sc_engine_facts(duo->server, HANDSHAKE_TIME, case_pool);

    assert_int_equal(ERR_peek_error(), 0);
    return facts;
}

/* Connects to a host of those settings; the facts outlive the connection. */
static const sc_facts_t *facts_of(const host_spec_t *host,
                                  const client_spec_t *client)
{
    const sc_facts_t *facts;
    duo_t duo;

    site.num_hosts = 0;
    case_add_host("a.example", host);
    duo_open(&duo, client);
    facts = take_facts(&duo);
    duo_end(&duo);
    return facts;
}

static void assert_common_name(X509 *cert, const char *expected)
{
    char text[64] = "";

    assert_non_null(cert);
    X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, text,
                              sizeof(text));
    assert_string_equal(text, expected);
}

static void every_member_with_tls_1_2(void **state)
{
    const sc_facts_t *facts;

    (void)state;
    site.speaks = "http/1.1";
    facts = facts_of(&(host_spec_t){.ciphers = "ECDHE-RSA-AES256-GCM-SHA384",
                                    .groups = "P-384",
                                    .identities = "R"},
                     &(client_spec_t){.name = "A.Example",
                                      .max = TLS1_2_VERSION,
                                      .sigalgs = "rsa_pkcs1_sha384",
                                      .alpn = "\2h2\10http/1.1"});
    assert_string_equal(facts->protocol, "TLSv1.2");
    assert_int_equal(facts->protocol_number, SC_TLS1_2);
    assert_string_equal(facts->cipher, "ECDHE-RSA-AES256-GCM-SHA384");
    assert_int_equal(facts->bits_used, 256);
    assert_int_equal(facts->bits_algorithm, 256);
    assert_true(facts->pfs);
    assert_true(facts->aead);
    assert_false(facts->pq);
    assert_string_equal(facts->group, "secp384r1");
    assert_string_equal(facts->sigalg, "rsa_pkcs1_sha384");
    assert_string_equal(facts->alpn, "http/1.1");
    assert_string_equal(facts->sni, "a.example");
    assert_false(facts->resumed);
    assert_true(facts->secure_renegotiation);
    assert_int_equal(facts->handshake_time, HANDSHAKE_TIME);
    assert_common_name(facts->server_cert, "a RSA");
}

static void every_member_with_tls_1_3(void **state)
{
    const sc_facts_t *facts;

    (void)state;
    site.speaks = "h2";
    facts = facts_of(&(host_spec_t){.suites = "TLS_CHACHA20_POLY1305_SHA256",
                                    .groups = "X25519"},
                     &(client_spec_t){.name = "a.example",
                                      .min = TLS1_3_VERSION,
                                      .alpn = "\2h2\10http/1.1"});
    assert_string_equal(facts->protocol, "TLSv1.3");
    assert_int_equal(facts->protocol_number, SC_TLS1_3);
    assert_string_equal(facts->cipher, "TLS_CHACHA20_POLY1305_SHA256");
    assert_int_equal(facts->bits_used, 256);
    assert_int_equal(facts->bits_algorithm, 256);
    assert_true(facts->pfs);
    assert_true(facts->aead);
    assert_false(facts->pq);
    assert_string_equal(facts->group, "x25519");
    assert_string_equal(facts->sigalg, "ecdsa_secp256r1_sha256");
    assert_string_equal(facts->alpn, "h2");
    assert_string_equal(facts->sni, "a.example");
    assert_false(facts->resumed);
    assert_int_equal(facts->handshake_time, HANDSHAKE_TIME);
    assert_common_name(facts->server_cert, "a ECDSA");
}

static void nothing_asked_for_is_empty(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const sc_facts_t *facts =
            facts_of(&(host_spec_t){.policy = NULL},
                     &(client_spec_t){.min = versions[i], .max = versions[i]});

        assert_string_equal(facts->sni, "");
        assert_string_equal(facts->alpn, "");
    }
}

static void name_is_canonical(void **state)
{
    const sc_facts_t *facts = facts_of(&(host_spec_t){.policy = NULL},
                                       &(client_spec_t){.name = "A.EXAMPLE."});

    (void)state;
    assert_string_equal(facts->sni, "a.example");
}

static void ciphers(void **state)
{
    static const struct {
        const char *cipher;
        const char *identities;
        int bits;
        bool pfs;
        bool aead;
        const char *group;
        const char *sigalg;
    } rows[] = {
        {"AES128-SHA", "R", 128, false, false, "", ""},
        {"AES256-GCM-SHA384", "R", 256, false, true, "", ""},
        {"ECDHE-RSA-AES128-SHA256", "R", 128, true, false, "x25519",
         "rsa_pss_rsae_sha256"},
        {"ECDHE-RSA-AES128-GCM-SHA256", "R", 128, true, true, "x25519",
         "rsa_pss_rsae_sha256"},
        {"ECDHE-ECDSA-CHACHA20-POLY1305", "E", 256, true, true, "x25519",
         "ecdsa_secp256r1_sha256"},
        {"ECDHE-ECDSA-AES128-SHA", "E", 128, true, false, "x25519",
         "ecdsa_secp256r1_sha256"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const sc_facts_t *facts =
            facts_of(&(host_spec_t){.ciphers = rows[i].cipher,
                                    .identities = rows[i].identities},
                     &(client_spec_t){.max = TLS1_2_VERSION});

        assert_string_equal(facts->cipher, rows[i].cipher);
        assert_int_equal(facts->bits_used, rows[i].bits);
        assert_int_equal(facts->bits_algorithm, rows[i].bits);
        assert_int_equal(facts->pfs, rows[i].pfs);
        assert_int_equal(facts->aead, rows[i].aead);
        assert_string_equal(facts->group, rows[i].group);
        assert_string_equal(facts->sigalg, rows[i].sigalg);
        assert_false(facts->pq);
    }
}

/* The names of RFC 8446, 4.2.3, for both versions. */
static void signature_algorithms(void **state)
{
    static const struct {
        const char *identities;
        const char *sigalg;
        bool in_1_3;
    } rows[] = {
        {"R", "rsa_pss_rsae_sha256", true},
        {"R", "rsa_pss_rsae_sha384", true},
        {"R", "rsa_pss_rsae_sha512", true},
        {"P", "rsa_pss_pss_sha256", true},
        {"P", "rsa_pss_pss_sha384", true},
        {"P", "rsa_pss_pss_sha512", true},
        {"R", "rsa_pkcs1_sha256", false},
        {"R", "rsa_pkcs1_sha512", false},
        {"E", "ecdsa_secp256r1_sha256", true},
        {"D", "ed25519", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const host_spec_t host = {.identities = rows[i].identities};
        client_spec_t client = {.sigalgs = rows[i].sigalg,
                                .max = TLS1_2_VERSION};

        assert_string_equal(facts_of(&host, &client)->sigalg, rows[i].sigalg);
        client.max = 0;
        client.min = TLS1_3_VERSION;
        if (rows[i].in_1_3) {
            assert_string_equal(facts_of(&host, &client)->sigalg,
                                rows[i].sigalg);
        }
    }
}

static void sha1_signatures(void **state)
{
    (void)state;
    assert_string_equal(
        facts_of(&(host_spec_t){.policy = "legacy", .identities = "R"},
                 &(client_spec_t){.max = TLS1_2_VERSION, .sigalgs = "RSA+SHA1"})
            ->sigalg,
        "rsa_pkcs1_sha1");
    assert_string_equal(
        facts_of(
            &(host_spec_t){.policy = "legacy", .identities = "E"},
            &(client_spec_t){.max = TLS1_2_VERSION, .sigalgs = "ECDSA+SHA1"})
            ->sigalg,
        "ecdsa_sha1");
}

static void old_protocols(void **state)
{
    static const struct {
        int version;
        const char *name;
    } rows[] = {{TLS1_VERSION, "TLSv1"}, {TLS1_1_VERSION, "TLSv1.1"}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const sc_facts_t *facts = facts_of(
            &(host_spec_t){.policy = "legacy", .identities = "R"},
            &(client_spec_t){.min = rows[i].version, .max = rows[i].version});

        assert_string_equal(facts->protocol, rows[i].name);
        assert_int_equal(facts->protocol_number, rows[i].version);
        assert_false(facts->aead);
        assert_true(facts->pfs);
    }
}

/* The certificate is the one that the client got, not the last attached. */
static void certificate_of_several(void **state)
{
    static const struct {
        const char *sigalg;
        const char *subject;
    } rows[] = {{"rsa_pss_rsae_sha256", "a RSA"},
                {"ecdsa_secp256r1_sha256", "a ECDSA"},
                {"ed25519", "a Ed25519"}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const host_spec_t host = {.identities = "RED"};
        client_spec_t client = {.sigalgs = rows[i].sigalg,
                                .max = TLS1_2_VERSION};

        assert_common_name(facts_of(&host, &client)->server_cert,
                           rows[i].subject);
        client.max = 0;
        client.min = TLS1_3_VERSION;
        assert_common_name(facts_of(&host, &client)->server_cert,
                           rows[i].subject);
    }
}

/* HTTP/2 wants to know the version and cipher before it says yes. */
static void facts_at_the_choice_of_the_protocol(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

    (void)state;
    site.speaks = "h2";
    site.looks_at_facts = true;
    for (size_t i = 0; i < 2; i++) {
        const sc_facts_t *facts = facts_of(&(host_spec_t){.policy = NULL},
                                           &(client_spec_t){.name = "a.example",
                                                            .min = versions[i],
                                                            .max = versions[i],
                                                            .alpn = "\2h2"});

        assert_non_null(site.facts);
        assert_string_equal(site.facts->protocol, facts->protocol);
        assert_int_equal(site.facts->protocol_number, facts->protocol_number);
        assert_string_equal(site.facts->cipher, facts->cipher);
        assert_int_equal(site.facts->bits_used, 128);
        assert_true(site.facts->aead);
        assert_true(site.facts->pfs);
        assert_string_equal(site.facts->alpn, "");
        assert_string_equal(site.facts->sni, "a.example");
        site.facts = NULL;
    }
}

static void nothing_is_known_before_the_handshake(void **state)
{
    const sc_facts_t *facts;
    duo_t duo;

    (void)state;
    case_add_host("a.example", &(host_spec_t){.policy = NULL});
    duo_begin(&duo, &(client_spec_t){.name = NULL});
    facts = take_facts(&duo);
    assert_string_equal(facts->protocol, "");
    assert_int_equal(facts->protocol_number, 0);
    assert_string_equal(facts->cipher, "");
    assert_int_equal(facts->bits_used, 0);
    assert_false(facts->pfs);
    assert_false(facts->aead);
    assert_string_equal(facts->group, "");
    assert_string_equal(facts->sigalg, "");
    assert_string_equal(facts->alpn, "");
    assert_string_equal(facts->sni, "");
    assert_string_equal(facts->session_id, "");
    assert_false(facts->resumed);
    assert_null(facts->server_cert);
    duo_end(&duo);
}

static void session_id_is_upper_case_hexadecimal(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const sc_facts_t *facts =
            facts_of(&(host_spec_t){.policy = NULL},
                     &(client_spec_t){.min = versions[i], .max = versions[i]});
        size_t len = strlen(facts->session_id);

        assert_true(len == 0 || len == 64);
        assert_int_equal(strspn(facts->session_id, "0123456789ABCDEF"), len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_member_with_tls_1_2),
        CASE(every_member_with_tls_1_3),
        CASE(nothing_asked_for_is_empty),
        CASE(name_is_canonical),
        CASE(ciphers),
        CASE(signature_algorithms),
        CASE(sha1_signatures),
        CASE(old_protocols),
        CASE(certificate_of_several),
        CASE(facts_at_the_choice_of_the_protocol),
        CASE(nothing_is_known_before_the_handshake),
        CASE(session_id_is_upper_case_hexadecimal),
    };

    return cmocka_run_group_tests_name("sc_facts", tests, case_set_up,
                                       case_tear_down);
}
