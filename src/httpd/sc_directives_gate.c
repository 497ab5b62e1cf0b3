/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_directives_gate.h"

#include <string.h>

#include <apr_strings.h>

#include "sc_conf.h"

static const struct {
    const char *section;
    sc_gate_layer_t layer;
    bool is_regex;
} section_types[] = {
    {"<Directory", SC_GATE_LAYER_DIRECTORY, false},
    {"<DirectoryMatch", SC_GATE_LAYER_DIRECTORY, true},
    {"<Files", SC_GATE_LAYER_FILES, false},
    {"<FilesMatch", SC_GATE_LAYER_FILES, true},
    {"<Location", SC_GATE_LAYER_LOCATION, false},
    {"<LocationMatch", SC_GATE_LAYER_LOCATION, true},
    {"<Proxy", SC_GATE_LAYER_PROXY, false},
    {"<ProxyMatch", SC_GATE_LAYER_PROXY, true},
    {"<If", SC_GATE_LAYER_IF, true},
    {"<ElseIf", SC_GATE_LAYER_IF, true},
    {"<Else", SC_GATE_LAYER_IF, true},
};

/* httpd ends the path of a <Directory> with a slash; people do not. */
static const char *without_slash(apr_pool_t *p, const char *path)
{
    const size_t len = strlen(path);

    return len > 1 && path[len - 1] == '/' ? apr_pstrmemdup(p, path, len - 1)
                                           : path;
}

/*
 * Notes what the section applies to: cmd->path, which httpd has brought into
 * the form it compares with. (A pattern may have come without its "~".)
 */
static void note_path(const cmd_parms *cmd, const char *args, bool is_regex,
                      sc_section_t *section)
{
    const char *first = args ? args : "";

    section->path = without_slash(cmd->pool, cmd->path ? cmd->path : "");
    is_regex = is_regex || first[strspn(first, " \t\"")] == '~';
    section->is_pattern = is_regex || strpbrk(section->path, "*?[") != NULL;
    if (is_regex && section->layer == SC_GATE_LAYER_PROXY) {
        section->regex = ap_pregcomp(cmd->pool, section->path, AP_REG_EXTENDED);
    }
}

/* Finds the innermost section around the directive. */
static bool find_section(const cmd_parms *cmd, sc_section_t *section)
{
    const ap_directive_t *at;

    for (at = cmd->directive->parent; at; at = at->parent) {
        for (size_t i = 0; i < sizeof(section_types) / sizeof(section_types[0]);
             i++) {
            if (!strcasecmp(at->directive, section_types[i].section)) {
                section->layer = section_types[i].layer;
                section->type = section_types[i].section;
                note_path(cmd, at->args, section_types[i].is_regex, section);
                return true;
            }
        }
    }
    return false;
}

const char *sc_directives_require(cmd_parms *cmd, void *dir, int argc,
                                  char *const argv[])
{
    sc_gate_requirement_t *requirement = &((sc_dir_conf_t *)dir)->requirement;
    /* httpd parses .htaccess with one pool for both. */
    const bool is_htaccess = cmd->pool == cmd->temp_pool;
    sc_section_t section = {.layer = SC_GATE_LAYER_HTACCESS};
    const char *error = ap_check_cmd_context(cmd, NOT_IN_LIMIT);

    if (error) {
        return error;
    }
    for (int i = 0; i < argc && !error; i++) {
        error = sc_gate_rule_word(&section.rule, argv[i], cmd->pool);
    }
    if (!error) {
        error = sc_gate_rule_check(&section.rule, cmd->pool);
    }
    if (error) {
        return apr_pstrcat(cmd->pool, "SC0115: SecureChanRequire: ", error,
                           NULL);
    }
    if (!is_htaccess && !find_section(cmd, &section)) {
        return "SC0116: SecureChanRequire stands in no section. Put it into "
               "<Directory>, <Location>, <Files>, <If> or <Proxy>.";
    }
    section.rule.file = cmd->directive->filename;
    section.rule.line = cmd->directive->line_num;
    requirement->layer[section.layer] = section.rule;
    if (!is_htaccess) {
        *sc_conf_add_section(sc_conf_server(cmd->server), cmd->pool) = section;
    }
    return NULL;
}
