/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, a certificate is not examined when a big server starts, or
 * examined twice at a time. Worth running under ThreadSanitizer.
 */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <signal.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "sc_crew.h"

#define JOBS 1000

/* Each job writes to its own places only: no lock. */
typedef struct work {
    int done[JOBS];
    int worker[JOBS];
    int may_be_interrupted[JOBS];
} work_t;

static apr_pool_t *pool;
static work_t work;

static void do_job(void *baton, int worker, int job)
{
    work_t *mine = baton;
    sigset_t blocked;

    sigemptyset(&blocked);
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    mine->done[job]++;
    mine->worker[job] = worker;
    mine->may_be_interrupted[job] = !sigismember(&blocked, SIGTERM);
}

static void each_job_is_done_once(void **state)
{
    static const int counts[] = {0, 1, 2, 17, JOBS};

    (void)state;
    for (int workers = 1; workers <= SC_CREW_MAX; workers++) {
        for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
            memset(&work, 0, sizeof(work));
            sc_crew_run(do_job, &work, workers, counts[c], pool);
            for (int i = 0; i < JOBS; i++) {
                assert_int_equal(work.done[i], i < counts[c]);
                assert_in_range(work.worker[i], 0, workers - 1);
            }
        }
    }
}

static void signals_are_for_the_caller_alone(void **state)
{
    sigset_t before;
    sigset_t after;

    (void)state;
    memset(&work, 0, sizeof(work));
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    sc_crew_run(do_job, &work, 4, JOBS, pool);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_int_equal(sigismember(&after, SIGTERM),
                     sigismember(&before, SIGTERM));
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(work.may_be_interrupted[i], work.worker[i] == 0);
    }
}

static void few_jobs_need_no_crew(void **state)
{
    (void)state;
    for (int jobs = 0; jobs < 32; jobs++) {
        assert_int_equal(sc_crew_size(jobs), 1);
    }
    for (int jobs = 32; jobs < 100000; jobs *= 2) {
        assert_in_range(sc_crew_size(jobs), 1, SC_CREW_MAX);
        assert_true(sc_crew_size(jobs) <= sc_crew_size(2 * jobs));
    }
}

static int begin(void **state)
{
    (void)state;
    apr_initialize();
    return apr_pool_create(&pool, NULL);
}

static int finish(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_job_is_done_once),
        cmocka_unit_test(signals_are_for_the_caller_alone),
        cmocka_unit_test(few_jobs_need_no_crew),
    };

    return cmocka_run_group_tests_name("sc_crew", tests, begin, finish);
}
