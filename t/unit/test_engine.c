/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, connections hang, lose or alter bytes, or die of something
 * that a peer may rightly do.
 */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <string.h>

#include <apr_buckets.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "engine_case.h"

#define RECORD_ALERT     21
#define RECORD_HANDSHAKE 22

static const client_spec_t versions[] = {
    {.name = "a.example", .min = TLS1_2_VERSION, .max = TLS1_2_VERSION},
    {.name = "a.example", .min = TLS1_3_VERSION, .max = TLS1_3_VERSION},
};

#define NUM_VERSIONS (sizeof(versions) / sizeof(versions[0]))

static void add_host(void)
{
    case_add_host("a.example", &(host_spec_t){.policy = NULL});
}

/* ---- Handshakes ---- */

static void handshake_in_slices_of_any_size(void **state)
{
    static const size_t slices[] = {0, 1, 2, 5, 100, 1000};

    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        const client_spec_t *client = &versions[v];
        for (size_t i = 0; i < sizeof(slices) / sizeof(slices[0]); i++) {
            duo_t duo;

            duo_begin(&duo, client);
            duo.slice = slices[i];
            assert_int_equal(duo_shake(&duo), SC_STEP_DONE);
            assert_int_equal(SSL_version(duo.client), client->max);
            assert_string_equal(site.asked, "a.example");
            assert_string_equal(duo_subject(&duo), "a ECDSA");
            assert_false(sc_engine_is_truncated(duo.server));
            /* Asking again does no harm. */
            assert_int_equal(duo_step(&duo), SC_STEP_DONE);
            assert_duo_talks(&duo);
            duo_end(&duo);
        }
    }
}

/* Puts each byte into a bucket of its own, among empty ones. */
static void insert_buckets(apr_bucket_brigade *in, const char *data, size_t len)
{
    apr_bucket_alloc_t *alloc = in->bucket_alloc;

    for (size_t i = 0; i < len; i++) {
        APR_BRIGADE_INSERT_TAIL(in, apr_bucket_immortal_create("", 0, alloc));
        APR_BRIGADE_INSERT_TAIL(
            in, i % 2 ? apr_bucket_heap_create(data + i, 1, NULL, alloc)
                      : apr_bucket_transient_create(data + i, 1, alloc));
        APR_BRIGADE_INSERT_TAIL(in, apr_bucket_flush_create(alloc));
    }
}

static void input_of_all_kinds_of_buckets(void **state)
{
    char hello[2000];
    size_t len;
    duo_t duo;

    (void)state;
    add_host();
    duo_begin(&duo, &versions[1]);
    (void)SSL_do_handshake(duo.client);
    assert_true(
        BIO_read_ex(SSL_get_wbio(duo.client), hello, sizeof(hello), &len));
    insert_buckets(sc_engine_input(duo.server), hello, len);
    assert_int_equal(duo_step(&duo), SC_STEP_WANT_READ);
    (void)duo_collect(&duo);
    assert_int_equal(duo_shake(&duo), SC_STEP_DONE);
    duo_end(&duo);
}

static void peek_consumes_nothing(void **state)
{
    unsigned char first[16];
    unsigned char again[16];
    duo_t duo;

    (void)state;
    add_host();
    duo_begin(&duo, &versions[1]);
    assert_int_equal(sc_engine_peek(duo.server, first, sizeof(first)), 0);
    (void)SSL_do_handshake(duo.client);
    duo.slice = 7;
    (void)duo_deliver(&duo);
    assert_int_equal(sc_engine_peek(duo.server, first, sizeof(first)), 7);
    duo.slice = 0;
    (void)duo_deliver(&duo);
    assert_int_equal(sc_engine_peek(duo.server, first, sizeof(first)), 16);
    assert_int_equal(sc_engine_peek(duo.server, again, sizeof(again)), 16);
    assert_memory_equal(first, again, sizeof(first));
    assert_int_equal(first[0], RECORD_HANDSHAKE);
    assert_int_equal(duo_shake(&duo), SC_STEP_DONE);
    duo_end(&duo);
}

