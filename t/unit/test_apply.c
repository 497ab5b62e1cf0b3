/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The security test of virtual hosts: a connection begins with the settings of
 * the listener's first host, A, and the client asks for B. When this fails, the
 * client gets B with settings of A: a version, cipher, group, signature or
 * certificate that B's administrator has forbidden.
 *
 * Each row changes one setting. The outcome of a connection that began with A
 * must be that of one which began with B, in every respect that can be seen
 * from either side; and the reverse. The expected words show that the two
 * outcomes differ at all.
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
#include <openssl/objects.h>

#include "engine_case.h"

/* Alerts by their numbers (RFC 8446, 6). */
#define REFUSED              "refused with alert "
#define HANDSHAKE_FAILURE    REFUSED "40"
#define PROTOCOL_VERSION     REFUSED "70"
#define INTERNAL_ERROR       REFUSED "80"
#define CERTIFICATE_REQUIRED REFUSED "116"

typedef struct field {
    const char *what;
    host_spec_t a;
    host_spec_t b;
    client_spec_t client;
    const char *words_a; /* in the outcome with A */
    const char *words_b;
} field_t;

/* What the client sees. */
static const char *client_view(duo_t *duo)
{
    int sig_type = NID_undef;
    int sig_digest = NID_undef;
    const int group = (int)SSL_get_negotiated_group(duo->client);

    (void)SSL_get_peer_signature_type_nid(duo->client, &sig_type);
    (void)SSL_get_peer_signature_nid(duo->client, &sig_digest);
    return apr_psprintf(
        case_pool, "%s %s group %s signed %s/%s by %s, tickets %d",
        SSL_get_version(duo->client), SSL_get_cipher_name(duo->client),
        group ? SSL_group_to_name(duo->client, group) : "none",
        OBJ_nid2sn(sig_type), OBJ_nid2sn(sig_digest), duo_subject(duo),
        SSL_SESSION_has_ticket(SSL_get_session(duo->client)));
}

/* What the server has in force, and how long the record of one byte is. */
static const char *server_view(duo_t *duo)
{
    const SSL_SESSION *session = SSL_get_session(server_ssl);
    unsigned int len = 0;
    const unsigned char *id = SSL_SESSION_get0_id_context(session, &len);
    const char *hex = "";

    for (unsigned int i = 0; i < len; i++) {
        hex = apr_psprintf(case_pool, "%s%02x", hex, id[i]);
    }
    assert_int_equal(len, SC_BINDING_LEN);
    assert_int_equal(duo_write(duo, "x", 1), SC_STEP_DONE);
    return apr_psprintf(
        case_pool,
        "options %lx range %lx-%lx verify %d/%d level %d num_tickets %lu "
        "record %lu context %s",
        (unsigned long)SSL_get_options(server_ssl),
        SSL_get_min_proto_version(server_ssl),
        SSL_get_max_proto_version(server_ssl), SSL_get_verify_mode(server_ssl),
        SSL_get_verify_depth(server_ssl), SSL_get_security_level(server_ssl),
        (unsigned long)SSL_get_num_tickets(server_ssl),
        (unsigned long)duo_collect(duo), hex);
}

/* Connects once and says in words what came of it. */
static const char *outcome(const client_spec_t *client)
{
    const char *text;
    duo_t duo;

    duo_begin(&duo, client);
    if (duo_shake(&duo) == SC_STEP_DONE && SSL_is_init_finished(duo.client)) {
        text = apr_pstrcat(case_pool, client_view(&duo), " ", server_view(&duo),
                           NULL);
        assert_null(duo.err.id);
        (void)duo_client_reads(&duo);
        assert_duo_talks(&duo);
    }
    else {
        assert_int_equal(duo.step, SC_STEP_FAILED);
        assert_non_null(duo.err.id);
        text = apr_psprintf(case_pool, REFUSED "%d, %s", duo.alert & 0xff,
                            duo.err.id);
        assert_int_equal(duo.alert >> 8, SSL3_AL_FATAL);
    }
    duo_end(&duo);
    return text;
}

/* The outcome for a client of host name, where the connection begins with the
 * first of the hosts. */
