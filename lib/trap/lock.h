/* SPDX-License-Identifier: MIT
 *
 * lib/trap/lock.h - the ledger's lock: a futex word that ThreadSanitizer does not see.
 *
 * A mutex or a plain spin lock that two threads of a program take in turn orders them for
 * ThreadSanitizer, which would then miss the program's own race between them. These
 * functions are out of line and uninstrumented, so that the ledger adds no order of its
 * own. (DEED_LEDGER_SEEN builds leave them visible: that is how the ledger itself is
 * checked for races.)
 *
 * Not recursive. Ranks, taken in this order only: LEND, SHARD 0..63, ROWS, DEPOT, REPORT.
 */
#ifndef DEED_LOCK_H
#define DEED_LOCK_H

#include "../base.h"

#ifdef DEED_LEDGER_SEEN
#define DEED_UNSEEN
#elif defined(__clang__)
#define DEED_UNSEEN __attribute__((noinline, disable_sanitizer_instrumentation))
#else
#define DEED_UNSEEN __attribute__((noinline, no_sanitize_thread))
#endif

struct deed_lock {
	uint32_t word; /* 0 free, 1 taken, 2 taken and somebody sleeps */
};

void deed_lock_take(struct deed_lock *lock);
bool deed_lock_try(struct deed_lock *lock);
void deed_lock_give(struct deed_lock *lock);

#endif
