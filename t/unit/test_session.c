/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, a client that comes back gets an error or a needless full
 * handshake; or it takes up a session that is not its own, is too old, or was
 * made under other settings.
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

#include "session_case.h"

/* ---- Tickets ---- */

static void comes_back_again_and_again(void **state)
{
    (void)state;
    add_host_a();
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "a.example", NULL, false);

        for (int round = 0; round < 4; round++) {
            assert_true(SSL_SESSION_has_ticket(session));
            assert_int_equal(SSL_SESSION_get_ticket_lifetime_hint(session),
                             43200);
            come_back(versions[i], "a.example", &session, true);
        }
        SSL_SESSION_free(session);
    }
}

static int num_sessions;

static int count_sessions(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    (void)session;
    num_sessions++;
    return 0;
}

/* Returns how many tickets a client gets in one connection. */
static int tickets_for(SSL_SESSION *session)
{
    const client_spec_t client =
        client_of(TLS1_3_VERSION, "a.example", session);
    duo_t duo;

    num_sessions = 0;
    duo_begin(&duo, &client);
    SSL_CTX_sess_set_new_cb(SSL_get_SSL_CTX(duo.client), count_sessions);
    SSL_CTX_set_session_cache_mode(SSL_get_SSL_CTX(duo.client),
                                   SSL_SESS_CACHE_CLIENT);
    assert_int_equal(duo_shake(&duo), SC_STEP_DONE);
    assert_duo_talks(&duo);
    (void)duo_client_reads(&duo);
    duo_end(&duo);
    return num_sessions;
}

static void one_ticket_a_connection(void **state)
{
    SSL_SESSION *session;

    (void)state;
    add_host_a();
    session = connect_to(TLS1_3_VERSION, "a.example", NULL, false);
    assert_int_equal(tickets_for(NULL), 1);
    assert_int_equal(tickets_for(session), 1);
    SSL_SESSION_free(session);
}

/* Returns the ticket of a session as text. */
static const char *ticket_of(const SSL_SESSION *session)
{
    const unsigned char *ticket;
    size_t len;
    const char *text = "";

    SSL_SESSION_get0_ticket(session, &ticket, &len);
    for (size_t i = 0; i < len; i++) {
        text = apr_psprintf(case_pool, "%s%02x", text, ticket[i]);
    }
    return text;
}

static void swap_keys(int a, int b)
{
    const sc_ratchet_key_t key = vault.keys[a];

    vault.keys[a] = vault.keys[b];
    vault.keys[b] = key;
}

/*
 * A ticket of any epoch that is known is good. In TLS 1.2 a client keeps its
 * ticket until that is sealed with a key that will soon be gone; in TLS 1.3 it
 * gets another each time.
 */
static void tickets_are_renewed(void **state)
{
    (void)state;
    add_host_a();
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        for (int age = 0; age < 3; age++) {
            SSL_SESSION *session;
            const char *ticket;
            const bool renews = age == 0 || versions[i] == TLS1_3_VERSION;

            swap_keys(1, age);
            session = connect_to(versions[i], "a.example", NULL, false);
            swap_keys(1, age);
            ticket = ticket_of(session);
            come_back(versions[i], "a.example", &session, true);
            assert_int_equal(strcmp(ticket, ticket_of(session)) != 0, renews);
            if (renews) {
                vault.has_keys = false;
                come_back(versions[i], "a.example", &session, false);
                vault.has_keys = true;
            }
            SSL_SESSION_free(session);
        }
    }
}

static void flip(unsigned char *bytes)
{
    bytes[0] ^= 0x40;
}

/* The key is in every part of the ticket: with another name, another cipher key
 * or another MAC key the same ticket is worth nothing. */
static void tickets_depend_on_the_whole_key(void **state)
{
    const struct {
        unsigned char *part;
        bool matters;
    } parts[] = {
        {vault.keys[1].name, true},    {vault.keys[1].cipher, true},
        {vault.keys[1].mac, true},     {vault.keys[1].cache, false},
        {vault.keys[0].cipher, false},
    };

    (void)state;
    add_host_a();
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        for (size_t part = 0; part < sizeof(parts) / sizeof(parts[0]); part++) {
            SSL_SESSION *session =
                connect_to(versions[i], "a.example", NULL, false);

            flip(parts[part].part);
            come_back(versions[i], "a.example", &session, !parts[part].matters);
            flip(parts[part].part);
            SSL_SESSION_free(session);
        }
    }
}

