/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_pem.h"

#include <string.h>

#include <apr_strings.h>
#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>

/* The longest label in use is "RSA PRIVATE KEY" or little more. */
#define LABEL_MAX      40

#define DASHES         "-----"
#define BEGIN_MARK     "-----BEGIN "
#define END_MARK       "-----END "
#define MARK_LEN(mark) (sizeof(mark) - 1)

#define NEW_COPY       "Fetch or export the file again"

typedef struct label {
    const char *text;
    sc_pem_kind_t kind;
} label_t;

static const label_t labels[] = {
    {"CERTIFICATE", SC_PEM_CERTIFICATE},
    {"X509 CERTIFICATE", SC_PEM_CERTIFICATE},
    {"TRUSTED CERTIFICATE", SC_PEM_CERTIFICATE},
    {"PRIVATE KEY", SC_PEM_KEY},
    {"ENCRYPTED PRIVATE KEY", SC_PEM_KEY},
    {"RSA PRIVATE KEY", SC_PEM_KEY},
    {"EC PRIVATE KEY", SC_PEM_KEY},
    {"DSA PRIVATE KEY", SC_PEM_KEY},
    {"OPENSSH PRIVATE KEY", SC_PEM_OPENSSH_KEY},
    {"CERTIFICATE REQUEST", SC_PEM_REQUEST},
    {"NEW CERTIFICATE REQUEST", SC_PEM_REQUEST},
    {"PUBLIC KEY", SC_PEM_PUBLIC_KEY},
    {"RSA PUBLIC KEY", SC_PEM_PUBLIC_KEY},
    {"PKCS7", SC_PEM_PKCS7},
    {"PKCS #7 SIGNED DATA", SC_PEM_PKCS7},
    {"CMS", SC_PEM_PKCS7},
    {"EC PARAMETERS", SC_PEM_PARAMETERS},
    {"DH PARAMETERS", SC_PEM_PARAMETERS},
    {"X9.42 DH PARAMETERS", SC_PEM_PARAMETERS},
    {"DSA PARAMETERS", SC_PEM_PARAMETERS},
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool starts_with(const char *at, const char *end, const char *text)
{
    apr_size_t len = strlen(text);

    return (apr_size_t)(end - at) >= len && memcmp(at, text, len) == 0;
}

static const char *line_end(const char *at, const char *end)
{
    while (at < end && *at != '\n' && *at != '\r') {
        at++;
    }
    return at;
}

/* Returns the number of the line that at is on; counts CR, LF and CRLF. */
static int line_of(const sc_pem_t *pem, const char *at)
{
    int line = 1;

    for (const char *c = pem->file->bytes; c < at; c++) {
        if (*c == '\n' || (*c == '\r' && c[1] != '\n')) {
            line++;
        }
    }
    return line;
}

int sc_pem_line(const sc_pem_t *pem, const sc_pem_block_t *block)
{
    return line_of(pem, block->begin);
}

/*
 * Returns the next marker, of either sort, that begins a line: the same words
 * in the middle of a sentence are text. The position given counts as such a
 * beginning, for files joined where the first had no newline at its end.
 */
static const char *marker_find(const char *at, const char *end)
{
    while (at < end) {
        while (at < end && is_blank(*at)) {
            at++;
        }
        if (starts_with(at, end, BEGIN_MARK) ||
            starts_with(at, end, END_MARK)) {
            return at;
        }
        at = line_end(at, end);
    }
    return NULL;
}

/*
 * Returns a copy of the label that begins at text, or NULL. Strict about what a
 * label is made of, since it is shown in messages and a damaged line could hold
 * part of a key.
 */
static const char *label_make(const char *text, const char *end, apr_pool_t *p)
{
    apr_size_t len = 0;

    while (text + len < end && len <= LABEL_MAX &&
           !starts_with(text + len, end, DASHES)) {
        char c = text[len];

        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != ' ' &&
            c != '.' && c != '#') {
            return NULL;
        }
        len++;
    }
    if (len == 0 || len > LABEL_MAX || text + len >= end) {
        return NULL;
    }
    return apr_pstrmemdup(p, text, len);
}

