/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_certvars.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <apr_strings.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

/* Distinguished names as in RFC 2253, in UTF-8, control characters escaped. */
#define DN_FLAGS (XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB)

/* One attribute of a name: the same without the escaping of commas. */
#define VALUE_FLAGS (ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT)

#define RAW_FLAGS   ASN1_STRFLGS_ESC_CTRL

/* Moves what was written to bio into p, and frees bio. */
static const char *take_text(BIO *bio, apr_pool_t *p)
{
    char *data = NULL;
    long len = bio ? BIO_get_mem_data(bio, &data) : 0;
    const char *text = len > 0 ? apr_pstrmemdup(p, data, (apr_size_t)len) : "";

    BIO_free(bio);
    ERR_clear_error();
    return text;
}

static const char *print_name(const X509_NAME *name, apr_pool_t *p)
{
    BIO *bio = BIO_new(BIO_s_mem());

    if (bio) {
        X509_NAME_print_ex(bio, name, 0, DN_FLAGS);
    }
    return take_text(bio, p);
}

static const char *print_string(const ASN1_STRING *string, unsigned long flags,
                                apr_pool_t *p)
{
    BIO *bio = BIO_new(BIO_s_mem());

    if (bio) {
        ASN1_STRING_print_ex(bio, string, flags);
    }
    return take_text(bio, p);
}

/* ---- The fixed variables ---- */

static const char *get_version(X509 *cert, apr_pool_t *p)
{
    return apr_ltoa(p, X509_get_version(cert) + 1);
}

static const char *get_serial(X509 *cert, apr_pool_t *p)
{
    BIO *bio = BIO_new(BIO_s_mem());

    if (bio) {
        i2a_ASN1_INTEGER(bio, X509_get0_serialNumber(cert));
    }
    return take_text(bio, p);
}

static const char *print_time(const ASN1_TIME *at, apr_pool_t *p)
{
    BIO *bio = BIO_new(BIO_s_mem());

    if (bio) {
        ASN1_TIME_print(bio, at);
    }
    return take_text(bio, p);
}

static const char *get_start(X509 *cert, apr_pool_t *p)
{
    return print_time(X509_get0_notBefore(cert), p);
}

static const char *get_end(X509 *cert, apr_pool_t *p)
{
    return print_time(X509_get0_notAfter(cert), p);
}

static const char *get_remain(X509 *cert, apr_pool_t *p)
{
    int days = 0;
    int seconds = 0;

    if (!ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(cert)) ||
        days < 0 || seconds < 0) {
        days = 0;
    }
    return apr_itoa(p, days);
}

static const char *get_subject(X509 *cert, apr_pool_t *p)
{
    return print_name(X509_get_subject_name(cert), p);
}

static const char *get_issuer(X509 *cert, apr_pool_t *p)
{
    return print_name(X509_get_issuer_name(cert), p);
}

static const char *algorithm_name(const ASN1_OBJECT *algorithm)
{
    const int nid = OBJ_obj2nid(algorithm);

    return nid == NID_undef ? "UNKNOWN" : OBJ_nid2ln(nid);
}

static const char *get_signature_algorithm(X509 *cert, apr_pool_t *p)
{
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OBJECT *object = NULL;

    (void)p;
    X509_get0_signature(NULL, &algorithm, cert);
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    return algorithm_name(object);
}

static const char *get_key_algorithm(X509 *cert, apr_pool_t *p)
{
    ASN1_OBJECT *object = NULL;

    (void)p;
    X509_PUBKEY_get0_param(&object, NULL, NULL, NULL,
                           X509_get_X509_PUBKEY(cert));
    return algorithm_name(object);
}

static const char *get_pem(X509 *cert, apr_pool_t *p)
{
    BIO *bio = BIO_new(BIO_s_mem());

    if (bio) {
        PEM_write_bio_X509(bio, cert);
    }
    return take_text(bio, p);
}

static const struct {
    const char *name;
    const char *(*get)(X509 *cert, apr_pool_t *p);
    bool exported;
} fixed[] = {
    {"M_VERSION", get_version, true},
    {"M_SERIAL", get_serial, true},
    {"V_START", get_start, true},
    {"V_END", get_end, true},
    {"V_REMAIN", get_remain, false},
    {"S_DN", get_subject, true},
    {"I_DN", get_issuer, true},
    {"A_SIG", get_signature_algorithm, true},
    {"A_KEY", get_key_algorithm, true},
    {"CERT", get_pem, false},
};

