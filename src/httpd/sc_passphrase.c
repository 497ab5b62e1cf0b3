/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_passphrase.h"

#include <string.h>
#include <unistd.h>

#include <apr_file_io.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <http_config.h>
#include <http_core.h>
#include <openssl/crypto.h>

#include "sc_log.h"
#include "sc_vault.h"

/* Changes whenever the layout below does: an older module's bytes are not ours.
 */
#define STORE_VERSION 1

#define PATH_LEN      1024
#define PHRASE_LEN    512
#define STORE_SLOTS   80

/* One kept pass phrase, valid as long as the key file is the same. */
typedef struct kept {
    char path[PATH_LEN];
    apr_time_t mtime;
    int len;
    char phrase[PHRASE_LEN];
} kept_t;

/*
 * Returns the slots, in memory that is never swapped, dumped or inherited; NULL
 * if the system gives none, and then nothing is kept.
 */
static kept_t *slots(void)
{
    const size_t size = STORE_SLOTS * sizeof(kept_t);
    bool locked;
    kept_t *memory =
        sc_vault_open("pass phrases", STORE_VERSION, size, &locked);

    if (!locked) {
        return NULL;
    }
    /* Between its two passes httpd may detach from the terminal by a fork, and
     * what was typed must survive that one; the children must have nothing. */
    if (ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_CREATE_PRE_CONFIG) {
        sc_vault_hide(memory, size, true);
    }
    return memory;
}

static apr_time_t mtime_of(const char *path, apr_pool_t *ptemp)
{
    apr_finfo_t info;

    return apr_stat(&info, path, APR_FINFO_MTIME, ptemp) == APR_SUCCESS
               ? info.mtime
               : 0;
}

/* Returns the slot of a key file, or the first free one, or NULL if full. */
static kept_t *find_slot(const char *path)
{
    kept_t *slot = slots();

    for (int i = 0; slot && i < STORE_SLOTS; i++, slot++) {
        if (!slot->path[0] || !strcmp(slot->path, path)) {
            return slot;
        }
    }
    return NULL;
}

static void keep(const char *path, apr_time_t mtime, const char *phrase,
                 int len)
{
    kept_t *slot = strlen(path) < PATH_LEN ? find_slot(path) : NULL;

    if (slot && len <= PHRASE_LEN) {
        apr_cpystrn(slot->path, path, PATH_LEN);
        slot->mtime = mtime;
        slot->len = len;
        memcpy(slot->phrase, phrase, (size_t)len);
    }
}

static int from_store(const char *path, apr_time_t mtime, char *buf, int size)
{
    const kept_t *slot = find_slot(path);

    if (!slot || strcmp(slot->path, path) != 0 || slot->mtime != mtime ||
        slot->len > size) {
        return -1;
    }
    memcpy(buf, slot->phrase, (size_t)slot->len);
    return slot->len;
}

/*
 * Reads one line, without its end, straight into buf: no library buffer keeps a
 * copy. Returns its length, or -1 if it does not fit or nothing can be read.
 */
static int read_line(apr_file_t *file, char *buf, int size)
{
    int len = 0;

    while (len < size) {
        apr_size_t n = 1;

        if (apr_file_read(file, buf + len, &n) != APR_SUCCESS || n == 0 ||
            buf[len] == '\n') {
            while (len > 0 && buf[len - 1] == '\r') {
                len--;
            }
            return len > 0 ? len : -1;
        }
        len++;
    }
    return -1;
}

static int from_file(const sc_passphrase_t *self, char *buf, int size,
                     const char **why)
{
    const char *path = self->option->path;
    apr_finfo_t info;
    apr_file_t *file;
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ,
                                        APR_FPROT_OS_DEFAULT, self->ptemp);
    int len;

    if (status != APR_SUCCESS) {
        char reason[120];

        *why = apr_psprintf(self->ptemp,
                            "the pass phrase file %s cannot be opened: %s.",
                            path, apr_strerror(status, reason, sizeof(reason)));
        return -1;
    }
    if (apr_file_info_get(&info, APR_FINFO_PROT, file) != APR_SUCCESS ||
        (info.protection & APR_FPROT_WREAD)) {
        apr_file_close(file);
        *why = apr_psprintf(self->ptemp,
                            "the pass phrase file %s can be read by everybody; "
                            "make it 0600.",
                            path);
        return -1;
    }
    len = read_line(file, buf, size);
    apr_file_close(file);
    if (len < 0) {
        *why = apr_psprintf(self->ptemp,
                            "the first line of the pass phrase file %s is "
                            "empty or too long.",
                            path);
    }
    return len;
}

