/* SPDX-License-Identifier: MIT
 *
 * lib/trap/chunks.c - the list of chunks, by address. The design is at the head of chunks.h.
 */
#include "chunks.h"

#include <string.h>

#include "../lock.h"
#include "../os.h"
#include "../unseen.h"

struct range {
	uintptr_t lo, hi;
};

static struct {
	struct deed_lock lock;
	struct range *ranges; /* they do not overlap, lowest first */
	size_t count, limit;
} chunks;

/* How many begin at or below the address. Under the lock. */
static size_t count_up_to(uintptr_t address)
{
	size_t lo = 0, hi = chunks.count;

	while (lo < hi) {
		const size_t middle = lo + (hi - lo) / 2;

		if (chunks.ranges[middle].lo <= address)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

static bool has_room(void)
{
	const size_t bytes = chunks.limit * sizeof *chunks.ranges;
	struct range *more;

	if (chunks.count < chunks.limit)
		return true;
	more = deed_os_map(bytes ? 2 * bytes : 4096);
	if (!more)
		return false;
	if (bytes) {
		memcpy(more, chunks.ranges, bytes);
		deed_os_unmap(chunks.ranges, bytes);
	}
	chunks.ranges = more;
	chunks.limit = (bytes ? 2 * bytes : 4096) / sizeof *more;
	return true;
}

void deed_chunks_put(const void *memory, size_t bytes)
{
	const struct range range = { (uintptr_t)memory, (uintptr_t)memory + bytes };

	if (!bytes)
		return;
	deed_lock_take(&chunks.lock);
	deed_unseen_begin();
	if (has_room()) {
		struct range *const at = chunks.ranges + count_up_to(range.lo);

		memmove(at + 1, at, (size_t)(chunks.ranges + chunks.count - at) * sizeof *at);
		*at = range;
		chunks.count++;
	}
	deed_unseen_end();
	deed_lock_give(&chunks.lock);
}

void deed_chunks_take(const void *memory, size_t bytes)
{
	const uintptr_t lo = (uintptr_t)memory;
	size_t from, to;

	if (!bytes)
		return;
	deed_lock_take(&chunks.lock);
	deed_unseen_begin();
	from = lo ? count_up_to(lo - 1) : 0;
	to = count_up_to(lo + bytes - 1);
	if (from < to) {
		memmove(chunks.ranges + from, chunks.ranges + to,
			(chunks.count - to) * sizeof *chunks.ranges);
		chunks.count -= to - from;
	}
	deed_unseen_end();
	deed_lock_give(&chunks.lock);
}

bool deed_chunks_have(uintptr_t address)
{
	size_t up_to;
	bool has;

	deed_lock_take(&chunks.lock);
	up_to = count_up_to(address);
	has = up_to && address < chunks.ranges[up_to - 1].hi;
	deed_lock_give(&chunks.lock);
	return has;
}

void deed_chunks_fork_prepare(void)
{
	deed_lock_take(&chunks.lock);
}

void deed_chunks_fork_done(void)
{
	deed_lock_give(&chunks.lock);
}
