/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_loader.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "sc_cert.h"
#include "sc_crew.h"
#include "sc_ossl.h"
#include "sc_safe.h"

_Static_assert(sizeof(sc_identity_grade_t) <= SC_PROOF_NOTE_LEN,
               "a grade is the note of a proof");

/* One of those that examine files at the same time. */
typedef struct worker {
    apr_pool_t *p; /* with an allocator of its own */
    sc_decoders_t *decoders;
} worker_t;

struct sc_loader {
    sc_exam_kit_t kit;
    sc_proven_t *found;
    sc_safe_t *safe;
    apr_hash_t *loaded; /* by file names: entry_t */
    apr_hash_t *chains; /* by the certificates' addresses: STACK_OF(X509) */
    apr_pool_t *p;
    apr_pool_t *ptemp;
    apr_pool_t *scratch; /* cleared with each pair of files */
    worker_t workers[SC_CREW_MAX];
    apr_array_header_t *ahead; /* of entry_t *: examined by the workers */
};

/* A pair of files that was asked for or will be. */
typedef struct entry {
    const sc_identity_spec_t *spec; /* while it is examined */
    const sc_exam_t *exam;          /* what that came to, until it is asked for;
                                     * in a worker's pool */
    sc_report_t *report;            /* the same */
    const sc_identity_t *identity;  /* NULL: it cannot be used */
    bool is_settled;
} entry_t;

sc_loader_t *sc_loader_make(const sc_proven_t *known, sc_proven_t *found,
                            apr_pool_t *p, apr_pool_t *ptemp)
{
    sc_loader_t *loader = apr_pcalloc(ptemp, sizeof(*loader));

    loader->kit = (sc_exam_kit_t){.known = known,
                                  .store = sc_certs_make(ptemp),
                                  .decoders = sc_decoders_make(ptemp),
                                  .may_ask = true};
    loader->found = found;
    loader->safe = sc_safe_make(p);
    loader->loaded = apr_hash_make(ptemp);
    loader->chains = apr_hash_make(ptemp);
    loader->p = p;
    loader->ptemp = ptemp;
    loader->ahead = apr_array_make(ptemp, 64, sizeof(entry_t *));
    (void)apr_pool_create(&loader->scratch, ptemp); /* aborts, as apr_palloc */
    return loader;
}

/* Returns the one stack in p of these certificates, or NULL without memory. */
static STACK_OF(X509) *chain_share(const sc_loader_t *loader,
                                   STACK_OF(X509) *chain)
{
    const int num = sk_X509_num(chain);
    const apr_size_t len = (apr_size_t)(num + 1) * sizeof(X509 *);
    X509 **key = apr_pcalloc(loader->scratch, len);
    STACK_OF(X509) *shared;

    for (int i = 0; i < num; i++) {
        key[i] = sk_X509_value(chain, i);
    }
    shared = apr_hash_get(loader->chains, key, (apr_ssize_t)len);
    if (shared == NULL) {
        shared = sc_own_x509_stack(X509_chain_up_ref(chain), loader->p);
        if (shared != NULL) {
            apr_hash_set(loader->chains, apr_pmemdup(loader->ptemp, key, len),
                         (apr_ssize_t)len, shared);
        }
    }
    return shared;
}

/* Keeps the bytes of an examination and makes an identity of them. */
static sc_identity_t *seal(const sc_loader_t *loader, const sc_exam_t *exam,
                           STACK_OF(X509) *chain)
{
    sc_identity_bytes_t bytes = exam->bytes;

    bytes.leaf = apr_pmemdup(loader->p, bytes.leaf, bytes.leaf_len);
    bytes.key = sc_safe_keep(loader->safe, bytes.key, bytes.key_len);
    return bytes.key != NULL ? sc_identity_seal((sc_key_type_t)exam->grade.type,
                                                &bytes, chain, loader->p)
                             : NULL;
}

/* Makes an identity of what cannot be sealed. */
static sc_identity_t *make_open(const sc_loader_t *loader,
                                const sc_exam_t *exam, STACK_OF(X509) *chain)
{
    X509 *leaf = sc_cert_whole(exam->leaf);
    sc_identity_t *identity = NULL;

    if (leaf != NULL) {
        identity = sc_identity_make(leaf, exam->key, chain, loader->p);
    }
    X509_free(leaf);
    return identity;
}

/* Makes an identity of what was examined; NULL if there is no memory. */
static sc_identity_t *identity_make(const sc_loader_t *loader,
                                    const sc_exam_t *exam,
                                    const sc_identity_spec_t *spec)
{
    STACK_OF(X509) *chain = chain_share(loader, exam->chain);
    sc_identity_t *identity = NULL;

    if (chain != NULL) {
        identity = exam->key != NULL ? make_open(loader, exam, chain)
                                     : seal(loader, exam, chain);
    }
    if (identity == NULL) {
        return NULL;
    }
    identity->chain_file = spec->chain_file;
    identity->key_file =
        spec->key_file != NULL ? spec->key_file : spec->chain_file;
    identity->grade = exam->grade;
    identity->proof = exam->proof;
    if (exam->leaf != NULL && X509_up_ref(exam->leaf) == 1) {
        sc_identity_set_outline(identity, exam->leaf);
    }
    return identity;
}

