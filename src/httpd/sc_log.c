/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_log.h"

void sc_log_connection(const conn_rec *c, const sc_error_t *err)
{
    int level = APLOG_INFO;

    switch (err->blame) {
    case SC_BLAME_NONE:
        return;
    case SC_BLAME_PEER:
    case SC_BLAME_CONFIG:
        /* A bad configuration was told, as an error, when it was found; here
         * any client could have the log filled with it. */
        break;
    case SC_BLAME_SYSTEM:
        level = APLOG_CRIT;
        break;
    }
    ap_log_cerror(APLOG_MARK, level, 0, c, "%s: %s", err->id, err->text);
}

void sc_log_report(const sc_report_t *report, int error_level, int startup,
                   server_rec *s, apr_pool_t *ptemp)
{
    for (int i = 0; i < report->problems->nelts; i++) {
        const sc_problem_t *problem =
            &APR_ARRAY_IDX(report->problems, i, sc_problem_t);
        int level = problem->severity == SC_SEVERITY_ERROR ? error_level
                                                           : APLOG_WARNING;

        ap_log_error(APLOG_MARK, level | (startup ? APLOG_STARTUP : 0), 0, s,
                     "%s", sc_problem_format(problem, ptemp));
    }
}
