/* SPDX-License-Identifier: MIT
 *
 * lib/trap/shard.h - the locks that the cells share.
 *
 * A cell has the lock of its shard, one of so many: what is looked at and what is written
 * of a cell, and of its loans, in one step, is so under that.
 */
#ifndef DEED_SHARD_H
#define DEED_SHARD_H

#include "../lock.h"

/* A cache line each. In line, for most verbs take one. Among threads `cell` is the one that a lock
 * is held for, for hot regions (hot_region.h): a wait for who is at the same buffer is the
 * program's own, any other comes of the number of locks. 0: for all, or for none.
 */
#define DEED_SHARDS 64
struct deed_shard {
	struct deed_lock lock;
	uint32_t cell;
	char pad[56];
};
extern DEED_HIDDEN struct deed_shard deed_shards[DEED_SHARDS];
void deed_shard_take_among(uint32_t cell);
void deed_shard_give_among(uint32_t cell);

static inline void deed_shard_take(uint32_t cell)
{
	if (deed_lock_is_alone())
		deed_lock_take(&deed_shards[cell % DEED_SHARDS].lock);
	else
		deed_shard_take_among(cell);
}

static inline void deed_shard_give(uint32_t cell)
{
	if (deed_lock_is_alone())
		deed_lock_give(&deed_shards[cell % DEED_SHARDS].lock);
	else
		deed_shard_give_among(cell);
}

/* All shard locks at once: around fork(), and for what must end many buffers or none. */
void deed_shards_take(void);
void deed_shards_give(void);

#endif
