/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, clients get the wrong host, protocol or certificate, or a
 * client that is refused learns nothing of why, or the log does not.
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

#include <apr_buckets.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "engine_case.h"

#define RECORD_ALERT 21

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

#define NUM_VERSIONS (sizeof(versions) / sizeof(versions[0]))

static void add_host(void)
{
    case_add_host("a.example", &(host_spec_t){.policy = NULL});
}

/* Fails unless the server has refused: the alert, the record, and silence. */
static void assert_refused(duo_t *duo, int alert, const char *id,
                           sc_blame_t blame)
{
    char buf[16];
    size_t len;

    assert_int_equal(duo->step, SC_STEP_FAILED);
    assert_int_equal(duo->alert, alert);
    assert_non_null(duo->err.id);
    assert_string_equal(duo->err.id, id);
    assert_int_equal(duo->err.blame, blame);
    assert_true(strlen(duo->err.text) > 20);
    /* Nothing comes after a fatal error. */
    assert_int_equal(duo_step(duo), SC_STEP_FAILED);
    assert_int_equal(duo_write(duo, "x", 1), SC_STEP_FAILED);
    assert_int_equal(duo_read(duo, buf, sizeof(buf), &len), SC_STEP_FAILED);
    duo_close(duo);
    assert_int_equal(duo_output_type(duo), 0);
}

static void shake(duo_t *duo, const client_spec_t *spec, int version)
{
    client_spec_t client = *spec;

    client.min = client.max = version;
    duo_begin(duo, &client);
    (void)duo_shake(duo);
}

/* ---- Names ---- */

/* What the hook sees for what the client sends. */
static void names_are_canonical(void **state)
{
    static const struct {
        const char *sent;
        const char *seen;
    } rows[] = {
        {"a.example", "a.example"},
        {"A.Example", "a.example"},
        {"a.example.", "a.example"},
        {NULL, NULL},
    };

    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            duo_t duo;

            shake(&duo, &(client_spec_t){.name = rows[i].sent}, versions[v]);
            assert_int_equal(duo.step, SC_STEP_DONE);
            if (rows[i].seen) {
                assert_non_null(site.asked);
                assert_string_equal(site.asked, rows[i].seen);
            }
            else {
                assert_null(site.asked);
            }
            duo_end(&duo);
        }
    }
}

static void what_is_no_name_is_unknown(void **state)
{
    static const char *const rows[] = {"a example", "a..example", ".",
                                       "192.0.2.1"};

    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            duo_t duo;

            shake(&duo, &(client_spec_t){.name = rows[i]}, versions[v]);
            assert_refused(&duo, FATAL(SSL_AD_UNRECOGNIZED_NAME), "SC0305",
                           SC_BLAME_PEER);
            assert_string_equal(site.asked, "");
            duo_end(&duo);
        }
    }
}

static void unknown_name_is_unrecognized(void **state)
{
    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        duo_t duo;

        shake(&duo, &(client_spec_t){.name = "c.example"}, versions[v]);
        assert_refused(&duo, FATAL(SSL_AD_UNRECOGNIZED_NAME), "SC0305",
                       SC_BLAME_PEER);
        assert_non_null(strstr(duo.err.text, "\"c.example\""));
        duo_end(&duo);
    }
}

static void unavailable_host_is_an_internal_error(void **state)
{
    (void)state;
    add_host();
    site.unknown = SC_CHOICE_UNAVAILABLE;
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        duo_t duo;

        shake(&duo, &(client_spec_t){.name = "c.example"}, versions[v]);
        assert_refused(&duo, FATAL(SSL_AD_INTERNAL_ERROR), "SC0306",
                       SC_BLAME_CONFIG);
        duo_end(&duo);
    }
}

