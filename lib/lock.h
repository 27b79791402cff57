/* SPDX-License-Identifier: MIT
 *
 * lib/lock.h - the library's lock: a futex word.
 *
 * In trap builds ThreadSanitizer does not see it (unseen.h). A mutex, or a spin lock that it sees,
 * would order two threads of a program that take it in turn, and the race between them that
 * the program has would be missed.
 *
 * Not recursive. Ranks, taken in this order only: LEND, SHARD 0..63, HISTORY, LIST, LEASES,
 * QUARANTINE, NEAR, CHUNKS, CELLS, ROWS, TASKS, FOREIGN, REPORT, HANDLER. A pool's (work.c) is
 * taken alone.
 */
#ifndef DEED_LOCK_H
#define DEED_LOCK_H

#include "base.h"
#include "unseen.h"

struct deed_lock {
	uint32_t word; /* 0 free, 1 taken, 2 taken and somebody sleeps */
};

/* The C library's: whether no other thread can be there. Null where it does not tell. */
extern char __libc_single_threaded __attribute__((weak));

void deed_lock_take_among(struct deed_lock *lock);
void deed_lock_give_among(struct deed_lock *lock);

/* Without other threads a lock is a plain word, for none is made before it is given back. An atomic
 * exchange, or a call, would cost as much as most critical sections. What is done alone is before
 * all that others do: ThreadSanitizer may see it. */
static inline bool deed_lock_is_alone(void)
{
	return &__libc_single_threaded && __libc_single_threaded;
}

static inline void deed_lock_take(struct deed_lock *lock)
{
	if (deed_lock_is_alone() && !lock->word)
		lock->word = 1;
	else
		deed_lock_take_among(lock);
}

static inline void deed_lock_give(struct deed_lock *lock)
{
	if (deed_lock_is_alone())
		lock->word = 0;
	else
		deed_lock_give_among(lock);
}

#endif
