/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_context.h"

#include <string.h>

#include <apr_strings.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "sc_ossl.h"

/* What is being made and where its problems go. */
typedef struct sc_making {
    sc_context_t *context;
    const sc_options_t *options;
    const char *host;
    sc_report_t *report;
    apr_pool_t *p;
} sc_making_t;

/*
 * Returns where a setting came from, for messages: the directive itself, or
 * SecureChanPolicy if the value is the policy's.
 */
static sc_place_t place_of(const sc_making_t *making, sc_option_t option,
                           const char *directive)
{
    const sc_options_t *options = making->options;
    sc_place_t place = {.directive = "SecureChanPolicy"};

    if (sc_options_has(options, option)) {
        place = *options->place[option];
        place.directive = directive;
    }
    else if (sc_options_has(options, SC_OPTION_POLICY)) {
        place = *options->place[SC_OPTION_POLICY];
    }
    place.host = making->host;
    return place;
}

static void hash_text(EVP_MD_CTX *md, const char *text)
{
    /* The NUL goes in too, so that no two lists run into each other. */
    EVP_DigestUpdate(md, text, strlen(text) + 1);
}

void sc_context_binding(unsigned char binding[SC_BINDING_LEN],
                        const sc_options_t *options)
{
    const sc_protocol_range_t range = sc_options_protocol(options);
    EVP_MD_CTX *md = EVP_MD_CTX_new();

    memset(binding, 0, SC_BINDING_LEN);
    if (!md || !EVP_DigestInit_ex(md, EVP_sha256(), NULL)) {
        EVP_MD_CTX_free(md);
        return;
    }
    EVP_DigestUpdate(md, &range, sizeof(range));
    hash_text(md, sc_options_ciphers(options));
    hash_text(md, sc_options_ciphersuites(options));
    hash_text(md, sc_options_groups(options));
    hash_text(md, options->policy->name);
    for (int i = 0; options->commands && i < options->commands->nelts; i++) {
        const sc_command_option_t *command =
            &APR_ARRAY_IDX(options->commands, i, sc_command_option_t);

        hash_text(md, command->name);
        hash_text(md, command->value);
    }
    EVP_DigestFinal_ex(md, binding, NULL);
    EVP_MD_CTX_free(md);
}

/* Tells whether a list separated by colons holds a word. */
static bool has_word(const char *list, const char *word)
{
    const size_t len = strlen(word);

    while (list) {
        if (!strncasecmp(list, word, len) && (!list[len] || list[len] == ':')) {
            return true;
        }
        list = strchr(list, ':');
        list = list ? list + 1 : NULL;
    }
    return false;
}

/*
 * Keeps those groups of the list that the library knows. OpenSSL 3.0 refuses
 * the whole list for one unknown name and does not know '?', so each name is
 * tried alone. Returns NULL after reporting a name that is neither known nor
 * optional.
 */
static const char *supported_groups(const sc_making_t *making)
{
    SSL_CTX *ctx = making->context->ssl_ctx;
    const char *supported = "";
    char *list = apr_pstrdup(making->p, sc_options_groups(making->options));
    char *last;

    for (char *name = apr_strtok(list, ":", &last); name;
         name = apr_strtok(NULL, ":", &last)) {
        const bool optional = name[0] == '?';

        name += optional ? 1 : 0;
        if (SSL_CTX_set1_groups_list(ctx, name)) {
            const char *longer = apr_pstrcat(making->p, supported,
                                             *supported ? ":" : "", name, NULL);

            /* A group that is in the list already: OpenSSL before 3.5 refuses
             * it here. */
            if (!has_word(supported, name) &&
                SSL_CTX_set1_groups_list(ctx, longer)) {
                supported = longer;
            }
            continue;
        }
        ERR_clear_error();
        if (!optional) {
            const sc_place_t place =
                place_of(making, SC_OPTION_GROUPS, "SecureChanGroups");

            sc_report_add(
                making->report, SC_SEVERITY_ERROR, "SC0251", &place,
                "this OpenSSL does not know the group \"%s\". Correct "
                "the name, or write ?%s to use it only where it is "
                "available.",
                name, name);
            return NULL;
        }
    }
    if (!*supported) {
        const sc_place_t place =
            place_of(making, SC_OPTION_GROUPS, "SecureChanGroups");

        sc_report_add(
            making->report, SC_SEVERITY_ERROR, "SC0252", &place,
            "this OpenSSL knows none of the groups in \"%s\". Add one "
            "that it has, such as P-256.",
            sc_options_groups(making->options));
        return NULL;
    }
    return supported;
}

static bool set_groups(const sc_making_t *making)
{
    making->context->groups = supported_groups(making);
    return making->context->groups &&
           SSL_CTX_set1_groups_list(making->context->ssl_ctx,
                                    making->context->groups);
}

