/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_sections.h"

#include <string.h>

#include <apr_file_info.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_core.h>
#include <http_request.h>

#include "sc_conf.h"
#include "sc_log.h"

/* Tells whether one configuration vector lets .htaccess hold our directive. */
static bool allows_override(ap_conf_vector_t *vector)
{
    const core_dir_config *core = ap_get_core_module_config(vector);

    if (!core) {
        return false;
    }
    if (!(core->override & OR_UNSET) && (core->override & OR_AUTHCFG)) {
        return true;
    }
    return core->override_list &&
           apr_table_get(core->override_list, "SecureChanRequire");
}

static bool htaccess_may_require(const server_rec *s)
{
    const core_server_config *core =
        ap_get_core_module_config(s->module_config);
    const apr_array_header_t *directories = core->sec_dir;

    if (allows_override(s->lookup_defaults)) {
        return true;
    }
    for (int i = 0; directories && i < directories->nelts; i++) {
        if (allows_override(
                APR_ARRAY_IDX(directories, i, ap_conf_vector_t *))) {
            return true;
        }
    }
    return false;
}

/* Adds up what all sections of a server that are on demand. */
static void add_up(sc_server_conf_t *conf)
{
    sc_gate_effective_t *sum = &conf->strictest;

    *sum = (sc_gate_effective_t){.on_deny = SC_GATE_ELSE_DENY};
    for (int i = 0; i < conf->sections->nelts; i++) {
        const sc_gate_rule_t *rule =
            &APR_ARRAY_IDX(conf->sections, i, sc_section_t).rule;

        if (!rule->on) {
            continue;
        }
        sum->on = true;
        sum->conditions |= rule->conditions;
        if (rule->protocol_min > sum->protocol_min) {
            sum->protocol_min = rule->protocol_min;
        }
        if (rule->bits_min > sum->bits_min) {
            sum->bits_min = rule->bits_min;
        }
    }
}

void sc_sections_prepare(server_rec *main_server)
{
    /* Ours is one of them. */
    const apr_array_header_t *quick = ap_hook_get_quick_handler();

    for (server_rec *s = main_server; s; s = s->next) {
        sc_server_conf_t *conf = sc_conf_server(s);

        add_up(conf);
        conf->htaccess_may_require = htaccess_may_require(s);
        conf->guarded = conf->strictest.on || conf->htaccess_may_require;
        conf->other_quick_handlers = quick && quick->nelts > 1;
    }
}

/* ---- Mistakes ---- */

static sc_place_t section_place(const sc_section_t *section,
                                const server_rec *s)
{
    return (sc_place_t){.directive = "SecureChanRequire",
                        .file = section->rule.file,
                        .line = section->rule.line,
                        .host = s->server_hostname};
}

/* An inherited section is judged where it stands, once. */
static int first_own(const server_rec *s, const server_rec *main_server)
{
    return s == main_server ? 0 : sc_conf_server(main_server)->sections->nelts;
}

/* Tells whether an "off" does what it was written for: its section lies within
 * another of its own kind that is on. For paths only: patterns do not nest. */
static bool loosens_its_kind(const apr_array_header_t *sections,
                             const sc_section_t *off)
{
    const bool is_path = off->layer == SC_GATE_LAYER_DIRECTORY ||
                         off->layer == SC_GATE_LAYER_LOCATION;

    for (int i = 0; is_path && i < sections->nelts; i++) {
        const sc_section_t *on = &APR_ARRAY_IDX(sections, i, sc_section_t);

        if (on->rule.on && on->layer == off->layer &&
            !strncmp(off->path, on->path, strlen(on->path))) {
            return true;
        }
    }
    return false;
}

static void check_loosening(const server_rec *s, int first, sc_report_t *report)
{
    const apr_array_header_t *sections = sc_conf_server(s)->sections;

    for (int i = first; i < sections->nelts; i++) {
        const sc_section_t *off = &APR_ARRAY_IDX(sections, i, sc_section_t);
        const sc_place_t place = section_place(off, s);

        if (off->rule.on || loosens_its_kind(sections, off)) {
            continue;
        }
        for (int k = 0; k < sections->nelts; k++) {
            const sc_section_t *on = &APR_ARRAY_IDX(sections, k, sc_section_t);

            if (on->rule.on && on->layer != off->layer) {
                sc_report_add(
                    report, SC_SEVERITY_WARNING, "SC0131", &place,
                    "\"off\" in %s %s> does not loosen what %s %s> "
                    "demands (%s:%d): sections of different kinds "
                    "only add up. Put both into sections of one kind.",
                    off->type, off->path, on->type, on->path, on->rule.file,
                    on->rule.line);
                break;
            }
        }
    }
}

static bool anybody_speaks_tls(const server_rec *main_server)
{
    for (const server_rec *s = main_server; s; s = s->next) {
        if (sc_conf_server(s)->options.engine) {
            return true;
        }
    }
    return ap_find_linked_module("mod_ssl.c") != NULL;
}

