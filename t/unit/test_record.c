/* SPDX-License-Identifier: Apache-2.0 */
/*
 * If this fails, browsers wait a round trip longer for the start of a page, or
 * downloads are cut into small and costly records.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sc_record.h"

#define NOON 1000000000000000LL

/* What goes into a segment of 1,428 bytes: IPv6 with TCP time stamps. */
#define SEGMENT  ((apr_size_t)1428)
#define OVERHEAD ((apr_size_t)22)

static void first_record_fits_a_segment(void **state)
{
    sc_record_t record = {0, 0};

    (void)state;
    sc_record_begin(&record, NOON);
    assert_true(sc_record_room(&record) + OVERHEAD <= SEGMENT);
    assert_true(sc_record_room(&record) > SEGMENT * 9 / 10);
}

static void second_record_fits_the_initial_window(void **state)
{
    sc_record_t record = {0, 0};
    apr_size_t first;
    apr_size_t second;

    (void)state;
    sc_record_begin(&record, NOON);
    first = sc_record_room(&record);
    sc_record_sent(&record, first);
    second = sc_record_room(&record);
    assert_true(first + second + 2 * OVERHEAD <= 10 * SEGMENT);
    assert_true(first + second > 9 * SEGMENT);
    sc_record_sent(&record, second);
    assert_int_equal(sc_record_room(&record), SC_RECORD_MAX);
}

static void small_writes_share_the_first_segment(void **state)
{
    sc_record_t record = {0, 0};
    apr_size_t first;

    (void)state;
    sc_record_begin(&record, NOON);
    first = sc_record_room(&record);
    sc_record_sent(&record, 300);
    assert_int_equal(sc_record_room(&record), first - 300);
    sc_record_sent(&record, first - 301);
    assert_int_equal(sc_record_room(&record), 1);
    sc_record_sent(&record, 1);
    assert_true(sc_record_room(&record) > first);
}

static void full_flow_stays_full(void **state)
{
    sc_record_t record = {0, 0};

    (void)state;
    sc_record_begin(&record, NOON);
    for (int i = 0; i < 100; i++) {
        sc_record_sent(&record, SC_RECORD_MAX);
        sc_record_begin(&record, NOON + i * (apr_time_t)APR_USEC_PER_SEC);
    }
    assert_int_equal(sc_record_room(&record), SC_RECORD_MAX);
}

static void idling_makes_records_small_again(void **state)
{
    sc_record_t record = {0, 0};
    apr_size_t first;

    (void)state;
    sc_record_begin(&record, NOON);
    first = sc_record_room(&record);
    sc_record_sent(&record, 100000);
    sc_record_begin(&record, NOON + APR_USEC_PER_SEC);
    assert_int_equal(sc_record_room(&record), SC_RECORD_MAX);
    sc_record_begin(&record, NOON + 2 * APR_USEC_PER_SEC + 1);
    assert_int_equal(sc_record_room(&record), first);
}

static void clock_set_back_is_no_harm(void **state)
{
    sc_record_t record = {0, 0};
    apr_size_t first;

    (void)state;
    sc_record_begin(&record, NOON);
    first = sc_record_room(&record);
    sc_record_sent(&record, 100000);
    sc_record_begin(&record, NOON - 1);
    assert_int_equal(sc_record_room(&record), first);
    sc_record_sent(&record, 100000);
    sc_record_begin(&record, NOON);
    assert_int_equal(sc_record_room(&record), SC_RECORD_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_record_fits_a_segment),
        cmocka_unit_test(second_record_fits_the_initial_window),
        cmocka_unit_test(small_writes_share_the_first_segment),
        cmocka_unit_test(full_flow_stays_full),
        cmocka_unit_test(idling_makes_records_small_again),
        cmocka_unit_test(clock_set_back_is_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
