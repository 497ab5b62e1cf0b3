/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_error.h"

#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

void sc_error_clear(sc_error_t *err)
{
    err->id = NULL;
    err->blame = SC_BLAME_NONE;
    err->text[0] = '\0';
}

/* One error is one log line, whatever a library's text ends with. */
static void trim_line_end(char *text)
{
    apr_size_t len = strlen(text);

    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r')) {
        text[--len] = '\0';
    }
}

void sc_error_set(sc_error_t *err, const char *id, sc_blame_t blame,
                  const char *format, ...)
{
    va_list args;

    if (err == NULL || err->id != NULL) {
        return;
    }
    err->id = id;
    err->blame = blame;
    va_start(args, format);
    if (vsnprintf(err->text, sizeof(err->text), format, args) < 0) {
        err->text[0] = '\0';
    }
    va_end(args);
    trim_line_end(err->text);
}

sc_report_t *sc_report_make(apr_pool_t *p)
{
    sc_report_t *report = apr_pcalloc(p, sizeof(*report));

    report->pool = p;
    report->problems = apr_array_make(p, 4, sizeof(sc_problem_t));
    return report;
}

/*
 * The C library's printf rather than APR's: the compiler checks the format by
 * the former's rules, and the two differ (%zu).
 */
static const char *text_make(const char *format, va_list args, apr_pool_t *p)
    __attribute__((format(printf, 1, 0)));

static const char *text_make(const char *format, va_list args, apr_pool_t *p)
{
    va_list again;
    char *text;
    int len;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0) {
        return "";
    }
    text = apr_palloc(p, (apr_size_t)len + 1);
    if (vsnprintf(text, (apr_size_t)len + 1, format, args) < 0) {
        return "";
    }
    trim_line_end(text);
    return text;
}

void sc_report_vadd(sc_report_t *report, sc_severity_t severity, const char *id,
                    const sc_place_t *place, const char *format, va_list args)
{
    static const sc_place_t nowhere = {NULL, NULL, 0, NULL};
    sc_problem_t *problem = apr_array_push(report->problems);

    report->counts[severity]++;
    problem->severity = severity;
    problem->id = id;
    problem->place = place != NULL ? *place : nowhere;
    problem->text = text_make(format, args, report->pool);
}

void sc_report_add(sc_report_t *report, sc_severity_t severity, const char *id,
                   const sc_place_t *place, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    sc_report_vadd(report, severity, id, place, format, args);
    va_end(args);
}

int sc_report_count(const sc_report_t *report, sc_severity_t severity)
{
    return report->counts[severity];
}

void sc_report_append(sc_report_t *report, const sc_report_t *from,
                      sc_severity_t least)
{
    for (int i = 0; i < from->problems->nelts; i++) {
        const sc_problem_t *problem =
            &APR_ARRAY_IDX(from->problems, i, sc_problem_t);

        if (problem->severity >= least) {
            sc_problem_t *copy = apr_array_push(report->problems);

            *copy = *problem;
            copy->text = apr_pstrdup(report->pool, problem->text);
            report->counts[problem->severity]++;
        }
    }
}

/* Returns "site.conf:12, www.example.org", less what is not known. */
static const char *place_format(const sc_place_t *place, apr_pool_t *p)
{
    const char *file = place->file != NULL ? place->file : "";
    const char *host = place->host != NULL ? place->host : "";

    if (place->file != NULL && place->line > 0) {
        file = apr_psprintf(p, "%s:%d", file, place->line);
    }
    return apr_pstrcat(p, file, *file != '\0' && *host != '\0' ? ", " : "",
                       host, NULL);
}

const char *sc_problem_format(const sc_problem_t *problem, apr_pool_t *p)
{
    const char *directive = problem->place.directive;
    const char *where = place_format(&problem->place, p);

    if (directive != NULL && *where != '\0') {
        where = apr_pstrcat(p, directive, " (", where, ")", NULL);
    }
    else if (directive != NULL) {
        where = directive;
    }
    return apr_pstrcat(p, problem->id != NULL ? problem->id : "",
                       problem->id != NULL ? ": " : "", where,
                       *where != '\0' ? ": " : "", problem->text, NULL);
}