static void half_a_hello_wants_more(void **state)
{
    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        const client_spec_t *client = &versions[v];
        char buf[16];
        size_t len;
        duo_t duo;

        duo_begin(&duo, client);
        assert_int_equal(duo_step(&duo), SC_STEP_WANT_READ);
        (void)SSL_do_handshake(duo.client);
        duo.slice = 50;
        (void)duo_deliver(&duo);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(duo_step(&duo), SC_STEP_WANT_READ);
        }
        assert_int_equal(duo_read(&duo, buf, sizeof(buf), &len),
                         SC_STEP_WANT_READ);
        assert_int_equal(duo_output_type(&duo), 0);
        assert_null(duo.err.id);
        assert_int_equal(site.num_chosen, 0);
        duo.slice = 0;
        assert_int_equal(duo_shake(&duo), SC_STEP_DONE);
        duo_end(&duo);
        site.num_chosen = 0;
    }
}

static void end_within_the_handshake(void **state)
{
    static const size_t lengths[] = {0, 3, 50};

    (void)state;
    add_host();
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        duo_t duo;

        duo_begin(&duo, &versions[i % 2]);
        (void)SSL_do_handshake(duo.client);
        duo.slice = lengths[i];
        if (lengths[i] > 0) {
            (void)duo_deliver(&duo);
        }
        sc_engine_input_end(duo.server);
        assert_int_equal(duo_step(&duo), SC_STEP_CLOSED);
        assert_true(sc_engine_is_truncated(duo.server));
        assert_int_equal(duo_step(&duo), SC_STEP_CLOSED);
        duo_close(&duo);
        assert_int_equal(duo_output_type(&duo), 0);
        duo_end(&duo);
    }
}

static void hello_retry_request(void **state)
{
    static const client_spec_t client = {
        .name = "a.example", .min = TLS1_3_VERSION, .groups = "P-521:P-384"};
    static const size_t slices[] = {0, 1};

    (void)state;
    add_host();
    for (size_t i = 0; i < 2; i++) {
        duo_t duo;

        duo_begin(&duo, &client);
        duo.slice = slices[i];
        assert_int_equal(duo_shake(&duo), SC_STEP_DONE);
        assert_duo_talks(&duo);
        duo_end(&duo);
    }
}

/* ---- Data ---- */

static const size_t sizes[] = {0, 1, 16383, 16384, 16385, 1 << 20};

#define NUM_SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* Bytes with a period that divides no record length. */
static char *make_data(size_t len)
{
    char *data = malloc(len + 1);

    assert_non_null(data);
    for (size_t i = 0; i < len; i++) {
        data[i] = (char)(i % 251);
    }
    return data;
}

/* The client sends; the engine gets slices and reads pieces of size piece. */
static void send_up(duo_t *duo, const char *data, size_t len, size_t piece)
{
    char *got = malloc(len + piece);
    size_t num_got = 0;
    size_t written;

    assert_non_null(got);
    assert_true(
        len == 0 ||
        (SSL_write_ex(duo->client, data, len, &written) > 0 && written == len));
    do {
        size_t part;

        while (duo_read(duo, got + num_got, piece, &part) == SC_STEP_DONE) {
            assert_in_range(part, 1, piece);
            num_got += part;
            assert_in_range(num_got, 0, len);
        }
        assert_int_equal(duo->step, SC_STEP_WANT_READ);
    } while (duo_deliver(duo) > 0);
    assert_int_equal(num_got, len);
    assert_memory_equal(got, data, len);
    free(got);
}

static void send_down(duo_t *duo, const char *data, size_t len)
{
    char *got = malloc(len + 1);
    size_t num_got = 0;
    size_t part;

    assert_non_null(got);
    assert_int_equal(duo_write(duo, data, len), SC_STEP_DONE);
    assert_int_equal(duo_collect(duo) > 0, len > 0);
    while (num_got < len &&
           SSL_read_ex(duo->client, got + num_got, len - num_got, &part) > 0) {
        num_got += part;
    }
    assert_int_equal(num_got, len);
    assert_memory_equal(got, data, len);
    assert_int_equal(duo_client_reads(duo), SSL_ERROR_WANT_READ);
    free(got);
}