static int from_program(const sc_passphrase_t *self, const char *key_file,
                        char *buf, int size, const char **why)
{
    const char *path = self->option->path;
    apr_procattr_t *attributes;
    apr_proc_t process;
    apr_exit_why_e reason;
    apr_status_t status;
    int exit_code = -1;
    int len;

    status = apr_procattr_create(&attributes, self->ptemp);
    if (status == APR_SUCCESS) {
        status = apr_procattr_io_set(attributes, APR_NO_PIPE, APR_FULL_BLOCK,
                                     APR_NO_PIPE);
    }
    if (status == APR_SUCCESS) {
        status = apr_procattr_cmdtype_set(attributes, APR_PROGRAM_ENV);
    }
    if (status == APR_SUCCESS) {
        status = apr_procattr_error_check_set(attributes, 1);
    }
    if (status == APR_SUCCESS) {
        const char *argv[] = {path, self->host, key_file, NULL};

        status = apr_proc_create(&process, path, argv, NULL, attributes,
                                 self->ptemp);
    }
    if (status != APR_SUCCESS) {
        char text[120];

        *why = apr_psprintf(self->ptemp,
                            "the pass phrase program %s cannot be run: %s.",
                            path, apr_strerror(status, text, sizeof(text)));
        return -1;
    }
    len = read_line(process.out, buf, size);
    apr_file_close(process.out);
    apr_proc_wait(&process, &exit_code, &reason, APR_WAIT);
    if (len < 0 || exit_code != 0) {
        *why = apr_psprintf(self->ptemp,
                            "the pass phrase program %s printed no pass phrase "
                            "(exit status %d).",
                            path, exit_code);
        return -1;
    }
    return len;
}

static int from_terminal(const sc_passphrase_t *self, const char *key_file,
                         char *buf, int size, const char **why)
{
    const char *prompt = apr_psprintf(
        self->ptemp, "Pass phrase for the key %s of %s: ", key_file,
        self->host);
    apr_size_t room = (apr_size_t)size;

    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        *why = "there is no terminal to ask for its pass phrase; use "
               "SecureChanPassPhrase exec: or file:.";
        return -1;
    }
    if (apr_password_get(prompt, buf, &room) != APR_SUCCESS || !buf[0]) {
        *why = "no pass phrase was typed.";
        return -1;
    }
    return (int)strlen(buf);
}

int sc_passphrase_get(void *baton, const char *key_file, char *buf, int size,
                      const char **why)
{
    sc_passphrase_t *self = baton;
    const apr_time_t mtime = mtime_of(key_file, self->ptemp);
    int len = from_store(key_file, mtime, buf, size);

    if (len >= 0) {
        return len;
    }
    switch (self->option->source) {
    case SC_PASSPHRASE_FILE:
        len = from_file(self, buf, size, why);
        break;
    case SC_PASSPHRASE_EXEC:
        len = from_program(self, key_file, buf, size, why);
        break;
    case SC_PASSPHRASE_BUILTIN:
        len = from_terminal(self, key_file, buf, size, why);
        break;
    }
    if (len >= 0) {
        keep(key_file, mtime, buf, len);
    }
    else {
        OPENSSL_cleanse(buf, (size_t)size);
    }
    return len;
}

void sc_passphrase_forget(const char *key_file)
{
    kept_t *slot = find_slot(key_file);

    if (slot && slot->path[0]) {
        OPENSSL_cleanse(slot->phrase, sizeof(slot->phrase));
        slot->len = 0;
        slot->mtime = 0;
    }
}
