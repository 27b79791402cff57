/* SPDX-License-Identifier: MIT
 *
 * lib/trap/crash.h - with guard=1, an access that the processor refuses becomes a report.
 */
#ifndef DEED_CRASH_H
#define DEED_CRASH_H

/* Once, when the options have been read; and before the ledger is unloaded. */
void deed_crash_begin(void);
void deed_crash_end(void);

#endif
