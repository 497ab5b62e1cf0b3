/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, a client without tickets gets a needless full handshake, or
 * an error because of what some cache says; or the cache gives away secrets, or
 * can slip in a session of its own.
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

#include <openssl/rand.h>

#include "session_case.h"

/* ---- A cache for one session ---- */

static struct {
    unsigned char id[SSL_MAX_SSL_SESSION_ID_LENGTH];
    size_t id_len;
    unsigned char data[SC_SESSION_SEALED_MAX];
    size_t len; /* 0: empty */
    apr_time_t expiry;
    bool any_id; /* gives what it has, whatever it is asked for */
    int stored;
    int asked;
    int removed;
    int rejected;
    int accepted;
} kept;

static void store(const unsigned char *id, size_t id_len, apr_time_t expiry,
                  unsigned char *data, size_t len)
{
    assert_in_range(id_len, 1, sizeof(kept.id));
    assert_in_range(len, 1, sizeof(kept.data));
    memmove(kept.id, id, id_len);
    memmove(kept.data, data, len);
    kept.id_len = id_len;
    kept.len = len;
    kept.expiry = expiry;
    kept.stored++;
}

static size_t retrieve(const unsigned char *id, size_t id_len,
                       unsigned char *data, size_t size)
{
    kept.asked++;
    if (kept.len == 0 || kept.len > size ||
        (!kept.any_id &&
         (id_len != kept.id_len || memcmp(id, kept.id, id_len) != 0))) {
        return 0;
    }
    memmove(data, kept.data, kept.len);
    return kept.len;
}

static void remove_id(const unsigned char *id, size_t id_len)
{
    kept.removed++;
    if (id_len == kept.id_len && !memcmp(id, kept.id, id_len)) {
        kept.len = 0;
    }
}

static void judge(bool genuine)
{
    kept.rejected += !genuine;
    kept.accepted += genuine;
}

static const sc_session_cache_t cache = {store, retrieve, remove_id, judge};

/* Hosts a and b, without tickets, and the cache. */
static void begin(void)
{
    memset(&kept, 0, sizeof(kept));
    vault.sessions.cache = &cache;
    case_add_host("a.example", &(host_spec_t){.no_tickets = true});
    case_add_host("b.example", &(host_spec_t){.no_tickets = true});
}

static void assert_counts(int stored, int asked, int rejected)
{
    assert_int_equal(kept.stored, stored);
    assert_int_equal(kept.asked, asked);
    assert_int_equal(kept.rejected, rejected);
}

/* ---- The tests ---- */

static void comes_back_by_the_cache(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session;

        site.num_hosts = 0;
        begin();
        session = connect_to(versions[i], "a.example", NULL, false);
        assert_counts(1, 0, 0);
        assert_int_equal(kept.expiry, vault.now + apr_time_from_sec(300));
        for (int round = 1; round < 4; round++) {
            come_back(versions[i], "a.example", &session, true);
            assert_int_equal(kept.asked, round);
        }
        /* TLS 1.3 gives the client another one each time. */
        assert_int_equal(kept.stored, versions[i] == TLS1_3_VERSION ? 4 : 1);
        assert_int_equal(kept.removed, 0);
        assert_int_equal(kept.rejected, 0);
        assert_int_equal(kept.accepted, 3);
        SSL_SESSION_free(session);
    }
}

/* Clients with tickets, which are nearly all, cost the cache nothing. */
static void tickets_need_no_cache(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session;

        site.num_hosts = 0;
        begin();
        site.num_hosts = 0;
        add_host_a();
        session = connect_to(versions[i], "a.example", NULL, false);
        come_back(versions[i], "a.example", &session, true);
        come_back(versions[i], "a.example", &session, true);
        assert_counts(0, 0, 0);
        SSL_SESSION_free(session);
    }
}

/* A client of TLS 1.2 that knows no tickets, at a host that has them. */
static void a_client_without_tickets(void **state)
{
    client_spec_t client = client_of(TLS1_2_VERSION, "a.example", NULL);
    SSL_SESSION *session;
    duo_t duo;

    (void)state;
    begin();
    site.num_hosts = 0;
    add_host_a();
    for (int round = 0; round < 3; round++) {
        duo_begin(&duo, &client);
        SSL_set_options(duo.client, SSL_OP_NO_TICKET);
        assert_int_equal(duo_shake(&duo), SC_STEP_DONE);
        assert_duo_talks(&duo);
        assert_int_equal(SSL_session_reused(duo.client), round > 0);
        session = SSL_get1_session(duo.client);
        SSL_SESSION_free(client.session);
        client.session = session;
        duo_close(&duo);
        (void)SSL_shutdown(duo.client);
        duo_end(&duo);
    }
    assert_counts(1, 2, 0);
    SSL_SESSION_free(client.session);
}

