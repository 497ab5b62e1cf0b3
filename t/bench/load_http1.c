/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.1: one request at a time, and an answer that must be 200, of the
 * length asked for, and of the bytes that all bodies have.
 */
#include "load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Bodies repeat these bytes; the driver writes the files with them. */
#define PATTERN "abcdefghijklmnopqrstuvwxyz012345"
#define PERIOD  (sizeof(PATTERN) - 1)

const unsigned char *load_pattern(uint64_t offset)
{
    static unsigned char bytes[LOAD_CHUNK + PERIOD];
    if (bytes[0] == '\0') {
        for (size_t i = 0; i < sizeof(bytes); i++) {
            bytes[i] = (unsigned char)PATTERN[i % PERIOD];
        }
    }
    return bytes + offset % PERIOD;
}

void load_pattern_check(const void *bytes, size_t len, uint64_t offset)
{
    const unsigned char *at = bytes;
    while (len > 0) {
        size_t part = len < LOAD_CHUNK ? len : LOAD_CHUNK;
        if (memcmp(at, load_pattern(offset), part) != 0) {
            load_fail("the answer has other bytes than it should");
        }
        at += part;
        offset += part;
        len -= part;
    }
}

/* The text of a connection's request, made once: head only. */
static void compose(load_conn_t *conn)
{
    const load_options_t *options = conn->run->options;
    char length[64] = "";
    if (options->upload > 0) {
        (void)snprintf(length, sizeof(length),
                       "Content-Length: %" PRIu64 "\r\n", options->upload);
    }
    free(conn->request);
    const char *host = options->name;
    if (conn->ssl != NULL) {
        host = SSL_get_servername(conn->ssl, TLSEXT_NAMETYPE_host_name);
    }
    if (asprintf(&conn->request,
                 "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: load\r\n"
                 "Accept: */*\r\n%s%s\r\n",
                 options->upload > 0 ? "POST" : "GET", options->path, host,
                 length, conn->last ? "Connection: close\r\n" : "") < 0) {
        load_fail("no memory");
    }
}

void load_http1_begin(load_conn_t *conn)
{
    load_http1_t *http = &conn->http1;
    bool was_last = conn->last;
    conn->last = conn->served == conn->run->options->requests;
    if (conn->served == 1 || conn->last != was_last) {
        compose(conn);
    }
    http->request_len = strlen(conn->request);
    http->head_len = 0;
    http->in_body = false;
    http->received = 0;
    http->sent = 0;
}

/* Sends what is left of the head and the body; false if the server must read
 * first. */
static bool send_rest(load_conn_t *conn)
{
    load_http1_t *http = &conn->http1;
    uint64_t end = http->request_len + conn->run->options->upload;
    while (http->sent < end) {
        const void *bytes = conn->request + http->sent;
        uint64_t left = http->request_len - http->sent;
        if (http->sent >= http->request_len) {
            bytes = load_pattern(http->sent - http->request_len);
            left = end - http->sent;
        }
        size_t len = left < LOAD_CHUNK ? (size_t)left : LOAD_CHUNK;
        size_t done = load_conn_write(conn, bytes, len);
        if (done == 0) {
            return false;
        }
        http->sent += done;
    }
    return true;
}

static uint64_t content_length(const char *head)
{
    static const char name[] = "\r\nContent-Length:";
    const char *at = strcasestr(head, name);
    if (at == NULL) {
        load_fail("an answer without Content-Length:\n%s", head);
    }
    return strtoull(at + sizeof(name) - 1, NULL, 10);
}

static void check_head(load_conn_t *conn)
{
    const load_options_t *options = conn->run->options;
    const char *head = conn->http1.head;
    if (strncmp(head, "HTTP/1.1 200 ", 13) != 0) {
        load_fail("not 200:\n%s", head);
    }
    if (content_length(head) != options->body) {
        load_fail("not %" PRIu64 " bytes:\n%s", options->body, head);
    }
    if (!conn->last && strcasestr(head, "\r\nConnection: close") != NULL) {
        load_fail("the server does not keep the connection:\n%s", head);
    }
}

/* Takes in bytes of the answer, which begin in the head. */
static void take(load_conn_t *conn, const char *bytes, size_t len)
{
    load_http1_t *http = &conn->http1;
    if (!http->in_body) {
        size_t room = sizeof(http->head) - 1 - http->head_len;
        size_t part = len < room ? len : room;
        size_t old = http->head_len;
        memcpy(http->head + old, bytes, part);
        http->head_len += part;
        http->head[http->head_len] = '\0';
        char *end = strstr(http->head, "\r\n\r\n");
        if (end == NULL) {
            if (part == room) {
                load_fail("the head of an answer is too long");
            }
            return;
        }
        end[2] = '\0';
        http->in_body = true;
        check_head(conn);
        size_t used = (size_t)(end + 4 - http->head) - old;
        bytes += used;
        len -= used;
    }
    if (len > conn->run->options->body - http->received) {
        load_fail("more bytes than the answer should have");
    }
    load_pattern_check(bytes, len, http->received);
    http->received += len;
}

bool load_http1_step(load_conn_t *conn)
{
    load_http1_t *http = &conn->http1;
    uint64_t body = conn->run->options->body;
    bool sent = send_rest(conn);
    while (!http->in_body || http->received < body) {
        char bytes[LOAD_CHUNK];
        ssize_t len = load_conn_read(conn, bytes, sizeof(bytes));
        if (len < 0) {
            load_fail("the server closed the connection in an answer, after "
                      "%" PRIu64 " requests and %" PRIu64 " bytes of it",
                      conn->served - 1, http->received);
        }
        if (len == 0) {
            return false;
        }
        if (conn->first == 0) {
            conn->first = load_now();
        }
        take(conn, bytes, (size_t)len);
    }
    if (!sent) {
        return false;
    }
    conn->run->stats.bytes_in += body;
    conn->run->stats.bytes_out += conn->run->options->upload;
    return true;
}