static void marker_damaged(const sc_pem_t *pem, const char *at, const char *why)
{
    sc_report_add(pem->report, SC_SEVERITY_ERROR, "SC0211", pem->place,
                  "line %d of %s is no intact PEM marker: %s. " NEW_COPY
                  ", or put \"-----BEGIN ...-----\" and \"-----END ...-----\" "
                  "on lines of their own again.",
                  line_of(pem, at), pem->file->name, why);
}

static void end_damaged(const sc_pem_t *pem, const sc_pem_block_t *block,
                        const char *why)
{
    sc_report_add(pem->report, SC_SEVERITY_ERROR, "SC0212", pem->place,
                  "the %s block that begins on line %d of %s has no end: %s. "
                  "The file was cut off. " NEW_COPY ".",
                  block->label, sc_pem_line(pem, block), pem->file->name, why);
}

static void data_damaged(const sc_pem_t *pem, const sc_pem_block_t *block,
                         const char *at, const char *why)
{
    sc_report_add(pem->report, SC_SEVERITY_ERROR, "SC0213", pem->place,
                  "the %s block that begins on line %d of %s is damaged near "
                  "line %d: %s. " NEW_COPY
                  ", as an attachment if it came by mail.",
                  block->label, sc_pem_line(pem, block), pem->file->name,
                  line_of(pem, at), why);
}

/*
 * Splits the fields of an old encrypted key (RFC 1421, 4.4) from the base64
 * that follows: base64 holds no colon, so this needs no empty line between the
 * two.
 */
static void header_take(sc_pem_block_t *block, const char *end, apr_pool_t *p)
{
    const char *at = block->data;

    while (at < end) {
        const char *next;

        while (at < end && is_blank(*at)) {
            at++;
        }
        next = line_end(at, end);
        if (memchr(at, ':', (apr_size_t)(next - at)) == NULL) {
            break;
        }
        block->header = apr_pstrcat(
            p, block->header != NULL ? block->header : "",
            apr_pstrmemdup(p, at, (apr_size_t)(next - at)), "\n", NULL);
        at = next;
    }
    block->data = at;
    block->data_len = (apr_size_t)(end - at);
}

static void block_classify(sc_pem_block_t *block)
{
    block->kind = SC_PEM_OTHER;
    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        if (strcmp(block->label, labels[i].text) == 0) {
            block->kind = labels[i].kind;
            break;
        }
    }
    block->encrypted =
        strcmp(block->label, "ENCRYPTED PRIVATE KEY") == 0 ||
        (block->header != NULL && strstr(block->header, "ENCRYPTED") != NULL);
}

/* Takes the block whose BEGIN is at; returns where it ends, or NULL. */
static const char *block_take(sc_pem_t *pem, const char *at)
{
    const char *end = pem->file->bytes + pem->file->bytes_len;
    sc_pem_block_t block = {.begin = at};
    const char *finish;
    const char *mark;

    if (!starts_with(at, end, BEGIN_MARK)) {
        marker_damaged(pem, at, "an END without a BEGIN before it");
        return NULL;
    }
    block.label = label_make(at + MARK_LEN(BEGIN_MARK), end, pem->p);
    if (block.label == NULL) {
        marker_damaged(pem, at, "what follows BEGIN is not a PEM label");
        return NULL;
    }
    block.data =
        at + MARK_LEN(BEGIN_MARK) + strlen(block.label) + MARK_LEN(DASHES);
    finish = memmem(block.data, (apr_size_t)(end - block.data), DASHES,
                    MARK_LEN(DASHES));
    if (finish == NULL) {
        end_damaged(pem, &block, "the END line is missing");
        return NULL;
    }
    mark = apr_pstrcat(pem->p, END_MARK, block.label, DASHES, NULL);
    if (!starts_with(finish, end, mark)) {
        end_damaged(pem, &block,
                    starts_with(finish, end, BEGIN_MARK)
                        ? "another block begins before the END line"
                        : "the END line does not repeat the label of the "
                          "BEGIN line between five dashes");
        return NULL;
    }
    header_take(&block, finish, pem->p);
    block_classify(&block);
    APR_ARRAY_PUSH(pem->blocks, sc_pem_block_t) = block;
    return finish + strlen(mark);
}

