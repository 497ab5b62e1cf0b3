/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client that updates its keys (RFC 8446, 4.6.3) again and again:
 *
 *     key-update PORT COUNT PAUSE [first]
 *
 * After a request, or with "first" before any, COUNT updates follow, PAUSE
 * milliseconds apart; then a request. Prints "closed" or "answered" and the
 * seconds since the first update.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static const char request[] =
    "GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n";

static double now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static SSL *open_connection(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)port)};
    SSL *ssl = SSL_new(SSL_CTX_new(TLS_client_method()));
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!ssl || fd < 0 ||
        connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        return NULL;
    }
    SSL_set_min_proto_version(ssl, TLS1_3_VERSION);
    SSL_clear_mode(ssl, SSL_MODE_AUTO_RETRY);
    SSL_set_tlsext_host_name(ssl, "www.example.test");
    SSL_set_fd(ssl, fd);
    return SSL_connect(ssl) == 1 ? ssl : NULL;
}

/* Asks for the page and reads to its end; false if the connection ends. */
static int ask(SSL *ssl)
{
    char answer[4096] = "";
    int len = 0;

    if (SSL_write(ssl, request, sizeof(request) - 1) <= 0) {
        return 0;
    }
    while (!strstr(answer, "plain text\n")) {
        int got = SSL_read(ssl, answer + len, (int)sizeof(answer) - 1 - len);

        if (got <= 0 && SSL_get_error(ssl, got) != SSL_ERROR_WANT_READ) {
            return 0;
        }
        len += got > 0 ? got : 0;
        answer[len] = '\0';
    }
    return 1;
}

/* Waits as long as that for the server to close; true if it does. */
static int is_closed(SSL *ssl, int milliseconds)
{
    struct pollfd fd = {.fd = SSL_get_fd(ssl), .events = POLLIN};
    char byte;

    /* It has nothing to say but goodbye, and to give a session ticket. */
    return poll(&fd, 1, milliseconds) > 0 && SSL_read(ssl, &byte, 1) <= 0 &&
           SSL_get_error(ssl, -1) != SSL_ERROR_WANT_READ;
}

int main(int argc, char *argv[])
{
    SSL *ssl = argc >= 4 ? open_connection(atoi(argv[1])) : NULL;
    int closed = 0;
    double begin;

    signal(SIGPIPE, SIG_IGN);
    alarm(60);
    if (!ssl || (argc == 4 && !ask(ssl))) {
        fprintf(stderr, "no connection\n");
        return 1;
    }
    begin = now();
    for (int i = 0; i < atoi(argv[2]) && !closed; i++) {
        closed = SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) != 1 ||
                 SSL_do_handshake(ssl) != 1 || is_closed(ssl, atoi(argv[3]));
    }
    closed = closed || !ask(ssl);
    printf("%s %.1f\n", closed ? "closed" : "answered", now() - begin);
    return 0;
}
