/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_sections.h"

#include <string.h>

#include <apr_file_info.h>
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

static void check_reachable(const server_rec *main_server, const server_rec *s,
                            int first, sc_report_t *report)
{
    const apr_array_header_t *sections = sc_conf_server(s)->sections;

    if (anybody_speaks_tls(main_server)) {
        return;
    }
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

/* Returns a server that serves the same files without TLS and without the
 * section, or NULL. */
static const server_rec *unguarded_twin(const server_rec *main_server,
                                        const server_rec *s,
                                        const sc_section_t *section)
{
    for (const server_rec *t = main_server; t; t = t->next) {
        const sc_server_conf_t *conf = sc_conf_server(t);
        bool is_guarded = false;

        if (t == s || conf->options.engine || !document_root(t) ||
            strcmp(document_root(t), document_root(s)) != 0 ||
            (t == main_server && !main_server->next)) {
            continue;
        }
        for (int i = 0; i < conf->sections->nelts; i++) {
            is_guarded =
                is_guarded ||
                !strcmp(section->path,
                        APR_ARRAY_IDX(conf->sections, i, sc_section_t).path);
        }
        if (!is_guarded) {
            return t;
        }
    }
    return NULL;
}

static void check_locations(const server_rec *main_server, const server_rec *s,
                            int first, sc_report_t *report, apr_pool_t *ptemp)
{
    const apr_array_header_t *sections = sc_conf_server(s)->sections;

    for (int i = first; i < sections->nelts && document_root(s); i++) {
        const sc_section_t *section = &APR_ARRAY_IDX(sections, i, sc_section_t);
        const sc_place_t place = section_place(section, s);
        const server_rec *twin;
        apr_finfo_t info;

        if (section->layer != SC_GATE_LAYER_LOCATION || section->is_pattern ||
            !section->rule.on ||
            apr_stat(&info,
                     apr_pstrcat(ptemp, document_root(s), section->path, NULL),
                     APR_FINFO_TYPE, ptemp) != APR_SUCCESS) {
            continue;
        }
        twin = unguarded_twin(main_server, s, section);
        if (twin) {
            sc_report_add(report, SC_SEVERITY_WARNING, "SC0133", &place,
                          "<Location %s> guards a URL of this host only, and "
                          "%s serves the same files without TLS. Use "
                          "<Directory %s%s>, which guards the files.",
                          section->path, twin->server_hostname,
                          document_root(s), section->path);
        }
    }
}

void sc_sections_check(server_rec *main_server, sc_report_t *report,
                       apr_pool_t *ptemp)
{
    for (server_rec *s = main_server; s; s = s->next) {
        const int first = first_own(s, main_server);

        check_loosening(s, first, report);
        check_reachable(main_server, s, first, report);
        check_locations(main_server, s, first, report, ptemp);
    }
}