/*
 * Sets a cipher list without those that encrypt nothing or do not prove who the
 * server is, whatever the list says: no directive may switch off what the
 * module is for.
 */
static bool set_safe_list(const sc_making_t *making, const char *ciphers)
{
    return SSL_CTX_set_cipher_list(
               making->context->ssl_ctx,
               apr_pstrcat(making->p, "!aNULL:!eNULL:", ciphers, NULL)) == 1;
}

/*
 * OpenSSL passes over words of a cipher list that it does not know, as long as
 * one is left. A misspelt cipher must not vanish in silence, so each plain word
 * is tried alone.
 */
static bool check_cipher_words(const sc_making_t *making, const char *ciphers)
{
    char *list = apr_pstrdup(making->p, ciphers);
    char *last;

    for (char *word = apr_strtok(list, ": ,;", &last); word;
         word = apr_strtok(NULL, ": ,;", &last)) {
        if (strchr("!-+@", word[0])) {
            continue;
        }
        if (!set_safe_list(making, word)) {
            const sc_place_t place =
                place_of(making, SC_OPTION_CIPHERS, "SecureChanCiphers");

            ERR_clear_error();
            sc_report_add(making->report, SC_SEVERITY_ERROR, "SC0253", &place,
                          "\"%s\" selects no cipher of this OpenSSL that both "
                          "encrypts and authenticates. Use names that "
                          "\"openssl ciphers\" lists; those of TLS 1.3 "
                          "go into \"SecureChanCiphers TLSv1.3 list\".",
                          word);
            return false;
        }
    }
    return true;
}

static bool set_ciphers(const sc_making_t *making)
{
    const char *ciphers = sc_options_ciphers(making->options);

    if (sc_options_has(making->options, SC_OPTION_CIPHERS) &&
        !check_cipher_words(making, ciphers)) {
        return false;
    }
    if (!set_safe_list(making, ciphers)) {
        const sc_place_t place =
            place_of(making, SC_OPTION_CIPHERS, "SecureChanCiphers");

        sc_report_add(making->report, SC_SEVERITY_ERROR, "SC0254", &place,
                      "the list \"%s\" leaves no cipher: %s. Use names that "
                      "\"openssl ciphers\" lists.",
                      ciphers, sc_ossl_reason(making->p));
        return false;
    }
    return true;
}

/*
 * Returns the first word of the list that is no cipher suite of TLS 1.3, or
 * NULL. OpenSSL passes over unknown ones here, too, and takes ciphers of TLS
 * 1.2 by their standard names, all of which have "_WITH_" in them.
 */
static const char *wrong_suite(const sc_making_t *making, const char *suites)
{
    char *list = apr_pstrdup(making->p, suites);
    char *last;

    for (char *word = apr_strtok(list, ":", &last); word;
         word = apr_strtok(NULL, ":", &last)) {
        if (strstr(word, "_WITH_") ||
            !SSL_CTX_set_ciphersuites(making->context->ssl_ctx, word)) {
            return word;
        }
    }
    return NULL;
}

static bool set_ciphersuites(const sc_making_t *making)
{
    const char *suites = sc_options_ciphersuites(making->options);
    const char *wrong = NULL;

    if (sc_options_has(making->options, SC_OPTION_CIPHERSUITES)) {
        wrong = wrong_suite(making, suites);
    }
    if (!wrong && !SSL_CTX_set_ciphersuites(making->context->ssl_ctx, suites)) {
        wrong = suites;
    }
    if (wrong) {
        const sc_place_t place =
            place_of(making, SC_OPTION_CIPHERSUITES, "SecureChanCiphers");

        ERR_clear_error();
        sc_report_add(making->report, SC_SEVERITY_ERROR, "SC0255", &place,
                      "\"%s\" is no TLS 1.3 cipher suite of this OpenSSL. Use "
                      "names such as TLS_AES_128_GCM_SHA256, separated by "
                      "colons.",
                      wrong);
    }
    return !wrong;
}

static bool set_sigalgs(const sc_making_t *making)
{
    const sc_policy_t *policy = making->options->policy;

    if (!SSL_CTX_set1_sigalgs_list(making->context->ssl_ctx, policy->sigalgs)) {
        const sc_place_t place =
            place_of(making, SC_OPTION_POLICY, "SecureChanPolicy");

        sc_report_add(making->report, SC_SEVERITY_ERROR, "SC0256", &place,
                      "this OpenSSL refuses the signature algorithms of policy "
                      "%s: %s. Choose another policy.",
                      policy->name, sc_ossl_reason(making->p));
        return false;
    }
    return true;
}

/* Settings that this module needs to know about have directives of their own.
 */