/* A server that knows no keys makes no tickets and opens none. */
static void without_keys_there_are_no_tickets(void **state)
{
    (void)state;
    add_host_a();
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "a.example", NULL, false);

        vault.has_keys = false;
        come_back(versions[i], "a.example", &session, false);
        come_back(versions[i], "a.example", &session, false);
        assert_false(SSL_SESSION_has_ticket(session));
        vault.has_keys = true;
        SSL_SESSION_free(session);
    }
}

/* However often it is prolonged, a session ends. */
static void a_session_does_not_live_for_ever(void **state)
{
    (void)state;
    add_host_a();
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "a.example", NULL, false);
        const apr_time_t begun = vault.now;

        for (int day = 1; day < 7; day++) {
            vault.now = begun + apr_time_from_sec(86400 * day);
            come_back(versions[i], "a.example", &session, true);
        }
        vault.now = begun + SC_SESSION_LIFE_MAX - apr_time_from_sec(1);
        come_back(versions[i], "a.example", &session, true);
        vault.now = begun + SC_SESSION_LIFE_MAX;
        come_back(versions[i], "a.example", &session, false);
        come_back(versions[i], "a.example", &session, true);
        /* A clock that went back does no harm. */
        vault.now = begun - apr_time_from_sec(100000);
        come_back(versions[i], "a.example", &session, true);
        SSL_SESSION_free(session);
    }
}

/* ---- Tickets that are not as they were made ---- */

/* Appends a tag and a length in DER; lengths here are below 65536. */
static unsigned char *put_header(unsigned char *out, int tag, size_t len)
{
    *out++ = (unsigned char)tag;
    *out++ = 0x82;
    *out++ = (unsigned char)(len >> 8);
    *out++ = (unsigned char)len;
    return out;
}

static unsigned char *put_bytes(unsigned char *out, const unsigned char *bytes,
                                size_t len)
{
    memmove(out, bytes, len);
    return out + len;
}

/*
 * Returns a copy of a session with other bytes as its ticket. There is no
 * function for it, but in the ASN.1 form the ticket is element 10.
 */
static SSL_SESSION *with_ticket(SSL_SESSION *session,
                                const unsigned char *ticket, size_t len)
{
    unsigned char *der = NULL;
    const int der_len = i2d_SSL_SESSION(session, &der);
    unsigned char *copy = apr_palloc(case_pool, (size_t)der_len + len + 64);
    const unsigned char *at = der;
    const unsigned char *start;
    unsigned char *out = copy + 4;
    SSL_SESSION *changed;
    long length;
    int tag;
    int class;

    assert_true(der_len > 0);
    ASN1_get_object(&at, &length, &tag, &class, der_len);
    while (at < der + der_len) {
        const unsigned char *element = at;

        ASN1_get_object(&at, &length, &tag, &class, der + der_len - at);
        at += length;
        if (class == V_ASN1_CONTEXT_SPECIFIC && tag == 10) {
            out = put_header(out, 0xaa, len + 4);
            out = put_header(out, V_ASN1_OCTET_STRING, len);
            out = put_bytes(out, ticket, len);
        }
        else {
            out = put_bytes(out, element, (size_t)(at - element));
        }
    }
    put_header(copy, 0x30, (size_t)(out - copy) - 4);
    start = copy;
    changed = d2i_SSL_SESSION(NULL, &start, out - copy);
    OPENSSL_free(der);
    assert_non_null(changed);
    return changed;
}

/* Fails unless a client with that ticket is served, after a full handshake. */
static void assert_useless(int version, SSL_SESSION *session,
                           const unsigned char *ticket, size_t len)
{
    SSL_SESSION *changed = with_ticket(session, ticket, len);

    SSL_SESSION_free(connect_to(version, "a.example", changed, false));
    SSL_SESSION_free(changed);
}

static void flipped_bits(void **state)
{
    (void)state;
    add_host_a();
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "a.example", NULL, false);
        SSL_SESSION *same;
        const unsigned char *ticket;
        unsigned char *copy;
        size_t len;

        SSL_SESSION_get0_ticket(session, &ticket, &len);
        copy = apr_pmemdup(case_pool, ticket, len);
        for (size_t at = 0; at < len; at++) {
            copy[at] ^= (unsigned char)(1 << at % 8);
            assert_useless(versions[i], session, copy, len);
            copy[at] ^= (unsigned char)(1 << at % 8);
        }
        same = with_ticket(session, copy, len);
        SSL_SESSION_free(connect_to(versions[i], "a.example", same, true));
        SSL_SESSION_free(same);
        SSL_SESSION_free(session);
    }
}

