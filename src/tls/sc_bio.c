/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_bio.h"

#include <string.h>

#include "sc_chunk.h"

static BIO_METHOD *bio_method;

/* ---- Input ---- */

/*
 * Returns the unread bytes of the first bucket that has any, dropping those
 * before it; *left is their number, 0 for an empty queue.
 */
static const char *unread(sc_bio_t *queues, apr_size_t *left)
{
    while (!APR_BRIGADE_EMPTY(queues->in)) {
        apr_bucket *bucket = APR_BRIGADE_FIRST(queues->in);
        const char *data;

        if (!APR_BUCKET_IS_METADATA(bucket) &&
            apr_bucket_read(bucket, &data, left, APR_NONBLOCK_READ) ==
                APR_SUCCESS &&
            *left > queues->in_used) {
            *left -= queues->in_used;
            return data + queues->in_used;
        }
        queues->in_used = 0;
        apr_bucket_delete(bucket);
    }
    *left = 0;
    return NULL;
}

/* Consumes bytes of the first bucket. One that is used up goes at once: its
 * memory is wanted for the next read from the network. */
static void consume(sc_bio_t *queues, apr_size_t len, apr_size_t left)
{
    queues->in_total += len;
    queues->in_used += len;
    if (len == left) {
        queues->in_used = 0;
        apr_bucket_delete(APR_BRIGADE_FIRST(queues->in));
    }
}

static int bio_read(BIO *bio, char *buf, size_t size, size_t *len)
{
    sc_bio_t *queues = BIO_get_data(bio);
    apr_size_t left;
    const char *data = unread(queues, &left);

    BIO_clear_retry_flags(bio);
    *len = left < size ? left : size;
    if (*len > 0) {
        memcpy(buf, data, *len);
        consume(queues, *len, left);
        return 1;
    }
    if (queues->in_ended) {
        queues->end_was_read = true;
    }
    else {
        BIO_set_retry_read(bio);
    }
    return 0;
}

/* ---- Output ---- */

/* Puts the chunk that is being filled into the output queue. */
static void seal_chunk(sc_bio_t *queues)
{
    if (queues->chunk) {
        APR_BRIGADE_INSERT_TAIL(
            queues->out,
            apr_bucket_heap_create(queues->chunk, queues->chunk_len,
                                   sc_chunk_give, queues->out->bucket_alloc));
        queues->chunk = NULL;
        queues->chunk_len = 0;
    }
}

/* Small writes share buckets of the connection's allocator, which it keeps;
 * large ones and what follows them go into chunks, which are shared. */
static int bio_write(BIO *bio, const char *data, size_t size, size_t *len)
{
    sc_bio_t *queues = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    *len = 0;
    if (queues->chunk && size > SC_CHUNK_SIZE - queues->chunk_len) {
        seal_chunk(queues);
    }
    if (queues->chunk ||
        (size > APR_BUCKET_BUFF_SIZE && size <= SC_CHUNK_SIZE)) {
        if (!queues->chunk) {
            queues->chunk = sc_chunk_take();
        }
        memcpy(queues->chunk + queues->chunk_len, data, size);
        queues->chunk_len += size;
    }
    else if (apr_brigade_write(queues->out, NULL, NULL, data, size) !=
             APR_SUCCESS) {
        return 0;
    }
    *len = size;
    return 1;
}

apr_bucket_brigade *sc_bio_output(sc_bio_t *queues)
{
    seal_chunk(queues);
    return queues->out;
}

/* ---- The BIO itself ---- */

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
    const sc_bio_t *queues = BIO_get_data(bio);

    (void)number;
    (void)pointer;
    switch (command) {
    case BIO_CTRL_EOF:
        return queues->in_ended && APR_BRIGADE_EMPTY(queues->in);
    case BIO_CTRL_FLUSH: /* the caller sends what is queued after each step */
        return 1;
    default:
        return 0;
    }
}

static int bio_create(BIO *bio)
{
    BIO_set_init(bio, 1);
    return 1;
}

static apr_status_t bio_method_cleanup(void *data)
{
    (void)data;
    BIO_meth_free(bio_method);
    bio_method = NULL;
    return APR_SUCCESS;
}

bool sc_bio_init(apr_pool_t *p)
{
    /* No BIO_get_new_index(): the numbers are few and each restart of the
     * server would use one up. Nothing looks this type up. */
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "byte queues");

    if (!method || !BIO_meth_set_read_ex(method, bio_read) ||
        !BIO_meth_set_write_ex(method, bio_write) ||
        !BIO_meth_set_ctrl(method, bio_ctrl) ||
        !BIO_meth_set_create(method, bio_create)) {
        BIO_meth_free(method);
        return false;
    }
    bio_method = method;
    apr_pool_cleanup_register(p, NULL, bio_method_cleanup,
                              apr_pool_cleanup_null);
    return true;
}

void sc_bio_make(sc_bio_t *queues, apr_bucket_alloc_t *alloc, apr_pool_t *p)
{
    *queues = (sc_bio_t){.in = apr_brigade_create(p, alloc),
                         .out = apr_brigade_create(p, alloc)};
}

BIO *sc_bio_new(sc_bio_t *queues)
{
    BIO *bio = BIO_new(bio_method);

    if (bio) {
        BIO_set_data(bio, queues);
    }
    return bio;
}

void sc_bio_free(sc_bio_t *queues)
{
    if (queues->chunk) {
        sc_chunk_give(queues->chunk);
        queues->chunk = NULL;
    }
}
