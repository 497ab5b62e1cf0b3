/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known at startup about the flagged sections of each server: whether
 * it has any, what they demand together, and what about them looks like a
 * mistake.
 */
#ifndef SC_SECTIONS_H
#define SC_SECTIONS_H

#include <httpd.h>

#include "sc_error.h"

/*
 * Fills the members of every server's record that the gate reads (see
 * sc_conf.h). In post_config, once all hooks are registered.
 */
void sc_sections_prepare(server_rec *main_server);

/*
 * Warns of flagged sections that nobody can reach, of an "off" that loosens
 * nothing, and of a <Location> whose files another host serves unguarded.
 */
void sc_sections_check(server_rec *main_server, sc_report_t *report,
                       apr_pool_t *ptemp);

#endif
