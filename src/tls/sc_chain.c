/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_chain.h"

#include <string.h>
#include <time.h>

#include <apr_strings.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "sc_cert.h"

/* Time enough to renew by hand. */
#define EXPIRES_SOON_DAYS 14

/* Below this clients of today refuse: RSA 2048 and P-224 have just as much. */
#define STRENGTH_MIN_BITS 112

#define NAME_SHOWN_MAX    200

/* Certificates left out for one reason: the first of them stands for all. */
typedef struct dropped {
    X509 *first;
    int count;
} dropped_t;

/* Returns the subject in ASCII, control characters escaped. */
static const char *subject_text(const X509 *cert, apr_pool_t *p)
{
    BIO *out = BIO_new(BIO_s_mem());
    const char *text = NULL;
    char *data = NULL;
    long len = 0;

    if (out != NULL && X509_NAME_print_ex(out, X509_get_subject_name(cert), 0,
                                          XN_FLAG_RFC2253) > 0) {
        len = BIO_get_mem_data(out, &data);
    }
    if (len > NAME_SHOWN_MAX) {
        text = apr_pstrcat(p, apr_pstrmemdup(p, data, NAME_SHOWN_MAX), "...",
                           NULL);
    }
    else if (len > 0) {
        text = apr_pstrmemdup(p, data, (apr_size_t)len);
    }
    BIO_free(out);
    return text != NULL ? text : "no subject";
}

static bool is_self_signed(X509 *cert)
{
    return (X509_get_extension_flags(cert) & EXFLAG_SS) != 0;
}

static bool is_signed_by(const X509 *cert, const X509 *issuer)
{
    EVP_PKEY *key = X509_get0_pubkey(issuer);
    X509 *whole = sc_cert_whole(cert); /* an outline verifies nothing */
    bool is_signed =
        key != NULL && whole != NULL && X509_verify(whole, key) == 1;

    X509_free(whole);
    return is_signed;
}

/*
 * How well one of several namesakes fits as issuer. A cross-signed certificate
 * goes before the root of the same name: it was put into the file for a
 * purpose, and the root would be dropped.
 */
static int issuer_rank(X509 *issuer, X509 *cert)
{
    return (is_signed_by(cert, issuer) ? 2 : 0) +
           (is_self_signed(issuer) ? 0 : 1);
}

/*
 * Returns the index of the issuer of cert among those not used yet, or -1. By
 * name and key identifier; the signature, which takes time, is verified only if
 * there is a choice.
 */
static int issuer_find(STACK_OF(X509) *certs, const bool *used, X509 *cert)
{
    int best = -1;

    for (int i = 0; i < sk_X509_num(certs); i++) {
        X509 *other = sk_X509_value(certs, i);

        if (used[i] || X509_check_issued(other, cert) != X509_V_OK) {
            continue;
        }
        if (best < 0 || issuer_rank(other, cert) >
                            issuer_rank(sk_X509_value(certs, best), cert)) {
            best = i;
        }
    }
    return best;
}

static void dropped_add(dropped_t *dropped, X509 *cert)
{
    if (dropped->count++ == 0) {
        dropped->first = cert;
    }
}

/* Returns "CN=one", or "CN=one and 3 more". */
static const char *dropped_text(const dropped_t *dropped, apr_pool_t *p)
{
    const char *subject = subject_text(dropped->first, p);

    if (dropped->count == 1) {
        return subject;
    }
    return apr_psprintf(p, "%s and %d more", subject, dropped->count - 1);
}

/* Tells whether the certificate at index is also in a place that is used. */
static bool is_duplicate(STACK_OF(X509) *certs, const bool *used, int index)
{
    for (int i = 0; i < sk_X509_num(certs); i++) {
        if (i != index && (used[i] || i < index) &&
            X509_cmp(sk_X509_value(certs, i), sk_X509_value(certs, index)) ==
                0) {
            return true;
        }
    }
    return false;
}

