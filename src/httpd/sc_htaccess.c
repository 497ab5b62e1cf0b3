/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_htaccess.h"

#include <limits.h>
#include <string.h>

#include <apr_file_info.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_core.h>

#include "sc_conf.h"
#include "sc_log.h"

/* A tree larger than this is not searched to its end. */
#define MAX_ENTRIES 10000

/* A directory to look at. */
typedef struct sc_search_place {
    const char *path;
    int level; /* below the top */
} sc_search_place_t;

/* One search. */
typedef struct sc_search {
    const sc_gate_facts_t *facts;
    request_rec *r;
    const char *access_names;   /* separated by spaces */
    apr_array_header_t *places; /* of sc_search_place_t */
    int deepest;                /* level that is still looked at */
    int entries;
    sc_gate_effective_t *unmet;
    sc_gate_reason_t *reason;
    apr_pool_t *p;
} sc_search_t;

/* What cannot be known is not met. */
static bool give_up(const sc_search_t *search)
{
    *search->unmet = (sc_gate_effective_t){.on = true};
    *search->reason = SC_GATE_REASON_NOT_SECURE;
    return false;
}

/* Notes the configurations of sections within a configuration. */
static void add_sections(apr_array_header_t *vectors,
                         const apr_array_header_t *sections)
{
    if (sections) {
        apr_array_cat(vectors, sections);
    }
}

/* Looks at what an access file says, in all of its sections. */
static bool vector_admits(const sc_search_t *search, ap_conf_vector_t *vector)
{
    apr_array_header_t *vectors =
        apr_array_make(search->p, 4, sizeof(ap_conf_vector_t *));

    APR_ARRAY_PUSH(vectors, ap_conf_vector_t *) = vector;
    for (int i = 0; i < vectors->nelts; i++) {
        ap_conf_vector_t *at = APR_ARRAY_IDX(vectors, i, ap_conf_vector_t *);
        const sc_dir_conf_t *conf =
            ap_get_module_config(at, &securechan_module);
        const core_dir_config *core = ap_get_core_module_config(at);

        if (conf) {
            *search->unmet = sc_gate_effective(&conf->requirement);
            if (search->unmet->on &&
                !sc_gate_is_met(search->unmet, search->facts, search->reason)) {
                return false;
            }
        }
        if (core) {
            add_sections(vectors, core->sec_file);
            add_sections(vectors, core->sec_if);
        }
    }
    return true;
}

/* Has httpd itself read the access file of a directory: only it knows all the
 * ways in which a line can be written. */
static bool access_file_admits(const sc_search_t *search, const char *path)
{
    ap_conf_vector_t *vector = NULL;
    const int result = ap_parse_htaccess(
        &vector, search->r, OR_ALL, OPT_ALL, NULL,
        apr_pstrcat(search->p, path, "/", NULL), search->access_names);

    if (result != OK) {
        return give_up(search);
    }
    return !vector || vector_admits(search, vector);
}

/* Follows symbolic links, as WebDAV may; a loop ends at the limit of entries.
 */
static bool is_directory(const sc_search_t *search, const char *path,
                         apr_filetype_e type)
{
    apr_finfo_t target;

    if (type == APR_LNK || type == APR_UNKFILE || type == APR_NOFILE) {
        return apr_stat(&target, path, APR_FINFO_TYPE, search->p) ==
                   APR_SUCCESS &&
               target.filetype == APR_DIR;
    }
    return type == APR_DIR;
}

static void add_place(const sc_search_t *search, const char *path, int level)
{
    if (level <= search->deepest) {
        sc_search_place_t *place = apr_array_push(search->places);

        place->path = path;
        place->level = level;
    }
}

/* Looks at one directory and notes those in it. */
static bool directory_admits(sc_search_t *search, sc_search_place_t place)
{
    apr_finfo_t info;
    apr_dir_t *dir;
    bool ok = true;

    if (apr_dir_open(&dir, place.path, search->p) != APR_SUCCESS) {
        return true; /* nobody else in this process can look into it either */
    }
    ok = access_file_admits(search, place.path);
    while (ok && apr_dir_read(&info, APR_FINFO_TYPE | APR_FINFO_NAME, dir) ==
                     APR_SUCCESS) {
        const char *full;

        if (!strcmp(info.name, ".") || !strcmp(info.name, "..")) {
            continue;
        }
        if (++search->entries > MAX_ENTRIES) {
            ok = give_up(search);
            break;
        }
        full = apr_pstrcat(search->p, place.path, "/", info.name, NULL);
        if (is_directory(search, full, info.filetype)) {
            add_place(search, full, place.level + 1);
        }
    }
    apr_dir_close(dir);
    return ok;
}

bool sc_htaccess_admits(request_rec *r, const sc_gate_facts_t *facts,
                        sc_gate_effective_t *unmet, sc_gate_reason_t *reason)
{
    const core_server_config *core =
        ap_get_core_module_config(r->server->module_config);
    const char *depth = apr_table_get(r->headers_in, "Depth");
    sc_search_t search = {
        .facts = facts,
        .r = r,
        .access_names =
            core->access_name ? core->access_name : DEFAULT_ACCESS_FNAME,
        .deepest = depth && !strcmp(depth, "1") ? 1 : INT_MAX,
    };
    const sc_search_place_t *place;
    bool ok = true;

    search.unmet = unmet;
    search.reason = reason;
    apr_pool_create(&search.p, r->pool);
    search.places = apr_array_make(search.p, 16, sizeof(sc_search_place_t));
    add_place(&search, r->filename, 0);
    while (ok && (place = apr_array_pop(search.places))) {
        ok = directory_admits(&search, *place);
        if (!ok && facts->secure && search.entries > MAX_ENTRIES) {
            ok = true; /* secure it is; what more might be asked is unlikely */
            break;
        }
    }
    apr_pool_destroy(search.p);
    return ok;
}
