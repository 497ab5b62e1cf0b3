/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_secret.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <openssl/crypto.h>

#include "sc_file.h"

#define FIRST_WORDS "securechan-ticket-secret 1 "
#define DIGITS      ((size_t)2 * SC_RATCHET_SECRET_LEN)

/* How to make one. */
static const char make_one[] = "(umask 077; echo \"" FIRST_WORDS
                               "$(date +%s) $(openssl rand -hex 32)\" >FILE)";

/* What is being read, and where its problems go. */
typedef struct reading {
    const sc_file_t *file;
    const char *at; /* what has not been read yet */
    const sc_place_t *place;
    sc_report_t *report;
} reading_t;

/* Reads the time; false if there is none. */
static bool read_time(reading_t *reading, apr_int64_t *time)
{
    const size_t len = strspn(reading->at, "0123456789");

    if (len == 0 || len > 12 || reading->at[len] != ' ') {
        return false;
    }
    *time = apr_atoi64(reading->at);
    reading->at += len + 1;
    return true;
}

/* Reads the secret itself. Not one of its digits gets into a message. */
static bool read_bytes(reading_t *reading, unsigned char *bytes)
{
    const size_t len = strspn(reading->at, "0123456789abcdefABCDEF");

    if (len != DIGITS) {
        sc_report_add(reading->report, SC_SEVERITY_ERROR, "SC0152",
                      reading->place,
                      "the secret in %s has %" APR_SIZE_T_FMT
                      " hexadecimal digits, and %" APR_SIZE_T_FMT
                      " are needed: %s. Copy the file again, or make a new "
                      "secret for all servers.",
                      reading->file->name, len, DIGITS,
                      len < DIGITS ? "it was cut off" : "it is too long");
        return false;
    }
    for (size_t i = 0; i < DIGITS; i++) {
        const char c = reading->at[i];
        const int digit = apr_isdigit(c) ? c - '0' : apr_tolower(c) - 'a' + 10;

        bytes[i / 2] = (unsigned char)(bytes[i / 2] << 4 | digit);
    }
    reading->at += DIGITS;
    return true;
}

static bool parse(sc_secret_t *secret, reading_t *reading)
{
    const size_t len = strlen(FIRST_WORDS);
    bool ok = !strncmp(reading->at, FIRST_WORDS, len);

    reading->at += ok ? len : 0;
    if (!ok || !read_time(reading, &secret->begun)) {
        ok = false;
    }
    else if (!read_bytes(reading, secret->bytes)) {
        return false;
    }
    else {
        ok = reading->at[strspn(reading->at, " \t\r\n")] == '\0' &&
             strlen(reading->file->bytes) == reading->file->bytes_len;
    }
    if (!ok) {
        sc_report_add(reading->report, SC_SEVERITY_ERROR, "SC0151",
                      reading->place,
                      "%s is no secret for tickets: it must be one line, "
                      "\"" FIRST_WORDS "\", the time in seconds since 1970, "
                      "and 64 hexadecimal digits. Make one with: %s",
                      reading->file->name, make_one);
    }
    return ok;
}

static bool check_time(const sc_secret_t *secret, apr_int64_t now,
                       const reading_t *reading)
{
    char text[APR_RFC822_DATE_LEN] = "";

    if (secret->begun <= now + SC_SECRET_SKEW) {
        return true;
    }
    apr_rfc822_date(text, apr_time_from_sec(secret->begun));
    sc_report_add(reading->report, SC_SEVERITY_ERROR, "SC0154", reading->place,
                  "the secret in %s was made at a time that is still to come, "
                  "%s. Set the clock right, here or where it was made; or make "
                  "a new secret for all servers.",
                  reading->file->name, text);
    return false;
}

static bool check_mode(const reading_t *reading)
{
    if (reading->file->is_shared) {
        sc_report_add(reading->report, SC_SEVERITY_ERROR, "SC0153",
                      reading->place,
                      "%s can be read or changed by others than its owner, "
                      "and whoever knows the secret can read the traffic. "
                      "Make a new secret for all servers, with mode 0600.",
                      reading->file->name);
        return false;
    }
    return true;
}

bool sc_secret_read(sc_secret_t *secret, const char *path, apr_int64_t now,
                    const sc_place_t *place, sc_report_t *report, apr_pool_t *p)
{
    reading_t reading = {.file = sc_file_read(path, place, report, p),
                         .place = place,
                         .report = report};
    bool ok = false;

    OPENSSL_cleanse(secret, sizeof(*secret));
    if (reading.file) {
        reading.at = reading.file->bytes;
        ok = check_mode(&reading) && parse(secret, &reading) &&
             check_time(secret, now, &reading);
    }
    if (!ok) {
        OPENSSL_cleanse(secret, sizeof(*secret));
    }
    return ok;
}
