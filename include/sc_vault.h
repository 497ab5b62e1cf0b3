/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for secrets that outlive a configuration: never swapped out, left out
 * of core dumps, and kept by httpd from one restart to the next. It holds plain
 * bytes; nothing in it may point into the module, which is loaded anew each
 * time.
 *
 * Life time: the server's parent process, and the copies its children inherit.
 * Threads: what is here, the process's only thread; what is in the memory is
 * the owner's to guard.
 */
#ifndef SC_VAULT_H
#define SC_VAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "sc_base.h"

/*
 * Returns the memory of that name: as it was left, or zeros if it is new or was
 * made for another version or size. To be called again in a forked process that
 * uses it, since locks are not inherited. *locked tells whether the system
 * gave all of the protection. Returns NULL if there is no memory.
 */
void *sc_vault_open(const char *name, int version, size_t size, bool *locked);

/* Says whether processes forked from now on find zeros there, where the system
 * can do that. */
void sc_vault_hide(void *memory, size_t size, bool hidden);

#endif