/* Tells whether the bytes are one whole ASN.1 sequence and nothing else. */
static bool is_der(const sc_pem_t *pem)
{
    const unsigned char *at = (const unsigned char *)pem->file->bytes;
    const unsigned char *start = at;
    long len = 0;
    int tag = 0;
    int class = 0;
    int form;

    form = ASN1_get_object(&at, &len, &tag, &class, (long)pem->file->bytes_len);
    if ((form & 0x80) != 0 || (form & V_ASN1_CONSTRUCTED) == 0 ||
        tag != V_ASN1_SEQUENCE) {
        return false;
    }
    /* The low bit says that the length is indefinite, as in some PKCS#12. */
    return (form & 1) != 0 || (at - start) + len == (long)pem->file->bytes_len;
}

static bool is_pkcs12(const sc_pem_t *pem)
{
    const unsigned char *at = (const unsigned char *)pem->file->bytes;
    PKCS12 *store = d2i_PKCS12(NULL, &at, (long)pem->file->bytes_len);
    bool found = store != NULL;

    PKCS12_free(store);
    return found;
}

static bool is_utf16(const sc_pem_t *pem)
{
    apr_size_t num_nuls = 0;

    if (starts_with(pem->file->bytes, pem->file->bytes + pem->file->bytes_len,
                    "\xff\xfe") ||
        starts_with(pem->file->bytes, pem->file->bytes + pem->file->bytes_len,
                    "\xfe\xff")) {
        return true;
    }
    for (apr_size_t i = 0; i < pem->file->bytes_len; i++) {
        num_nuls += pem->file->bytes[i] == '\0';
    }
    /* Half of the bytes of ASCII in UTF-16 are NUL. */
    return num_nuls > 0 && num_nuls >= pem->file->bytes_len / 4;
}

/* Says what a file without any block is instead. */
static void explain_no_block(const sc_pem_t *pem)
{
    const char *mark =
        memmem(pem->file->bytes, pem->file->bytes_len, "BEGIN ", 6);

    if (is_der(pem) && is_pkcs12(pem)) {
        sc_report_add(pem->report, SC_SEVERITY_ERROR, "SC0208", pem->place,
                      "%s is in PKCS#12 format, not PEM. Convert it: openssl "
                      "pkcs12 -in %s -nodes -out NEW.pem",
                      pem->file->name, pem->file->name);
    }
    else if (is_der(pem)) {
        sc_report_add(pem->report, SC_SEVERITY_ERROR, "SC0209", pem->place,
                      "%s is in DER format, not PEM. Convert it: openssl x509 "
                      "(or pkey, for a key) -inform DER -in %s -out NEW.pem",
                      pem->file->name, pem->file->name);
    }
    else if (is_utf16(pem)) {
        sc_report_add(pem->report, SC_SEVERITY_ERROR, "SC0207", pem->place,
                      "%s is UTF-16 text, as some Windows editors save it. "
                      "Save it as plain ASCII or UTF-8.",
                      pem->file->name);
    }
    else if (mark != NULL) {
        marker_damaged(pem, mark,
                       "BEGIN is not at the start of the line, or "
                       "not between five dashes on either side");
    }
    else {
        sc_report_add(pem->report, SC_SEVERITY_ERROR, "SC0210", pem->place,
                      "%s holds no PEM block: there is no line like "
                      "\"-----BEGIN CERTIFICATE-----\" in it. Name the file "
                      "that the CA sent, or that the key was written to.",
                      pem->file->name);
    }
    ERR_clear_error();
}

