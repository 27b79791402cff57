/* SPDX-License-Identifier: MIT
 *
 * lib/trap/process.h - the process begins and ends.
 */
#ifndef DEED_PROCESS_H
#define DEED_PROCESS_H

#include "../base.h"

/* Starts the ledger, once. A constructor does it, or the first verb of an earlier one. */
void deed_process_begin(void);

#endif
