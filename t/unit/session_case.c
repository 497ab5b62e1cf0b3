/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka.h needs the others before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "session_case.h"

const int versions[NUM_VERSIONS] = {TLS1_2_VERSION, TLS1_3_VERSION};

void add_host_a(void)
{
    case_add_host("a.example", &(host_spec_t){.policy = NULL});
}

client_spec_t client_of(int version, const char *name, SSL_SESSION *session)
{
    return (client_spec_t){
        .name = name, .min = version, .max = version, .session = session};
}

SSL_SESSION *connect_with(const client_spec_t *client, bool resumed)
{
    SSL_SESSION *session;
    duo_t duo;

    duo_open(&duo, client);
    assert_duo_talks(&duo);
    assert_int_equal(SSL_session_reused(duo.client), resumed);
    assert_int_equal(sc_engine_facts(duo.server, 0, case_pool)->resumed,
                     resumed);
    session = SSL_get1_session(duo.client);
    assert_int_equal(SSL_SESSION_get_max_early_data(session), 0);
    duo_close(&duo);
    (void)duo_collect(&duo);
    (void)duo_client_reads(&duo);
    SSL_shutdown(duo.client);
    duo_end(&duo);
    return session;
}

SSL_SESSION *connect_to(int version, const char *name, SSL_SESSION *session,
                        bool resumed)
{
    const client_spec_t client = client_of(version, name, session);

    return connect_with(&client, resumed);
}

void come_back(int version, const char *name, SSL_SESSION **session,
               bool resumed)
{
    SSL_SESSION *next = connect_to(version, name, *session, resumed);

    SSL_SESSION_free(*session);
    *session = next;
}