static void data_of_all_sizes_both_ways(void **state)
{
    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        const client_spec_t *client = &versions[v];
        for (size_t i = 0; i < NUM_SIZES; i++) {
            char *data = make_data(sizes[i]);
            duo_t duo;

            duo_open(&duo, client);
            send_up(&duo, data, sizes[i], 8192);
            send_down(&duo, data, sizes[i]);
            send_up(&duo, data, sizes[i], 1 << 20);
            send_down(&duo, data, sizes[i]);
            duo_end(&duo);
            free(data);
        }
    }
}

static void data_in_slices(void **state)
{
    static const size_t slices[] = {1, 3, 5, 1448};
    const size_t len = 16385;
    char *data = make_data(len);

    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        const client_spec_t *client = &versions[v];
        for (size_t i = 0; i < sizeof(slices) / sizeof(slices[0]); i++) {
            duo_t duo;

            duo_open(&duo, client);
            duo.slice = slices[i];
            send_up(&duo, data, len, 100);
            send_down(&duo, data, len);
            duo_end(&duo);
        }
    }
    free(data);
}

/* The request often comes with the last message of the handshake. */
static void data_right_behind_the_handshake(void **state)
{
    char buf[100];
    size_t len;
    duo_t duo;

    (void)state;
    add_host();
    duo_begin(&duo, &versions[1]);
    (void)SSL_do_handshake(duo.client);
    (void)duo_deliver(&duo);
    assert_int_equal(duo_step(&duo), SC_STEP_WANT_READ);
    (void)duo_collect(&duo);
    assert_int_equal(SSL_do_handshake(duo.client), 1);
    assert_true(SSL_write_ex(duo.client, "GET /", 5, &len));
    (void)duo_deliver(&duo);
    assert_int_equal(duo_step(&duo), SC_STEP_DONE);
    assert_int_equal(duo_read(&duo, buf, sizeof(buf), &len), SC_STEP_DONE);
    assert_int_equal(len, 5);
    assert_memory_equal(buf, "GET /", 5);
    assert_int_equal(duo_read(&duo, buf, sizeof(buf), &len), SC_STEP_WANT_READ);
    duo_end(&duo);
}

/* Delivers what the client has said byte by byte: the engine is in the midst of
 * a record after each of them but the last. */
static void assert_one_record(duo_t *duo, sc_step_t end)
{
    const apr_uint64_t before = sc_engine_consumed(duo->server);
    apr_uint64_t delivered = 0;
    char buf[100];
    size_t len;

    assert_false(sc_engine_in_midst(duo->server));
    duo->slice = 1;
    while (duo_deliver(duo) > 0) {
        delivered++;
        if (duo_read(duo, buf, sizeof(buf), &len) == end &&
            end != SC_STEP_WANT_READ) {
            break;
        }
        assert_int_equal(duo->step, SC_STEP_WANT_READ);
        assert_int_equal(sc_engine_consumed(duo->server) - before, delivered);
        if (BIO_pending(SSL_get_wbio(duo->client)) > 0) {
            assert_true(sc_engine_in_midst(duo->server));
        }
    }
    duo->slice = 0;
    assert_int_equal(sc_engine_consumed(duo->server) - before, delivered);
    assert_int_equal(BIO_pending(SSL_get_wbio(duo->client)), 0);
    assert_false(sc_engine_in_midst(duo->server));
}

static void in_the_midst_of_a_record(void **state)
{
    size_t written;
    duo_t duo;

    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        duo_open(&duo, &versions[v]);
        (void)duo_client_reads(&duo);
        assert_true(SSL_write_ex(duo.client, "word", 4, &written));
        assert_one_record(&duo, SC_STEP_DONE);
        if (versions[v].max == TLS1_3_VERSION) {
            assert_true(
                SSL_key_update(duo.client, SSL_KEY_UPDATE_NOT_REQUESTED));
            assert_int_equal(SSL_do_handshake(duo.client), 1);
            assert_one_record(&duo, SC_STEP_WANT_READ);
        }
        assert_true(SSL_write_ex(duo.client, "another", 7, &written));
        assert_one_record(&duo, SC_STEP_DONE);
        duo_end(&duo);
    }
}

