/* SPDX-License-Identifier: MIT
 *
 * lib/lock.c - the three-state futex lock of Drepper, "Futexes Are Tricky" (2011),
 * mutex 2, with a short spin: critical sections are tens of nanoseconds.
 */
#include "lock.h"

#include "os.h"

/* Long enough for a critical section to end on the other core, short against a futex call. */
#define SPINS 100

DEED_UNSEEN void deed_lock_take_among(struct deed_lock *lock)
{
	uint32_t seen = 0;

	for (int spin = 0; spin < SPINS; spin++) {
		seen = 0;
		if (__atomic_compare_exchange_n(&lock->word, &seen, 1, false, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			return;
		if (seen == 2)
			break;
#if defined(__x86_64__)
		__builtin_ia32_pause();
#endif
	}
	/* 2 must be written before the sleep, or the holder would not wake us; so whoever gets the
	 * lock from here leaves it at 2, which costs one needless wake and never a lost one. */
	while (__atomic_exchange_n(&lock->word, 2, __ATOMIC_ACQUIRE))
		deed_os_wait(&lock->word, 2);
}

DEED_UNSEEN void deed_lock_give_among(struct deed_lock *lock)
{
	if (__atomic_exchange_n(&lock->word, 0, __ATOMIC_RELEASE) == 2)
		deed_os_wake(&lock->word);
}
