/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clocks, counts, and the line that is printed.
 */
#include "load.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>

void load_fail(const char *format, ...)
{
    va_list arguments;
    (void)fputs("load: ", stderr);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static uint64_t read_clock(clockid_t clock)
{
    struct timespec time;
    if (clock_gettime(clock, &time) != 0) {
        load_fail("a clock cannot be read: %s", strerror(errno));
    }
    return (uint64_t)time.tv_sec * LOAD_SEC + (uint64_t)time.tv_nsec;
}

uint64_t load_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t load_own_cpu(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/* The clock of a process counts in nanoseconds, /proc/PID/stat in hundredths of
 * a second, and /proc/PID/task forgets threads that have ended. */
uint64_t load_server_cpu(const load_options_t *options)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < options->pid_count; i++) {
        clockid_t clock = 0;
        int error = clock_getcpuclockid(options->pids[i], &clock);
        if (error != 0) {
            load_fail("process %ld of the server: %s", (long)options->pids[i],
                      strerror(error));
        }
        sum += read_clock(clock);
    }
    return sum;
}

uint64_t load_settle(const load_options_t *options)
{
    const struct timespec pause = {0, 2 * (long)LOAD_MS};
    uint64_t last = load_server_cpu(options);
    unsigned still = 0;
    for (int i = 0; i < 250 && still < 10 && options->pid_count > 0; i++) {
        (void)nanosleep(&pause, NULL);
        uint64_t next = load_server_cpu(options);
        still = next == last ? still + 1 : 0;
        last = next;
    }
    return last;
}

void load_stats_add(load_stats_t *stats, uint64_t begun, uint64_t first)
{
    if (stats->operations == stats->capacity) {
        stats->capacity = stats->capacity == 0 ? 4096 : 2 * stats->capacity;
        stats->whole =
            realloc(stats->whole, stats->capacity * sizeof(*stats->whole));
        stats->first =
            realloc(stats->first, stats->capacity * sizeof(*stats->first));
        if (stats->whole == NULL || stats->first == NULL) {
            load_fail("no memory");
        }
    }
    stats->whole[stats->operations] = load_now() - begun;
    stats->first[stats->operations] = first > begun ? first - begun : 0;
    stats->operations++;
}

static int ascending(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static void print_times(const char *name, uint64_t *times, uint64_t count)
{
    qsort(times, (size_t)count, sizeof(*times), ascending);
    static const unsigned percent[] = {50, 90, 99, 100};
    for (size_t i = 0; i < sizeof(percent) / sizeof(percent[0]); i++) {
        (void)printf(" %s%u=%" PRIu64, name, percent[i],
                     times[(count - 1) * percent[i] / 100]);
    }
}

void load_stats_print(load_stats_t *stats, uint64_t elapsed,
                      uint64_t server_cpu, uint64_t own_cpu)
{
    if (stats->operations == 0) {
        load_fail("not one operation was finished");
    }
    (void)printf(
        "operations=%" PRIu64 " elapsed=%" PRIu64 " server_cpu=%" PRIu64
        " own_cpu=%" PRIu64 " handshakes=%" PRIu64 " resumed=%" PRIu64
        " bytes_in=%" PRIu64 " bytes_out=%" PRIu64,
        stats->operations, elapsed, server_cpu, own_cpu, stats->handshakes,
        stats->resumed, stats->bytes_in, stats->bytes_out);
    print_times("whole", stats->whole, stats->operations);
    print_times("first", stats->first, stats->operations);
    (void)putchar('\n');
    (void)fflush(stdout);
}
