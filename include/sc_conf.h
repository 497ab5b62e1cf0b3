/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The module's configuration records, how httpd creates and merges them, and
 * how they are reached.
 *
 * Life time: the configuration pool; rebuilt at every restart.
 * Threads: immutable once the server runs.
 */
#ifndef SC_CONF_H
#define SC_CONF_H

#include <stdbool.h>

#include <httpd.h>

#include <ap_socache.h>
#include <http_config.h>

#include "sc_context.h"
#include "sc_gate.h"
#include "sc_options.h"
#include "sc_session.h"

/* SecureChanExport words. */
#define SC_EXPORT_VARS 0x1U
#define SC_EXPORT_CERT 0x2U

/* SecureChanHSTS; max_age 0 is off. */
typedef struct sc_hsts {
    bool set;
    apr_int64_t max_age; /* seconds */
    bool subdomains;
    bool preload;
} sc_hsts_t;

/* SecureChanExport; relative: bits to add and remove rather than a value. */
typedef struct sc_export {
    bool absolute;
    unsigned add;
    unsigned remove;
} sc_export_t;

/* Per directory (and, for the host as a whole, per server). */
typedef struct sc_dir_conf {
    sc_gate_requirement_t requirement;
    sc_hsts_t hsts;
    sc_export_t export;
} sc_dir_conf_t;

/* One section of the main configuration that holds a SecureChanRequire. */
typedef struct sc_section {
    sc_gate_layer_t layer;
    const char *type;  /* "<Directory" */
    const char *path;  /* the section's argument */
    bool is_pattern;   /* path is a regular expression or has wildcards */
    ap_regex_t *regex; /* of a <Proxy> section that is one */
    sc_gate_rule_t rule;
} sc_section_t;

typedef enum {
    SC_PASSPHRASE_BUILTIN,
    SC_PASSPHRASE_EXEC,
    SC_PASSPHRASE_FILE
} sc_passphrase_source_t;

/* SecureChanPassPhrase */
typedef struct sc_passphrase_option {
    bool set;
    sc_passphrase_source_t source;
    const char *path;
    sc_place_t place;
} sc_passphrase_option_t;

/* SecureChanTickets rotate= and secret= */
typedef struct sc_ticket_option {
    bool set; /* one of them was given */
    apr_interval_time_t rotate;
    const char *secret; /* path, or NULL */
    sc_place_t place;
} sc_ticket_option_t;

/* SecureChanSessionCache */
typedef struct sc_cache_option {
    bool set;
    const ap_socache_provider_t *provider; /* NULL: none, or the default */
    ap_socache_instance_t *instance;
    apr_interval_time_t timeout;
    sc_place_t place;
} sc_cache_option_t;

/* Per server. */
typedef struct sc_server_conf {
    sc_options_t options;
    sc_passphrase_option_t passphrase; /* main server only, as the next */
    sc_ticket_option_t tickets;        /* three are */
    sc_cache_option_t cache;
    const sc_sessions_t *sessions; /* set at startup; NULL: only checking */
    unsigned char binding[SC_BINDING_LEN]; /* of its settings (at startup) */
    /* Of sc_section_t: those inherited, then its own; see
     * sc_conf_add_section(). */
    const apr_array_header_t *sections;
    int index;    /* of its host in the site; -1: none (set at startup) */
    bool guarded; /* some section, or possibly a .htaccess, is flagged */
    bool htaccess_may_require;     /* AllowOverride lets .htaccess flag more */
    sc_gate_effective_t strictest; /* all its sections together */
    bool other_quick_handlers;     /* some module may answer before the gate */
} sc_server_conf_t;

void *sc_conf_create_server(apr_pool_t *p, server_rec *s);
void *sc_conf_merge_server(apr_pool_t *p, void *base, void *add);
void *sc_conf_create_dir(apr_pool_t *p, char *path);
void *sc_conf_merge_dir(apr_pool_t *p, void *base, void *add);

/* Returns a new section of a server whose record is not merged yet, allocated
 * from p, for the caller to fill. */
sc_section_t *sc_conf_add_section(sc_server_conf_t *conf, apr_pool_t *p);

/* Returns the record of a server; never NULL. */
sc_server_conf_t *sc_conf_server(const server_rec *s);

/* Returns the merged record that applies to a request; never NULL. */
const sc_dir_conf_t *sc_conf_dir(const request_rec *r);

#endif
