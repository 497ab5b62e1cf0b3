/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_directives.h"

#include <stdlib.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "sc_cache.h"
#include "sc_conf.h"
#include "sc_directives_gate.h"

/* ---- What the setters share ---- */

static sc_place_t place_of(const cmd_parms *cmd)
{
    return (sc_place_t){.directive = cmd->cmd->name,
                        .file = cmd->directive->filename,
                        .line = cmd->directive->line_num};
}

/* Returns the options record of the server being configured, with the setting
 * marked as given here. */
static sc_options_t *mark(const cmd_parms *cmd, sc_option_t option)
{
    sc_options_t *options = &sc_conf_server(cmd->server)->options;
    const sc_place_t place = place_of(cmd);

    sc_options_mark(options, option,
                    apr_pmemdup(cmd->pool, &place, sizeof(place)));
    return options;
}

/*
 * If word is "key=value", returns the value, else NULL.
 */
static const char *value_of(const char *word, const char *key)
{
    size_t len = strlen(key);

    return !strncasecmp(word, key, len) && word[len] == '=' ? word + len + 1
                                                            : NULL;
}

/* A word and the number that stands for it. */
typedef struct sc_word {
    const char *word;
    int value;
} sc_word_t;

/* Finds text among the words of a table that ends with NULL. */
static bool find_word(const sc_word_t *table, const char *text, int *value)
{
    for (; table->word; table++) {
        if (!strcasecmp(table->word, text)) {
            *value = table->value;
            return true;
        }
    }
    return false;
}

/* Parses a duration with a unit: "10s", "500ms", "5m", "12h", "1d". */
static bool parse_duration(const char *text, apr_interval_time_t *duration)
{
    static const struct {
        const char *unit;
        apr_interval_time_t length;
    } units[] = {
        {"ms", 1000},
        {"s", APR_USEC_PER_SEC},
        {"m", 60 * APR_USEC_PER_SEC},
        {"h", 3600 * APR_USEC_PER_SEC},
        {"d", 86400 * APR_USEC_PER_SEC},
    };
    char *end;
    apr_int64_t number;

    if (!apr_isdigit(text[0])) {
        return false;
    }
    number = apr_strtoi64(text, &end, 10);
    if (number > 1000000000) {
        return false;
    }
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (!strcasecmp(end, units[i].unit)) {
            *duration = number * units[i].length;
            return true;
        }
    }
    return false;
}

/* ---- The channel ---- */

static const char *engine_cmd(cmd_parms *cmd, void *dir, const char *word)
{
    static const sc_word_t words[] = {{"on", 1}, {"off", 0}, {NULL, 0}};
    int on;

    (void)dir;
    if (!find_word(words, word, &on)) {
        return apr_psprintf(cmd->pool,
                            "SC0101: SecureChanEngine takes on or off, not "
                            "\"%s\"",
                            word);
    }
    mark(cmd, SC_OPTION_ENGINE)->engine = on;
    return NULL;
}

static const char *certificate_cmd(cmd_parms *cmd, void *dir, const char *chain,
                                   const char *key)
{
    sc_options_t *options = &sc_conf_server(cmd->server)->options;
    sc_certificate_option_t *certificate;

    (void)dir;
    if (!options->certificates) {
        options->certificates =
            apr_array_make(cmd->pool, 1, sizeof(sc_certificate_option_t));
        mark(cmd, SC_OPTION_CERTIFICATES);
    }
    certificate = apr_array_push(options->certificates);
    certificate->place = place_of(cmd);
    certificate->chain_file = ap_server_root_relative(cmd->pool, chain);
    certificate->key_file =
        key ? ap_server_root_relative(cmd->pool, key) : NULL;
    if (!certificate->chain_file || (key && !certificate->key_file)) {
        return apr_psprintf(cmd->pool,
                            "SC0102: SecureChanCertificate: \"%s\" is not a "
                            "path. Give the path of a PEM file.",
                            certificate->chain_file ? key : chain);
    }
    return NULL;
}