static void host_without_identity_refuses(void **state)
{
    (void)state;
    add_host();
    site.hosts[0].identities = NULL;
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        duo_t duo;

        shake(&duo, &(client_spec_t){.name = NULL}, versions[v]);
        assert_int_equal(duo.step, SC_STEP_FAILED);
        assert_int_equal(duo.alert >> 8, SSL3_AL_FATAL);
        assert_string_equal(duo.err.id, "SC0301");
        duo_end(&duo);
    }
}

/* ---- ALPN ---- */

static void protocol_is_chosen(void **state)
{
    (void)state;
    add_host();
    site.speaks = "http/1.1";
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        const unsigned char *chosen;
        unsigned int len;
        duo_t duo;

        shake(&duo, &(client_spec_t){.alpn = "\2h2\10http/1.1"}, versions[v]);
        assert_int_equal(duo.step, SC_STEP_DONE);
        assert_string_equal(site.offers, "h2 http/1.1");
        SSL_get0_alpn_selected(duo.client, &chosen, &len);
        assert_int_equal(len, 8);
        assert_memory_equal(chosen, "http/1.1", 8);
        assert_duo_talks(&duo);
        duo_end(&duo);
    }
}

static void no_offer_no_question(void **state)
{
    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        const unsigned char *chosen;
        unsigned int len;
        duo_t duo;

        shake(&duo, &(client_spec_t){.alpn = NULL}, versions[v]);
        assert_int_equal(duo.step, SC_STEP_DONE);
        assert_null(site.offers);
        SSL_get0_alpn_selected(duo.client, &chosen, &len);
        assert_int_equal(len, 0);
        duo_end(&duo);
    }
}

static void no_common_protocol_is_fatal(void **state)
{
    static const char *const speaks[] = {"http/1.1", NULL, ""};

    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        for (size_t i = 0; i < sizeof(speaks) / sizeof(speaks[0]); i++) {
            duo_t duo;

            site.speaks = speaks[i];
            shake(&duo, &(client_spec_t){.alpn = "\2h2\3foo"}, versions[v]);
            assert_refused(&duo, FATAL(SSL_AD_NO_APPLICATION_PROTOCOL),
                           "SC0308", SC_BLAME_PEER);
            duo_end(&duo);
        }
    }
}

/* The challenge certificate of RFC 8737 takes the place of the host's. */
static void identity_from_the_alpn_hook(void **state)
{
    static const client_spec_t client = {.name = "a.example",
                                         .alpn = "\12acme-tls/1"};

    (void)state;
    add_host();
    site.speaks = "acme-tls/1";
    site.replacement = case_identity('e');
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        duo_t duo;

        shake(&duo, &client, versions[v]);
        assert_int_equal(duo.step, SC_STEP_DONE);
        assert_string_equal(duo_subject(&duo), "b ECDSA");
        assert_duo_talks(&duo);
        duo_end(&duo);
    }
    /* The next connection has the host's again. */
    site.replacement = NULL;
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        duo_t duo;

        shake(&duo, &client, versions[v]);
        assert_int_equal(duo.step, SC_STEP_DONE);
        assert_string_equal(duo_subject(&duo), "a ECDSA");
        duo_end(&duo);
    }
}

/*
 * A challenge of another type than the certificate that the client would have
 * got: in TLS 1.2 the type is settled before the library asks for the protocol,
 * and it must work all the same.
 */
static void identity_of_another_type_from_the_alpn_hook(void **state)
{
    static const char *const others[] = {"R", "RED"};
    static const client_spec_t client = {.name = "a.example",
                                         .alpn = "\12acme-tls/1"};

    (void)state;
    site.speaks = "acme-tls/1";
    site.replacement = case_identity('e');
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        site.num_hosts = 0;
        case_add_host("a.example", &(host_spec_t){.identities = others[i]});
        for (size_t v = 0; v < NUM_VERSIONS; v++) {
            duo_t duo;

            shake(&duo, &client, versions[v]);
            assert_int_equal(duo.step, SC_STEP_DONE);
            assert_string_equal(duo_subject(&duo), "b ECDSA");
            duo_end(&duo);
        }
    }
}