static const char *own_directive(const char *name)
{
    static const char *const table[][2] = {
        {"Groups", "SecureChanGroups"},
        {"Curves", "SecureChanGroups"},
        {"ECDHParameters", "SecureChanGroups"},
        {"MinProtocol", "SecureChanProtocol"},
        {"MaxProtocol", "SecureChanProtocol"},
        {"Protocol", "SecureChanProtocol"},
        {"CipherString", "SecureChanCiphers"},
        {"Ciphersuites", "SecureChanCiphers"},
        {"Certificate", "SecureChanCertificate"},
        {"PrivateKey", "SecureChanCertificate"},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (!strcasecmp(name, table[i][0])) {
            return table[i][1];
        }
    }
    return NULL;
}

/* Runs one SSL_CONF command on a context or, if ssl is given, a connection. */
static int run_command(SSL_CTX *ctx, SSL *ssl,
                       const sc_command_option_t *command)
{
    SSL_CONF_CTX *conf = SSL_CONF_CTX_new();
    int result = 0;

    if (conf) {
        SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER);
        if (ssl) {
            SSL_CONF_CTX_set_ssl(conf, ssl);
        }
        else {
            SSL_CONF_CTX_set_ssl_ctx(conf, ctx);
        }
        result = SSL_CONF_cmd(conf, command->name, command->value);
        if (result > 0 && !SSL_CONF_CTX_finish(conf)) {
            result = 0;
        }
        SSL_CONF_CTX_free(conf);
    }
    return result;
}

static bool set_commands(const sc_making_t *making)
{
    const apr_array_header_t *commands = making->options->commands;
    bool ok = true;

    for (int i = 0; commands && i < commands->nelts; i++) {
        const sc_command_option_t *command =
            &APR_ARRAY_IDX(commands, i, sc_command_option_t);
        const char *instead = own_directive(command->name);
        sc_place_t place = command->place;
        int result;

        place.host = making->host;
        if (instead) {
            sc_report_add(making->report, SC_SEVERITY_ERROR, "SC0257", &place,
                          "%s has a directive of its own here. Use %s.",
                          command->name, instead);
            ok = false;
            continue;
        }
        result = run_command(making->context->ssl_ctx, NULL, command);
        if (result <= 0) {
            sc_report_add(making->report, SC_SEVERITY_ERROR, "SC0258", &place,
                          "OpenSSL %s \"%s %s\": %s. See the manual page "
                          "SSL_CONF_cmd(3), \"supported configuration file "
                          "commands\".",
                          result == -2 ? "does not know the command"
                                       : "refuses the command",
                          command->name, command->value,
                          sc_ossl_reason(making->p));
            ok = false;
        }
    }
    /* A ticket without a key exchange has no forward secrecy, and pfs says that
     * every connection of TLS 1.3 has. */
    SSL_CTX_clear_options(making->context->ssl_ctx, SSL_OP_ALLOW_NO_DHE_KEX);
    making->context->commands = commands;
    return ok;
}

static bool check_fips(const sc_making_t *making)
{
    if (making->options->policy->needs_fips &&
        (!OSSL_PROVIDER_available(NULL, "fips") ||
         !EVP_default_properties_is_fips_enabled(NULL))) {
        const sc_place_t place =
            place_of(making, SC_OPTION_POLICY, "SecureChanPolicy");

        sc_report_add(
            making->report, SC_SEVERITY_ERROR, "SC0259", &place,
            "policy fips is asked for, but OpenSSL's FIPS provider is "
            "not active. Activate it in openssl.cnf (see "
            "fips_module(7)), or choose another policy.");
        return false;
    }
    return true;
}

static bool set_protocol(const sc_making_t *making)
{
    const sc_protocol_range_t range = sc_options_protocol(making->options);
    SSL_CTX *ctx = making->context->ssl_ctx;

    if (!SSL_CTX_set_min_proto_version(ctx, range.min) ||
        !SSL_CTX_set_max_proto_version(ctx, range.max) ||
        SSL_CTX_get_min_proto_version(ctx) != range.min ||
        SSL_CTX_get_max_proto_version(ctx) != range.max) {
        const sc_place_t place =
            place_of(making, SC_OPTION_PROTOCOL, "SecureChanProtocol");

        sc_report_add(making->report, SC_SEVERITY_ERROR, "SC0260", &place,
                      "this OpenSSL cannot speak %s to %s: %s. Choose a range "
                      "that it supports.",
                      sc_protocol_name(range.min), sc_protocol_name(range.max),
                      sc_ossl_reason(making->p));
        return false;
    }
    making->context->protocol_min = range.min;
    making->context->protocol_max = range.max;
    return true;
}

