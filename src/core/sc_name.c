/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_name.h"

#include <string.h>

#include <arpa/inet.h>

/* RFC 1035, 2.3.4 */
#define LABEL_MAX 63

/*
 * ASCII only: what the locale thinks of a letter is no business of DNS, nor
 * must a byte of UTF-8 ever count as one.
 */
static char lower(char c)
{
    if (c >= 'A' && c <= 'Z') {
        c = (char)(c - 'A' + 'a');
    }
    return c;
}

static bool is_label_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

bool sc_name_canonical(char out[SC_NAME_MAX + 1], const char *name,
                       apr_size_t name_len)
{
    apr_size_t label_len = 0;

    out[0] = '\0';
    if (name_len > 0 && name[name_len - 1] == '.') {
        name_len--;
    }
    if (name_len == 0 || name_len > SC_NAME_MAX) {
        return false;
    }
    for (apr_size_t i = 0; i < name_len; i++) {
        char c = lower(name[i]);

        if (c == '.' && label_len > 0) {
            label_len = 0;
        }
        else if (is_label_char(c) && label_len < LABEL_MAX) {
            label_len++;
        }
        else {
            out[0] = '\0';
            return false;
        }
        out[i] = c;
    }
    /* A dot that is still last was the second of two. */
    if (label_len == 0) {
        out[0] = '\0';
        return false;
    }
    out[name_len] = '\0';
    return true;
}

bool sc_name_is_address(const char *text)
{
    unsigned char address[sizeof(struct in6_addr)];
    char literal[INET6_ADDRSTRLEN];
    apr_size_t len = strlen(text);
    apr_size_t address_len;

    if (inet_pton(AF_INET, text, address) == 1) {
        return true;
    }
    if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    /* A zone (RFC 6874) says which interface; inet_pton() knows none. */
    for (address_len = 0; address_len < len; address_len++) {
        if (text[address_len] == '%') {
            break;
        }
    }
    if (address_len >= sizeof(literal) || address_len + 1 == len) {
        return false;
    }
    memcpy(literal, text, address_len);
    literal[address_len] = '\0';
    return inet_pton(AF_INET6, literal, address) == 1;
}

bool sc_name_is_pattern(const char *name)
{
    return strpbrk(name, "*?") != NULL;
}

/*
 * Only the last '*' ever needs to be tried again: whatever an earlier one could
 * swallow in its place, the last can swallow too.
 */
bool sc_name_matches(const char *name, const char *pattern)
{
    const char *star = NULL;  /* what follows the last '*' */
    const char *retry = NULL; /* where that '*' stops swallowing */

    while (*name != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            retry = name;
        }
        else if (*pattern != '\0' &&
                 (*pattern == '?' || lower(*pattern) == lower(*name))) {
            pattern++;
            name++;
        }
        else if (star != NULL) {
            pattern = star;
            name = ++retry;
        }
        else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == '\0';
}
