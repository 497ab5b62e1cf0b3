/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load generator: its phases, and the loop that drives the connections.
 */
#include "load.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

bool load_run_more(load_conn_t *conn)
{
    load_run_t *run = conn->run;
    if (!run->measuring) {
        if (conn->prepared) {
            return false;
        }
        conn->prepared = true;
    }
    else if (run->started >= run->options->operations ||
             load_now() >= run->end) {
        return false;
    }
    run->started++;
    if (conn->fd < 0 && run->options->hosts > 0) {
        run->host = run->host % run->options->hosts + 1;
        conn->number = run->host;
    }
    return true;
}

void load_run_done(load_conn_t *conn, uint64_t begun, uint64_t first)
{
    load_stats_add(&conn->run->stats, begun, first);
}

/* Until the connection must wait for the server, or has nothing to do. */
static void drive(load_conn_t *conn)
{
    load_conn_step(conn);
    while (conn->state == LOAD_IDLE && load_conn_start(conn)) {
        load_conn_step(conn);
    }
}

/* Waits for events and deals with them; true if stdin has ended. */
static bool turn(load_run_t *run)
{
    struct epoll_event events[64];
    bool ended = false;
    uint64_t now = load_now();
    if (now >= run->deadline) {
        load_fail("not finished in %g seconds: %" PRIu64
                  " operations begun, %" PRIu64 " finished",
                  run->options->limit, run->started, run->stats.operations);
    }
    int count = epoll_wait(run->epoll, events, 64,
                           (int)((run->deadline - now) / LOAD_MS) + 1);
    if (count < 0 && errno != EINTR) {
        load_fail("epoll_wait: %s", strerror(errno));
    }
    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr == NULL) {
            ended = true;
        }
        else {
            drive(events[i].data.ptr);
        }
    }
    return ended;
}

static void phase(load_run_t *run, bool measuring)
{
    const load_options_t *options = run->options;
    run->measuring = measuring;
    run->started = 0;
    run->stats.operations = 0;
    run->stats.handshakes = 0;
    run->stats.resumed = 0;
    run->stats.bytes_in = 0;
    run->stats.bytes_out = 0;
    run->end = load_now() + (uint64_t)(options->seconds * (double)LOAD_SEC);
    for (uint64_t i = 0; i < options->connections; i++) {
        drive(&run->conns[i]);
        /* A server may drop idle connections when all its threads are busy. */
        while (!measuring && run->busy >= 16) {
            (void)turn(run);
        }
    }
    while (run->busy > 0) {
        (void)turn(run);
    }
}

/* Keeps idle connections open, and answers what the server says meanwhile. */
static void stay(load_run_t *run)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event) != 0) {
        load_fail("--stay wants a pipe as stdin: %s", strerror(errno));
    }
    run->end = 0;
    while (!turn(run)) {
    }
}

static void prepare(load_run_t *run)
{
    const load_options_t *options = run->options;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    (void)signal(SIGPIPE, SIG_IGN);
    run->deadline = load_now() + (uint64_t)(options->limit * (double)LOAD_SEC);
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    run->conns = calloc((size_t)options->connections, sizeof(*run->conns));
    if (run->epoll < 0 || run->conns == NULL) {
        load_fail("no memory");
    }
    for (uint64_t i = 0; i < options->connections; i++) {
        run->conns[i].run = run;
        run->conns[i].fd = -1;
    }
    if (options->version != 0) {
        run->context = load_tls_context(options);
    }
}

static void finish(load_run_t *run)
{
    for (uint64_t i = 0; i < run->options->connections; i++) {
        load_conn_t *conn = &run->conns[i];
        load_conn_drop(conn);
        SSL_SESSION_free(conn->session);
        free(conn->request);
    }
    SSL_CTX_free(run->context);
    free(run->conns);
    free(run->stats.whole);
    free(run->stats.first);
    (void)close(run->epoll);
}

int main(int argc, char **argv)
{
    static load_options_t options;
    static load_run_t run = {.options = &options};
    load_options_read(&options, argc, argv);
    prepare(&run);
    if (!options.cold) {
        phase(&run, false);
    }
    uint64_t server_cpu = load_settle(&options);
    uint64_t own_cpu = load_own_cpu();
    uint64_t begun = load_now();
    phase(&run, true);
    uint64_t elapsed = load_now() - begun;
    own_cpu = load_own_cpu() - own_cpu;
    server_cpu = load_settle(&options) - server_cpu;
    load_stats_print(&run.stats, elapsed, server_cpu, own_cpu);
    if (options.stay) {
        stay(&run);
    }
    finish(&run);
    return 0;
}
