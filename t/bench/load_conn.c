/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection, from the operation that opens it to the one that closes it.
 */
#include "load.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netinet/tcp.h>
#include <openssl/err.h>

/* Readable always, so that nothing is missed; writable on demand. */
static void watch(load_conn_t *conn)
{
    uint32_t events = EPOLLIN | (conn->blocked ? EPOLLOUT : 0U);
    if (conn->fd >= 0 && conn->events != events) {
        struct epoll_event event = {.events = events, .data.ptr = conn};
        int how = conn->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
        if (epoll_ctl(conn->run->epoll, how, conn->fd, &event) != 0) {
            load_fail("epoll_ctl: %s", strerror(errno));
        }
        conn->events = events;
    }
}

/* What OpenSSL could not do now. Any other reason ends the program. */
static void want(load_conn_t *conn, int result, const char *what)
{
    switch (SSL_get_error(conn->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return;
    case SSL_ERROR_WANT_WRITE:
        conn->blocked = true;
        return;
    case SSL_ERROR_SYSCALL:
        load_fail("%s: %s", what, errno == 0 ? "closed" : strerror(errno));
    default:
        load_fail("%s failed", what);
    }
}

static ssize_t read_plain(load_conn_t *conn, void *bytes, size_t len)
{
    ssize_t result = recv(conn->fd, bytes, len, 0);
    if (result > 0) {
        return result;
    }
    if (result == 0) {
        return -1;
    }
    if (errno != EAGAIN) {
        load_fail("reading: %s", strerror(errno));
    }
    return 0;
}

ssize_t load_conn_read(load_conn_t *conn, void *bytes, size_t len)
{
    if (conn->ssl == NULL) {
        return read_plain(conn, bytes, len);
    }
    ERR_clear_error();
    errno = 0;
    int result = SSL_read(conn->ssl, bytes, (int)len);
    if (result > 0) {
        return result;
    }
    int error = SSL_get_error(conn->ssl, result);
    if (error == SSL_ERROR_ZERO_RETURN ||
        (error == SSL_ERROR_SSL && ERR_GET_REASON(ERR_peek_error()) ==
                                       SSL_R_UNEXPECTED_EOF_WHILE_READING)) {
        ERR_clear_error();
        return -1;
    }
    want(conn, result, "reading");
    return 0;
}

size_t load_conn_write(load_conn_t *conn, const void *bytes, size_t len)
{
    if (conn->ssl != NULL) {
        ERR_clear_error();
        errno = 0;
        int result = SSL_write(conn->ssl, bytes, (int)len);
        if (result > 0) {
            return (size_t)result;
        }
        want(conn, result, "writing");
        return 0;
    }
    ssize_t result = send(conn->fd, bytes, len, MSG_NOSIGNAL);
    if (result > 0) {
        return (size_t)result;
    }
    if (errno != EAGAIN) {
        load_fail("writing: %s", strerror(errno));
    }
    conn->blocked = true;
    return 0;
}

void load_conn_drop(load_conn_t *conn)
{
    load_h2_close(conn);
    SSL_free(conn->ssl);
    conn->ssl = NULL;
    if (conn->fd >= 0) {
        (void)close(conn->fd);
    }
    conn->fd = -1;
    conn->events = 0;
}

static void set_state(load_conn_t *conn, load_state_t state)
{
    if (conn->state == LOAD_IDLE && state != LOAD_IDLE) {
        conn->run->busy++;
    }
    else if (conn->state != LOAD_IDLE && state == LOAD_IDLE) {
        conn->run->busy--;
    }
    conn->state = state;
}

static void open_socket(load_conn_t *conn)
{
    const struct sockaddr_in *address = &conn->run->options->address;
    int on = 1;
    conn->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (conn->fd < 0 ||
        setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0) {
        load_fail("socket: %s", strerror(errno));
    }
    if (connect(conn->fd, (const struct sockaddr *)address, sizeof(*address)) !=
            0 &&
        errno != EINPROGRESS) {
        load_fail("connecting: %s", strerror(errno));
    }
    conn->served = 0;
    conn->last = false;
    conn->blocked = true;
    watch(conn);
    set_state(conn, LOAD_CONNECTING);
}

/* One operation begins; the caller has asked load_run_more(). */
static void begin_request(load_conn_t *conn)
{
    conn->served++;
    load_http1_begin(conn);
    set_state(conn, LOAD_OPEN);
}

bool load_conn_start(load_conn_t *conn)
{
    if (!load_run_more(conn)) {
        return false;
    }
    conn->begun = load_now();
    conn->first = 0;
    if (conn->fd < 0) {
        open_socket(conn);
    }
    else if (conn->h2 != NULL) {
        load_h2_grant(conn);
        set_state(conn, LOAD_OPEN);
    }
    else {
        begin_request(conn);
    }
    return true;
}

static bool connected(load_conn_t *conn)
{
    int error = 0;
    socklen_t len = sizeof(error);
    if (getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0 ||
        error != 0) {
        load_fail("connecting: %s", strerror(error != 0 ? error : errno));
    }
    struct sockaddr_in peer;
    len = sizeof(peer);
    return getpeername(conn->fd, (struct sockaddr *)&peer, &len) == 0;
}

/* The client is done: the server must see it, and close. */
static void say_goodbye(load_conn_t *conn)
{
    if (conn->ssl != NULL) {
        ERR_clear_error();
        if (SSL_shutdown(conn->ssl) < 0) {
            load_fail("close_notify cannot be sent");
        }
    }
    if (shutdown(conn->fd, SHUT_WR) != 0 && errno != ENOTCONN) {
        load_fail("shutdown: %s", strerror(errno));
    }
    set_state(conn, LOAD_CLOSING);
}

static void shaken(load_conn_t *conn)
{
    const load_options_t *options = conn->run->options;
    if (conn->ssl != NULL) {
        load_tls_check(conn);
    }
    if (options->requests == 0) {
        conn->first = load_now();
        say_goodbye(conn);
    }
    else if (options->h2) {
        set_state(conn, LOAD_OPEN);
        load_h2_open(conn);
        load_h2_grant(conn);
    }
    else {
        begin_request(conn);
    }
}

static void shake(load_conn_t *conn)
{
    ERR_clear_error();
    errno = 0;
    int result = SSL_connect(conn->ssl);
    if (result == 1) {
        shaken(conn);
    }
    else {
        want(conn, result, "the handshake");
    }
}

/* Reads to the end of the stream: only then has the server accepted the last of
 * the handshake, and sent all it had to say. */
static void drain(load_conn_t *conn)
{
    const load_options_t *options = conn->run->options;
    char bytes[1024];
    ssize_t len = 0;
    while ((len = load_conn_read(conn, bytes, sizeof(bytes))) > 0) {
        /* HTTP/2 has goodbyes of its own. */
        if (!options->h2) {
            load_fail("the server says something after the last answer");
        }
    }
    if (len == 0) {
        return;
    }
    if (conn->ssl != NULL && options->requests != 0) {
        (void)SSL_shutdown(conn->ssl);
        ERR_clear_error();
    }
    load_conn_drop(conn);
    if (!options->h2) {
        load_run_done(conn, conn->begun, conn->first);
    }
    set_state(conn, LOAD_IDLE);
}

static void work_h2(load_conn_t *conn)
{
    switch (load_h2_step(conn)) {
    case LOAD_H2_BUSY:
        break;
    case LOAD_H2_IDLE:
        set_state(conn, LOAD_IDLE);
        break;
    case LOAD_H2_OVER:
        say_goodbye(conn);
        break;
    }
}

static void work_http1(load_conn_t *conn)
{
    if (load_http1_step(conn)) {
        if (conn->last) {
            set_state(conn, LOAD_CLOSING);
        }
        else {
            load_run_done(conn, conn->begun, conn->first);
            set_state(conn, LOAD_IDLE);
        }
    }
}

/* Nothing may come on a kept-alive connection without a request, except what
 * TLS and HTTP/2 say among themselves. */
static void idle(load_conn_t *conn)
{
    char bytes[1024];
    if (conn->h2 != NULL) {
        (void)load_h2_step(conn);
    }
    else if (conn->fd >= 0 && load_conn_read(conn, bytes, sizeof(bytes)) != 0) {
        load_fail("the server closed an idle connection, or spoke on it");
    }
}

static void step(load_conn_t *conn)
{
    switch (conn->state) {
    case LOAD_IDLE:
        idle(conn);
        break;
    case LOAD_CONNECTING:
        if (connected(conn)) {
            if (conn->run->options->version != 0) {
                conn->ssl = load_tls_make(conn);
                set_state(conn, LOAD_HANDSHAKE);
            }
            else {
                shaken(conn);
            }
        }
        else {
            conn->blocked = true;
        }
        break;
    case LOAD_HANDSHAKE:
        shake(conn);
        break;
    case LOAD_OPEN:
        if (conn->h2 != NULL) {
            work_h2(conn);
        }
        else {
            work_http1(conn);
        }
        break;
    case LOAD_CLOSING:
        drain(conn);
        break;
    }
}

void load_conn_step(load_conn_t *conn)
{
    load_state_t before;
    do {
        before = conn->state;
        conn->blocked = false;
        step(conn);
    } while (conn->state != before && conn->state != LOAD_IDLE);
    watch(conn);
}