/* Finds all blocks; returns pem, or NULL after a report. */
static sc_pem_t *pem_scan(sc_pem_t *pem)
{
    const char *at = pem->file->bytes;
    const char *end = at + pem->file->bytes_len;

    if (starts_with(at, end, "\xef\xbb\xbf")) {
        at += 3; /* UTF-8's byte order mark */
    }
    while ((at = marker_find(at, end)) != NULL) {
        at = block_take(pem, at);
        if (at == NULL) {
            return NULL;
        }
    }
    if (pem->blocks->nelts == 0) {
        explain_no_block(pem);
        return NULL;
    }
    return pem;
}

sc_pem_t *sc_pem_parse(const sc_file_t *file, const sc_place_t *place,
                       sc_report_t *report, apr_pool_t *p)
{
    sc_pem_t *pem;

    if (file == NULL) {
        return NULL;
    }
    pem = apr_pcalloc(p, sizeof(*pem));
    pem->file = file;
    pem->blocks = apr_array_make(p, 4, sizeof(sc_pem_block_t));
    pem->place = place;
    pem->report = report;
    pem->p = p;
    return pem_scan(pem);
}

const sc_pem_block_t *sc_pem_block(const sc_pem_t *pem, int i)
{
    if (i < 0 || i >= pem->blocks->nelts) {
        return NULL;
    }
    return &APR_ARRAY_IDX(pem->blocks, i, sc_pem_block_t);
}

int sc_pem_count(const sc_pem_t *pem, sc_pem_kind_t kind)
{
    int count = 0;

    for (int i = 0; i < pem->blocks->nelts; i++) {
        count += APR_ARRAY_IDX(pem->blocks, i, sc_pem_block_t).kind == kind;
    }
    return count;
}

static bool is_base64(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

/* Guesses from the first character that does not belong how it came there. */
static const char *damage_guess(char c)
{
    switch (c) {
    case '>':
    case '|':
        return "the lines were quoted by a mail program";
    case '\\':
        return "it holds a backslash, perhaps the line ends were written as "
               "\\n";
    default:
        break;
    }
    if (is_base64(c)) {
        return "text goes on after \"=\", which only the end may have, as if "
               "a mail program had cut or re-encoded it";
    }
    return "there is a character that does not belong to base64";
}

/*
 * Copies the base64 characters without what is between them. Returns their
 * number, or 0 after reporting what is wrong with them.
 */
static apr_size_t base64_squeeze(const sc_pem_t *pem,
                                 const sc_pem_block_t *block, char *out)
{
    const char *end = block->data + block->data_len;
    apr_size_t len = 0;
    apr_size_t num_padding = 0;

    for (const char *at = block->data; at < end; at++) {
        if (is_blank(*at)) {
            continue;
        }
        if (!is_base64(*at) || (num_padding > 0 && *at != '=')) {
            data_damaged(pem, block, at, damage_guess(*at));
            return 0;
        }
        num_padding += *at == '=';
        out[len++] = *at;
    }
    if (len == 0 || len % 4 != 0 || num_padding > 2) {
        data_damaged(pem, block, end,
                     len == 0 ? "there is nothing in it"
                              : "characters are missing or too many");
        return 0;
    }
    return len;
}

unsigned char *sc_pem_decode(const sc_pem_t *pem, const sc_pem_block_t *block,
                             apr_size_t *len)
{
    char *text = OPENSSL_malloc(block->data_len + 1);
    unsigned char *bytes = OPENSSL_malloc(block->data_len + 1);
    apr_size_t text_len = 0;

    *len = 0;
    if (text == NULL || bytes == NULL) {
        data_damaged(pem, block, block->data, "there is no memory to read it");
    }
    else {
        text_len = base64_squeeze(pem, block, text);
    }
    if (text_len > 0) {
        int padding = (text[text_len - 1] == '=') + (text[text_len - 2] == '=');
        int count =
            EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)text_len);

        if (count > padding) {
            *len = (apr_size_t)(count - padding);
        }
        else {
            OPENSSL_cleanse(bytes, block->data_len + 1);
        }
    }
    else {
        OPENSSL_free(bytes);
        bytes = NULL;
    }
    OPENSSL_clear_free(text, block->data_len + 1);
    return bytes;
}
