/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_rival.h"

#include <strings.h>

#include <apr_hash.h>
#include <apr_strings.h>
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

/* A place in the configuration, as a word. */
static const char *place_word(const char *file, unsigned line, apr_pool_t *p)
{
    return apr_psprintf(p, "%u:%s", line, file ? file : "");
}

/* Returns the <VirtualHost> directives by their places. */
static apr_hash_t *index_hosts(apr_pool_t *p)
{
    apr_hash_t *hosts = apr_hash_make(p);

    for (const ap_directive_t *at = ap_conftree; at;
         at = next_within(at, NULL, true)) {
        if (!strcasecmp(at->directive, "<VirtualHost")) {
            apr_hash_set(hosts,
                         place_word(at->filename, (unsigned)at->line_num, p),
                         APR_HASH_KEY_STRING, at);
        }
    }
    return hosts;
}

void sc_rival_check(server_rec *main_server, sc_report_t *report,
                    apr_pool_t *ptemp)
{
    const ap_directive_t *everywhere;
    apr_hash_t *hosts;

    if (!ap_find_linked_module("mod_ssl.c")) {
        return;
    }
    everywhere = find_engine(ap_conftree, NULL);
    hosts = index_hosts(ptemp);
    for (const server_rec *s = main_server; s; s = s->next) {
        const ap_directive_t *host = apr_hash_get(
            hosts, place_word(s->defn_name, s->defn_line_number, ptemp),
            APR_HASH_KEY_STRING);
        const ap_directive_t *engine =
            s->is_virtual && host && host->first_child
                ? find_engine(host->first_child, host)
                : NULL;

        engine = engine ? engine : everywhere;
        if (sc_conf_server(s)->options.engine && engine &&
            strcasecmp(engine->args, "off") != 0) {
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
