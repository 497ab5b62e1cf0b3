/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load generator: what its parts know of each other.
 *
 * A run has two phases. In the first every connection does its work once, so
 * that kept-alive connections are open and sessions are there to be resumed. In
 * the second, which is measured, they go on until a number of operations or a
 * time is reached. Every operation is checked; the first that is not as it was
 * asked for ends the program with a message and exit status 1.
 *
 * One thread, epoll, times in nanoseconds of the monotonic clock.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <netinet/in.h>
#include <openssl/ssl.h>

#define LOAD_CHUNK 16384U        /* the most a TLS record holds */
#define LOAD_KEEP  UINT64_MAX    /* requests: never close */
#define LOAD_PIDS  256U          /* processes of a server */
#define LOAD_MS    1000000ULL    /* nanoseconds */
#define LOAD_SEC   1000000000ULL /* nanoseconds */

/* ---------------------------------------------------------------- options */

typedef struct load_options {
    struct sockaddr_in address;
    const char *name;      /* for SNI and Host */
    uint64_t hosts;        /* > 0: NAME is "..%..", % = 1 to hosts */
    int version;           /* TLS1_2_VERSION, TLS1_3_VERSION; 0: no TLS */
    const char *cipher;    /* OpenSSL's name; NULL: any */
    const char *group;     /* "X25519"; NULL: any */
    int key;               /* EVP_PKEY_EC, EVP_PKEY_RSA; 0: any */
    bool h2;               /* HTTP/2, by ALPN */
    bool resume;           /* resume a session in the measured phase */
    bool no_tickets;       /* TLS 1.2: by session id */
    const char *path;      /* what is asked for */
    uint64_t body;         /* bytes that the answer must have */
    uint64_t upload;       /* bytes that each request carries, by POST */
    uint64_t requests;     /* on a connection; 0: only the handshake */
    uint64_t connections;  /* at once */
    uint64_t streams;      /* at once on an HTTP/2 connection */
    uint64_t operations;   /* at most, in the measured phase */
    double seconds;        /* at most, in the measured phase */
    double limit;          /* at most, in all: else the run fails */
    bool cold;             /* no operation goes before the measured ones */
    bool stay;             /* keep connections until stdin ends */
    pid_t pids[LOAD_PIDS]; /* the server's, for its CPU time */
    size_t pid_count;
} load_options_t;

/* Fills in the options; ends the program if they make no sense. */
void load_options_read(load_options_t *options, int argc, char **argv);

/* ------------------------------------------------------------------ stats */

typedef struct load_stats {
    uint64_t operations;
    uint64_t handshakes;
    uint64_t resumed;
    uint64_t bytes_in;  /* bodies received */
    uint64_t bytes_out; /* bodies sent */
    uint64_t *whole;    /* per operation: nanoseconds in all */
    uint64_t *first;    /* per operation: until the first byte of the answer */
    size_t capacity;
} load_stats_t;

uint64_t load_now(void);

/* CPU time of this process. */
uint64_t load_own_cpu(void);

/* CPU time of the server: all threads of its processes, also those that have
 * ended. Ends the program if one of the processes is gone. */
uint64_t load_server_cpu(const load_options_t *options);

/* Waits until the server has nothing more to do, for 0.5 s at most; its CPU
 * time then. */
uint64_t load_settle(const load_options_t *options);

/* An operation that began at a time and whose answer began at another is over.
 */
void load_stats_add(load_stats_t *stats, uint64_t begun, uint64_t first);

/* The one line on stdout. */
void load_stats_print(load_stats_t *stats, uint64_t elapsed,
                      uint64_t server_cpu, uint64_t own_cpu);

/* Says what is wrong, with OpenSSL's reasons, and ends the program. */
__attribute__((noreturn, format(printf, 1, 2))) void load_fail(
    const char *format, ...);

/* -------------------------------------------------------------- connection */

typedef struct load_run load_run_t;
typedef struct load_conn load_conn_t;
typedef struct load_h2 load_h2_t;

