/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_head.h"

#include <string.h>
#include <strings.h>

void sc_head_init(sc_head_t *head)
{
    *head = (sc_head_t){.between_words = true};
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Remembers the beginning and the length of the request line's latest word. */
static void add_to_words(sc_head_t *head, const char *data, apr_size_t len)
{
    for (apr_size_t i = 0; i < len; i++) {
        if (is_space(data[i])) {
            head->between_words = true;
            continue;
        }
        if (head->between_words) {
            head->between_words = false;
            head->word_len = 0;
        }
        if (head->word_len < sizeof(head->word)) {
            head->word[head->word_len] = data[i];
        }
        head->word_len++;
    }
}

/* In either case of letters: httpd's lenient parser takes both. */
static bool ends_in_version(const sc_head_t *head)
{
    return head->word_len == SC_HEAD_VERSION_LEN &&
           !strncasecmp(head->word, "HTTP/", 5) && is_digit(head->word[5]) &&
           head->word[6] == '.' && is_digit(head->word[7]);
}

/* Takes note of a part of a line, without the LF. */
static void add_to_line(sc_head_t *head, const char *data, apr_size_t len)
{
    if (len == 0) {
        return;
    }
    if (!head->has_first_line) {
        add_to_words(head, data, len);
    }
    if (!head->has_text) {
        const bool is_cr = len == 1 && data[0] == '\r' && !head->has_cr;

        head->has_cr = is_cr;
        head->has_text = !is_cr;
    }
}

/* Ends a line; returns true if the head ends with it. */
static bool end_line(sc_head_t *head)
{
    const bool is_empty = !head->has_text;

    head->has_cr = false;
    head->has_text = false;
    if (head->has_first_line) {
        return is_empty;
    }
    if (is_empty) {
        return false;
    }
    head->has_first_line = true;
    return !ends_in_version(head);
}

bool sc_head_feed(sc_head_t *head, const char *data, apr_size_t len)
{
    const char *end = data + len;

    while (data < end) {
        const char *lf = memchr(data, '\n', (apr_size_t)(end - data));
        const char *line_end = lf ? lf : end;

        add_to_line(head, data, (apr_size_t)(line_end - data));
        head->seen += (apr_size_t)(line_end - data);
        if (!lf) {
            break;
        }
        head->seen++;
        if (end_line(head)) {
            return true;
        }
        data = lf + 1;
    }
    return false;
}
