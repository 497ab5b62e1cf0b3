/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl_say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

/* Long enough for any progress, to write over the one before. */
#define PROGRESS_WIDTH 72

static const char *const severity_names[SC_SEVERITIES] = {
    [SC_SEVERITY_WARNING] = "warning",
    [SC_SEVERITY_ERROR] = "error",
};

ctl_t *ctl_begin(bool is_json, apr_pool_t *p)
{
    ctl_t *ctl = apr_pcalloc(p, sizeof(*ctl));

    ctl->p = p;
    ctl->report = sc_report_make(p);
    ctl->json = is_json ? sc_json_make(p) : NULL;
    return ctl;
}

void ctl_say(const ctl_t *ctl, const char *format, ...)
{
    va_list args;

    if (ctl->json != NULL) {
        return;
    }
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    (void)putchar('\n');
}

void ctl_progress(const ctl_t *ctl, const char *text)
{
    if (ctl->json == NULL && isatty(STDERR_FILENO) == 1) {
        (void)fprintf(stderr, "\r%-*.*s\r%s", PROGRESS_WIDTH, PROGRESS_WIDTH,
                      "", text != NULL ? text : "");
        (void)fflush(stderr);
    }
}

ctl_status_t ctl_error(const ctl_t *ctl, ctl_status_t status, const char *id,
                       const char *file, const char *format, ...)
{
    const sc_place_t place = {.file = file};
    va_list args;

    va_start(args, format);
    sc_report_vadd(ctl->report, SC_SEVERITY_ERROR, id, &place, format, args);
    va_end(args);
    return status;
}

void ctl_warning(const ctl_t *ctl, const char *id, const char *file,
                 const char *format, ...)
{
    const sc_place_t place = {.file = file};
    va_list args;

    va_start(args, format);
    sc_report_vadd(ctl->report, SC_SEVERITY_WARNING, id, &place, format, args);
    va_end(args);
}

static void problems_say(const ctl_t *ctl)
{
    for (int i = 0; i < ctl->report->problems->nelts; i++) {
        const sc_problem_t *problem =
            &APR_ARRAY_IDX(ctl->report->problems, i, sc_problem_t);

        (void)fprintf(stderr, "%s: %s\n", severity_names[problem->severity],
                      sc_problem_format(problem, ctl->p));
    }
}

static void problems_write(const ctl_t *ctl)
{
    sc_json_open_array(ctl->json, "problems");
    for (int i = 0; i < ctl->report->problems->nelts; i++) {
        const sc_problem_t *problem =
            &APR_ARRAY_IDX(ctl->report->problems, i, sc_problem_t);

        sc_json_open_object(ctl->json, NULL);
        sc_json_text(ctl->json, "severity", severity_names[problem->severity]);
        sc_json_text(ctl->json, "id", problem->id);
        sc_json_text(ctl->json, "file", problem->place.file);
        if (problem->place.line > 0) {
            sc_json_number(ctl->json, "line", problem->place.line);
        }
        sc_json_text(ctl->json, "text", problem->text);
        sc_json_close(ctl->json);
    }
    sc_json_close(ctl->json);
}

ctl_status_t ctl_end(const ctl_t *ctl, ctl_status_t status)
{
    if (status == CTL_OK &&
        sc_report_count(ctl->report, SC_SEVERITY_ERROR) > 0) {
        status = CTL_PROBLEMS;
    }
    if (ctl->json != NULL) {
        problems_write(ctl);
        sc_json_number(ctl->json, "status", (apr_int64_t)status);
        (void)fputs(sc_json_finish(ctl->json), stdout);
    }
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        (void)fprintf(stderr, "securechanctl: cannot write to stdout\n");
        status = CTL_FAILED;
    }
    if (ctl->json == NULL) {
        problems_say(ctl);
    }
    return status;
}
