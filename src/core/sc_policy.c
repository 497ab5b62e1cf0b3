/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_policy.h"

#include <stddef.h>
#include <string.h>

#include <apr_cstr.h>

/* AES-128 first: no attack comes near it, and it is cheaper than
 * AES-256. Clients without AES instructions are served ChaCha first by
 * SSL_OP_PRIORITIZE_CHACHA, not by this order. */
#define SUITES_AES "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"
#define SUITES_ALL SUITES_AES ":TLS_CHACHA20_POLY1305_SHA256"

#define CIPHERS_AES                                                            \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"               \
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
#define CIPHERS_AEAD                                                           \
    CIPHERS_AES ":ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define CIPHERS_CBC                                                            \
    "ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256:"                       \
    "ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384:"                       \
    "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:"                             \
    "ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA"
#define CIPHERS_RSA                                                            \
    "AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA256:AES256-SHA256:"         \
    "AES128-SHA:AES256-SHA"

#define GROUPS_DEFAULT "?X25519MLKEM768:X25519:P-256:P-384"

/* Only the order within one type of key has an effect: the certificate that is
 * chosen settles the type. */
#define SIGALGS_ECDSA                                                          \
    "ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512"
#define SIGALGS_RSA                                                            \
    "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:"             \
    "rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512:"                \
    "rsa_pkcs1_sha256:rsa_pkcs1_sha384:rsa_pkcs1_sha512"
#define SIGALGS_DEFAULT "ed25519:ed448:" SIGALGS_ECDSA ":" SIGALGS_RSA

static const sc_policy_t policies[] = {
    {.name = "modern",
     .protocol_min = SC_TLS1_3,
     .protocol_max = SC_TLS1_3,
     /* In force only where SecureChanProtocol widens the range. */
     .ciphers = CIPHERS_AEAD,
     .ciphersuites = SUITES_ALL,
     .groups = GROUPS_DEFAULT,
     .sigalgs = SIGALGS_DEFAULT},
    {.name = "intermediate",
     .protocol_min = SC_TLS1_2,
     .protocol_max = SC_TLS1_3,
     .ciphers = CIPHERS_AEAD,
     .ciphersuites = SUITES_ALL,
     .groups = GROUPS_DEFAULT,
     .sigalgs = SIGALGS_DEFAULT},
    {.name = "legacy",
     .protocol_min = SC_TLS1_0,
     .protocol_max = SC_TLS1_3,
     /* OpenSSL 3 does TLS 1.0 and 1.1 at security level 0 only. */
     .ciphers = CIPHERS_AEAD ":" CIPHERS_CBC ":" CIPHERS_RSA ":@SECLEVEL=0",
     .ciphersuites = SUITES_ALL,
     .groups = GROUPS_DEFAULT,
     /* In this form as OpenSSL 3.0 has no name of its own for ecdsa_sha1. */
     .sigalgs = SIGALGS_DEFAULT ":ECDSA+SHA1:RSA+SHA1",
     .insecure = true},
    {.name = "fips",
     .protocol_min = SC_TLS1_2,
     .protocol_max = SC_TLS1_3,
     .ciphers = CIPHERS_AES,
     .ciphersuites = SUITES_AES,
     .groups = "P-256:P-384",
     .sigalgs = SIGALGS_ECDSA ":" SIGALGS_RSA,
     .needs_fips = true},
};

#define NUM_POLICIES (sizeof(policies) / sizeof(policies[0]))

/* For each version the name that is written comes first. "TLSv1" is what
 * OpenSSL and mod_ssl call 1.0, and what log analysers know. */
static const struct {
    const char *name;
    int version;
} protocols[] = {
    {"TLSv1", SC_TLS1_0},   {"TLSv1.0", SC_TLS1_0}, {"TLSv1.1", SC_TLS1_1},
    {"TLSv1.2", SC_TLS1_2}, {"TLSv1.3", SC_TLS1_3},
};

#define NUM_PROTOCOLS (sizeof(protocols) / sizeof(protocols[0]))

const sc_policy_t *sc_policy_find(const char *name)
{
    for (size_t i = 0; i < NUM_POLICIES; i++) {
        if (apr_cstr_casecmp(name, policies[i].name) == 0) {
            return &policies[i];
        }
    }
    return NULL;
}

const sc_policy_t *sc_policy_default(void)
{
    return &policies[1];
}

const char *sc_policy_names(void)
{
    return "modern, intermediate, legacy or fips";
}

/* Returns the version named by the first len bytes of text, any case, or 0. */
static int version_find(const char *text, size_t len)
{
    for (size_t i = 0; i < NUM_PROTOCOLS; i++) {
        if (strlen(protocols[i].name) == len &&
            apr_cstr_casecmpn(text, protocols[i].name, len) == 0) {
            return protocols[i].version;
        }
    }
    return 0;
}

bool sc_protocol_parse(const char *text, int *min, int *max)
{
    size_t first_len = strcspn(text, "-");
    int first = version_find(text, first_len);
    int last = SC_TLS1_3;

    if (text[first_len] == '-') {
        const char *rest = text + first_len + 1;

        last = version_find(rest, strlen(rest));
    }
    if (first == 0 || last < first) {
        return false;
    }
    *min = first;
    *max = last;
    return true;
}

const char *sc_protocol_name(int version)
{
    for (size_t i = 0; i < NUM_PROTOCOLS; i++) {
        if (protocols[i].version == version) {
            return protocols[i].name;
        }
    }
    return "unknown";
}

int sc_protocol_number(const char *name)
{
    for (size_t i = 0; i < NUM_PROTOCOLS; i++) {
        if (strcmp(name, protocols[i].name) == 0) {
            return protocols[i].version;
        }
    }
    return 0;
}