typedef enum {
    LOAD_IDLE,       /* closed, or kept alive without a request */
    LOAD_CONNECTING, /* TCP */
    LOAD_HANDSHAKE,  /* TLS */
    LOAD_OPEN,       /* requests under way */
    LOAD_CLOSING     /* until the server has closed, too */
} load_state_t;

/* One HTTP/1.1 exchange. */
typedef struct load_http1 {
    char head[4096];
    size_t head_len;
    bool in_body;
    uint64_t received;  /* of the body */
    uint64_t sent;      /* of the request head, then of its body */
    size_t request_len; /* of the request head */
} load_http1_t;

struct load_conn {
    load_run_t *run;
    load_state_t state;
    int fd;          /* -1: closed */
    uint32_t events; /* what epoll looks for */
    bool blocked;    /* something waits until it can be written */
    SSL *ssl;
    SSL_SESSION *session; /* the newest of this connection's predecessors */
    uint64_t number;      /* of the host name */
    uint64_t served;      /* requests begun on this connection */
    bool prepared;
    bool last; /* the request that closes the connection */
    uint64_t begun;
    uint64_t first;
    char *request;
    load_http1_t http1;
    load_h2_t *h2;
};

struct load_run {
    const load_options_t *options;
    SSL_CTX *context;
    load_stats_t stats;
    load_conn_t *conns;
    int epoll;
    bool measuring;
    uint64_t started;  /* operations of this phase */
    uint64_t end;      /* no operation begins later */
    uint64_t deadline; /* everything must be done by then */
    uint64_t host;     /* the last one used, see options.hosts */
    uint64_t busy;     /* connections that are not idle */
};

/* May this connection begin one more operation? Counts it if so. */
bool load_run_more(load_conn_t *conn);

/* An operation has ended well. */
void load_run_done(load_conn_t *conn, uint64_t begun, uint64_t first);

/* Begins an operation on an idle connection, if there is to be one more. */
bool load_conn_start(load_conn_t *conn);

/* Goes as far as possible; then epoll must say something. */
void load_conn_step(load_conn_t *conn);

/* Closes at once. */
void load_conn_drop(load_conn_t *conn);

/* Encrypted, or not. Bytes done; 0: not now. Reading gives -1 at the end of the
 * stream; any error ends the program. */
ssize_t load_conn_read(load_conn_t *conn, void *bytes, size_t len);
size_t load_conn_write(load_conn_t *conn, const void *bytes, size_t len);

/* ------------------------------------------------------------- TLS and HTTP */

/* The context of all connections. The caller frees it. */
SSL_CTX *load_tls_context(const load_options_t *options);

/* A connection's SSL, ready to connect. */
SSL *load_tls_make(load_conn_t *conn);

/* Ends the program unless what was negotiated is what was asked for. */
void load_tls_check(load_conn_t *conn);

/* Bytes of any body from an offset on: at least LOAD_CHUNK of them. */
const unsigned char *load_pattern(uint64_t offset);

/* Ends the program unless they are what a body has at this offset. */
void load_pattern_check(const void *bytes, size_t len, uint64_t offset);

/* Begins a request, and goes on with it; true when the answer is complete. */
void load_http1_begin(load_conn_t *conn);
bool load_http1_step(load_conn_t *conn);

/* The HTTP/2 session of a connection that has just opened; freed by close,
 * which also takes a connection without one. */
void load_h2_open(load_conn_t *conn);
void load_h2_close(load_conn_t *conn);

typedef enum {
    LOAD_H2_BUSY, /* requests are under way */
    LOAD_H2_IDLE, /* none is, and none may begin now */
    LOAD_H2_OVER  /* the last one has ended; the goodbye is on its way */
} load_h2_state_t;

/* A request that load_run_more() has allowed already is begun by the next step.
 */
void load_h2_grant(load_conn_t *conn);

/* Begins requests as long as there may be more; reads and writes. */
load_h2_state_t load_h2_step(load_conn_t *conn);

#endif