/* What is the same for every host, and not for the administrator to choose. */
static void set_basics(const sc_context_t *context, bool tickets)
{
    SSL_CTX *ctx = context->ssl_ctx;

    SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE |
                                 SSL_OP_PRIORITIZE_CHACHA |
                                 SSL_OP_NO_COMPRESSION |
                                 SSL_OP_NO_RENEGOTIATION
                                 /* A client that just closes has often had its
                                  * answer; the engine notes the truncation. */
                                 | SSL_OP_IGNORE_UNEXPECTED_EOF);
    if (!tickets) {
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    }
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    /* No session stays in the process; see sc_session.h for what there is. */
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_NO_INTERNAL);
    /* A client takes what it needs to come back; a second one would be for
     * connections side by side, and costs everybody. */
    SSL_CTX_set_num_tickets(ctx, 1);
    SSL_CTX_set_session_id_context(ctx, context->binding, SC_BINDING_LEN);
}

sc_context_t *sc_context_make(const sc_options_t *options, const char *host,
                              sc_report_t *report, apr_pool_t *p)
{
    sc_context_t *context = apr_pcalloc(p, sizeof(*context));
    const sc_making_t making = {context, options, host, report, p};
    bool ok;

    context->ssl_ctx = sc_own_ssl_ctx(SSL_CTX_new(TLS_server_method()), p);
    if (!context->ssl_ctx) {
        const sc_place_t place = {.directive = "SecureChanEngine",
                                  .host = host};

        sc_report_add(report, SC_SEVERITY_ERROR, "SC0261", &place,
                      "OpenSSL cannot make a TLS context: %s. Check the "
                      "installation of OpenSSL and its openssl.cnf.",
                      sc_ossl_reason(p));
        return NULL;
    }
    sc_context_binding(context->binding, options);
    set_basics(context, options->tickets);
    ok = check_fips(&making);
    ok = set_protocol(&making) && ok;
    ok = set_ciphers(&making) && ok;
    ok = set_ciphersuites(&making) && ok;
    ok = set_groups(&making) && ok;
    ok = set_sigalgs(&making) && ok;
    ok = set_commands(&making) && ok;
    ERR_clear_error();
    return ok ? context : NULL;
}

bool sc_context_accepts(const sc_context_t *context,
                        const sc_identity_t *identity, const sc_place_t *place,
                        sc_report_t *report)
{
    SSL *ssl = SSL_new(context->ssl_ctx);
    const bool ok = ssl && sc_context_attach(ssl, identity);

    if (!ok) {
        sc_report_add(
            report, SC_SEVERITY_ERROR, "SC0262", place,
            "OpenSSL does not accept the certificate in %s under this "
            "host's settings: %s. Use a certificate with a stronger "
            "key and signature.",
            identity->chain_file, sc_ossl_reason(report->pool));
    }
    SSL_free(ssl);
    ERR_clear_error();
    return ok;
}

/*
 * Runs those commands again whose effect no getter tells: only the length of
 * records. What the others set is taken over below or by SSL_set_SSL_CTX().
 */
static bool apply_commands(SSL *ssl, const apr_array_header_t *commands)
{
    for (int i = 0; commands && i < commands->nelts; i++) {
        const sc_command_option_t *command =
            &APR_ARRAY_IDX(commands, i, sc_command_option_t);

        if (!strcasecmp(command->name, "RecordPadding") &&
            run_command(NULL, ssl, command) <= 0) {
            return false;
        }
    }
    return true;
}

bool sc_context_apply(SSL *ssl, const sc_context_t *from,
                      const sc_context_t *to)
{
    uint64_t options;

    if (from == to) {
        return true;
    }
    if (!SSL_set_SSL_CTX(ssl, to->ssl_ctx)) {
        return false;
    }
    options = SSL_CTX_get_options(to->ssl_ctx);
    SSL_clear_options(ssl, SSL_get_options(ssl) & ~options);
    SSL_set_options(ssl, options);
    SSL_set_verify(ssl, SSL_CTX_get_verify_mode(to->ssl_ctx),
                   SSL_CTX_get_verify_callback(to->ssl_ctx));
    if (!SSL_set_min_proto_version(ssl, to->protocol_min) ||
        !SSL_set_max_proto_version(ssl, to->protocol_max) ||
        !SSL_set_num_tickets(ssl, SSL_CTX_get_num_tickets(to->ssl_ctx)) ||
        !SSL_set_block_padding(ssl, 0)) {
        return false;
    }
    if (strcmp(from->groups, to->groups) != 0 &&
        !SSL_set1_groups_list(ssl, to->groups)) {
        return false;
    }
    return apply_commands(ssl, to->commands);
}

bool sc_context_attach(SSL *ssl, const sc_identity_t *identity)
{
    X509 *leaf;
    EVP_PKEY *key;

    return sc_identity_open(identity, &leaf, &key) &&
           SSL_use_cert_and_key(ssl, leaf, key, identity->chain, 1) == 1;
}
