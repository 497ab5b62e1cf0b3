/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_passes.h"

#include <stdlib.h>

#include <httpd.h>

#include <http_config.h>

/* Changes whenever the layout below or of the bytes does: an older module's
 * bytes are not ours. */
#define KEPT_VERSION 1

/* What httpd retains: plain bytes, no pointer into the module. */
typedef struct kept {
    int version;
    void *bytes; /* from malloc(), or NULL */
    apr_size_t len;
} kept_t;

static kept_t *kept_get(void)
{
    static const char key[] = "mod_securechan proven";
    kept_t *kept = ap_retained_data_get(key);

    if (!kept) {
        kept = ap_retained_data_create(key, sizeof(*kept));
    }
    if (kept->version != KEPT_VERSION) {
        *kept = (kept_t){.version = KEPT_VERSION};
    }
    return kept;
}

static apr_status_t forget(void *data)
{
    kept_t *kept = data;

    free(kept->bytes);
    kept->bytes = NULL;
    kept->len = 0;
    return APR_SUCCESS;
}

void sc_passes_keep(sc_proven_t *proven)
{
    kept_t *kept = kept_get();

    (void)forget(kept);
    kept->bytes = sc_proven_bytes(proven, &kept->len);
}

const sc_proven_t *sc_passes_take(apr_pool_t *p)
{
    kept_t *kept = kept_get();

    if (!kept->bytes) {
        return NULL;
    }
    apr_pool_cleanup_register(p, kept, forget, apr_pool_cleanup_null);
    return sc_proven_open(kept->bytes, kept->len, p);
}
