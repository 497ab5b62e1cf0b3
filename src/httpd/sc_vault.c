/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_vault.h"

#include <sys/mman.h>
#include <unistd.h>

#include <httpd.h>

#include <apr_strings.h>
#include <http_config.h>
#include <openssl/crypto.h>

/* Changes whenever vault_t does: an older module's is not ours. */
#define KEY_PREFIX "mod_securechan vault 1: "

/* What httpd retains over restarts. */
typedef struct vault {
    void *memory; /* NULL: none yet */
    size_t size;
    int version;
    pid_t owner; /* whose memory is locked */
    bool locked;
} vault_t;

/* Locks the memory of this process; a fork does not inherit the lock. */
static bool protect(void *memory, size_t size)
{
    const bool locked = mlock(memory, size) == 0;

    return madvise(memory, size, MADV_DONTDUMP) == 0 && locked;
}

static void *make_memory(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

/* Another version of the module may have left bytes of another layout. */
static void drop_foreign(vault_t *vault, int version, size_t size)
{
    if (vault->memory && (vault->version != version || vault->size != size)) {
        OPENSSL_cleanse(vault->memory, vault->size);
        munmap(vault->memory, vault->size);
        vault->memory = NULL;
    }
}

void *sc_vault_open(const char *name, int version, size_t size, bool *locked)
{
    char key[80];
    vault_t *vault;

    apr_snprintf(key, sizeof(key), KEY_PREFIX "%s", name);
    vault = ap_retained_data_get(key);
    if (!vault) {
        vault = ap_retained_data_create(key, sizeof(*vault));
    }
    drop_foreign(vault, version, size);
    if (!vault->memory) {
        vault->memory = make_memory(size);
        vault->version = version;
        vault->size = size;
        vault->owner = 0;
    }
    if (vault->memory && vault->owner != getpid()) {
        vault->owner = getpid();
        vault->locked = protect(vault->memory, size);
    }
    *locked = vault->memory && vault->locked;
    return vault->memory;
}

void sc_vault_hide(void *memory, size_t size, bool hidden)
{
    (void)madvise(memory, size, hidden ? MADV_WIPEONFORK : MADV_KEEPONFORK);
}
