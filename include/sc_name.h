/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DNS host names as they appear in SNI, in Host and in the configuration:
 * canonical form, address literals, and httpd's alias patterns.
 *
 * Pure functions; nothing is allocated and nothing is remembered.
 */
#ifndef SC_NAME_H
#define SC_NAME_H

#include <stdbool.h>

#include <apr.h>

#include "sc_base.h"

/* Longest DNS name in text form, without a final dot (RFC 1035, 2.3.4). */
#define SC_NAME_MAX 253

/*
 * Writes the canonical form of a host name into out: lower case, one trailing
 * dot removed, terminated by NUL. Letters, digits, '-', '_' and '.' only, no
 * empty label, 1 to 253 bytes, labels of 63 bytes at most. Returns false, and
 * leaves out empty, for anything else (embedded NUL, address in brackets,
 * UTF-8).
 */
bool sc_name_canonical(char out[SC_NAME_MAX + 1], const char *name,
                       apr_size_t name_len) SC_MUST_CHECK;

/*
 * Tells whether text is an IPv4 or IPv6 address literal, the latter with or
 * without brackets, rather than a name. RFC 6066, 3 forbids these in SNI and
 * RFC 6797, 8.1.1 forbids HSTS for them.
 */
bool sc_name_is_address(const char *text);

/* Tells whether an httpd ServerName or ServerAlias holds '*' or '?'. */
bool sc_name_is_pattern(const char *name);

/*
 * Matches a canonical name against an httpd alias pattern as httpd does it:
 * without regard to case, '*' for any run of characters including dots, '?' for
 * exactly one character. Time is linear in the product of the lengths at worst;
 * no recursion.
 */
bool sc_name_matches(const char *name, const char *pattern);

#endif