static const char *outcome_of(const field_t *field, const char *name,
                              bool a_is_first)
{
    client_spec_t client = field->client;

    site.num_hosts = 0;
    case_add_host(a_is_first ? "a.example" : "b.example",
                  a_is_first ? &field->a : &field->b);
    case_add_host(a_is_first ? "b.example" : "a.example",
                  a_is_first ? &field->b : &field->a);
    client.name = name;
    return outcome(&client);
}

static void assert_has(const char *what, const char *text, const char *words)
{
    if (!strstr(text, words)) {
        fail_msg("%s: \"%s\" is not in: %s", what, words, text);
    }
}

static void check_field(const field_t *field)
{
    const char *a = outcome_of(field, "a.example", true);
    const char *b = outcome_of(field, "b.example", false);
    const char *b_after_a = outcome_of(field, "b.example", true);
    const char *a_after_b = outcome_of(field, "a.example", false);

    assert_has(field->what, a, field->words_a);
    assert_has(field->what, b, field->words_b);
    if (strcmp(b_after_a, b) != 0) {
        fail_msg("%s: B by way of A:\n  %s\nB alone:\n  %s", field->what,
                 b_after_a, b);
    }
    if (strcmp(a_after_b, a) != 0) {
        fail_msg("%s: A by way of B:\n  %s\nA alone:\n  %s", field->what,
                 a_after_b, a);
    }
}

static void check_fields(const field_t *fields, size_t num_fields)
{
    for (size_t i = 0; i < num_fields; i++) {
        check_field(&fields[i]);
    }
}

#define CHECK(fields) check_fields(fields, sizeof(fields) / sizeof((fields)[0]))

#define ONLY_1_2      .min = TLS1_2_VERSION, .max = TLS1_2_VERSION
#define ONLY_1_3      .min = TLS1_3_VERSION, .max = TLS1_3_VERSION

static void protocol_range(void **state)
{
    static const field_t fields[] = {
        {"B demands 1.3, client of 1.2",
         {.protocol = "TLSv1.2"},
         {.protocol = "TLSv1.3"},
         {ONLY_1_2},
         "TLSv1.2",
         PROTOCOL_VERSION},
        {"B demands 1.3, client of both",
         {.protocol = "TLSv1.2-TLSv1.2"},
         {.protocol = "TLSv1.3"},
         {.name = NULL},
         "TLSv1.2",
         "TLSv1.3"},
        {"B has 1.2 only, client of 1.3",
         {.protocol = "TLSv1.3"},
         {.protocol = "TLSv1.2-TLSv1.2"},
         {ONLY_1_3},
         "TLSv1.3",
         PROTOCOL_VERSION},
        {"B has 1.2 only, client of 1.2",
         {.protocol = "TLSv1.3"},
         {.protocol = "TLSv1.2-TLSv1.2"},
         {ONLY_1_2},
         PROTOCOL_VERSION,
         "TLSv1.2"},
        {"B allows 1.1",
         {.protocol = "TLSv1.2", .ciphers = "ALL:@SECLEVEL=0"},
         {.protocol = "TLSv1.1-TLSv1.2", .ciphers = "ALL:@SECLEVEL=0"},
         {.min = TLS1_1_VERSION,
          .max = TLS1_1_VERSION,
          .sigalgs = "ECDSA+SHA1:ECDSA+SHA256"},
         PROTOCOL_VERSION,
         "TLSv1.1"},
        {"the policy's range",
         {.policy = "intermediate"},
         {.policy = "modern"},
         {ONLY_1_2},
         "TLSv1.2",
         PROTOCOL_VERSION},
    };

    (void)state;
    CHECK(fields);
}

