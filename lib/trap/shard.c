/* SPDX-License-Identifier: MIT
 *
 * lib/trap/shard.c - the locks that the cells share, taken where other threads may be.
 */
#include "shard.h"

#include "hot_region.h"

struct deed_shard deed_shards[DEED_SHARDS];

/* The cell is written while the lock is held, and read by who finds it held: relaxed, for an order
 * that ThreadSanitizer sees would hide races of the program.
 */
void deed_shard_take_among(uint32_t cell)
{
	struct deed_shard *const shard = &deed_shards[cell % DEED_SHARDS];
	const bool waits = __atomic_load_n(&shard->lock.word, __ATOMIC_RELAXED) &&
			   __atomic_load_n(&shard->cell, __ATOMIC_RELAXED) == cell;

	deed_lock_take(&shard->lock);
	__atomic_store_n(&shard->cell, cell, __ATOMIC_RELAXED);
	if (DEED_UNLIKELY(waits))
		deed_hot_wait();
}

void deed_shard_give_among(uint32_t cell)
{
	struct deed_shard *const shard = &deed_shards[cell % DEED_SHARDS];

	__atomic_store_n(&shard->cell, 0, __ATOMIC_RELAXED);
	deed_lock_give(&shard->lock);
}

void deed_shards_take(void)
{
	for (unsigned i = 0; i < DEED_SHARDS; i++)
		deed_lock_take(&deed_shards[i].lock);
}

void deed_shards_give(void)
{
	for (unsigned i = 0; i < DEED_SHARDS; i++)
		deed_lock_give(&deed_shards[i].lock);
}