static const char *passphrase_cmd(cmd_parms *cmd, void *dir, const char *word)
{
    sc_passphrase_option_t *option = &sc_conf_server(cmd->server)->passphrase;
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir;
    if (error) {
        return error;
    }
    *option = (sc_passphrase_option_t){.set = true, .place = place_of(cmd)};
    if (!strcasecmp(word, "builtin")) {
        option->source = SC_PASSPHRASE_BUILTIN;
        return NULL;
    }
    if (!strncasecmp(word, "exec:", 5)) {
        option->source = SC_PASSPHRASE_EXEC;
    }
    else if (!strncasecmp(word, "file:", 5)) {
        option->source = SC_PASSPHRASE_FILE;
    }
    else {
        return apr_psprintf(cmd->pool,
                            "SC0103: SecureChanPassPhrase takes builtin, "
                            "exec:/path/of/program or file:/path/of/file, not "
                            "\"%s\"",
                            word);
    }
    option->path =
        word[5] ? ap_server_root_relative(cmd->pool, word + 5) : NULL;
    return option->path ? NULL
                        : "SC0104: SecureChanPassPhrase exec: and file: need a "
                          "path behind the colon";
}

static const char *policy_cmd(cmd_parms *cmd, void *dir, const char *word)
{
    const sc_policy_t *policy = sc_policy_find(word);

    (void)dir;
    if (!policy) {
        return apr_psprintf(cmd->pool,
                            "SC0105: SecureChanPolicy takes %s, not \"%s\"",
                            sc_policy_names(), word);
    }
    mark(cmd, SC_OPTION_POLICY)->policy = policy;
    return NULL;
}

static const char *protocol_cmd(cmd_parms *cmd, void *dir, const char *word)
{
    sc_protocol_range_t range;

    (void)dir;
    if (!sc_protocol_parse(word, &range.min, &range.max)) {
        return apr_psprintf(cmd->pool,
                            "SC0106: SecureChanProtocol takes a version or a "
                            "range from lower to higher, such as TLSv1.2 or "
                            "TLSv1.2-TLSv1.3, not \"%s\"; versions are TLSv1, "
                            "TLSv1.1, TLSv1.2 and TLSv1.3",
                            word);
    }
    mark(cmd, SC_OPTION_PROTOCOL)->protocol = range;
    return NULL;
}

static const char *ciphers_cmd(cmd_parms *cmd, void *dir, const char *first,
                               const char *second)
{
    (void)dir;
    if (!second) {
        mark(cmd, SC_OPTION_CIPHERS)->ciphers = first;
    }
    else if (!strcasecmp(first, "TLSv1.3")) {
        mark(cmd, SC_OPTION_CIPHERSUITES)->ciphersuites = second;
    }
    else {
        return apr_psprintf(cmd->pool,
                            "SC0107: SecureChanCiphers takes a list separated "
                            "by colons, or TLSv1.3 and a list, not \"%s %s\"",
                            first, second);
    }
    return NULL;
}

static const char *groups_cmd(cmd_parms *cmd, void *dir, const char *list)
{
    (void)dir;
    mark(cmd, SC_OPTION_GROUPS)->groups = list;
    return NULL;
}

static const char *openssl_cmd(cmd_parms *cmd, void *dir, const char *name,
                               const char *value)
{
    sc_options_t *options = &sc_conf_server(cmd->server)->options;
    sc_command_option_t *command;

    (void)dir;
    if (!options->commands) {
        options->commands =
            apr_array_make(cmd->pool, 2, sizeof(sc_command_option_t));
        mark(cmd, SC_OPTION_COMMANDS);
    }
    command = apr_array_push(options->commands);
    command->name = name;
    command->value = value;
    command->place = place_of(cmd);
    return NULL;
}

