/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong, as data: an error record for one failure while a connection
 * runs, and a report that collects every problem found in a configuration.
 * Nothing here logs; the httpd layer decides where the text goes, once.
 *
 * Life time: sc_error_t lives in the caller's memory; a report and its problems
 * live in the pool that sc_report_make() was given.
 * Threads: owned by the caller.
 */
#ifndef SC_ERROR_H
#define SC_ERROR_H

#include <stdarg.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "sc_base.h"

/* Who has to mend it; this picks the level of the log line. */
typedef enum {
    SC_BLAME_NONE,   /* nothing happened */
    SC_BLAME_PEER,   /* the other side of the connection */
    SC_BLAME_CONFIG, /* the administrator's directives or files */
    SC_BLAME_SYSTEM  /* memory, descriptors, a library that failed */
} sc_blame_t;

typedef struct sc_error {
    const char *id; /* "SC0301", a string constant; NULL: no error */
    sc_blame_t blame;
    char text[400]; /* what failed and why; no trailing newline */
} sc_error_t;

/* Makes the record empty. */
void sc_error_clear(sc_error_t *err);

/*
 * Fills the record unless it is filled already: the first error is the cause,
 * what follows is its echo. Text that is too long is cut. err may be NULL.
 */
void sc_error_set(sc_error_t *err, const char *id, sc_blame_t blame,
                  const char *format, ...) SC_PRINTF(4, 5);

typedef enum {
    SC_SEVERITY_WARNING, /* the server starts, but somebody should look */
    SC_SEVERITY_ERROR,   /* the server must not start with this */
    SC_SEVERITIES
} sc_severity_t;

/* Where in the configuration a problem lies. Members may be NULL or 0. */
typedef struct sc_place {
    const char *directive; /* "SecureChanCertificate" */
    const char *file;      /* configuration file that holds the directive */
    int line;
    const char *host; /* the virtual host, as a person would name it */
} sc_place_t;

typedef struct sc_problem {
    sc_severity_t severity;
    const char *id;
    sc_place_t place;
    const char *text; /* what is wrong, why, and how to mend it */
} sc_problem_t;

typedef struct sc_report {
    apr_pool_t *pool;
    apr_array_header_t *problems; /* of sc_problem_t, in order of discovery */
    int counts[SC_SEVERITIES];    /* how many there are of each severity */
} sc_report_t;

/* Returns an empty report whose texts are allocated from p. */
sc_report_t *sc_report_make(apr_pool_t *p);

/* Adds one problem. The strings of place are borrowed, the text is copied. */
void sc_report_add(sc_report_t *report, sc_severity_t severity, const char *id,
                   const sc_place_t *place, const char *format, ...)
    SC_PRINTF(5, 6);

/* The same for a function with a format of its own. */
void sc_report_vadd(sc_report_t *report, sc_severity_t severity, const char *id,
                    const sc_place_t *place, const char *format, va_list args)
    __attribute__((format(printf, 5, 0)));

/* Returns how many problems of that severity the report holds. */
int sc_report_count(const sc_report_t *report, sc_severity_t severity);

/* Adds copies of the problems of another report that are at least so severe. */
void sc_report_append(sc_report_t *report, const sc_report_t *from,
                      sc_severity_t least);

/*
 * Returns the one-line form, allocated from p:
 * "SC0123: SecureChanCertificate (site.conf:12, www.example.org): text".
 * Parts of the place that are not known are left out.
 */
const char *sc_problem_format(const sc_problem_t *problem, apr_pool_t *p);

#endif