/* Counts the KeyUpdate messages that the client gets. */
/* NOLINTNEXTLINE(readability-function-size): OpenSSL's function type */
static void message_cb(int sent, int version, int type, const void *data,
                       size_t len, SSL *ssl, void *arg)
{
    int *num_updates = arg;

    (void)version;
    (void)ssl;
    if (!sent && type == SSL3_RT_HANDSHAKE && len > 0 &&
        *(const unsigned char *)data == SSL3_MT_KEY_UPDATE) {
        ++*num_updates;
    }
}

/* RFC 8446, 4.6.3: the answer comes before the next data, which is when the
 * library sends it; until then the connection is silent. */
static void key_update_is_answered(void **state)
{
    int num_updates = 0;
    duo_t duo;

    (void)state;
    add_host();
    duo_open(&duo, &versions[1]);
    SSL_set_msg_callback(duo.client, message_cb);
    SSL_set_msg_callback_arg(duo.client, &num_updates);
    for (int i = 0; i < 3; i++) {
        char buf[16];
        size_t len;

        assert_true(SSL_key_update(duo.client, SSL_KEY_UPDATE_REQUESTED));
        assert_int_equal(SSL_do_handshake(duo.client), 1);
        (void)duo_deliver(&duo);
        assert_int_equal(duo_read(&duo, buf, sizeof(buf), &len),
                         SC_STEP_WANT_READ);
        assert_int_equal(num_updates, i);
        assert_duo_talks(&duo);
        assert_int_equal(num_updates, i + 1);
        assert_true(SSL_key_update(duo.client, SSL_KEY_UPDATE_NOT_REQUESTED));
        assert_int_equal(SSL_do_handshake(duo.client), 1);
        assert_duo_talks(&duo);
        assert_int_equal(num_updates, i + 1);
    }
    assert_null(duo.err.id);
    duo_end(&duo);
}

static void renegotiation_is_refused_without_harm(void **state)
{
    char buf[16];
    size_t len;
    duo_t duo;

    (void)state;
    add_host();
    duo_open(&duo, &versions[0]);
    assert_true(SSL_renegotiate(duo.client));
    (void)SSL_do_handshake(duo.client);
    assert_true(duo_deliver(&duo) > 0);
    assert_int_equal(duo_read(&duo, buf, sizeof(buf), &len), SC_STEP_WANT_READ);
    assert_int_equal(duo_output_type(&duo), RECORD_ALERT);
    assert_null(duo.err.id);
    assert_int_equal(site.num_chosen, 1);
    /* It goes on; what the client makes of the refusal is its own affair. */
    assert_int_equal(duo_write(&duo, "data", 4), SC_STEP_DONE);
    (void)duo_collect(&duo);
    (void)SSL_do_handshake(duo.client);
    assert_int_equal(duo.alert, WARNING(SSL_AD_NO_RENEGOTIATION));
    duo_end(&duo);
}

/* ---- Ends ---- */

static void close_notify_both_ways(void **state)
{
    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        const client_spec_t *client = &versions[v];
        char buf[16];
        size_t len;
        duo_t duo;

        duo_open(&duo, client);
        duo_close(&duo);
        assert_true(duo_collect(&duo) > 0);
        assert_int_equal(duo_client_reads(&duo), SSL_ERROR_ZERO_RETURN);
        /* Once only, and nothing can be written behind it. */
        duo_close(&duo);
        assert_int_equal(duo_write(&duo, "x", 1), SC_STEP_FAILED);
        assert_int_equal(duo_output_type(&duo), 0);
        /* Reading goes on until the client closes, too. */
        assert_int_equal(duo_read(&duo, buf, sizeof(buf), &len),
                         SC_STEP_WANT_READ);
        assert_int_equal(SSL_shutdown(duo.client), 1);
        (void)duo_deliver(&duo);
        assert_int_equal(duo_read(&duo, buf, sizeof(buf), &len),
                         SC_STEP_CLOSED);
        sc_engine_input_end(duo.server);
        assert_int_equal(duo_read(&duo, buf, sizeof(buf), &len),
                         SC_STEP_CLOSED);
        assert_false(sc_engine_is_truncated(duo.server));
        assert_null(duo.err.id);
        duo_end(&duo);
    }
}