static void cut_and_lengthened(void **state)
{
    (void)state;
    add_host_a();
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "a.example", NULL, false);
        const unsigned char *ticket;
        unsigned char *copy;
        size_t len;

        SSL_SESSION_get0_ticket(session, &ticket, &len);
        copy = apr_pcalloc(case_pool, len + 64);
        memmove(copy, ticket, len);
        for (size_t cut = 1; cut < len; cut += cut < 80 ? 1 : 7) {
            assert_useless(versions[i], session, copy, cut);
        }
        for (size_t more = 1; more <= 64; more += 9) {
            assert_useless(versions[i], session, copy, len + more);
        }
        SSL_SESSION_free(session);
    }
}

/* Of another server: another name of key, or the same name by chance. */
static void garbage_tickets(void **state)
{
    unsigned char garbage[300];

    (void)state;
    add_host_a();
    for (size_t i = 0; i < sizeof(garbage); i++) {
        garbage[i] = (unsigned char)(i * i + 3);
    }
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "a.example", NULL, false);

        memset(garbage, 0, SC_RATCHET_NAME_LEN);
        assert_useless(versions[i], session, garbage, sizeof(garbage));
        memmove(garbage, vault.keys[1].name, SC_RATCHET_NAME_LEN);
        assert_useless(versions[i], session, garbage, sizeof(garbage));
        SSL_SESSION_free(session);
    }
}

/* ---- Hosts ---- */

static const struct {
    const char *what;
    host_spec_t a;
    host_spec_t b;
} pairs[] = {
    {"equal settings", {.policy = NULL}, {.policy = NULL}},
    {"another policy", {.policy = NULL}, {.policy = "legacy"}},
    {"a client certificate asked for",
     {.policy = NULL},
     {.command = "VerifyMode", .value = "Request"}},
    {"only one of them has tickets", {.policy = NULL}, {.no_tickets = true}},
};

/* A session of A is nothing to B: a full handshake, in which B shows its own
 * certificate, and no error. At A it is still good. */
static void a_session_belongs_to_its_host(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        for (size_t pair = 0; pair < sizeof(pairs) / sizeof(pairs[0]); pair++) {
            SSL_SESSION *session;

            site.num_hosts = 0;
            case_add_host("a.example", &pairs[pair].a);
            case_add_host("b.example", &pairs[pair].b);
            session = connect_to(versions[i], "a.example", NULL, false);
            SSL_SESSION_free(
                connect_to(versions[i], "b.example", session, false));
            SSL_SESSION_free(
                connect_to(versions[i], "a.example", session, true));
            SSL_SESSION_free(session);
        }
    }
}

/* The same where the session comes from the second host, so that the context
 * the connection begins with is not the session's. */
static void a_session_of_a_later_host(void **state)
{
    (void)state;
    case_add_host("a.example", &(host_spec_t){.policy = NULL});
    case_add_host("b.example", &(host_spec_t){.policy = "legacy"});
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "b.example", NULL, false);

        SSL_SESSION_free(connect_to(versions[i], "a.example", session, false));
        come_back(versions[i], "b.example", &session, true);
        come_back(versions[i], "b.example", &session, true);
        SSL_SESSION_free(session);
    }
}

/* A host that answers for several names, or for none: a session belongs to the
 * name it was begun with. */
static void a_session_belongs_to_its_name(void **state)
{
    static const char *const names[] = {"a.example", "alias.example", NULL};

    (void)state;
    site.unknown = SC_CHOICE_MADE;
    add_host_a();
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        for (size_t from = 0; from < 3; from++) {
            SSL_SESSION *session =
                connect_to(versions[i], names[from], NULL, false);

            for (size_t to = 0; to < 3; to++) {
                SSL_SESSION_free(
                    connect_to(versions[i], names[to], session, from == to));
            }
            come_back(versions[i], names[from], &session, true);
            come_back(versions[i], names[from], &session, true);
            SSL_SESSION_free(session);
        }
    }
}

static void letter_case_of_names(void **state)
{
    (void)state;
    add_host_a();
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "A.Example", NULL, false);

        come_back(versions[i], "a.example", &session, true);
        come_back(versions[i], "A.EXAMPLE", &session, true);
        SSL_SESSION_free(session);
    }
}

