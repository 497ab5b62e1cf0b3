/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_listen.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

/* Room for an IPv6 address with a zone, and a port. */
#define KEY_MAX 96

/* One address with a port. */
typedef struct sc_listen {
    const server_addr_rec *address; /* NULL: whatever reaches the main server */
    bool is_wildcard;
    sc_sni_t *names; /* to const server_rec * */
} sc_listen_t;

struct sc_listens {
    apr_hash_t *by_key; /* "address:port" to sc_listen_t */
    sc_sni_t *all;      /* to const server_rec * */
    sc_report_t *report;
    apr_pool_t *p;
    apr_pool_t *ptemp;
};

sc_listens_t *sc_listens_make(sc_report_t *report, apr_pool_t *p,
                              apr_pool_t *ptemp)
{
    sc_listens_t *listens = apr_pcalloc(p, sizeof(*listens));

    listens->by_key = apr_hash_make(ptemp);
    listens->all = sc_sni_make(p);
    listens->report = report;
    listens->p = p;
    listens->ptemp = ptemp;
    return listens;
}

/* httpd takes 0.0.0.0 and :: for the same wildcard. */
static bool is_any(const server_addr_rec *address)
{
    static const unsigned char zero[16];

    return !memcmp(address->host_addr->ipaddr_ptr, zero,
                   (size_t)address->host_addr->ipaddr_len);
}

static void key_write(char key[KEY_MAX], const server_addr_rec *address)
{
    char ip[KEY_MAX - 8] = "*";

    if (!is_any(address)) {
        /* The other one of APR takes memory from the configuration's pool. */
        (void)apr_sockaddr_ip_getbuf(ip, sizeof(ip), address->host_addr);
    }
    apr_snprintf(key, KEY_MAX, "%s:%u", ip, (unsigned)address->host_port);
}

/* Finds or makes the entry of an address. */
static sc_listen_t *find(sc_listens_t *listens, const server_addr_rec *address)
{
    char key[KEY_MAX];
    sc_listen_t *listen;

    key_write(key, address);
    listen = apr_hash_get(listens->by_key, key, APR_HASH_KEY_STRING);
    if (!listen) {
        listen = apr_pcalloc(listens->p, sizeof(*listen));
        listen->address = address;
        listen->is_wildcard = is_any(address);
        listen->names = sc_sni_make(listens->p);
        apr_hash_set(listens->by_key, apr_pstrdup(listens->ptemp, key),
                     APR_HASH_KEY_STRING, listen);
    }
    return listen;
}

static void add_name(const sc_listens_t *listens, sc_sni_t *names,
                     const char *name, const server_rec *s)
{
    const server_rec *first = sc_sni_add(names, name, s);
    const sc_place_t place = {.directive = "ServerName",
                              .file = s->defn_name,
                              .line = (int)s->defn_line_number,
                              .host = s->server_hostname};

    /* The index of all names is no address: there names may meet. */
    if (first && names != listens->all) {
        sc_report_add(listens->report, SC_SEVERITY_WARNING, "SC0126", &place,
                      "the name %s belongs to the host at %s:%u already, which "
                      "answers for it. Remove the name from one of the two.",
                      name, first->defn_name, first->defn_line_number);
    }
}

static void add_names(const sc_listens_t *listens, sc_sni_t *names,
                      const server_rec *s)
{
    const apr_array_header_t *lists[] = {s->names, s->wild_names};

    add_name(listens, names, s->server_hostname, s);
    for (size_t n = 0; n < sizeof(lists) / sizeof(lists[0]); n++) {
        for (int i = 0; lists[n] && i < lists[n]->nelts; i++) {
            add_name(listens, names, APR_ARRAY_IDX(lists[n], i, const char *),
                     s);
        }
    }
}

static bool contains(const apr_array_header_t *own, const sc_listen_t *listen)
{
    for (int i = 0; i < own->nelts; i++) {
        if (APR_ARRAY_IDX(own, i, const sc_listen_t *) == listen) {
            return true;
        }
    }
    return false;
}

const apr_array_header_t *sc_listens_add(sc_listens_t *listens, server_rec *s)
{
    apr_array_header_t *own =
        apr_array_make(listens->p, 1, sizeof(const sc_listen_t *));

    add_names(listens, listens->all, s);
    if (!s->is_virtual) {
        /* It gets what no virtual host's address matches, whatever httpd has
         * noted as its own address. */
        sc_listen_t *listen = apr_pcalloc(listens->p, sizeof(*listen));

        listen->names = sc_sni_make(listens->p);
        add_names(listens, listen->names, s);
        APR_ARRAY_PUSH(own, const sc_listen_t *) = listen;
        return own;
    }
    for (server_addr_rec *at = s->addrs; at; at = at->next) {
        sc_listen_t *listen = find(listens, at);

        if (!contains(own, listen)) {
            add_names(listens, listen->names, s);
            APR_ARRAY_PUSH(own, const sc_listen_t *) = listen;
        }
    }
    return own;
}

void sc_listens_check_plain(const sc_listens_t *listens, server_rec *s)
{
    const sc_place_t place = {.directive = "SecureChanEngine",
                              .file = s->defn_name,
                              .line = (int)s->defn_line_number,
                              .host = s->server_hostname};

    for (server_addr_rec *at = s->is_virtual ? s->addrs : NULL; at;
         at = at->next) {
        char key[KEY_MAX];

        key_write(key, at);
        if (apr_hash_get(listens->by_key, key, APR_HASH_KEY_STRING)) {
            sc_report_add(listens->report, SC_SEVERITY_ERROR, "SC0125", &place,
                          "this host shares the address %s with hosts that "
                          "have SecureChanEngine on, but has it off itself. "
                          "Switch it on, or give the host another address or "
                          "port.",
                          key);
            return;
        }
    }
}

const sc_sni_t *sc_listens_all_names(const sc_listens_t *listens)
{
    return listens->all;
}

/* Tells how well an entry fits, as httpd ranks them; -1: not at all. */
static int rank(const sc_listen_t *listen, const apr_sockaddr_t *local)
{
    const server_addr_rec *address = listen->address;
    int score = 0;

    if (!address) {
        return 0;
    }
    if (address->host_port == local->port) {
        score += 1;
    }
    else if (address->host_port != 0) {
        return -1;
    }
    if (!listen->is_wildcard) {
        if (!apr_sockaddr_equal(address->host_addr, local)) {
            return -1;
        }
        score += 2;
    }
    return score;
}

const sc_sni_t *sc_listen_names(const apr_array_header_t *addresses,
                                const apr_sockaddr_t *local)
{
    const sc_sni_t *best = NULL;
    int best_rank = -1;

    for (int i = 0; i < addresses->nelts; i++) {
        const sc_listen_t *listen =
            APR_ARRAY_IDX(addresses, i, const sc_listen_t *);
        const int this_rank = rank(listen, local);

        if (this_rank > best_rank) {
            best = listen->names;
            best_rank = this_rank;
        }
    }
    return best;
}
