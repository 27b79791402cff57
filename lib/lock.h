/* SPDX-License-Identifier: MIT
 *
 * lib/lock.h - the library's lock: a futex word.
 *
 * In trap builds ThreadSanitizer does not see it (unseen.h). A mutex, or a spin lock that it sees,
 * would order two threads of a program that take it in turn, and the race between them that
 * the program has would be missed.
 *
 * Not recursive. Ranks, taken in this order only: LEND, SHARD 0..63, QUARANTINE, NEAR, CELLS, ROWS,
 * FOREIGN, REPORT.
 */
#ifndef DEED_LOCK_H
#define DEED_LOCK_H

#include "base.h"
#include "unseen.h"

struct deed_lock {
	uint32_t word; /* 0 free, 1 taken, 2 taken and somebody sleeps */
};

void deed_lock_take(struct deed_lock *lock);
void deed_lock_give(struct deed_lock *lock);

/* Called by a thread that had to wait for a lock, which it then has; null, or set before there are
 * two threads. */
extern DEED_HIDDEN void (*deed_lock_on_wait)(void);

#endif