static const char *sni_cmd(cmd_parms *cmd, void *dir, const char *word)
{
    static const sc_word_t mismatches[] = {{"auth", SC_SNI_MISMATCH_AUTH},
                                           {"strict", SC_SNI_MISMATCH_STRICT},
                                           {"off", SC_SNI_MISMATCH_OFF},
                                           {NULL, 0}};
    static const sc_word_t unknowns[] = {{"default", SC_SNI_UNKNOWN_DEFAULT},
                                         {"reject", SC_SNI_UNKNOWN_REJECT},
                                         {NULL, 0}};
    const char *value;
    int number;

    (void)dir;
    value = value_of(word, "mismatch");
    if (value && find_word(mismatches, value, &number)) {
        mark(cmd, SC_OPTION_SNI_MISMATCH)->sni_mismatch =
            (sc_sni_mismatch_t)number;
        return NULL;
    }
    value = value_of(word, "unknown");
    if (value && find_word(unknowns, value, &number)) {
        mark(cmd, SC_OPTION_SNI_UNKNOWN)->sni_unknown =
            (sc_sni_unknown_t)number;
        return NULL;
    }
    return apr_psprintf(cmd->pool,
                        "SC0108: SecureChanSNI takes mismatch=auth, "
                        "mismatch=strict, mismatch=off, unknown=default and "
                        "unknown=reject, not \"%s\"",
                        word);
}

static const char *handshake_cmd(cmd_parms *cmd, void *dir, const char *word)
{
    const char *head = value_of(word, "head");
    const char *value = head ? head : value_of(word, "timeout");
    apr_interval_time_t timeout;

    (void)dir;
    if (!value || !parse_duration(value, &timeout) ||
        timeout < apr_time_from_sec(1) || timeout > apr_time_from_sec(3600)) {
        return apr_psprintf(cmd->pool,
                            "SC0109: SecureChanHandshake takes timeout= and "
                            "head=, each with a duration from 1s to 1h, such "
                            "as timeout=10s, not \"%s\"; units are ms, s, m, h "
                            "and d",
                            word);
    }
    if (head) {
        mark(cmd, SC_OPTION_HEAD_TIMEOUT)->head_timeout = timeout;
    }
    else {
        mark(cmd, SC_OPTION_HANDSHAKE_TIMEOUT)->handshake_timeout = timeout;
    }
    return NULL;
}

static const char *plain_http_cmd(cmd_parms *cmd, void *dir, const char *word)
{
    static const sc_word_t words[] = {{"error", SC_PLAIN_HTTP_ERROR},
                                      {"redirect", SC_PLAIN_HTTP_REDIRECT},
                                      {"close", SC_PLAIN_HTTP_CLOSE},
                                      {NULL, 0}};
    int number;

    (void)dir;
    if (!find_word(words, word, &number)) {
        return apr_psprintf(cmd->pool,
                            "SC0110: SecureChanPlainHTTP takes error, redirect "
                            "or close, not \"%s\"",
                            word);
    }
    mark(cmd, SC_OPTION_PLAIN_HTTP)->plain_http = (sc_plain_http_t)number;
    return NULL;
}

/* ---- Sessions ---- */

static const char *cache_cmd(cmd_parms *cmd, void *dir, const char *word,
                             const char *more)
{
    sc_cache_option_t *option = &sc_conf_server(cmd->server)->cache;
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    const char *value = more ? value_of(more, "timeout") : NULL;

    (void)dir;
    if (error) {
        return error;
    }
    option->set = true;
    option->place = place_of(cmd);
    option->provider = NULL;
    if (more && (!value || !parse_duration(value, &option->timeout) ||
                 option->timeout < apr_time_from_sec(1) ||
                 option->timeout > apr_time_from_sec(86400) ||
                 option->timeout % APR_USEC_PER_SEC)) {
        return apr_psprintf(cmd->pool,
                            "SC0181: SecureChanSessionCache takes none, or a "
                            "provider such as shmcb or "
                            "memcache:localhost:11211, and then timeout= with "
                            "whole seconds from 1s to 1d, such as timeout=5m, "
                            "not \"%s\"",
                            more);
    }
    return strcasecmp(word, "none") != 0
               ? sc_cache_configure(option, word, cmd->temp_pool, cmd->pool)
               : NULL;
}

/* Takes one word behind "on" or "off"; false if it is none that is known, or
 * has a bad value. */
