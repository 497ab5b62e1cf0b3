/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor: what OpenSSL alone needs for the server's part of the work, client
 * and server in one thread, over memory. Only the calls that a server must make
 * are timed, by the thread's CPU clock; no system call, no HTTP, no event loop.
 *
 *     floor PKI ecdsa|rsa 1.2|1.3 WORK [BYTES] SECONDS
 *
 * WORK: full (handshake and close), fetch (with a request between), resumed
 * (the same with a session ticket), request (one of many on a connection, BYTES
 * long), upload (BYTES received by the server), idle (memory of a connection).
 * Prints operations, cpu (ns) and bytes; for idle, memory (bytes, for all).
 */
#include <inttypes.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#define RECORD  16384
#define PIPE    160000 /* holds eight records */
#define REQUEST 100    /* bytes of a small GET */
#define HEAD    250    /* bytes of an answer's head */
#define BATCH   50     /* small requests timed at once */
#define IDLE    400    /* connections */

static uint64_t spent; /* by the server, ns */
static unsigned char bytes[RECORD];
static SSL_SESSION *newest;

static _Noreturn void fail(const char *what)
{
    (void)fprintf(stderr, "floor: %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static void must(bool ok, const char *what)
{
    if (!ok) {
        fail(what);
    }
}

static uint64_t now(clockid_t clock)
{
    struct timespec time;
    must(clock_gettime(clock, &time) == 0, "no clock");
    return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

/* The server's turn lasts from one to the other. */
static uint64_t turn(void)
{
    return now(CLOCK_THREAD_CPUTIME_ID);
}

static void turn_over(uint64_t since)
{
    spent += now(CLOCK_THREAD_CPUTIME_ID) - since;
}

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    SSL_SESSION_free(newest);
    newest = session;
    return 1;
}

static SSL_CTX *context(const SSL_METHOD *method, int version)
{
    SSL_CTX *ctx = SSL_CTX_new(method);
    must(ctx != NULL && SSL_CTX_set_min_proto_version(ctx, version) == 1 &&
             SSL_CTX_set_max_proto_version(ctx, version) == 1 &&
             SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256") == 1 &&
             SSL_CTX_set_cipher_list(ctx, "ECDHE+AES128+AESGCM") == 1 &&
             SSL_CTX_set1_groups_list(ctx, "X25519:P-256") == 1,
         "no context");
    (void)SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    return ctx;
}

static SSL_CTX *server_context(const char *pki, const char *cert, int version)
{
    char path[4096];
    SSL_CTX *ctx = context(TLS_server_method(), version);
    (void)snprintf(path, sizeof(path), "%s/%s.pem", pki, cert);
    must(SSL_CTX_use_certificate_chain_file(ctx, path) == 1, path);
    (void)snprintf(path, sizeof(path), "%s/%s.key", pki, cert);
    must(SSL_CTX_use_PrivateKey_file(ctx, path, SSL_FILETYPE_PEM) == 1, path);
    (void)SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
    (void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    must(SSL_CTX_set_num_tickets(ctx, 1) == 1, "no tickets");
    return ctx;
}

static SSL_CTX *client_context(int version)
{
    SSL_CTX *ctx = context(TLS_client_method(), version);
    (void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT |
                                                  SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, keep_session);
    return ctx;
}

typedef struct pair {
    SSL *client;
    SSL *server;
} pair_t;

/* The client's call could not go on, and not because of an error. */
static bool waits(SSL *ssl, int result)
{
    return result <= 0 && SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ;
}

/* Both ends, connected and shaken hands. */
static pair_t shake(SSL_CTX *server, SSL_CTX *client, SSL_SESSION *session)
{
    pair_t pair = {.client = SSL_new(client)};
    BIO *near = NULL;
    BIO *far = NULL;
    must(pair.client != NULL && BIO_new_bio_pair(&near, PIPE, &far, PIPE) == 1,
         "no memory");
    must(session == NULL || SSL_set_session(pair.client, session) == 1,
         "no session");
    SSL_set_bio(pair.client, near, near);
    must(waits(pair.client, SSL_connect(pair.client)), "no hello");

    uint64_t since = turn();
    pair.server = SSL_new(server);
    must(pair.server != NULL, "no memory");
    SSL_set_bio(pair.server, far, far);
    int done = SSL_accept(pair.server);
    turn_over(since);
    while (done != 1) {
        must(waits(pair.server, done), "the server's handshake failed");
        int result = SSL_connect(pair.client);
        must(result == 1 || waits(pair.client, result),
             "the client's handshake failed");
        since = turn();
        done = SSL_accept(pair.server);
        turn_over(since);
    }
    must(SSL_connect(pair.client) == 1, "the handshake does not end");
    must((SSL_session_reused(pair.client) == 1) == (session != NULL),
         "resumed, or not, against its orders");
    return pair;
}

/* The client takes in all there is, and returns how much. */
static size_t drain(SSL *client)
{
    static unsigned char taken[RECORD];
    size_t sum = 0;
    int len = 0;
    while ((len = SSL_read(client, taken, sizeof(taken))) > 0) {
        sum += (size_t)len;
    }
    must(waits(client, len) ||
             SSL_get_error(client, len) == SSL_ERROR_ZERO_RETURN,
         "the client cannot read");
    return sum;
}

/* The server answers requests that have arrived, with bodies of a length. */
static void answer(pair_t *pair, unsigned requests, size_t body)
{
    unsigned char request[REQUEST];
    uint64_t since = turn();
    for (unsigned i = 0; i < requests; i++) {
        must(SSL_read(pair->server, request, REQUEST) == REQUEST,
             "the server cannot read");
        int first = (int)(body + HEAD < RECORD ? body + HEAD : RECORD);
        must(SSL_write(pair->server, bytes, first) == first,
             "the server cannot write");
    }
    turn_over(since);
    size_t seen = drain(pair->client);
    for (size_t left = requests * (body + HEAD); seen < left;) {
        since = turn();
        size_t rest = left - seen;
        for (int i = 0; i < 4 && rest > 0; i++) {
            int len = (int)(rest < RECORD ? rest : RECORD);
            must(SSL_write(pair->server, bytes, len) == len,
                 "the server cannot write");
            rest -= (size_t)len;
        }
        turn_over(since);
        seen += drain(pair->client);
    }
}

static void ask(pair_t *pair, unsigned requests)
{
    for (unsigned i = 0; i < requests; i++) {
        must(SSL_write(pair->client, bytes, REQUEST) == REQUEST,
             "the client cannot write");
    }
}

static void upload(pair_t *pair, size_t length)
{
    unsigned char taken[RECORD];
    for (size_t done = 0; done < length;) {
        int count = 0;
        for (; count < 4 && done < length; count++) {
            size_t left = length - done;
            int len = (int)(left < RECORD ? left : RECORD);
            must(SSL_write(pair->client, bytes, len) == len,
                 "the client cannot write");
            done += (size_t)len;
        }
        uint64_t since = turn();
        while (count-- > 0) {
            must(SSL_read(pair->server, taken, RECORD) > 0,
                 "the server cannot read");
        }
        turn_over(since);
    }
}

/* The client leaves first. */
static void part(pair_t *pair)
{
    unsigned char byte = 0;
    (void)SSL_shutdown(pair->client);
    uint64_t since = turn();
    int len = SSL_read(pair->server, &byte, 1);
    must(SSL_get_error(pair->server, len) == SSL_ERROR_ZERO_RETURN,
         "no close_notify");
    (void)SSL_shutdown(pair->server);
    SSL_free(pair->server);
    turn_over(since);
    SSL_free(pair->client);
}

/* A connection that has answered one request and waits. Its pipe is not
 * OpenSSL's memory. */
static void measure_idle(SSL_CTX *server, SSL_CTX *client)
{
    static SSL *idle[IDLE];
    size_t before = 0;
    for (int i = -10; i < IDLE; i++) {
        if (i == 0) {
            before = mallinfo2().uordblks;
        }
        pair_t pair = shake(server, client, NULL);
        ask(&pair, 1);
        answer(&pair, 1, 1024);
        SSL_set_bio(pair.server, NULL, NULL);
        SSL_free(pair.client);
        if (i < 0) {
            SSL_free(pair.server);
        }
        else {
            idle[i] = pair.server;
        }
    }
    (void)printf("operations=%d memory=%zu\n", IDLE,
                 mallinfo2().uordblks - before);
    for (int i = 0; i < IDLE; i++) {
        SSL_free(idle[i]);
    }
}

/* The work of one round; the number of operations in it. */
static uint64_t work(const char *what, pair_t *kept, size_t length,
                     SSL_CTX *server, SSL_CTX *client)
{
    if (strcmp(what, "request") == 0) {
        unsigned count = length < RECORD / 8 ? BATCH : 1;
        ask(kept, count);
        answer(kept, count, length);
        return count;
    }
    if (strcmp(what, "upload") == 0) {
        upload(kept, length);
        return 1;
    }
    bool resumed = strcmp(what, "resumed") == 0;
    bool full = strcmp(what, "full") == 0;
    must(resumed || full || strcmp(what, "fetch") == 0, "no such work");
    pair_t pair = shake(server, client, resumed ? newest : NULL);
    if (!full) {
        ask(&pair, 1);
        answer(&pair, 1, length);
    }
    part(&pair);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fail("usage: floor PKI ecdsa|rsa 1.2|1.3 WORK BYTES SECONDS");
    }
    int version = strcmp(argv[3], "1.2") == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
    const char *what = argv[4];
    size_t length = (size_t)strtoull(argv[5], NULL, 10);
    SSL_CTX *server = server_context(argv[1], argv[2], version);
    SSL_CTX *client = client_context(version);
    if (strcmp(what, "idle") == 0) {
        measure_idle(server, client);
    }
    else {
        /* The first connection brings a session; it carries the requests, too.
         */
        pair_t kept = shake(server, client, NULL);
        ask(&kept, 1);
        answer(&kept, 1, 1024);
        spent = 0;
        uint64_t end =
            now(CLOCK_MONOTONIC) + (uint64_t)(strtod(argv[6], NULL) * 1e9);
        uint64_t operations = 0;
        while (now(CLOCK_MONOTONIC) < end) {
            operations += work(what, &kept, length, server, client);
        }
        (void)printf("operations=%" PRIu64 " cpu=%" PRIu64 " bytes=%" PRIu64
                     "\n",
                     operations, spent, operations * length);
        part(&kept);
    }
    SSL_SESSION_free(newest);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
    return 0;
}
