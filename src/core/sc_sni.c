/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_sni.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "sc_name.h"

/* One name or pattern and the host it leads to. */
typedef struct entry {
    const char *text; /* as matched: canonical name, suffix, or pattern */
    const void *host;
    int rank; /* place of the host in the configuration, from 0 */
} entry_t;

struct sc_sni {
    apr_pool_t *pool;
    apr_hash_t *exact;    /* canonical name -> entry_t */
    apr_hash_t *suffixes; /* "example.org" of "*.example.org" -> entry_t */
    apr_hash_t *patterns; /* any other pattern -> entry_t: duplicates */
    apr_array_header_t *others; /* of entry_t *, the same, in order of rank */
    const void *last_host;      /* that of the latest sc_sni_add() */
    int last_rank;
};

sc_sni_t *sc_sni_make(apr_pool_t *p)
{
    sc_sni_t *sni = apr_palloc(p, sizeof(*sni));

    sni->pool = p;
    sni->exact = apr_hash_make(p);
    sni->suffixes = apr_hash_make(p);
    sni->patterns = apr_hash_make(p);
    sni->others = apr_array_make(p, 2, sizeof(entry_t *));
    sni->last_host = NULL;
    sni->last_rank = -1;
    return sni;
}

/*
 * Copies a pattern in lower case, so that the same one is found again however
 * it was written. Returns NULL for one that no canonical name can match.
 */
static const char *pattern_copy(const char *pattern, apr_pool_t *p)
{
    char *copy = apr_pstrdup(p, pattern);

    for (char *c = copy; *c != '\0'; c++) {
        if (*c >= 'A' && *c <= 'Z') {
            *c = (char)(*c - 'A' + 'a');
        }
        if ((*c < 'a' || *c > 'z') && (*c < '0' || *c > '9') &&
            strchr("-_.*?", *c) == NULL) {
            return NULL;
        }
    }
    return copy;
}

/*
 * Puts text, which must outlive the index, into one of its tables unless it is
 * there. Returns the entry that is there now.
 */
static entry_t *entry_put(sc_sni_t *sni, apr_hash_t *table, const char *text,
                          const void *host)
{
    entry_t *entry = apr_hash_get(table, text, APR_HASH_KEY_STRING);

    if (entry == NULL) {
        entry = apr_palloc(sni->pool, sizeof(*entry));
        entry->text = text;
        entry->host = host;
        entry->rank = sni->last_rank;
        apr_hash_set(table, text, APR_HASH_KEY_STRING, entry);
    }
    return entry;
}

const void *sc_sni_add(sc_sni_t *sni, const char *name, const void *host)
{
    char canonical[SC_NAME_MAX + 1];
    unsigned known = apr_hash_count(sni->patterns);
    entry_t *entry;

    if (sni->last_rank < 0 || host != sni->last_host) {
        sni->last_host = host;
        sni->last_rank++;
    }
    if (!sc_name_is_pattern(name)) {
        if (sc_name_is_address(name) ||
            !sc_name_canonical(canonical, name, strlen(name))) {
            return NULL;
        }
        entry =
            entry_put(sni, sni->exact, apr_pstrdup(sni->pool, canonical), host);
    }
    else if (name[0] == '*' && name[1] == '.' &&
             sc_name_canonical(canonical, name + 2, strlen(name + 2))) {
        entry = entry_put(sni, sni->suffixes, apr_pstrdup(sni->pool, canonical),
                          host);
    }
    else {
        const char *pattern = pattern_copy(name, sni->pool);

        if (pattern == NULL) {
            return NULL;
        }
        entry = entry_put(sni, sni->patterns, pattern, host);
        if (apr_hash_count(sni->patterns) > known) {
            APR_ARRAY_PUSH(sni->others, entry_t *) = entry;
        }
    }
    return entry->host == host ? NULL : entry->host;
}

static const entry_t *earlier(const entry_t *a, const entry_t *b)
{
    if (a == NULL || (b != NULL && b->rank < a->rank)) {
        return b;
    }
    return a;
}

const void *sc_sni_find(const sc_sni_t *sni, const char *name)
{
    const entry_t *best = apr_hash_get(sni->exact, name, APR_HASH_KEY_STRING);

    /* '*' matches dots too, so each suffix of the name may be configured. */
    for (const char *dot = strchr(name, '.'); dot != NULL;
         dot = strchr(dot + 1, '.')) {
        best = earlier(
            best, apr_hash_get(sni->suffixes, dot + 1, APR_HASH_KEY_STRING));
    }
    for (int i = 0; i < sni->others->nelts; i++) {
        const entry_t *entry = APR_ARRAY_IDX(sni->others, i, entry_t *);

        /* In order of rank: from here on nothing can be earlier. */
        if (best != NULL && best->rank <= entry->rank) {
            break;
        }
        if (sc_name_matches(name, entry->text)) {
            best = entry;
            break;
        }
    }
    return best != NULL ? best->host : NULL;
}