static bool take_ticket_word(const cmd_parms *cmd, sc_ticket_option_t *option,
                             const char *word)
{
    const char *value = value_of(word, "rotate");

    if (value) {
        return parse_duration(value, &option->rotate) &&
               option->rotate % APR_USEC_PER_SEC == 0 &&
               apr_time_sec(option->rotate) >= SC_RATCHET_ROTATE_MIN &&
               apr_time_sec(option->rotate) <= SC_RATCHET_ROTATE_MAX;
    }
    value = value_of(word, "secret");
    if (value && value[0]) {
        option->secret = ap_server_root_relative(cmd->pool, value);
        return option->secret != NULL;
    }
    return false;
}

static const char *tickets_cmd(cmd_parms *cmd, void *dir, int argc,
                               char *const argv[])
{
    static const sc_word_t words[] = {{"on", 1}, {"off", 0}, {NULL, 0}};
    sc_ticket_option_t *option = &sc_conf_server(cmd->server)->tickets;
    int on;

    (void)dir;
    if (argc == 0 || !find_word(words, argv[0], &on)) {
        return "SC0184: SecureChanTickets takes on or off, and then rotate= "
               "and secret=, such as \"on rotate=12h "
               "secret=/etc/ssl/private/tickets\"";
    }
    if (argc > 1 && cmd->server->is_virtual) {
        return "SC0185: SecureChanTickets rotate= and secret= hold for the "
               "whole server, whose virtual hosts share the keys. Put them "
               "outside of <VirtualHost>; here stands on or off alone.";
    }
    mark(cmd, SC_OPTION_TICKETS)->tickets = on;
    for (int i = 1; i < argc; i++) {
        if (!take_ticket_word(cmd, option, argv[i])) {
            return apr_psprintf(cmd->pool,
                                "SC0186: SecureChanTickets takes rotate= with "
                                "whole seconds from 1s to 7d, such as "
                                "rotate=12h, and secret= with the path of a "
                                "file, not \"%s\"; units are s, m, h and d",
                                argv[i]);
        }
        option->set = true;
        option->place = place_of(cmd);
    }
    return NULL;
}

/* ---- Responses ---- */

/* Parses max-age: seconds, or a duration with a unit. */
static bool parse_max_age(const char *text, apr_int64_t *seconds)
{
    apr_interval_time_t duration;

    if (text[0] && strspn(text, "0123456789") == strlen(text) &&
        strlen(text) < 12) {
        *seconds = apr_atoi64(text);
        return *seconds > 0;
    }
    if (parse_duration(text, &duration)) {
        *seconds = apr_time_sec(duration);
        return *seconds > 0;
    }
    return false;
}

static const char *hsts_cmd(cmd_parms *cmd, void *dir, int argc,
                            char *const argv[])
{
    sc_hsts_t *hsts = &((sc_dir_conf_t *)dir)->hsts;
    bool ok = argc > 0;

    *hsts = (sc_hsts_t){.set = true};
    if (argc == 1 && !strcasecmp(argv[0], "off")) {
        return NULL;
    }
    for (int i = 0; i < argc && ok; i++) {
        if (i == 0) {
            ok = parse_max_age(argv[i], &hsts->max_age);
        }
        else if (!strcasecmp(argv[i], "subdomains") && !hsts->subdomains) {
            hsts->subdomains = true;
        }
        else if (!strcasecmp(argv[i], "preload") && !hsts->preload) {
            hsts->preload = true;
        }
        else {
            ok = false;
        }
    }
    if (!ok) {
        return "SC0111: SecureChanHSTS takes off, or a time in seconds or with "
               "a unit (s, m, h, d) and then subdomains and preload, such as "
               "\"365d subdomains\"";
    }
    if (hsts->preload &&
        (!hsts->subdomains || hsts->max_age < (apr_int64_t)31536000)) {
        return apr_pstrcat(cmd->pool,
                           "SC0112: SecureChanHSTS preload needs "
                           "subdomains and at least 365d: browsers' preload "
                           "lists take nothing less",
                           NULL);
    }
    return NULL;
}

