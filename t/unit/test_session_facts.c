/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, the gate, logs and CGI programs are told something about a
 * resumed connection that is not so.
 */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "session_case.h"

static const sc_facts_t *facts_when_resumed(const client_spec_t *spec)
{
    client_spec_t client = *spec;
    const sc_facts_t *facts;
    duo_t duo;

    client.session = connect_with(&client, false);
    duo_open(&duo, &client);
    assert_true(SSL_session_reused(duo.client));
    facts = sc_engine_facts(duo.server, 0, case_pool);
    duo_end(&duo);
    SSL_SESSION_free(client.session);
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

static void facts_with_tls_1_2(void **state)
{
    static const struct {
        const char *cipher;
        const char *cert;
    } rows[] = {
        {"ECDHE-RSA-AES256-GCM-SHA384", "a RSA"},
        {"ECDHE-ECDSA-AES256-GCM-SHA384", "a ECDSA"},
    };

    (void)state;
    case_add_host("a.example", &(host_spec_t){.identities = "ER"});
    case_add_host("b.example", &(host_spec_t){.identities = "ER"});
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const sc_facts_t *facts =
            facts_when_resumed(&(client_spec_t){.name = "a.example",
                                                .max = TLS1_2_VERSION,
                                                .ciphers = rows[i].cipher});

        assert_true(facts->resumed);
        assert_string_equal(facts->protocol, "TLSv1.2");
        assert_int_equal(facts->protocol_number, SC_TLS1_2);
        assert_string_equal(facts->cipher, rows[i].cipher);
        assert_int_equal(facts->bits_used, 256);
        assert_true(facts->pfs);
        assert_true(facts->aead);
        assert_true(facts->authenticated);
        assert_true(facts->secure_renegotiation);
        assert_string_equal(facts->sigalg, ""); /* nothing was signed */
        assert_string_equal(facts->sni, "a.example");
        assert_common_name(facts->server_cert, rows[i].cert);
    }
    assert_common_name(
        facts_when_resumed(&(client_spec_t){.name = "b.example",
                                            .max = TLS1_2_VERSION,
                                            .ciphers = rows[0].cipher})
            ->server_cert,
        "b RSA");
}

static void facts_with_tls_1_3(void **state)
{
    const sc_facts_t *facts;

    (void)state;
    case_add_host("a.example",
                  &(host_spec_t){.identities = "RE", .groups = "P-384"});
    facts = facts_when_resumed(
        &(client_spec_t){.name = "a.example", .min = TLS1_3_VERSION});
    assert_true(facts->resumed);
    assert_string_equal(facts->protocol, "TLSv1.3");
    assert_int_equal(facts->protocol_number, SC_TLS1_3);
    assert_string_equal(facts->cipher, "TLS_AES_128_GCM_SHA256");
    assert_int_equal(facts->bits_used, 128);
    assert_true(facts->pfs);
    assert_true(facts->aead);
    assert_true(facts->authenticated);
    assert_string_equal(facts->group, "secp384r1");
    assert_string_equal(facts->sigalg, "");
    assert_common_name(facts->server_cert, "a RSA");
}

/*
 * A session may be resumed in TLS 1.3 without a key exchange, if both sides say
 * so: then nothing has forward secrecy. Here the groups leave no other way, and
 * no command makes the server agree to it.
 */
static void no_ticket_without_a_key_exchange(void **state)
{
    client_spec_t client = {
        .name = "a.example", .min = TLS1_3_VERSION, .groups = "X25519"};
    duo_t duo;

    (void)state;
    case_add_host("a.example", &(host_spec_t){.groups = "X25519",
                                              .command = "Options",
                                              .value = "AllowNoDHEKEX"});
    client.session = connect_with(&client, false);
    client.groups = "P-521";
    duo_begin(&duo, &client);
    SSL_set_options(duo.client, SSL_OP_ALLOW_NO_DHE_KEX);
    assert_int_equal(duo_shake(&duo), SC_STEP_FAILED);
    assert_int_equal(duo.alert, FATAL(SSL_AD_HANDSHAKE_FAILURE));
    duo_end(&duo);
    SSL_SESSION_free(client.session);
}

/* Who asks for the certificate of a challenge gets that and no ticket. */
static void no_ticket_for_a_challenge(void **state)
{
    (void)state;
    add_host_a();
    site.speaks = "acme-tls/1";
    site.replacement = case_identity('e');
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        client_spec_t client = client_of(versions[i], "a.example", NULL);

        client.alpn = "\12acme-tls/1";
        client.session = connect_with(&client, false);
        assert_false(SSL_SESSION_has_ticket(client.session));
        SSL_SESSION_free(client.session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(facts_with_tls_1_2),
        CASE(facts_with_tls_1_3),
        CASE(no_ticket_without_a_key_exchange),
        CASE(no_ticket_for_a_challenge),
    };

    return cmocka_run_group_tests_name("resumed connections", tests,
                                       case_set_up, case_tear_down);
}
