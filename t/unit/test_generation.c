/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When this fails, a restart frees settings that a handshake still uses, or
 * never frees them. The last test is worth running under ThreadSanitizer.
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

#include <apr_atomic.h>
#include <apr_general.h>
#include <apr_thread_proc.h>

#include "sc_generation.h"

#define READERS       4
#define WRITERS       2
#define READER_ROUNDS 20000
#define WRITER_ROUNDS 3000

/* Both members are equal as long as the content lives. */
typedef struct content {
    int number;
    int copy;
} content_t;

static apr_pool_t *pool;
static sc_cell_t *cell;
static apr_uint32_t made;      /* atomic */
static apr_uint32_t destroyed; /* atomic */
static apr_uint32_t mistakes;  /* atomic */

static void destroy(const void *data)
{
    content_t *content = (content_t *)data;

    if (content->number != content->copy) {
        apr_atomic_inc32(&mistakes);
    }
    content->copy = content->number + 1;
    free(content);
    apr_atomic_inc32(&destroyed);
}

static sc_generation_t *make_generation(int number)
{
    content_t *content = malloc(sizeof(*content));
    sc_generation_t *generation;

    /* Threads come here, too: no assertions of cmocka's. */
    if (!content) {
        abort();
    }
    content->number = content->copy = number;
    generation = sc_generation_new(content, destroy);
    if (!generation) {
        abort();
    }
    apr_atomic_inc32(&made);
    return generation;
}

static int number_of(const sc_generation_t *generation)
{
    const content_t *content = sc_generation_content(generation);

    return content->number == content->copy ? content->number : -1;
}

static void empty_cell_gives_nothing(void **state)
{
    (void)state;
    assert_null(sc_cell_acquire(cell));
    sc_cell_publish(cell, NULL);
    assert_null(sc_cell_acquire(cell));
    sc_generation_release(NULL);
}

static void unpublished_generation_ends_with_its_maker(void **state)
{
    sc_generation_t *generation = make_generation(1);

    (void)state;
    assert_int_equal(number_of(generation), 1);
    sc_generation_release(generation);
    assert_int_equal(destroyed, 1);
}

static void destroy_may_be_missing(void **state)
{
    static const int content = 5;
    sc_generation_t *generation = sc_generation_new(&content, NULL);

    (void)state;
    assert_non_null(generation);
    assert_ptr_equal(sc_generation_content(generation), &content);
    sc_generation_release(generation);
}

static void published_generation_ends_with_the_next(void **state)
{
    (void)state;
    sc_cell_publish(cell, make_generation(1));
    assert_int_equal(destroyed, 0);
    sc_cell_publish(cell, make_generation(2));
    assert_int_equal(destroyed, 1);
    sc_cell_publish(cell, NULL);
    assert_int_equal(destroyed, 2);
    assert_null(sc_cell_acquire(cell));
}

static void holder_keeps_what_it_began_with(void **state)
{
    sc_generation_t *first;
    sc_generation_t *second;

    (void)state;
    sc_cell_publish(cell, make_generation(1));
    first = sc_cell_acquire(cell);
    sc_cell_publish(cell, make_generation(2));
    second = sc_cell_acquire(cell);
    assert_ptr_not_equal(first, second);
    assert_int_equal(number_of(first), 1);
    assert_int_equal(number_of(second), 2);
    assert_int_equal(destroyed, 0);
    sc_generation_release(first);
    assert_int_equal(destroyed, 1);
    sc_generation_release(second);
    assert_int_equal(destroyed, 1);
    second = sc_cell_acquire(cell);
    assert_int_equal(number_of(second), 2);
    sc_generation_release(second);
}

static void each_acquire_needs_its_release(void **state)
{
    sc_generation_t *held[3];

    (void)state;
    sc_cell_publish(cell, make_generation(1));
    for (int i = 0; i < 3; i++) {
        held[i] = sc_cell_acquire(cell);
        assert_ptr_equal(held[i], held[0]);
    }
    sc_cell_publish(cell, NULL);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(destroyed, 0);
        assert_int_equal(number_of(held[i]), 1);
        sc_generation_release(held[i]);
    }
    assert_int_equal(destroyed, 1);
}

static void clearing_the_pool_releases(void **state)
{
    apr_pool_t *sub;
    sc_cell_t *other;
    sc_generation_t *held;

    (void)state;
    apr_pool_create(&sub, pool);
    other = sc_cell_make(sub);
    assert_non_null(other);
    sc_cell_publish(other, make_generation(1));
    held = sc_cell_acquire(other);
    apr_pool_destroy(sub);
    assert_int_equal(destroyed, 0);
    assert_int_equal(number_of(held), 1);
    sc_generation_release(held);
    assert_int_equal(destroyed, 1);
}

static void *APR_THREAD_FUNC reader(apr_thread_t *thread, void *data)
{
    (void)data;
    for (int i = 0; i < READER_ROUNDS; i++) {
        sc_generation_t *generation = sc_cell_acquire(cell);

        if (!generation || number_of(generation) < 0) {
            apr_atomic_inc32(&mistakes);
        }
        sc_generation_release(generation);
    }
    apr_thread_exit(thread, APR_SUCCESS);
    return NULL;
}

static void *APR_THREAD_FUNC writer(apr_thread_t *thread, void *data)
{
    (void)data;
    for (int i = 0; i < WRITER_ROUNDS; i++) {
        sc_cell_publish(cell, make_generation(i));
    }
    apr_thread_exit(thread, APR_SUCCESS);
    return NULL;
}

static void many_threads(void **state)
{
    apr_thread_t *threads[READERS + WRITERS];
    apr_status_t status;

    (void)state;
    sc_cell_publish(cell, make_generation(0));
    for (int i = 0; i < READERS + WRITERS; i++) {
        assert_int_equal(apr_thread_create(&threads[i], NULL,
                                           i < READERS ? reader : writer, NULL,
                                           pool),
                         APR_SUCCESS);
    }
    for (int i = 0; i < READERS + WRITERS; i++) {
        assert_int_equal(apr_thread_join(&status, threads[i]), APR_SUCCESS);
        assert_int_equal(status, APR_SUCCESS);
    }
    assert_int_equal(made, WRITERS * WRITER_ROUNDS + 1);
    assert_int_equal(destroyed, made - 1);
    sc_cell_publish(cell, NULL);
    assert_int_equal(destroyed, made);
}

static int begin_test(void **state)
{
    (void)state;
    made = destroyed = mistakes = 0;
    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return -1;
    }
    cell = sc_cell_make(pool);
    return cell ? 0 : -1;
}

/* Whatever a test did, in the end all that was made is destroyed, once. */
static int end_test(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    assert_int_equal(destroyed, made);
    assert_int_equal(mistakes, 0);
    return 0;
}

static int group_setup(void **state)
{
    (void)state;
    return apr_initialize() != APR_SUCCESS;
}

static int group_teardown(void **state)
{
    (void)state;
    apr_terminate();
    return 0;
}

#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, begin_test, end_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(empty_cell_gives_nothing),
        TEST(unpublished_generation_ends_with_its_maker),
        TEST(destroy_may_be_missing),
        TEST(published_generation_ends_with_the_next),
        TEST(holder_keeps_what_it_began_with),
        TEST(each_acquire_needs_its_release),
        TEST(clearing_the_pool_releases),
        TEST(many_threads),
    };

    return cmocka_run_group_tests_name("sc_generation", tests, group_setup,
                                       group_teardown);
}