/* What is stored holds neither the master secret nor the name of the host. */
static void what_is_stored_tells_nothing(void **state)
{
    unsigned char secret[64];

    (void)state;
    begin();
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "a.example", NULL, false);
        const size_t len =
            SSL_SESSION_get_master_key(session, secret, sizeof(secret));

        assert_true(len >= 32);
        for (size_t at = 0; at + 8 < kept.len; at++) {
            for (size_t part = 0; part + 8 <= len; part += 8) {
                assert_memory_not_equal(kept.data + at, secret + part, 8);
            }
            assert_memory_not_equal(kept.data + at, "a.exampl", 8);
        }
        SSL_SESSION_free(session);
    }
}

/* Makes a full handshake with the session of before, and says whether the
 * cache was blamed. */
static bool is_blamed(int version, SSL_SESSION *session)
{
    const int before = kept.rejected;
    unsigned char data[sizeof(kept.data)];
    const size_t len = kept.len;

    memmove(data, kept.data, len);
    SSL_SESSION_free(connect_to(version, "a.example", session, false));
    memmove(kept.data, data, len); /* without the session just made */
    kept.len = len;
    return kept.rejected > before;
}

static void flipped_bits(void **state)
{
    (void)state;
    begin();
    kept.any_id = true;
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "a.example", NULL, false);

        for (size_t at = 0; at < kept.len; at++) {
            const bool in_name = at >= 12 && at < 12 + SC_RATCHET_NAME_LEN;

            kept.data[at] ^= (unsigned char)(1 << at % 8);
            /* Another name is that of another key, and nobody's fault. */
            assert_int_equal(is_blamed(versions[i], session), !in_name);
            kept.data[at] ^= (unsigned char)(1 << at % 8);
        }
        come_back(versions[i], "a.example", &session, true);
        SSL_SESSION_free(session);
    }
}

static void cut_and_lengthened(void **state)
{
    (void)state;
    begin();
    kept.any_id = true;
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "a.example", NULL, false);
        const size_t len = kept.len;

        for (kept.len = 1; kept.len < len; kept.len++) {
            assert_true(is_blamed(versions[i], session));
        }
        for (kept.len = len + 1; kept.len <= SC_SESSION_SEALED_MAX;
             kept.len += 500) {
            assert_true(is_blamed(versions[i], session));
        }
        kept.len = len;
        SSL_SESSION_free(session);
    }
}

static void garbage(void **state)
{
    (void)state;
    begin();
    kept.any_id = true;
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "a.example", NULL, false);

        for (kept.len = 1; kept.len < 4000; kept.len = kept.len * 2 + 3) {
            assert_int_equal(RAND_bytes(kept.data, (int)kept.len), 1);
            assert_true(is_blamed(versions[i], session));
        }
        SSL_SESSION_free(session);
    }
}

/* A cache that mixes its entries up, or is made to: what was stored under one
 * number is not good under another, and what is A's is nothing to B. */
static void a_session_of_somebody_else(void **state)
{
    (void)state;
    begin();
    kept.any_id = true;
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *first = connect_to(versions[i], "a.example", NULL, false);
        SSL_SESSION *second = connect_to(versions[i], "a.example", NULL, false);

        assert_true(is_blamed(versions[i], first));
        SSL_SESSION_free(connect_to(versions[i], "b.example", second, false));
        SSL_SESSION_free(first);
        SSL_SESSION_free(second);
    }
}

/* A cache that does not forget in time: the entry says itself how long it is
 * good, and nobody can say otherwise. */
static void an_entry_expires_by_itself(void **state)
{
    (void)state;
    begin();
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "a.example", NULL, false);
        const apr_time_t begun = vault.now;

        vault.now = begun + apr_time_from_sec(299);
        if (versions[i] == TLS1_2_VERSION) {
            come_back(versions[i], "a.example", &session, true);
        }
        vault.now = begun + apr_time_from_sec(300);
        assert_false(is_blamed(versions[i], session));
        SSL_SESSION_free(session);
    }
}

/* With tickets off a session of TLS 1.3 is prolonged by the cache; it ends all
 * the same. */
