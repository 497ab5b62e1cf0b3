/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program securechanctl: its commands, in the order in which an
 * administrator needs them. Each has a file of its own.
 */
#include <stdio.h>
#include <sys/resource.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "ctl_command.h"

static const ctl_command_t *const commands[] = {
    NULL,
};

int main(int argc, const char *const *argv)
{
    /* Keys are in this memory: no core file may hold them. */
    const struct rlimit no_core = {0, 0};
    ctl_status_t status;
    apr_pool_t *p;

    if (setrlimit(RLIMIT_CORE, &no_core) != 0 ||
        apr_initialize() != APR_SUCCESS ||
        apr_pool_create(&p, NULL) != APR_SUCCESS) {
        (void)fprintf(stderr, "securechanctl: cannot begin\n");
        return CTL_FAILED;
    }
    status = ctl_command_run(commands, argc, argv, p);
    apr_pool_destroy(p);
    apr_terminate();
    return (int)status;
}