#define NUM_FIXED (sizeof(fixed) / sizeof(fixed[0]))

/* ---- Attributes of the subject's and the issuer's name ---- */

static const struct {
    const char *name;
    int nid;
} attributes[] = {
    {"C", NID_countryName},
    {"ST", NID_stateOrProvinceName},
    {"SP", NID_stateOrProvinceName},
    {"L", NID_localityName},
    {"O", NID_organizationName},
    {"OU", NID_organizationalUnitName},
    {"CN", NID_commonName},
    {"T", NID_title},
    {"I", NID_initials},
    {"G", NID_givenName},
    {"S", NID_surname},
    {"D", NID_description},
    {"SerialNumber", NID_serialNumber},
    {"UID", NID_userId},
    {"Email", NID_pkcs9_emailAddress},
};

#define NUM_ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))

/* Reads "_n" at the end of a variable's name: true with the number, 0 if there
 * is none, false for anything else. */
static bool read_index(const char *text, int *index)
{
    char *end;
    long number;

    *index = 0;
    if (!*text) {
        return true;
    }
    if (text[0] != '_' || text[1] < '0' || text[1] > '9') {
        return false;
    }
    number = strtol(text + 1, &end, 10);
    if (*end || number > 1000) {
        return false;
    }
    *index = (int)number;
    return true;
}

/* Returns the value of the index-th attribute of that type, or NULL. */
static const ASN1_STRING *find_attribute(const X509_NAME *name, int nid,
                                         int index)
{
    int at = -1;

    do {
        at = X509_NAME_get_index_by_NID(name, nid, at);
    } while (at >= 0 && index-- > 0);
    return at < 0 ? NULL
                  : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
}

/* text is "CN", "OU_1", "CN_RAW" or "OU_1_RAW". */
static const char *lookup_attribute(const X509_NAME *name, const char *text,
                                    apr_pool_t *p)
{
    unsigned long flags = VALUE_FLAGS;
    apr_size_t len = strlen(text);

    if (len > 4 && !strcmp(text + len - 4, "_RAW")) {
        text = apr_pstrmemdup(p, text, len - 4);
        flags = RAW_FLAGS;
    }
    for (size_t i = 0; i < NUM_ATTRIBUTES; i++) {
        int index;

        len = strlen(attributes[i].name);
        if (!strncmp(text, attributes[i].name, len) &&
            read_index(text + len, &index)) {
            const ASN1_STRING *value =
                find_attribute(name, attributes[i].nid, index);

            return value ? print_string(value, flags, p) : "";
        }
    }
    return NULL;
}

/* ---- Subject alternative names ---- */

static const struct {
    const char *name;
    int type;
    int other; /* for GEN_OTHERNAME: which */
} san_types[] = {
    {"DNS", GEN_DNS, NID_undef},
    {"Email", GEN_EMAIL, NID_undef},
    {"URI", GEN_URI, NID_undef},
    {"IP", GEN_IPADD, NID_undef},
    {"OTHER_dnsSRV", GEN_OTHERNAME, NID_SRVName},
    {"OTHER_msUPN", GEN_OTHERNAME, NID_ms_upn},
};

#define NUM_SAN_TYPES (sizeof(san_types) / sizeof(san_types[0]))

static const char *print_address(const ASN1_STRING *address, apr_pool_t *p)
{
    char text[64];
    const int family = ASN1_STRING_length(address) == 16 ? AF_INET6 : AF_INET;

    if (family == AF_INET && ASN1_STRING_length(address) != 4) {
        return "";
    }
    return inet_ntop(family, ASN1_STRING_get0_data(address), text, sizeof(text))
               ? apr_pstrdup(p, text)
               : "";
}

/* Returns the text of an alternative name if it is of that type, else NULL. */
static const char *print_san(const GENERAL_NAME *name, size_t type,
                             apr_pool_t *p)
{
    int kind;
    const void *value = GENERAL_NAME_get0_value(name, &kind);

    if (kind != san_types[type].type) {
        return NULL;
    }
    if (kind == GEN_IPADD) {
        return print_address(value, p);
    }
    if (kind == GEN_OTHERNAME) {
        const OTHERNAME *other = value;
        const int form = ASN1_TYPE_get(other->value);

        if (OBJ_obj2nid(other->type_id) != san_types[type].other ||
            (form != V_ASN1_UTF8STRING && form != V_ASN1_IA5STRING)) {
            return NULL;
        }
        return print_string(other->value->value.asn1_string, VALUE_FLAGS, p);
    }
    return print_string(value, VALUE_FLAGS, p);
}