static void a_session_does_not_live_for_ever(void **state)
{
    SSL_SESSION *session;
    apr_time_t begun;

    (void)state;
    begin();
    vault.sessions.cache_life = apr_time_from_sec(86400);
    begun = vault.now;
    session = connect_to(TLS1_3_VERSION, "a.example", NULL, false);
    for (int half_day = 1; half_day < 14; half_day++) {
        vault.now = begun + apr_time_from_sec(43200 * half_day);
        come_back(TLS1_3_VERSION, "a.example", &session, true);
    }
    vault.now = begun + SC_SESSION_LIFE_MAX;
    come_back(TLS1_3_VERSION, "a.example", &session, false);
    assert_int_equal(kept.rejected, 0);
    SSL_SESSION_free(session);
}

/* An epoch is over, or another server with another secret uses the cache. */
static void a_key_that_is_gone(void **state)
{
    (void)state;
    begin();
    kept.any_id = true;
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "a.example", NULL, false);

        vault.keys[1].name[0] ^= 1;
        assert_false(is_blamed(versions[i], session));
        vault.keys[1].name[0] ^= 1;
        vault.keys[1].cache[0] ^= 1;
        assert_true(is_blamed(versions[i], session));
        vault.keys[1].cache[0] ^= 1;
        vault.has_keys = false;
        assert_false(is_blamed(versions[i], session));
        vault.has_keys = true;
        come_back(versions[i], "a.example", &session, true);
        SSL_SESSION_free(session);
    }
}

/* After a fatal alert the session is not taken up again. */
static void a_fatal_alert_removes_it(void **state)
{
    (void)state;
    begin();
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        const client_spec_t client = client_of(versions[i], "a.example", NULL);
        static const char junk[] = "\x17\x03\x03\x00\x20"
                                   "this is no record of this client";
        SSL_SESSION *session;
        SSL_SESSION *copy;
        char buf[16];
        size_t len;
        duo_t duo;

        duo_open(&duo, &client);
        assert_duo_talks(&duo);
        session = SSL_get1_session(duo.client);
        copy = SSL_SESSION_dup(session);
        assert_int_equal(apr_brigade_write(sc_engine_input(duo.server), NULL,
                                           NULL, junk, sizeof(junk) - 1),
                         APR_SUCCESS);
        assert_int_equal(duo_read(&duo, buf, sizeof(buf), &len),
                         SC_STEP_FAILED);
        duo_end(&duo);
        assert_int_equal(kept.len, 0);
        come_back(versions[i], "a.example", &copy, false);
        SSL_SESSION_free(copy);
        SSL_SESSION_free(session);
    }
}

/* A client with tickets that goes away rudely is nothing to the cache. */
static void nothing_is_removed_that_was_not_stored(void **state)
{
    (void)state;
    begin();
    site.num_hosts = 0;
    add_host_a();
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        const client_spec_t client = client_of(versions[i], "a.example", NULL);
        duo_t duo;

        duo_open(&duo, &client);
        assert_duo_talks(&duo);
        duo_end(&duo);
        assert_int_equal(kept.removed, 0);
    }
}

/* Neither tickets nor a cache: nobody comes back, and nothing is promised. */
static void neither_tickets_nor_a_cache(void **state)
{
    (void)state;
    case_add_host("a.example", &(host_spec_t){.no_tickets = true});
    for (size_t i = 0; i < NUM_VERSIONS; i++) {
        SSL_SESSION *session =
            connect_to(versions[i], "a.example", NULL, false);
        unsigned int len;

        (void)SSL_SESSION_get_id(session, &len);
        assert_int_equal(len, 0);
        assert_false(SSL_SESSION_is_resumable(session));
        come_back(versions[i], "a.example", &session, false);
        SSL_SESSION_free(session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(comes_back_by_the_cache),
        CASE(tickets_need_no_cache),
        CASE(a_client_without_tickets),
        CASE(what_is_stored_tells_nothing),
        CASE(flipped_bits),
        CASE(cut_and_lengthened),
        CASE(garbage),
        CASE(a_session_of_somebody_else),
        CASE(an_entry_expires_by_itself),
        CASE(a_session_does_not_live_for_ever),
        CASE(a_key_that_is_gone),
        CASE(a_fatal_alert_removes_it),
        CASE(nothing_is_removed_that_was_not_stored),
        CASE(neither_tickets_nor_a_cache),
    };

    return cmocka_run_group_tests_name("session cache", tests, case_set_up,
                                       case_tear_down);
}
