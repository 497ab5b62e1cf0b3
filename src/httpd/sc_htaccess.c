/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_htaccess.h"

#include <limits.h>
#include <string.h>

#include <apr_file_info.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_core.h>

/* A tree larger than this is not searched to its end. */
#define MAX_ENTRIES 10000

#define DIRECTIVE   "SecureChanRequire"

/* A directory to look at. */
typedef struct sc_search_place {
    const char *path;
    int level; /* below the top */
} sc_search_place_t;

/* One search. */
typedef struct sc_search {
    const sc_gate_facts_t *facts;
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

/* line holds the words behind the directive's name. */
static bool line_admits(const sc_search_t *search, const char *line)
{
    sc_gate_requirement_t requirement = {.violated = false};
    sc_gate_rule_t *rule = &requirement.layer[SC_GATE_LAYER_HTACCESS];

    while (*line) {
        const char *word = ap_getword_conf(search->p, &line);

        if (sc_gate_rule_word(rule, word, search->p)) {
            return give_up(search);
        }
    }
    *search->unmet = sc_gate_effective(&requirement);
    return !search->unmet->on ||
           sc_gate_is_met(search->unmet, search->facts, search->reason);
}

static bool file_admits(const sc_search_t *search, const char *path)
{
    char line[MAX_STRING_LEN];
    ap_configfile_t *file;
    apr_status_t status;
    bool ok = true;

    status = ap_pcfg_openfile(&file, search->p, path);
    if (status != APR_SUCCESS) {
        return give_up(search);
    }
    while (ok &&
           (status = ap_cfg_getline(line, sizeof(line), file)) == APR_SUCCESS) {
        const char *rest = line;
        const char *word = ap_getword_conf(search->p, &rest);

        if (!strcasecmp(word, DIRECTIVE)) {
            ok = line_admits(search, rest);
        }
    }
    ap_cfg_closefile(file);
    if (ok && !APR_STATUS_IS_EOF(status)) {
        return give_up(search);
    }
    return ok;
}

static bool is_access_file(const sc_search_t *search, const char *name)
{
    const char *names = search->access_names;

    while (*names) {
        if (!strcmp(ap_getword_conf(search->p, &names), name)) {
            return true;
        }
    }
    return false;
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

/* Looks at one entry, and notes it if it is a directory. */
static bool entry_admits(const sc_search_t *search, sc_search_place_t place,
                         const apr_finfo_t *info)
{
    const char *full =
        apr_pstrcat(search->p, place.path, "/", info->name, NULL);

    if (is_directory(search, full, info->filetype)) {
        add_place(search, full, place.level + 1);
        return true;
    }
    return !is_access_file(search, info->name) || file_admits(search, full);
}

/* Looks at the entries of one directory. */
static bool directory_admits(sc_search_t *search, sc_search_place_t place)
{
    apr_finfo_t info;
    apr_dir_t *dir;
    bool ok = true;

    if (apr_dir_open(&dir, place.path, search->p) != APR_SUCCESS) {
        return true; /* nobody else in this process can look into it either */
    }
    while (ok && apr_dir_read(&info, APR_FINFO_TYPE | APR_FINFO_NAME, dir) ==
                     APR_SUCCESS) {
        if (!strcmp(info.name, ".") || !strcmp(info.name, "..")) {
            continue;
        }
        search->entries++;
        ok = search->entries <= MAX_ENTRIES ? entry_admits(search, place, &info)
                                            : give_up(search);
    }
    apr_dir_close(dir);
    return ok;
}

bool sc_htaccess_admits(const request_rec *r, const sc_gate_facts_t *facts,
                        sc_gate_effective_t *unmet, sc_gate_reason_t *reason)
{
    const core_server_config *core =
        ap_get_core_module_config(r->server->module_config);
    const char *depth = apr_table_get(r->headers_in, "Depth");
    sc_search_t search = {
        .facts = facts,
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
