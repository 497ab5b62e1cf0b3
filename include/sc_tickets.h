/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of tickets as this server has them (SecureChanTickets): one ratchet,
 * begun by the parent process, inherited by every child, and moved on by each
 * of them for itself, by the clock. A thread in each child sleeps until the
 * next step is due; so what is over is wiped in time even where no client
 * comes, and no handshake derives anything. The parent steps now and then, so
 * that later children are not born with old secrets.
 *
 * Life time: as long as the server's parent process, over all restarts.
 * Threads: internally locked (lock "ticket keys"), never held across a call of
 * OpenSSL or httpd. Before the fork, the parent's only thread.
 */
#ifndef SC_TICKETS_H
#define SC_TICKETS_H

#include <httpd.h>

#include "sc_conf.h"
#include "sc_error.h"
#include "sc_ratchet.h"

/* Before the configuration is read: until sc_tickets_give(), processes that
 * other modules start have no part in the keys. */
void sc_tickets_hide(void);

/* Checks secret= as far as it can be without using it; problems go to report.
 */
void sc_tickets_check(const sc_ticket_option_t *option, sc_report_t *report,
                      apr_pool_t *ptemp);

/*
 * Begins the ratchet, or takes it over from the configuration before. With a
 * bad secret=file, told to report, a server that has keys goes on with them.
 * Returns false if there are no keys; report says why.
 */
bool sc_tickets_start(const sc_ticket_option_t *option, sc_report_t *report,
                      apr_pool_t *ptemp) SC_MUST_CHECK;

/* After everything else has started: children have part in the keys. */
void sc_tickets_give(void);

/* The monitor hook: steps in the parent. */
int sc_tickets_monitor(apr_pool_t *p, server_rec *s);

/* In child_init: starts the thread that steps in this child. */
void sc_tickets_child_init(apr_pool_t *pchild, server_rec *s);

/* For sc_sessions_t. */
sc_ratchet_age_t sc_tickets_find_key(const unsigned char *name,
                                     sc_ratchet_key_t *key);

/* Returns how long an epoch lasts, and with it a ticket lives. */
apr_interval_time_t sc_tickets_life(void);

#endif