static GENERAL_NAMES *alternative_names(const X509 *cert)
{
    GENERAL_NAMES *names =
        X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);

    ERR_clear_error();
    return names;
}

static const char *lookup_san(const X509 *cert, const char *text, apr_pool_t *p)
{
    for (size_t type = 0; type < NUM_SAN_TYPES; type++) {
        const apr_size_t len = strlen(san_types[type].name);
        GENERAL_NAMES *names;
        const char *found = NULL;
        int index;

        if (strncmp(text, san_types[type].name, len) != 0 ||
            !read_index(text + len, &index)) {
            continue;
        }
        names = alternative_names(cert);
        for (int i = 0; i < sk_GENERAL_NAME_num(names) && index >= 0; i++) {
            found = print_san(sk_GENERAL_NAME_value(names, i), type, p);
            index -= found ? 1 : 0;
        }
        GENERAL_NAMES_free(names);
        return found && index < 0 ? found : "";
    }
    return NULL;
}

/* ---- The interface ---- */

const char *sc_certvars_lookup(X509 *cert, const char *name, apr_pool_t *p)
{
    if (!cert) {
        return NULL;
    }
    for (size_t i = 0; i < NUM_FIXED; i++) {
        if (!strcmp(name, fixed[i].name)) {
            return fixed[i].get(cert, p);
        }
    }
    if (!strncmp(name, "S_DN_", 5)) {
        return lookup_attribute(X509_get_subject_name(cert), name + 5, p);
    }
    if (!strncmp(name, "I_DN_", 5)) {
        return lookup_attribute(X509_get_issuer_name(cert), name + 5, p);
    }
    if (!strncmp(name, "SAN_", 4)) {
        return lookup_san(cert, name + 4, p);
    }
    return NULL;
}

/* Sets prefix_DN_<c> for the first attribute of each type, prefix_DN_<c>_n for
 * those that follow. */
static void export_name(const X509_NAME *name, const char *prefix,
                        apr_table_t *env, apr_pool_t *p)
{
    int seen[NUM_ATTRIBUTES] = {0};

    for (int at = 0; at < X509_NAME_entry_count(name); at++) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, at);
        const int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
        const char *value =
            print_string(X509_NAME_ENTRY_get_data(entry), VALUE_FLAGS, p);

        for (size_t i = 0; i < NUM_ATTRIBUTES; i++) {
            if (attributes[i].nid != nid || !strcmp(attributes[i].name, "SP")) {
                continue;
            }
            if (value[0]) {
                apr_table_setn(
                    env,
                    seen[i] ? apr_psprintf(p, "%s%s_%d", prefix,
                                           attributes[i].name, seen[i])
                            : apr_pstrcat(p, prefix, attributes[i].name, NULL),
                    value);
            }
            seen[i]++;
        }
    }
}

static void export_sans(const X509 *cert, const char *prefix, apr_table_t *env,
                        apr_pool_t *p)
{
    int seen[NUM_SAN_TYPES] = {0};
    GENERAL_NAMES *names = alternative_names(cert);

    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        for (size_t type = 0; type < NUM_SAN_TYPES; type++) {
            const char *value =
                print_san(sk_GENERAL_NAME_value(names, i), type, p);

            if (value && value[0]) {
                apr_table_setn(env,
                               apr_psprintf(p, "%sSAN_%s_%d", prefix,
                                            san_types[type].name, seen[type]),
                               value);
            }
            seen[type] += value ? 1 : 0;
        }
    }
    GENERAL_NAMES_free(names);
}

void sc_certvars_export(X509 *cert, const char *prefix, apr_table_t *env,
                        apr_pool_t *p)
{
    if (!cert) {
        return;
    }
    for (size_t i = 0; i < NUM_FIXED; i++) {
        const char *value = fixed[i].exported ? fixed[i].get(cert, p) : "";

        if (value[0]) {
            apr_table_setn(env, apr_pstrcat(p, prefix, fixed[i].name, NULL),
                           value);
        }
    }
    export_name(X509_get_subject_name(cert),
                apr_pstrcat(p, prefix, "S_DN_", NULL), env, p);
    export_name(X509_get_issuer_name(cert),
                apr_pstrcat(p, prefix, "I_DN_", NULL), env, p);
    export_sans(cert, prefix, env, p);
}
