/* SPDX-License-Identifier: MIT
 *
 * lib/trap/deliver.h - from the facts of a fault to text that somebody reads.
 */
#ifndef DEED_DELIVER_H
#define DEED_DELIVER_H

#include <stdbool.h>

#include "deed/report.h"

/* deed_deliver - renders `report`, hands it to the handler or writes it, and stops the program
 * or returns, as DEED_OPTIONS and deed_on_fault() say.
 *
 * The caller has filled in all but id, name, help, number, text and text_bytes, and holds no lock
 * of the ledger. It may be called on any thread, several at once; the handler may jump out.
 * Returns if the program goes on. Advisories (DEED_A01 ...) never stop it.
 */
void deed_deliver(struct deed_report *report);
/* Whether the process ends with this report: nobody handles it, and it is no advisory. */
bool deed_deliver_is_last(const struct deed_report *report);

/* deed_deliver_text - writes text that is no report (a dump) to where reports go. */
void deed_deliver_text(const char *text, size_t bytes);

/* Every lock of this file: fork() needs them. */
void deed_deliver_fork_prepare(void);
void deed_deliver_fork_done(void);

/* How many reports were delivered, for deed_stats(). */
size_t deed_deliver_count(void);
/* And how many of them were advisories. */
size_t deed_deliver_advisories(void);

#endif