static void ciphers(void **state)
{
    static const field_t fields[] = {
        {"ciphers",
         {.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"},
         {.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384"},
         {ONLY_1_2},
         "AES128-GCM",
         "AES256-GCM"},
        {"a cipher that B forbids",
         {.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"},
         {.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384"},
         {ONLY_1_2, .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"},
         "AES128-GCM",
         HANDSHAKE_FAILURE},
        {"cipher suites",
         {.suites = "TLS_AES_128_GCM_SHA256"},
         {.suites = "TLS_CHACHA20_POLY1305_SHA256"},
         {ONLY_1_3},
         "TLS_AES_128",
         "TLS_CHACHA20"},
        {"a cipher suite that B forbids",
         {.suites = "TLS_AES_128_GCM_SHA256"},
         {.suites = "TLS_AES_256_GCM_SHA384"},
         {ONLY_1_3, .suites = "TLS_AES_128_GCM_SHA256"},
         "TLS_AES_128",
         HANDSHAKE_FAILURE},
        {"the policy's ciphers",
         {.policy = "legacy", .identities = "R"},
         {.policy = "intermediate", .identities = "R"},
         {ONLY_1_2, .ciphers = "AES128-SHA"},
         "AES128-SHA",
         HANDSHAKE_FAILURE},
    };

    (void)state;
    CHECK(fields);
}

static void groups(void **state)
{
    static const field_t fields[] = {
        {"groups of 1.3",
         {.groups = "X25519:P-256"},
         {.groups = "P-256:X25519"},
         {ONLY_1_3, .groups = "X25519"},
         "group x25519",
         "group x25519"},
        {"a group of 1.3 that B forbids",
         {.groups = "X25519"},
         {.groups = "P-256"},
         {ONLY_1_3, .groups = "X25519"},
         "group x25519",
         HANDSHAKE_FAILURE},
        /* The client guesses X25519: HelloRetryRequest with one of them. */
        {"groups of 1.3 by HelloRetryRequest",
         {.groups = "X25519"},
         {.groups = "P-384"},
         {ONLY_1_3, .groups = "X25519:P-384"},
         "group x25519",
         "group secp384r1"},
        {"groups of 1.2",
         {.groups = "X25519", .identities = "R"},
         {.groups = "P-256", .identities = "R"},
         {ONLY_1_2, .groups = "X25519:P-256"},
         "group x25519",
         "group secp256r1"},
        {"a group of 1.2 that B forbids",
         {.groups = "X25519", .identities = "R"},
         {.groups = "P-256", .identities = "R"},
         {ONLY_1_2, .groups = "X25519"},
         "group x25519",
         HANDSHAKE_FAILURE},
    };

    (void)state;
    CHECK(fields);
}

#define SIGALGS(list) .command = "SignatureAlgorithms", .value = (list)

static void signature_algorithms(void **state)
{
    static const field_t fields[] = {
        {"signature algorithms of 1.3",
         {.identities = "R", SIGALGS("rsa_pss_rsae_sha256")},
         {.identities = "R", SIGALGS("rsa_pss_rsae_sha512")},
         {ONLY_1_3},
         "RSASSA-PSS/SHA256",
         "RSASSA-PSS/SHA512"},
        {"a signature algorithm of 1.3 that B forbids",
         {.identities = "R", SIGALGS("rsa_pss_rsae_sha256")},
         {.identities = "R", SIGALGS("rsa_pss_rsae_sha512")},
         {ONLY_1_3, .sigalgs = "rsa_pss_rsae_sha256"},
         "RSASSA-PSS/SHA256",
         HANDSHAKE_FAILURE},
        {"signature algorithms of 1.2",
         {.identities = "R", SIGALGS("rsa_pkcs1_sha256")},
         {.identities = "R", SIGALGS("rsa_pkcs1_sha512")},
         {ONLY_1_2},
         "rsaEncryption/SHA256",
         "rsaEncryption/SHA512"},
        {"a signature algorithm of 1.2 that B forbids",
         {.identities = "R", SIGALGS("rsa_pkcs1_sha256")},
         {.identities = "R", SIGALGS("rsa_pkcs1_sha512")},
         {ONLY_1_2, .sigalgs = "rsa_pkcs1_sha256"},
         "rsaEncryption/SHA256",
         HANDSHAKE_FAILURE},
        {"the policy's signature algorithms",
         {.policy = "legacy", .protocol = "TLSv1.2"},
         {.policy = "intermediate"},
         {ONLY_1_2, .sigalgs = "ECDSA+SHA1"},
         "id-ecPublicKey/SHA1",
         HANDSHAKE_FAILURE},
    };

    (void)state;
    CHECK(fields);
}

/* At level 3 an RSA key of 2048 bits is too small. */
#define LEVEL(n) .ciphers = "ALL:@SECLEVEL=" #n, .identities = "R"

static void security_level(void **state)
{
    static const field_t fields[] = {
        {"security level, 1.2",
         {LEVEL(1)},
         {LEVEL(3)},
         {ONLY_1_2},
         "level 1",
         INTERNAL_ERROR},
        {"security level, 1.3",
         {LEVEL(1)},
         {LEVEL(3)},
         {ONLY_1_3},
         "level 1",
         INTERNAL_ERROR},
    };

    (void)state;
    CHECK(fields);
}

#define COMMAND(name, text) .command = (name), .value = (text)
#define AES_256_FIRST                                                          \
    .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256",  \
    .suites = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"

static void library_options(void **state)
{
    static const field_t fields[] = {
        {"whose preference, 1.2",
         {.policy = NULL},
         {COMMAND("Options", "-ServerPreference")},
         {ONLY_1_2, AES_256_FIRST},
         "AES128-GCM",
         "AES256-GCM"},
        {"whose preference, 1.3",
         {.policy = NULL},
         {COMMAND("Options", "-ServerPreference")},
         {ONLY_1_3, AES_256_FIRST},
         "TLS_AES_128",
         "TLS_AES_256"},
        {"tickets, 1.2",
         {.policy = NULL},
         {.no_tickets = true},
         {ONLY_1_2},
         "tickets 1",
         "tickets 0"},
        {"tickets, 1.3",
         {.policy = NULL},
         {.no_tickets = true},
         {ONLY_1_3},
         "num_tickets 1",
         "num_tickets 0"},
        {"tickets by a command, 1.2",
         {.policy = NULL},
         {COMMAND("Options", "-SessionTicket")},
         {ONLY_1_2},
         "tickets 1",
         "tickets 0"},
        {"number of tickets, 1.3",
         {.policy = NULL},
         {COMMAND("NumTickets", "3")},
         {ONLY_1_3},
         "num_tickets 1",
         "num_tickets 3"},
        {"length of records",
         {.policy = NULL},
         {COMMAND("RecordPadding", "512")},
         {ONLY_1_3},
         "record 23 ",
         "record 533 "},
    };

    (void)state;
    CHECK(fields);
}

static void client_verification(void **state)
{
    static const field_t fields[] = {
        {"verify mode, 1.2",
         {.policy = NULL},
         {COMMAND("VerifyMode", "Request")},
         {ONLY_1_2},
         "verify 0/",
         "verify 1/"},
        {"verify mode, 1.3",
         {.policy = NULL},
         {COMMAND("VerifyMode", "Request")},
         {ONLY_1_3},
         "verify 0/",
         "verify 1/"},
        {"a client certificate that B demands, 1.2",
         {.policy = NULL},
         {COMMAND("VerifyMode", "Require")},
         {ONLY_1_2},
         "verify 0/",
         HANDSHAKE_FAILURE},
        {"a client certificate that B demands, 1.3",
         {.policy = NULL},
         {COMMAND("VerifyMode", "Require")},
         {ONLY_1_3},
         "verify 0/",
         CERTIFICATE_REQUIRED},
    };

    (void)state;
    CHECK(fields);
}

#define ECDSA_ONLY .sigalgs = "ecdsa_secp256r1_sha256"

static void certificates(void **state)
{
    static const field_t fields[] = {
        {"own certificate, 1.2",
         {.identities = "E"},
         {.identities = "E"},
         {ONLY_1_2},
         "by a ECDSA",
         "by b ECDSA"},
        {"own certificate, 1.3",
         {.identities = "E"},
         {.identities = "E"},
         {ONLY_1_3},
         "by a ECDSA",
         "by b ECDSA"},
        {"B has no ECDSA, 1.2",
         {.identities = "E"},
         {.identities = "R"},
         {ONLY_1_2, ECDSA_ONLY},
         "by a ECDSA",
         HANDSHAKE_FAILURE},
        {"B has no ECDSA, 1.3",
         {.identities = "E"},
         {.identities = "R"},
         {ONLY_1_3, ECDSA_ONLY},
         "by a ECDSA",
         HANDSHAKE_FAILURE},
        {"B has less types, 1.2",
         {.identities = "ERD"},
         {.identities = "R"},
         {ONLY_1_2},
         "by a E",
         "by b RSA"},
        {"B has less types, 1.3",
         {.identities = "ERD"},
         {.identities = "R"},
         {ONLY_1_3},
         "by a E",
         "by b RSA"},
    };

    (void)state;
    CHECK(fields);
}

/* Equal settings share one context; the certificates are the host's still. */
static void hosts_that_share_a_context(void **state)
{
    static const client_spec_t clients[] = {
        {.name = "b.example", ONLY_1_2},
        {.name = "b.example", ONLY_1_3},
        /* With a HelloRetryRequest the host is chosen twice. */
        {.name = "b.example", ONLY_1_3, .groups = "P-521:P-384"},
    };

    (void)state;
    case_add_host("a.example", &(host_spec_t){.identities = "RE"});
    case_add_host("b.example", &(host_spec_t){.identities = "R"});
    site.hosts[1].context = site.hosts[0].context;
    for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
        assert_has("shared context", outcome(&clients[i]), "by b RSA");
    }
}

/*
 * A client that asks for A, is told to send its hello again, and then asks for
 * B could get B with what was settled for A. It is refused; RFC 8446, 4.1.2
 * does not allow it to change the name.
 */
static void another_name_in_the_second_hello(void **state)
{
    static const client_spec_t client = {
        .name = "a.example", ONLY_1_3, .groups = "P-521:P-384", ECDSA_ONLY};

    (void)state;
    case_add_host("a.example", &(host_spec_t){.identities = "E"});
    case_add_host("b.example", &(host_spec_t){.identities = "R"});
    for (int shared = 0; shared < 2; shared++) {
        duo_t duo;

        if (shared) {
            site.hosts[1].context = site.hosts[0].context;
        }
        duo_begin(&duo, &client);
        (void)SSL_do_handshake(duo.client);
        (void)duo_deliver(&duo);
        assert_int_equal(duo_step(&duo), SC_STEP_WANT_READ);
        assert_string_equal(site.asked, "a.example");
        assert_true(duo_collect(&duo) > 0);
        assert_true(SSL_set_tlsext_host_name(duo.client, "b.example"));
        assert_int_equal(duo_shake(&duo), SC_STEP_FAILED);
        assert_int_equal(duo.alert, FATAL(SSL_AD_ILLEGAL_PARAMETER));
        assert_int_equal(duo.err.blame, SC_BLAME_PEER);
        duo_end(&duo);
    }
}

/* Every client gets the kind of certificate it can check. */
static void several_certificates_side_by_side(void **state)
{
    static const struct {
        const char *sigalgs;
        const char *ciphers; /* of TLS 1.2 */
        const char *words;
    } rows[] = {
        {"rsa_pss_rsae_sha256", "ECDHE-RSA-AES128-GCM-SHA256", "by a RSA"},
        {"ecdsa_secp256r1_sha256", "ECDHE-ECDSA-AES128-GCM-SHA256",
         "by a ECDSA"},
        {"ed25519", "ECDHE-ECDSA-AES128-GCM-SHA256", "by a Ed25519"},
        {"ed448", "ECDHE-ECDSA-AES128-GCM-SHA256", HANDSHAKE_FAILURE},
    };

    (void)state;
    case_add_host("a.example", &(host_spec_t){.identities = "RED"});
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        client_spec_t client = {
            .sigalgs = rows[i].sigalgs, .ciphers = "ALL", ONLY_1_2};

        assert_has(rows[i].sigalgs, outcome(&client), rows[i].words);
        client.ciphers = rows[i].ciphers;
        assert_has(rows[i].sigalgs, outcome(&client), rows[i].words);
        client.min = client.max = TLS1_3_VERSION;
        assert_has(rows[i].sigalgs, outcome(&client), rows[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(protocol_range),
        CASE(ciphers),
        CASE(groups),
        CASE(signature_algorithms),
        CASE(security_level),
        CASE(library_options),
        CASE(client_verification),
        CASE(certificates),
        CASE(hosts_that_share_a_context),
        CASE(another_name_in_the_second_hello),
        CASE(several_certificates_side_by_side),
    };

    return cmocka_run_group_tests_name("sc_context_apply", tests, case_set_up,
                                       case_tear_down);
}