/* Warns of everything in the file that is not sent. */
static void dropped_report(const sc_chain_env_t *env, STACK_OF(X509) *certs,
                           const bool *used, X509 *root)
{
    dropped_t duplicates = {NULL, 0};
    dropped_t roots = {NULL, 0};
    dropped_t strangers = {NULL, 0};

    if (root != NULL) {
        dropped_add(&roots, root);
    }
    for (int i = 0; i < sk_X509_num(certs); i++) {
        X509 *cert = sk_X509_value(certs, i);

        if (used[i]) {
            continue;
        }
        if (is_duplicate(certs, used, i)) {
            dropped_add(&duplicates, cert);
        }
        else if (is_self_signed(cert)) {
            dropped_add(&roots, cert);
        }
        else {
            dropped_add(&strangers, cert);
        }
    }
    if (duplicates.count > 0) {
        sc_report_add(env->report, SC_SEVERITY_WARNING, "SC0238", env->place,
                      "%s holds the same certificate more than once (%s); it "
                      "is used once. Delete the copies.",
                      env->file, dropped_text(&duplicates, env->ptemp));
    }
    if (roots.count > 0) {
        sc_report_add(env->report, SC_SEVERITY_WARNING, "SC0239", env->place,
                      "%s holds a root certificate (%s), which is not sent: "
                      "clients have it or do not trust it. Delete it there.",
                      env->file, dropped_text(&roots, env->ptemp));
    }
    if (strangers.count > 0) {
        sc_report_add(env->report, SC_SEVERITY_WARNING, "SC0240", env->place,
                      "%s holds a certificate that issued none of those above "
                      "it in the chain (%s); it is not sent. Delete it there.",
                      env->file, dropped_text(&strangers, env->ptemp));
    }
}

/* Tells whether a certificate says where its issuer's may be fetched. */
static bool has_issuer_url(const X509 *cert)
{
    AUTHORITY_INFO_ACCESS *access =
        X509_get_ext_d2i(cert, NID_info_access, NULL, NULL);
    bool found = false;

    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access); i++) {
        const ACCESS_DESCRIPTION *entry =
            sk_ACCESS_DESCRIPTION_value(access, i);

        found = found || OBJ_obj2nid(entry->method) == NID_ad_ca_issuers;
    }
    AUTHORITY_INFO_ACCESS_free(access);
    return found;
}

static void order_report(const sc_chain_env_t *env, X509 *leaf, int leaf_index,
                         bool in_order)
{
    if (leaf_index > 0) {
        sc_report_add(env->report, SC_SEVERITY_WARNING, "SC0236", env->place,
                      "the key belongs to certificate number %d in %s (%s), "
                      "not to the first; it is sent first all the same. Put "
                      "it first in the file, each issuer after what it issued.",
                      leaf_index + 1, env->file,
                      subject_text(leaf, env->ptemp));
    }
    else if (!in_order) {
        sc_report_add(env->report, SC_SEVERITY_WARNING, "SC0237", env->place,
                      "the chain in %s is out of order; it is sent in order "
                      "all the same. Put each issuer after what it issued.",
                      env->file);
    }
}

STACK_OF(X509) *sc_chain_order(const sc_chain_env_t *env, STACK_OF(X509) *certs,
                               int leaf)
{
    STACK_OF(X509) *chain = sk_X509_new_null();
    bool *used =
        apr_pcalloc(env->ptemp, (apr_size_t)sk_X509_num(certs) * sizeof(*used));
    X509 *last = sk_X509_value(certs, leaf);
    X509 *root = NULL;
    bool in_order = true;
    int last_index = leaf;

    used[leaf] = true;
    while (chain != NULL && !is_self_signed(last)) {
        int i = issuer_find(certs, used, last);

        if (i < 0) {
            break;
        }
        used[i] = true;
        in_order = in_order && i > last_index;
        last = sk_X509_value(certs, i);
        last_index = i;
        if (is_self_signed(last)) {
            root = last;
        }
        else if (X509_add_cert(chain, last, X509_ADD_FLAG_UP_REF) != 1) {
            sk_X509_pop_free(chain, X509_free);
            chain = NULL;
        }
    }
    if (chain == NULL) {
        return NULL;
    }
    last = sk_X509_value(certs, leaf);
    order_report(env, last, leaf, in_order);
    dropped_report(env, certs, used, root);
    if (sk_X509_num(chain) == 0 && root == NULL && !is_self_signed(last) &&
        has_issuer_url(last)) {
        sc_report_add(
            env->report, SC_SEVERITY_WARNING, "SC0249", env->place,
            "%s does not hold the certificate that issued the server's "
            "(%s), and many clients do not trust it without. Append "
            "the intermediate certificate of the CA.",
            env->file, subject_text(last, env->ptemp));
    }
    return chain;
}

/* Returns false for a date that cannot be read; before 1970 counts as 1970. */
static bool time_get(apr_time_t *out, const ASN1_TIME *date)
{
    apr_time_exp_t parts;
    struct tm tm;

    memset(&parts, 0, sizeof(parts));
    if (ASN1_TIME_to_tm(date, &tm) != 1) {
        return false;
    }
    parts.tm_year = tm.tm_year;
    parts.tm_mon = tm.tm_mon;
    parts.tm_mday = tm.tm_mday;
    parts.tm_hour = tm.tm_hour;
    parts.tm_min = tm.tm_min;
    parts.tm_sec = tm.tm_sec;
    if (apr_time_exp_gmt_get(out, &parts) != APR_SUCCESS) {
        *out = 0;
    }
    return true;
}