/* ---- Refusals by the library ---- */

static void nothing_in_common(void **state)
{
    static const struct {
        host_spec_t host;
        client_spec_t client;
        int alert;
        const char *words;
    } rows[] = {
        {{.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"},
         {.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384", .max = TLS1_2_VERSION},
         FATAL(SSL_AD_HANDSHAKE_FAILURE),
         "no shared cipher"},
        {{.suites = "TLS_AES_128_GCM_SHA256"},
         {.suites = "TLS_AES_256_GCM_SHA384", .min = TLS1_3_VERSION},
         FATAL(SSL_AD_HANDSHAKE_FAILURE),
         "no shared cipher"},
        {{.protocol = "TLSv1.3"},
         {.max = TLS1_2_VERSION},
         FATAL(SSL_AD_PROTOCOL_VERSION),
         "switched off here"},
        {{.groups = "P-384"},
         {.groups = "X25519", .min = TLS1_3_VERSION},
         FATAL(SSL_AD_HANDSHAKE_FAILURE),
         "key exchange groups"},
        {{.identities = "R"},
         {.sigalgs = "ed25519", .min = TLS1_3_VERSION},
         FATAL(SSL_AD_HANDSHAKE_FAILURE),
         "signature"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        duo_t duo;

        site.num_hosts = 0;
        case_add_host("a.example", &rows[i].host);
        duo_begin(&duo, &rows[i].client);
        (void)duo_shake(&duo);
        assert_refused(&duo, rows[i].alert, "SC0301", SC_BLAME_PEER);
        if (!strstr(duo.err.text, rows[i].words)) {
            fail_msg("\"%s\" is not in: %s", rows[i].words, duo.err.text);
        }
        duo_end(&duo);
    }
}

static void client_that_refuses_is_to_blame(void **state)
{
    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        client_spec_t client = {.min = versions[v], .max = versions[v]};
        duo_t duo;

        duo_begin(&duo, &client);
        /* It trusts nobody. */
        SSL_set_verify(duo.client, SSL_VERIFY_PEER, NULL);
        assert_int_equal(duo_shake(&duo), SC_STEP_FAILED);
        assert_string_equal(duo.err.id, "SC0301");
        assert_int_equal(duo.err.blame, SC_BLAME_PEER);
        assert_non_null(strstr(duo.err.text, "client"));
        duo_end(&duo);
    }
}

/* ---- Bytes that are no TLS, or not any more ---- */

static void feed(duo_t *duo, const char *bytes, size_t len)
{
    assert_int_equal(
        apr_brigade_write(sc_engine_input(duo->server), NULL, NULL, bytes, len),
        APR_SUCCESS);
}

static void garbage(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
        {"GET / HTTP/1.0\r\n\r\n", 18},
        {"CONNECT a:443 HTTP/1.1\r\n\r\n", 26},
        {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 14},
        {"\x16\x03\x01\xff\xff\x01\xff\xff\xff\x03\x03\0\0\0\0\0", 16},
        {"\x17\x03\x03\0\4data....", 13},
        {"\x15\x03\x01\0\2\2\50", 7},
        {"\x16\x02\x01\0\4\1\0\0\0\0\0", 11},
    };

    (void)state;
    add_host();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        duo_t duo;

        duo_begin(&duo, &(client_spec_t){.name = NULL});
        feed(&duo, rows[i].bytes, rows[i].len);
        if (duo_step(&duo) != SC_STEP_FAILED) {
            fail_msg("row %d is taken: step %d", (int)i, duo.step);
        }
        assert_string_equal(duo.err.id, "SC0301");
        assert_int_equal(duo.err.blame, SC_BLAME_PEER);
        assert_true(duo_output_type(&duo) == 0 ||
                    duo_output_type(&duo) == RECORD_ALERT);
        duo_end(&duo);
    }
}

