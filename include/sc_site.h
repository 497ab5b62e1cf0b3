/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site: every virtual host that speaks TLS, with its context, identities
 * and names, built in one go from the configuration. What a generation carries.
 *
 * Life time: the pool it was built in.
 * Threads: immutable after sc_site_build().
 */
#ifndef SC_SITE_H
#define SC_SITE_H

#include <stdbool.h>

#include <httpd.h>

#include "sc_engine.h"
#include "sc_error.h"
#include "sc_generation.h"
#include "sc_listen.h"
#include "sc_options.h"
#include "sc_passphrase.h"
#include "sc_proven.h"
#include "sc_sni.h"

typedef struct sc_host {
    server_rec *server;
    const char *name; /* for people */
    apr_port_t port;  /* that its https address has */
    const sc_options_t *options;
    sc_engine_choice_t choice;
    apr_array_header_t *identities;      /* of const sc_identity_t * */
    const apr_array_header_t *addresses; /* for sc_listen_names() */
    unsigned char binding[SC_BINDING_LEN];
    unsigned char session_context[SC_BINDING_LEN]; /* of binding and name */
    bool is_fallback; /* has only mod_md's temporary certificate: answers 503 */
    bool is_broken;   /* its files are bad: refuses handshakes */
} sc_host_t;

typedef struct sc_site {
    apr_array_header_t *hosts; /* of sc_host_t *, in configuration order */
    const sc_context_t *spare; /* some usable context, or NULL */
    const sc_sni_t *by_name;   /* to const server_rec *, at any address */
} sc_site_t;

typedef enum {
    SC_SITE_CHECK,  /* before httpd allows modules to ask mod_md */
    SC_SITE_START,  /* for use, when the server starts */
    SC_SITE_RESTART /* for use, in a server that is already running */
} sc_site_purpose_t;

/* What is to be built, and what is known. */
typedef struct sc_site_order {
    server_rec *main_server;
    sc_site_purpose_t purpose;
    const sc_proven_t *known; /* need not be checked again; may be NULL */
    sc_proven_t *found;       /* gets what was found without fault, or NULL */
    sc_report_t *report;      /* gets every problem */
} sc_site_order_t;

/*
 * Builds the site for all servers from main_server on and notes each host's
 * index in its server record. A host with an error is marked broken. Everything
 * is allocated from p, scratch from ptemp.
 */
const sc_site_t *sc_site_build(const sc_site_order_t *order, apr_pool_t *p,
                               apr_pool_t *ptemp);

/* Returns the host of a server, or NULL if that server does not speak TLS. */
const sc_host_t *sc_site_host(const sc_site_t *site, const server_rec *s);

/*
 * Returns the host of that exact name (no wildcard alias counts) at any
 * address, or NULL. name need not be canonical.
 */
const sc_host_t *sc_site_by_exact_name(const sc_site_t *site, const char *name);

/* Where a host is configured, for problems of a directive that it lacks. */
sc_place_t sc_site_place(const sc_host_t *host, const char *directive);

/* The cell that holds the site in force. Returns NULL before post_config. */
sc_cell_t *sc_site_cell(void);

/* Puts a site in force for this configuration. Returns false without memory. */
bool sc_site_publish(const sc_site_t *site, apr_pool_t *pconf) SC_MUST_CHECK;

#endif
