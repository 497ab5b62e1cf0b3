/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directive of the gate: its words, and the section it stands in.
 */
#ifndef SC_DIRECTIVES_GATE_H
#define SC_DIRECTIVES_GATE_H

#include <httpd.h>

#include <http_config.h>

/* SecureChanRequire; dir is an sc_dir_conf_t. */
const char *sc_directives_require(cmd_parms *cmd, void *dir, int argc,
                                  char *const argv[]);

#endif
