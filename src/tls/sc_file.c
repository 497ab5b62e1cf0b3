/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_file.h"

#include <string.h>

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <openssl/crypto.h>

static apr_status_t bytes_cleanup(void *data)
{
    const sc_file_t *file = data;

    OPENSSL_clear_free((void *)file->bytes, file->bytes_len + 1);
    return APR_SUCCESS;
}

/* Hands len + 1 bytes from OPENSSL_malloc, the last one NUL, to the pool. */
static sc_file_t *file_make(const char *bytes, apr_size_t len, const char *name,
                            apr_pool_t *p)
{
    sc_file_t *file = apr_pcalloc(p, sizeof(*file));

    file->name = name;
    file->bytes = bytes;
    file->bytes_len = len;
    apr_pool_cleanup_register(p, file, bytes_cleanup, apr_pool_cleanup_null);
    return file;
}

/* Reports what can be known of a file before it is read. */
static bool file_is_fit(const char *path, const apr_finfo_t *info,
                        const sc_place_t *place, sc_report_t *report)
{
    if (info->filetype == APR_DIR) {
        sc_report_add(report, SC_SEVERITY_ERROR, "SC0201", place,
                      "%s is a directory. Name the file in it.", path);
    }
    else if (info->filetype != APR_REG) {
        sc_report_add(report, SC_SEVERITY_ERROR, "SC0202", place,
                      "%s is a device, pipe or socket. Name a regular file.",
                      path);
    }
    else if (info->size == 0) {
        sc_report_add(report, SC_SEVERITY_ERROR, "SC0205", place,
                      "%s is empty. Perhaps the program that should have "
                      "written it failed or the disk was full; restore it.",
                      path);
    }
    else if (info->size > SC_FILE_MAX) {
        sc_report_add(report, SC_SEVERITY_ERROR, "SC0206", place,
                      "%s is larger than 1 MB, which no certificate, key "
                      "or secret is. Check the path.",
                      path);
    }
    else {
        return true;
    }
    return false;
}

static void read_failed(apr_status_t rv, const char *name,
                        const sc_place_t *place, sc_report_t *report)
{
    if (APR_STATUS_IS_ENOENT(rv) || APR_STATUS_IS_ENOTDIR(rv)) {
        sc_report_add(report, SC_SEVERITY_ERROR, "SC0200", place,
                      "the file %s does not exist. Check the path.", name);
    }
    else if (APR_STATUS_IS_EACCES(rv)) {
        sc_report_add(report, SC_SEVERITY_ERROR, "SC0203", place,
                      "no permission to read %s. Start the server as root, or "
                      "give its user access to the file and to all "
                      "directories above it.",
                      name);
    }
    else {
        char reason[120];

        apr_strerror(rv, reason, sizeof(reason));
        sc_report_add(report, SC_SEVERITY_ERROR, "SC0204", place,
                      "%s cannot be read: %s. Check the file system.", name,
                      reason);
    }
}

/* Reads into memory from OPENSSL_malloc; *len goes in as the expected size. */
static apr_status_t bytes_read(char **out, apr_size_t *len, const char *path,
                               apr_pool_t *p)
{
    apr_file_t *file = NULL;
    apr_size_t size = *len;
    char *bytes;
    apr_status_t rv;

    rv = apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BINARY,
                       APR_FPROT_OS_DEFAULT, p);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    bytes = OPENSSL_zalloc(size + 1);
    if (bytes == NULL) {
        rv = APR_ENOMEM;
    }
    else {
        rv = apr_file_read_full(file, bytes, size, len);
    }
    (void)apr_file_close(file); /* only read from: nothing can be lost */
    if (rv != APR_SUCCESS && rv != APR_EOF) {
        OPENSSL_clear_free(bytes, size + 1);
        return rv;
    }
    *out = bytes;
    return APR_SUCCESS;
}

sc_file_t *sc_file_read(const char *path, const sc_place_t *place,
                        sc_report_t *report, apr_pool_t *p)
{
    apr_finfo_t info;
    apr_size_t len = 0;
    char *bytes = NULL;
    sc_file_t *file;
    apr_status_t rv;

    rv = apr_stat(&info, path, APR_FINFO_TYPE | APR_FINFO_SIZE | APR_FINFO_PROT,
                  p);
    if (rv == APR_SUCCESS) {
        if (!file_is_fit(path, &info, place, report)) {
            return NULL;
        }
        len = (apr_size_t)info.size;
        rv = bytes_read(&bytes, &len, path, p);
    }
    if (rv != APR_SUCCESS) {
        read_failed(rv, path, place, report);
        return NULL;
    }
    file = file_make(bytes, len, path, p);
    file->is_exposed =
        (info.protection & (APR_FPROT_WREAD | APR_FPROT_WWRITE)) != 0;
    file->is_shared =
        file->is_exposed ||
        (info.protection & (APR_FPROT_GREAD | APR_FPROT_GWRITE)) != 0;
    return file;
}

sc_file_t *sc_file_from_text(const char *text, const char *name,
                             const sc_place_t *place, sc_report_t *report,
                             apr_pool_t *p)
{
    const char *bytes = OPENSSL_strdup(text);

    if (bytes == NULL) {
        read_failed(APR_ENOMEM, name, place, report);
        return NULL;
    }
    return file_make(bytes, strlen(text), name, p);
}