/* Nobody speaks TLS. */
static void check_reachable(const server_rec *s, int first, sc_report_t *report)
{
    const apr_array_header_t *sections = sc_conf_server(s)->sections;

    for (int i = first; i < sections->nelts; i++) {
        const sc_section_t *section = &APR_ARRAY_IDX(sections, i, sc_section_t);
        const sc_place_t place = section_place(section, s);

        if (section->rule.on) {
            sc_report_add(
                report, SC_SEVERITY_WARNING, "SC0132", &place,
                "%s %s> can be reached over a secure channel only, "
                "and no host has SecureChanEngine on: nobody can ever "
                "see it. Add a host with SecureChanEngine on.",
                section->type, section->path);
        }
    }
}

static const char *document_root(const server_rec *s)
{
    const core_server_config *core =
        ap_get_core_module_config(s->module_config);

    return core->ap_document_root;
}

static bool has_section(const server_rec *s, const char *path)
{
    const apr_array_header_t *sections = sc_conf_server(s)->sections;

    for (int i = 0; i < sections->nelts; i++) {
        if (!strcmp(path, APR_ARRAY_IDX(sections, i, sc_section_t).path)) {
            return true;
        }
    }
    return false;
}

/* The servers without TLS that serve some files, by document root: arrays of
 * const server_rec *. */
static apr_hash_t *index_plain(const server_rec *main_server, apr_pool_t *p)
{
    apr_hash_t *index = apr_hash_make(p);

    for (const server_rec *s = main_server; s; s = s->next) {
        const char *root = document_root(s);
        apr_array_header_t *plain;

        /* A main server with virtual hosts rarely serves anything itself. */
        if (sc_conf_server(s)->options.engine || !root ||
            (s == main_server && !main_server->next)) {
            continue;
        }
        plain = apr_hash_get(index, root, APR_HASH_KEY_STRING);
        if (!plain) {
            plain = apr_array_make(p, 1, sizeof(const server_rec *));
            apr_hash_set(index, root, APR_HASH_KEY_STRING, plain);
        }
        APR_ARRAY_PUSH(plain, const server_rec *) = s;
    }
    return index;
}

/* What check_locations() finds out once for all servers. */
typedef struct sc_twins {
    apr_hash_t *plain; /* see index_plain(); NULL: nobody has asked yet */
    apr_hash_t *found; /* by "root\npath": const server_rec *, or none */
    apr_pool_t *p;
} sc_twins_t;

/* Returns a server that serves the files of root without TLS and without a
 * section of this path, or NULL. */
static const server_rec *unguarded_twin(sc_twins_t *twins,
                                        const server_rec *main_server,
                                        const char *root, const char *path)
{
    static const server_rec none;
    const char *key = apr_pstrcat(twins->p, root, "\n", path, NULL);
    const server_rec *twin;
    const apr_array_header_t *plain;

    if (!twins->plain) {
        twins->plain = index_plain(main_server, twins->p);
        twins->found = apr_hash_make(twins->p);
    }
    twin = apr_hash_get(twins->found, key, APR_HASH_KEY_STRING);
    if (twin) {
        return twin == &none ? NULL : twin;
    }
    plain = apr_hash_get(twins->plain, root, APR_HASH_KEY_STRING);
    for (int i = 0; plain && !twin && i < plain->nelts; i++) {
        const server_rec *s = APR_ARRAY_IDX(plain, i, const server_rec *);

        twin = has_section(s, path) ? NULL : s;
    }
    apr_hash_set(twins->found, key, APR_HASH_KEY_STRING, twin ? twin : &none);
    return twin;
}

static void check_locations(sc_twins_t *twins, const server_rec *main_server,
                            const server_rec *s, int first, sc_report_t *report)
{
    const apr_array_header_t *sections = sc_conf_server(s)->sections;
    const char *root = document_root(s);

    for (int i = first; i < sections->nelts && root; i++) {
        const sc_section_t *section = &APR_ARRAY_IDX(sections, i, sc_section_t);
        const sc_place_t place = section_place(section, s);
        const server_rec *twin;
        apr_finfo_t info;

        if (section->layer != SC_GATE_LAYER_LOCATION || section->is_pattern ||
            !section->rule.on ||
            apr_stat(&info, apr_pstrcat(twins->p, root, section->path, NULL),
                     APR_FINFO_TYPE, twins->p) != APR_SUCCESS) {
            continue;
        }
        twin = unguarded_twin(twins, main_server, root, section->path);
        if (twin) {
            sc_report_add(report, SC_SEVERITY_WARNING, "SC0133", &place,
                          "<Location %s> guards a URL of this host only, and "
                          "%s serves the same files without TLS. Use "
                          "<Directory %s%s>, which guards the files.",
                          section->path, twin->server_hostname, root,
                          section->path);
        }
    }
}

void sc_sections_check(server_rec *main_server, sc_report_t *report,
                       apr_pool_t *ptemp)
{
    const bool is_reachable = anybody_speaks_tls(main_server);
    sc_twins_t twins = {.p = ptemp};

    for (server_rec *s = main_server; s; s = s->next) {
        const int first = first_own(s, main_server);

        check_loosening(s, first, report);
        if (!is_reachable) {
            check_reachable(s, first, report);
        }
        check_locations(&twins, main_server, s, first, report);
    }
}
