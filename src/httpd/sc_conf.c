/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_conf.h"

#include <string.h>

#include "sc_log.h"

/* What most servers have: thousands of empty arrays would take room. */
static const apr_array_header_t no_sections;

void *sc_conf_create_server(apr_pool_t *p, server_rec *s)
{
    sc_server_conf_t *conf = apr_pcalloc(p, sizeof(*conf));

    (void)s;
    sc_options_init(&conf->options);
    conf->tickets.rotate = apr_time_from_sec(43200);
    conf->cache.timeout = apr_time_from_sec(300);
    conf->sections = &no_sections;
    conf->index = -1;
    return conf;
}

static const apr_array_header_t *join_sections(const apr_array_header_t *outer,
                                               const apr_array_header_t *inner,
                                               apr_pool_t *p)
{
    if (inner->nelts == 0) {
        return outer;
    }
    return outer->nelts == 0 ? inner : apr_array_append(p, outer, inner);
}

void *sc_conf_merge_server(apr_pool_t *p, void *base, void *add)
{
    const sc_server_conf_t *outer = base;
    const sc_server_conf_t *inner = add;
    sc_server_conf_t *conf = apr_pcalloc(p, sizeof(*conf));

    sc_options_merge(&conf->options, &outer->options, &inner->options);
    conf->passphrase = outer->passphrase;
    conf->sections = join_sections(outer->sections, inner->sections, p);
    conf->index = -1;
    return conf;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): httpd's function type */
void *sc_conf_create_dir(apr_pool_t *p, char *path)
{
    (void)path;
    return apr_pcalloc(p, sizeof(sc_dir_conf_t));
}

static sc_export_t merge_export(sc_export_t base, sc_export_t add)
{
    if (add.absolute) {
        return add;
    }
    base.add = (base.add & ~add.remove) | add.add;
    base.remove = (base.remove & ~add.add) | add.remove;
    return base;
}

void *sc_conf_merge_dir(apr_pool_t *p, void *base, void *add)
{
    static const sc_dir_conf_t empty;
    const sc_dir_conf_t *outer = base;
    const sc_dir_conf_t *inner = add;
    sc_dir_conf_t *conf;

    /* In most sections, and virtual hosts, there is no directive of ours. What
     * is between the members is zero, too; were it not, this would be slower.
     */
    /* NOLINTNEXTLINE */
    if (!memcmp(inner, &empty, sizeof(empty))) {
        return base;
    }
    conf = apr_pcalloc(p, sizeof(*conf));
    conf->requirement = sc_gate_merge(&outer->requirement, &inner->requirement);
    conf->hsts = inner->hsts.set ? inner->hsts : outer->hsts;
    conf->export = merge_export(outer->export, inner->export);
    return conf;
}

sc_section_t *sc_conf_add_section(sc_server_conf_t *conf, apr_pool_t *p)
{
    apr_array_header_t *sections;

    if (conf->sections == &no_sections) {
        conf->sections = apr_array_make(p, 2, sizeof(sc_section_t));
    }
    sections = (apr_array_header_t *)conf->sections;
    return apr_array_push(sections);
}

sc_server_conf_t *sc_conf_server(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &securechan_module);
}

const sc_dir_conf_t *sc_conf_dir(const request_rec *r)
{
    return ap_get_module_config(r->per_dir_config, &securechan_module);
}