/* They cost the sender five bytes each. */
static void empty_records_are_limited(void **state)
{
    int num_records = 0;
    duo_t duo;

    (void)state;
    add_host();
    duo_begin(&duo, &(client_spec_t){.name = NULL});
    do {
        feed(&duo, "\x16\x03\x01\0\0", 5);
        assert_in_range(++num_records, 1, 100);
    } while (duo_step(&duo) == SC_STEP_WANT_READ);
    assert_string_equal(duo.err.id, "SC0301");
    assert_int_equal(duo.err.blame, SC_BLAME_PEER);
    duo_end(&duo);
}

/* Whatever the hello is, it leads to a step and not to a mess. */
static void check_hello(const char *hello, size_t len)
{
    duo_t duo;

    duo_begin(&duo, &(client_spec_t){.name = NULL});
    feed(&duo, hello, len);
    if (duo_step(&duo) == SC_STEP_FAILED) {
        assert_non_null(duo.err.id);
        if (duo.err.blame != SC_BLAME_PEER) {
            fail_msg("%s %s", duo.err.id, duo.err.text);
        }
    }
    else {
        assert_int_equal(duo.step, SC_STEP_WANT_READ);
        sc_engine_input_end(duo.server);
        assert_int_equal(duo_step(&duo), SC_STEP_CLOSED);
    }
    duo_end(&duo);
}

static void hellos_with_a_flipped_bit(void **state)
{
    char hello[1000];
    size_t len;
    duo_t duo;

    (void)state;
    add_host();
    site.speaks = "h2";
    duo_begin(&duo, &(client_spec_t){.name = "a.example", .alpn = "\2h2"});
    (void)SSL_do_handshake(duo.client);
    assert_true(
        BIO_read_ex(SSL_get_wbio(duo.client), hello, sizeof(hello), &len));
    duo_end(&duo);
    for (size_t i = 0; i < len; i++) {
        for (int bit = 0; bit < 8; bit += 3) {
            hello[i] = (char)(hello[i] ^ 1 << bit);
            check_hello(hello, len);
            hello[i] = (char)(hello[i] ^ 1 << bit);
        }
    }
}

static void altered_record_is_fatal(void **state)
{
    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        const client_spec_t client = {.min = versions[v], .max = versions[v]};
        char record[100];
        char buf[16];
        size_t len;
        duo_t duo;

        duo_open(&duo, &client);
        assert_true(SSL_write_ex(duo.client, "data", 4, &len));
        assert_true(BIO_read_ex(SSL_get_wbio(duo.client), record,
                                sizeof(record), &len));
        record[len - 1] ^= 1;
        feed(&duo, record, len);
        assert_int_equal(duo_read(&duo, buf, sizeof(buf), &len),
                         SC_STEP_FAILED);
        assert_true(duo_collect(&duo) > 0);
        (void)duo_client_reads(&duo);
        assert_refused(&duo, FATAL(SSL_AD_BAD_RECORD_MAC), "SC0310",
                       SC_BLAME_PEER);
        duo_end(&duo);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(names_are_canonical),
        CASE(what_is_no_name_is_unknown),
        CASE(unknown_name_is_unrecognized),
        CASE(unavailable_host_is_an_internal_error),
        CASE(host_without_identity_refuses),
        CASE(protocol_is_chosen),
        CASE(no_offer_no_question),
        CASE(no_common_protocol_is_fatal),
        CASE(identity_from_the_alpn_hook),
        CASE(identity_of_another_type_from_the_alpn_hook),
        CASE(nothing_in_common),
        CASE(client_that_refuses_is_to_blame),
        CASE(garbage),
        CASE(empty_records_are_limited),
        CASE(hellos_with_a_flipped_bit),
        CASE(altered_record_is_fatal),
    };

    return cmocka_run_group_tests_name("sc_engine choices", tests, case_set_up,
                                       case_tear_down);
}