/* Makes of an examination what it allows. */
static const sc_identity_t *settle(const sc_loader_t *loader,
                                   const sc_exam_t *exam,
                                   const sc_identity_spec_t *spec,
                                   sc_report_t *report)
{
    const sc_identity_t *identity;

    if (exam->result != SC_EXAM_PASSED) {
        return NULL;
    }
    identity = identity_make(loader, exam, spec);
    if (identity == NULL) {
        sc_report_add(report, SC_SEVERITY_ERROR, "SC0263", &spec->place,
                      "there is not enough memory to keep the certificate.");
    }
    else if (exam->is_new && loader->found != NULL) {
        sc_proven_add(loader->found, &exam->proof, &exam->grade,
                      sizeof(exam->grade));
    }
    return identity;
}

/* Returns the entry of a pair of files, making it if need be. */
static entry_t *entry_get(const sc_loader_t *loader,
                          const sc_identity_spec_t *spec)
{
    const char *key_file =
        spec->key_file != NULL ? spec->key_file : spec->chain_file;
    const char *names =
        apr_pstrcat(loader->scratch, spec->chain_file, "\n", key_file, NULL);
    entry_t *entry = apr_hash_get(loader->loaded, names, APR_HASH_KEY_STRING);

    if (entry == NULL) {
        entry = apr_pcalloc(loader->ptemp, sizeof(*entry));
        apr_hash_set(loader->loaded, apr_pstrdup(loader->ptemp, names),
                     APR_HASH_KEY_STRING, entry);
    }
    return entry;
}

const sc_identity_t *sc_loader_load(sc_loader_t *loader,
                                    const sc_identity_spec_t *spec,
                                    sc_report_t *report)
{
    entry_t *entry = entry_get(loader, spec);
    const sc_exam_t *exam = entry->exam;

    if (!entry->is_settled) {
        if (exam == NULL || exam->result == SC_EXAM_LATER) {
            exam = sc_exam_take(&loader->kit, spec, report, loader->scratch);
        }
        else {
            sc_report_append(report, entry->report, SC_SEVERITY_WARNING);
        }
        entry->identity = settle(loader, exam, spec, report);
        entry->is_settled = true;
    }
    apr_pool_clear(loader->scratch); /* wipes the files */
    return entry->identity;
}

void sc_loader_outline(const sc_loader_t *loader, const sc_identity_t *identity)
{
    const sc_identity_bytes_t *bytes = sc_identity_closed_bytes(identity);

    if (bytes != NULL) {
        sc_identity_set_outline(
            identity,
            sc_certs_outline(loader->kit.store, bytes->leaf, bytes->leaf_len));
    }
}

/* ---- Many at the same time ---- */

/* Makes the pools and decoders of so many workers that have none yet; returns
 * how many can work. */
static int workers_make(sc_loader_t *loader, int num)
{
    for (int i = 0; i < num; i++) {
        worker_t *worker = &loader->workers[i];
        apr_allocator_t *allocator = NULL;

        if (worker->p != NULL) {
            continue;
        }
        /* Pools that share an allocator cannot be used at the same time. */
        if (apr_allocator_create(&allocator) != APR_SUCCESS ||
            apr_pool_create_ex(&worker->p, loader->ptemp,
                               apr_pool_abort_get(loader->ptemp),
                               allocator) != APR_SUCCESS) {
            worker->p = NULL;
            return i;
        }
        apr_allocator_owner_set(allocator, worker->p);
        worker->decoders = sc_decoders_make(loader->ptemp);
    }
    return num;
}

/* Forgets what was examined and never asked for. */
static void ahead_forget(const sc_loader_t *loader)
{
    entry_t **entry;

    while ((entry = apr_array_pop(loader->ahead)) != NULL) {
        (*entry)->spec = NULL;
        (*entry)->exam = NULL;
        (*entry)->report = NULL;
    }
    for (int i = 0; i < SC_CREW_MAX; i++) {
        if (loader->workers[i].p != NULL) {
            apr_pool_clear(loader->workers[i].p);
        }
    }
}

/* A job of the crew: examines one pair of files. */
static void examine(void *baton, int number, int job)
{
    const sc_loader_t *loader = baton;
    const worker_t *worker = &loader->workers[number];
    entry_t *entry = APR_ARRAY_IDX(loader->ahead, job, entry_t *);
    sc_exam_kit_t kit = loader->kit;

    kit.decoders = worker->decoders;
    kit.may_ask = false;
    entry->report = sc_report_make(worker->p);
    entry->exam = sc_exam_take(&kit, entry->spec, entry->report, worker->p);
}

void sc_loader_read_ahead(sc_loader_t *loader, const apr_array_header_t *specs)
{
    int num_workers;

    ahead_forget(loader);
    for (int i = 0; i < specs->nelts; i++) {
        const sc_identity_spec_t *spec =
            &APR_ARRAY_IDX(specs, i, sc_identity_spec_t);
        entry_t *entry = entry_get(loader, spec);

        if (!entry->is_settled && entry->spec == NULL) {
            entry->spec = spec;
            APR_ARRAY_PUSH(loader->ahead, entry_t *) = entry;
        }
    }
    apr_pool_clear(loader->scratch);
    num_workers = workers_make(loader, sc_crew_size(loader->ahead->nelts));
    if (num_workers > 1 && sc_certs_allow_threads(loader->kit.store)) {
        sc_crew_run(examine, loader, num_workers, loader->ahead->nelts,
                    loader->scratch);
        apr_pool_clear(loader->scratch);
    }
}
