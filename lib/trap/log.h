/* SPDX-License-Identifier: MIT
 *
 * lib/trap/log.h - where reports go.
 */
#ifndef DEED_LOG_H
#define DEED_LOG_H

#include "../base.h"

/* The lock of everything that is written, rank REPORT. */
void deed_log_take(void);
void deed_log_give(void);

/* deed_log_put - writes a text to where DEED_OPTIONS=log= says, and if that fails to stderr, with
 * the reason. Under the lock. */
void deed_log_put(const char *text, size_t bytes);
/* The same for a SARIF log whose only result is the bytes [from, to): joins those in a file. */
void deed_log_put_sarif(const char *text, size_t bytes, size_t from, size_t to);
/* To stderr, whatever the options say; no lock. */
void deed_log_say(const char *text, size_t bytes);

/* Whether what is written goes to a terminal. */
bool deed_log_is_terminal(void);

/* Before a fork(), under the lock: from here on both sides know who used the log first. */
void deed_log_share(void);

#endif
