/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_json.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

/* One object or array that is open. */
typedef struct level {
    bool is_array;
    bool has_values;
} level_t;

struct sc_json {
    apr_pool_t *p;
    apr_array_header_t *text;   /* of char */
    apr_array_header_t *levels; /* of level_t, innermost last */
};

static void put(sc_json_t *json, const char *bytes, apr_size_t len)
{
    for (apr_size_t i = 0; i < len; i++) {
        APR_ARRAY_PUSH(json->text, char) = bytes[i];
    }
}

static void put_string(sc_json_t *json, const char *string)
{
    put(json, string, strlen(string));
}

static void put_line(sc_json_t *json, int depth)
{
    put_string(json, "\n");
    for (int i = 0; i < depth; i++) {
        put_string(json, "  ");
    }
}

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xc0U) == 0x80U;
}

/*
 * Returns the length of the UTF-8 character (RFC 3629, section 4) that text
 * begins with; 0 if it begins with none. The NUL at its end is no continuation.
 */
static apr_size_t utf8_len(const unsigned char *text)
{
    const unsigned char first = text[0];
    const unsigned char second = first != '\0' ? text[1] : '\0';

    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2 || first > 0xf4 || !is_continuation(second)) {
        return 0;
    }
    if (first < 0xe0) {
        return 2;
    }
    if (!is_continuation(text[2]) || (first == 0xe0 && second < 0xa0) ||
        (first == 0xed && second > 0x9f)) {
        return 0;
    }
    if (first < 0xf0) {
        return 3;
    }
    if (!is_continuation(text[3]) || (first == 0xf0 && second < 0x90) ||
        (first == 0xf4 && second > 0x8f)) {
        return 0;
    }
    return 4;
}

static void put_quoted(sc_json_t *json, const char *string)
{
    const unsigned char *text = (const unsigned char *)string;

    put_string(json, "\"");
    while (*text != '\0') {
        const apr_size_t len = utf8_len(text);

        if (len == 0) {
            put_string(json, "\\ufffd");
        }
        else if (*text == '"' || *text == '\\') {
            const char escaped[] = {'\\', (char)*text};

            put(json, escaped, sizeof(escaped));
        }
        else if (*text < 0x20 || *text == 0x7f) {
            put_string(json, apr_psprintf(json->p, "\\u%04x", *text));
        }
        else {
            put(json, (const char *)text, len);
        }
        text += len > 0 ? len : 1;
    }
    put_string(json, "\"");
}

static level_t *innermost(const sc_json_t *json)
{
    return &APR_ARRAY_IDX(json->levels, json->levels->nelts - 1, level_t);
}

/* Writes all that stands before a value. */
static void value_begin(sc_json_t *json, const char *name)
{
    level_t *level = innermost(json);

    if (level->has_values) {
        put_string(json, ",");
    }
    level->has_values = true;
    put_line(json, json->levels->nelts);
    if (!level->is_array) {
        put_quoted(json, name != NULL ? name : "");
        put_string(json, ": ");
    }
}

static void level_open(sc_json_t *json, bool is_array)
{
    const level_t level = {is_array, false};

    put_string(json, is_array ? "[" : "{");
    APR_ARRAY_PUSH(json->levels, level_t) = level;
}

sc_json_t *sc_json_make(apr_pool_t *p)
{
    sc_json_t *json = apr_pcalloc(p, sizeof(*json));

    json->p = p;
    json->text = apr_array_make(p, 1024, sizeof(char));
    json->levels = apr_array_make(p, 8, sizeof(level_t));
    level_open(json, false);
    return json;
}

void sc_json_open_object(sc_json_t *json, const char *name)
{
    value_begin(json, name);
    level_open(json, false);
}

void sc_json_open_array(sc_json_t *json, const char *name)
{
    value_begin(json, name);
    level_open(json, true);
}

void sc_json_number(sc_json_t *json, const char *name, apr_int64_t value)
{
    value_begin(json, name);
    put_string(json, apr_psprintf(json->p, "%" APR_INT64_T_FMT, value));
}

void sc_json_bool(sc_json_t *json, const char *name, bool value)
{
    value_begin(json, name);
    put_string(json, value ? "true" : "false");
}

void sc_json_text(sc_json_t *json, const char *name, const char *text)
{
    value_begin(json, name);
    if (text == NULL) {
        put_string(json, "null");
    }
    else {
        put_quoted(json, text);
    }
}

void sc_json_close(sc_json_t *json)
{
    const level_t level = *innermost(json);

    json->levels->nelts--;
    if (level.has_values) {
        put_line(json, json->levels->nelts);
    }
    put_string(json, level.is_array ? "]" : "}");
}

const char *sc_json_finish(sc_json_t *json)
{
    while (json->levels->nelts > 0) {
        sc_json_close(json);
    }
    put_string(json, "\n");
    put(json, "", 1);
    return json->text->elts;
}
