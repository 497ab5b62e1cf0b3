/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_rival.h"

#include <strings.h>

#include <http_config.h>
#include <util_cfgtree.h>

#include "sc_conf.h"
#include "sc_log.h"

/* Returns the directive behind at within top, in the order of the file. */
static const ap_directive_t *next_within(const ap_directive_t *at,
                                         const ap_directive_t *top, bool enter)
{
    if (enter && at->first_child) {
        return at->first_child;
    }
    while (at && at != top && !at->next) {
        at = at->parent;
    }
    return at && at != top ? at->next : NULL;
}

/* Returns the last SSLEngine from a place on, outside of virtual hosts. */
static const ap_directive_t *find_engine(const ap_directive_t *from,
                                         const ap_directive_t *top)
{
    const ap_directive_t *found = NULL;

    while (from) {
        const bool is_host = !strcasecmp(from->directive, "<VirtualHost");

        if (!strcasecmp(from->directive, "SSLEngine")) {
            found = from;
        }
        from = next_within(from, top, !is_host);
    }
    return found;
}

/* Returns the <VirtualHost> that defines a server, or NULL. */
static const ap_directive_t *find_host(const server_rec *s)
{
    const ap_directive_t *at = ap_conftree;

    while (at && (strcasecmp(at->directive, "<VirtualHost") != 0 ||
                  (unsigned)at->line_num != s->defn_line_number ||
                  !s->defn_name || strcmp(at->filename, s->defn_name) != 0)) {
        at = next_within(at, NULL, true);
    }
    return at;
}

/* Returns the SSLEngine that is in force for a server, or NULL. */
static const ap_directive_t *engine_of(const server_rec *s)
{
    const ap_directive_t *host = s->is_virtual ? find_host(s) : NULL;
    const ap_directive_t *engine =
        host && host->first_child ? find_engine(host->first_child, host) : NULL;

    return engine ? engine : find_engine(ap_conftree, NULL);
}

void sc_rival_check(server_rec *main_server, sc_report_t *report)
{
    if (!ap_find_linked_module("mod_ssl.c")) {
        return;
    }
    for (const server_rec *s = main_server; s; s = s->next) {
        const ap_directive_t *engine =
            sc_conf_server(s)->options.engine ? engine_of(s) : NULL;

        if (engine && strcasecmp(engine->args, "off") != 0) {
            const sc_place_t place = {.directive = "SSLEngine",
                                      .file = engine->filename,
                                      .line = engine->line_num,
                                      .host = s->server_hostname};

            sc_report_add(report, SC_SEVERITY_ERROR, "SC0128", &place,
                          "SecureChanEngine is on for this host, too, and only "
                          "one module can encrypt. Switch one of them off "
                          "here.");
        }
    }
}