static const char *time_text(apr_time_t when, apr_pool_t *p)
{
    apr_time_exp_t parts;

    if (apr_time_exp_gmt(&parts, when) != APR_SUCCESS) {
        return "an unknown time";
    }
    return apr_psprintf(p, "%04d-%02d-%02d %02d:%02d:%02d UTC",
                        parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                        parts.tm_hour, parts.tm_min, parts.tm_sec);
}

static void leaf_dates_check(const sc_chain_env_t *env, const X509 *leaf)
{
    sc_severity_t severity =
        env->dates_are_errors ? SC_SEVERITY_ERROR : SC_SEVERITY_WARNING;
    apr_time_t from;
    apr_time_t until;

    if (!time_get(&from, X509_get0_notBefore(leaf)) ||
        !time_get(&until, X509_get0_notAfter(leaf))) {
        sc_report_add(env->report, severity, "SC0215", env->place,
                      "the dates of the certificate in %s cannot be read. Ask "
                      "the CA for a correct one.",
                      env->file);
    }
    else if (env->now < from) {
        sc_report_add(env->report, severity, "SC0243", env->place,
                      "the certificate in %s is not valid before %s, and it "
                      "is now %s. Wait, or set the clock right.",
                      env->file, time_text(from, env->ptemp),
                      time_text(env->now, env->ptemp));
    }
    else if (env->now > until) {
        sc_report_add(env->report, severity, "SC0242", env->place,
                      "the certificate in %s expired on %s. Have it renewed, "
                      "or set the clock right (it is now %s).",
                      env->file, time_text(until, env->ptemp),
                      time_text(env->now, env->ptemp));
    }
    else if (until - env->now < apr_time_from_sec(EXPIRES_SOON_DAYS * 86400)) {
        sc_report_add(env->report, SC_SEVERITY_WARNING, "SC0244", env->place,
                      "the certificate in %s expires soon, on %s. Have it "
                      "renewed.",
                      env->file, time_text(until, env->ptemp));
    }
}

/* Warns of properties for which clients refuse the certificate. */
static void leaf_use_check(const sc_chain_env_t *env, X509 *leaf,
                           const EVP_PKEY *key)
{
    uint32_t uses = X509_get_extended_key_usage(leaf);

    if ((X509_get_extension_flags(leaf) & EXFLAG_CA) != 0) {
        sc_report_add(env->report, SC_SEVERITY_WARNING, "SC0245", env->place,
                      "the certificate in %s (%s) is a CA certificate, which "
                      "some clients refuse for a server. Have a server "
                      "certificate issued.",
                      env->file, subject_text(leaf, env->ptemp));
    }
    if ((uses & (XKU_SSL_SERVER | XKU_ANYEKU)) == 0) {
        sc_report_add(env->report, SC_SEVERITY_WARNING, "SC0246", env->place,
                      "the certificate in %s is not meant for servers: its "
                      "extendedKeyUsage lacks serverAuth, so clients refuse "
                      "it. Have a server certificate issued.",
                      env->file);
    }
    if (key != NULL && EVP_PKEY_get_security_bits(key) < STRENGTH_MIN_BITS) {
        sc_report_add(env->report, SC_SEVERITY_WARNING, "SC0234", env->place,
                      "the key of the certificate in %s is weak (%s, %d "
                      "bits), so clients refuse it. Make a new key and have "
                      "the certificate reissued.",
                      env->file, EVP_PKEY_get0_type_name(key),
                      EVP_PKEY_get_bits(key));
    }
}

void sc_chain_check(const sc_chain_env_t *env, X509 *leaf, const EVP_PKEY *key,
                    STACK_OF(X509) *chain)
{
    leaf_dates_check(env, leaf);
    leaf_use_check(env, leaf, key);
    for (int i = 0; i < sk_X509_num(chain); i++) {
        const X509 *cert = sk_X509_value(chain, i);
        apr_time_t from;
        apr_time_t until;

        if (time_get(&from, X509_get0_notBefore(cert)) &&
            time_get(&until, X509_get0_notAfter(cert)) && env->now >= from &&
            env->now <= until) {
            continue;
        }
        sc_report_add(env->report, SC_SEVERITY_WARNING, "SC0248", env->place,
                      "an intermediate certificate in %s (%s) has expired or "
                      "is not valid yet, so clients refuse the chain. Get the "
                      "current one from the CA.",
                      env->file, subject_text(cert, env->ptemp));
    }
}

int sc_chain_guess_leaf(STACK_OF(X509) *certs)
{
    for (int i = 0; i < sk_X509_num(certs); i++) {
        X509 *cert = sk_X509_value(certs, i);

        if ((X509_get_extension_flags(cert) & EXFLAG_CA) == 0) {
            return i;
        }
    }
    return 0;
}