static const char *export_cmd(cmd_parms *cmd, void *dir, int argc,
                              char *const argv[])
{
    static const sc_word_t words[] = {
        {"vars", SC_EXPORT_VARS}, {"cert", SC_EXPORT_CERT}, {NULL, 0}};
    sc_export_t *export = &((sc_dir_conf_t *)dir)->export;
    int relative = 0;

    for (int i = 0; i < argc; i++) {
        const char sign = argv[i][0];
        const bool is_signed = sign == '+' || sign == '-';
        int bit = 0;

        if (strcasecmp(argv[i], "none") != 0 &&
            !find_word(words, argv[i] + is_signed, &bit)) {
            return apr_psprintf(cmd->pool,
                                "SC0113: SecureChanExport takes none, vars and "
                                "cert, with + to add or - to remove, not "
                                "\"%s\"",
                                argv[i]);
        }
        relative += is_signed;
        if (sign == '-') {
            export->remove |= (unsigned)bit;
            export->add &= ~(unsigned)bit;
        }
        else {
            export->add |= (unsigned)bit;
            export->remove &= ~(unsigned)bit;
        }
    }
    if (argc == 0 || (relative && relative != argc)) {
        return "SC0114: SecureChanExport takes one or more words, all of them "
               "with + or -, or none of them";
    }
    export->absolute = export->absolute || !relative;
    return NULL;
}

/* ---- The table ---- */

/* clang-format off */
const command_rec sc_directives[] = {
    AP_INIT_TAKE1("SecureChanEngine", engine_cmd, NULL, RSRC_CONF,
        "on or off: TLS on this server's connections"),
    AP_INIT_TAKE12("SecureChanCertificate", certificate_cmd, NULL, RSRC_CONF,
        "PEM file with the certificate chain, and PEM file with the key unless "
        "the first holds it too"),
    AP_INIT_TAKE1("SecureChanPassPhrase", passphrase_cmd, NULL, RSRC_CONF,
        "builtin, exec:program or file:path: pass phrases of encrypted keys"),
    AP_INIT_TAKE1("SecureChanPolicy", policy_cmd, NULL, RSRC_CONF,
        "modern, intermediate, legacy or fips"),
    AP_INIT_TAKE1("SecureChanProtocol", protocol_cmd, NULL, RSRC_CONF,
        "lowest version, or a range such as TLSv1.2-TLSv1.3"),
    AP_INIT_TAKE12("SecureChanCiphers", ciphers_cmd, NULL, RSRC_CONF,
        "list of OpenSSL cipher names; TLSv1.3 and a list for its suites"),
    AP_INIT_TAKE1("SecureChanGroups", groups_cmd, NULL, RSRC_CONF,
        "list of key exchange groups; ? before a name makes it optional"),
    AP_INIT_TAKE2("SecureChanOpenSSL", openssl_cmd, NULL, RSRC_CONF,
        "an SSL_CONF command and its value"),
    AP_INIT_ITERATE("SecureChanSNI", sni_cmd, NULL, RSRC_CONF,
        "mismatch=auth|strict|off unknown=default|reject"),
    AP_INIT_TAKE12("SecureChanSessionCache", cache_cmd, NULL, RSRC_CONF,
        "none, or provider[:arguments]; timeout=duration"),
    AP_INIT_TAKE_ARGV("SecureChanTickets", tickets_cmd, NULL, RSRC_CONF,
        "on or off; rotate=duration, secret=file"),
    AP_INIT_ITERATE("SecureChanHandshake", handshake_cmd, NULL, RSRC_CONF,
        "timeout=duration head=duration: for the handshake, from accept; for "
        "a request head, from its first byte"),
    AP_INIT_TAKE1("SecureChanPlainHTTP", plain_http_cmd, NULL, RSRC_CONF,
        "error, redirect or close: the answer to HTTP on the TLS port"),
    AP_INIT_TAKE_ARGV("SecureChanHSTS", hsts_cmd, NULL, RSRC_CONF | ACCESS_CONF,
        "off, or max-age [subdomains] [preload]"),
    AP_INIT_TAKE_ARGV("SecureChanRequire", sc_directives_require, NULL, OR_AUTHCFG,
        "on [conditions] [else=deny|redirect|hide], or off"),
    AP_INIT_TAKE_ARGV("SecureChanExport", export_cmd, NULL, OR_OPTIONS,
        "none, vars or cert: environment variables for CGI and SSI"),
    {NULL, {NULL}, NULL, 0, RAW_ARGS, NULL}
};
/* clang-format on */