static void what_a_host_binds_to(void **state)
{
    static const unsigned char settings[SC_BINDING_LEN] = "some settings";
    static const unsigned char others[SC_BINDING_LEN] = "other settings";
    unsigned char context[SC_BINDING_LEN];
    unsigned char other[SC_BINDING_LEN];

    (void)state;
    assert_true(sc_session_context(context, settings, "www.example.org"));
    assert_true(sc_session_context(other, settings, "WWW.Example.org"));
    assert_memory_equal(context, other, SC_BINDING_LEN);
    assert_true(sc_session_context(other, settings, "www.example.com"));
    assert_memory_not_equal(context, other, SC_BINDING_LEN);
    assert_true(sc_session_context(other, others, "www.example.org"));
    assert_memory_not_equal(context, other, SC_BINDING_LEN);
    assert_memory_not_equal(context, settings, SC_BINDING_LEN);
}

/* ---- The derivation ---- */

/* RFC 5869, A.1. */
static void derives_as_the_standard_says(void **state)
{
    static const unsigned char prk[SC_RATCHET_SECRET_LEN] = {
        0x07, 0x77, 0x09, 0x36, 0x2c, 0x2e, 0x32, 0xdf, 0x0d, 0xdc, 0x3f,
        0x0d, 0xc4, 0x7b, 0xba, 0x63, 0x90, 0xb6, 0xc7, 0x3b, 0xb5, 0x0f,
        0x9c, 0x31, 0x22, 0xec, 0x84, 0x4a, 0xd7, 0xc2, 0xb3, 0xe5};
    static const unsigned char okm[42] = {
        0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a, 0x90, 0x43, 0x4f,
        0x64, 0xd0, 0x36, 0x2f, 0x2a, 0x2d, 0x2d, 0x0a, 0x90, 0xcf, 0x1a,
        0x5a, 0x4c, 0x5d, 0xb0, 0x2d, 0x56, 0xec, 0xc4, 0xc5, 0xbf, 0x34,
        0x00, 0x72, 0x08, 0xd5, 0xb8, 0x87, 0x18, 0x58, 0x65};
    unsigned char out[sizeof(okm)];

    (void)state;
    assert_true(sc_session_derive(
        prk, "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9", out, sizeof(out)));
    assert_memory_equal(out, okm, sizeof(okm));
}

/* The real thing: tickets with the keys of a ratchet, over its epochs. */
static void tickets_of_a_ratchet(void **state)
{
    static const unsigned char root[SC_RATCHET_SECRET_LEN] = "root";
    sc_ratchet_t ratchet;
    SSL_SESSION *first;
    SSL_SESSION *session;

    (void)state;
    add_host_a();
    assert_int_equal(
        sc_ratchet_begin(&ratchet, root, 1000, 60, 1000, sc_session_derive),
        SC_RATCHET_STEPPED);
    memmove(vault.keys, ratchet.keys, sizeof(vault.keys));
    first = connect_to(TLS1_3_VERSION, "a.example", NULL, false);
    session = connect_to(TLS1_3_VERSION, "a.example", first, true);
    for (apr_int64_t now = 1000; now < 1600; now += 30) {
        sc_ratchet_t next;

        if (sc_ratchet_step(&ratchet, &next, now, sc_session_derive) ==
            SC_RATCHET_STEPPED) {
            ratchet = next;
        }
        memmove(vault.keys, ratchet.keys, sizeof(vault.keys));
        come_back(TLS1_3_VERSION, "a.example", &session, true);
        SSL_SESSION_free(
            connect_to(TLS1_3_VERSION, "a.example", first, now < 1120));
    }
    SSL_SESSION_free(session);
    SSL_SESSION_free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(comes_back_again_and_again),
        CASE(one_ticket_a_connection),
        CASE(tickets_are_renewed),
        CASE(tickets_depend_on_the_whole_key),
        CASE(without_keys_there_are_no_tickets),
        CASE(a_session_does_not_live_for_ever),
        CASE(flipped_bits),
        CASE(cut_and_lengthened),
        CASE(garbage_tickets),
        CASE(a_session_belongs_to_its_host),
        CASE(a_session_of_a_later_host),
        CASE(a_session_belongs_to_its_name),
        CASE(letter_case_of_names),
        CASE(what_a_host_binds_to),
        CASE(derives_as_the_standard_says),
        CASE(tickets_of_a_ratchet),
    };

    return cmocka_run_group_tests_name("sc_session", tests, case_set_up,
                                       case_tear_down);
}
