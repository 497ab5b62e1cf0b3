/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes one JSON document (RFC 8259), indented, member by member. What is
 * written is valid whatever bytes the texts hold: control characters and quotes
 * are escaped, and what is not UTF-8 becomes U+FFFD.
 *
 * Life time: the document lives in the pool of sc_json_make(); texts are
 * copied.
 * Threads: owned by the caller.
 */
#ifndef SC_JSON_H
#define SC_JSON_H

#include <stdbool.h>

#include <apr.h>
#include <apr_pools.h>

#include "sc_base.h"

typedef struct sc_json sc_json_t;

/* Begins a document whose outermost value is an object. */
sc_json_t *sc_json_make(apr_pool_t *p);

/*
 * All that follow add one value to the innermost object or array that is open.
 * name is the member's name in an object, and NULL in an array.
 */
void sc_json_open_object(sc_json_t *json, const char *name);
void sc_json_open_array(sc_json_t *json, const char *name);
void sc_json_number(sc_json_t *json, const char *name, apr_int64_t value);
void sc_json_bool(sc_json_t *json, const char *name, bool value);

/* A NULL text becomes null. */
void sc_json_text(sc_json_t *json, const char *name, const char *text);

/* Ends the innermost object or array that was opened. */
void sc_json_close(sc_json_t *json);

/* Closes whatever is open and returns the document, which ends with a newline.
 * Nothing may be added after that. */
const char *sc_json_finish(sc_json_t *json);

#endif