/* The client has said all; the answer is yet to come. */
static void half_close(void **state)
{
    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        const client_spec_t *client = &versions[v];
        char buf[16];
        size_t len;
        char *data = make_data(100000);
        duo_t duo;

        duo_open(&duo, client);
        assert_true(SSL_write_ex(duo.client, "request", 7, &len));
        assert_int_equal(SSL_shutdown(duo.client), 0);
        (void)duo_deliver(&duo);
        sc_engine_input_end(duo.server);
        assert_int_equal(duo_read(&duo, buf, sizeof(buf), &len), SC_STEP_DONE);
        assert_int_equal(len, 7);
        assert_int_equal(duo_read(&duo, buf, sizeof(buf), &len),
                         SC_STEP_CLOSED);
        send_down(&duo, data, 100000);
        duo_close(&duo);
        assert_true(duo_collect(&duo) > 0);
        assert_int_equal(duo_client_reads(&duo), SSL_ERROR_ZERO_RETURN);
        assert_false(sc_engine_is_truncated(duo.server));
        duo_end(&duo);
        free(data);
    }
}

static void truncation_is_noted(void **state)
{
    (void)state;
    add_host();
    for (size_t v = 0; v < NUM_VERSIONS; v++) {
        const client_spec_t *client = &versions[v];
        /* With nothing, and with a part of a record, before the end. */
        for (size_t part = 0; part < 12; part += 4) {
            char buf[16];
            size_t len;
            duo_t duo;

            duo_open(&duo, client);
            assert_true(SSL_write_ex(duo.client, "request", 7, &len));
            duo.slice = part;
            if (part > 0) {
                (void)duo_deliver(&duo);
            }
            assert_false(sc_engine_is_truncated(duo.server));
            sc_engine_input_end(duo.server);
            assert_int_equal(duo_read(&duo, buf, sizeof(buf), &len),
                             SC_STEP_CLOSED);
            assert_true(sc_engine_is_truncated(duo.server));
            assert_null(duo.err.id);
            /* The answer may be sent all the same. */
            assert_int_equal(duo_write(&duo, "answer", 6), SC_STEP_DONE);
            duo_close(&duo);
            assert_true(duo_collect(&duo) > 0);
            assert_int_equal(duo_client_reads(&duo), SSL_ERROR_ZERO_RETURN);
            duo_end(&duo);
        }
    }
}

static void close_before_the_end_of_the_handshake(void **state)
{
    duo_t duo;

    (void)state;
    add_host();
    duo_begin(&duo, &versions[1]);
    duo_close(&duo);
    assert_int_equal(duo_output_type(&duo), 0);
    assert_int_equal(duo_shake(&duo), SC_STEP_DONE);
    assert_duo_talks(&duo);
    duo_end(&duo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(handshake_in_slices_of_any_size),
        CASE(input_of_all_kinds_of_buckets),
        CASE(peek_consumes_nothing),
        CASE(half_a_hello_wants_more),
        CASE(end_within_the_handshake),
        CASE(hello_retry_request),
        CASE(data_of_all_sizes_both_ways),
        CASE(data_in_slices),
        CASE(data_right_behind_the_handshake),
        CASE(in_the_midst_of_a_record),
        CASE(key_update_is_answered),
        CASE(renegotiation_is_refused_without_harm),
        CASE(close_notify_both_ways),
        CASE(half_close),
        CASE(truncation_is_noted),
        CASE(close_before_the_end_of_the_handshake),
    };

    return cmocka_run_group_tests_name("sc_engine", tests, case_set_up,
                                       case_tear_down);
}
