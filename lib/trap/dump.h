/* SPDX-License-Identifier: MIT
 *
 * lib/trap/dump.h - the ledger tells: behind deed_dump() and deed_stats().
 */
#ifndef DEED_DUMP_H
#define DEED_DUMP_H

#include "deed/report.h"

void deed_trap_dump(const void *core, size_t core_bytes, const char *text);
void deed_trap_dump_all(void);
void deed_trap_stats(struct deed_statistics *stats);

#endif
