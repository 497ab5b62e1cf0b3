/* SPDX-License-Identifier: Apache-2.0 */
#include "sc_options.h"

#include <stddef.h>
#include <string.h>

/*
 * Where the value of each setting begins. The values lie in the struct in the
 * order of sc_option_t and nothing comes behind them, so each one ends where
 * the next begins.
 */
static const size_t offsets[SC_OPTIONS + 1] = {
    [SC_OPTION_ENGINE] = offsetof(sc_options_t, engine),
    [SC_OPTION_POLICY] = offsetof(sc_options_t, policy),
    [SC_OPTION_PROTOCOL] = offsetof(sc_options_t, protocol),
    [SC_OPTION_CIPHERS] = offsetof(sc_options_t, ciphers),
    [SC_OPTION_CIPHERSUITES] = offsetof(sc_options_t, ciphersuites),
    [SC_OPTION_GROUPS] = offsetof(sc_options_t, groups),
    [SC_OPTION_COMMANDS] = offsetof(sc_options_t, commands),
    [SC_OPTION_CERTIFICATES] = offsetof(sc_options_t, certificates),
    [SC_OPTION_SNI_MISMATCH] = offsetof(sc_options_t, sni_mismatch),
    [SC_OPTION_SNI_UNKNOWN] = offsetof(sc_options_t, sni_unknown),
    [SC_OPTION_TICKETS] = offsetof(sc_options_t, tickets),
    [SC_OPTION_PLAIN_HTTP] = offsetof(sc_options_t, plain_http),
    [SC_OPTION_HANDSHAKE_TIMEOUT] = offsetof(sc_options_t, handshake_timeout),
    [SC_OPTION_HEAD_TIMEOUT] = offsetof(sc_options_t, head_timeout),
    [SC_OPTIONS] = sizeof(sc_options_t),
};

void sc_options_init(sc_options_t *options)
{
    *options = (sc_options_t){
        .policy = sc_policy_default(),
        .sni_mismatch = SC_SNI_MISMATCH_AUTH,
        .sni_unknown = SC_SNI_UNKNOWN_DEFAULT,
        .tickets = true,
        .plain_http = SC_PLAIN_HTTP_ERROR,
        .handshake_timeout = apr_time_from_sec(10),
        .head_timeout = apr_time_from_sec(20),
    };
}

bool sc_options_has(const sc_options_t *options, sc_option_t option)
{
    return (options->set & (1U << option)) != 0;
}

void sc_options_mark(sc_options_t *options, sc_option_t option,
                     const sc_place_t *place)
{
    options->set |= 1U << option;
    options->place[option] = place;
}

void sc_options_merge(sc_options_t *out, const sc_options_t *base,
                      const sc_options_t *add)
{
    *out = *base;
    out->set |= add->set;
    for (int i = 0; i < SC_OPTIONS; i++) {
        if (sc_options_has(add, (sc_option_t)i)) {
            memcpy((char *)out + offsets[i], (const char *)add + offsets[i],
                   offsets[i + 1] - offsets[i]);
            out->place[i] = add->place[i];
        }
    }
}

sc_protocol_range_t sc_options_protocol(const sc_options_t *options)
{
    if (sc_options_has(options, SC_OPTION_PROTOCOL)) {
        return options->protocol;
    }
    return (sc_protocol_range_t){options->policy->protocol_min,
                                 options->policy->protocol_max};
}

const char *sc_options_ciphers(const sc_options_t *options)
{
    return options->ciphers ? options->ciphers : options->policy->ciphers;
}

const char *sc_options_ciphersuites(const sc_options_t *options)
{
    return options->ciphersuites ? options->ciphersuites
                                 : options->policy->ciphersuites;
}

const char *sc_options_groups(const sc_options_t *options)
{
    return options->groups ? options->groups : options->policy->groups;
}
