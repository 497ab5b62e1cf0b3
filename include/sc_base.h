/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every part of the module shares: the attribute macros. No state and no
 * dependency.
 */
#ifndef SC_BASE_H
#define SC_BASE_H

/* The caller must look at the result: it is the only sign of failure. */
#define SC_MUST_CHECK __attribute__((warn_unused_result))

/* printf-like: checks the arguments against the format. */
#define SC_PRINTF(text, first) __attribute__((format(printf, text, first)))

#endif
