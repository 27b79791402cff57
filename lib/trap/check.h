/* SPDX-License-Identifier: MIT
 *
 * lib/trap/check.h - looks at the memory of every buffer for what was written outside.
 */
#ifndef DEED_CHECK_H
#define DEED_CHECK_H

#include "cell.h"

/* deed_check_memory - reports E25 or E04 for every buffer, live or in quarantine, around which or
 * in which somebody wrote. How many it looked at; buffers with one of the flags are left out.
 * `when` it is: see deed_finding_noticed(). Outside the ledger. */
size_t deed_check_memory(unsigned but_flags, const char *when);

/* What deed_check_all() does, `at` its call. */
size_t deed_trap_check_all(const struct deed_site *at);

#endif
