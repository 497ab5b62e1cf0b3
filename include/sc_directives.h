/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directives: their table, and functions that check the words of each and
 * store them in the records of sc_conf.h. No file is read here.
 */
#ifndef SC_DIRECTIVES_H
#define SC_DIRECTIVES_H

#include <httpd.h>

#include <http_config.h>

/* Terminated by an all-zero entry. */
extern const command_rec sc_directives[];

#endif
