/* SPDX-License-Identifier: MIT
 *
 * lib/reduce.c - partial results, and the tree that merges them.
 *
 * One block holds them all, a slot of whole cache lines each, and behind them a byte for each part
 * that says whether it was begun: a cancelled plan has parts that were not.
 *
 *     | slot 0 | slot 1 | ... | slot n - 1 | begun: n bytes |
 *
 * A slot is filled with the neutral value by the thread that works on the part, so that its memory
 * is near. They are merged in place, from left to right:
 *
 *     0 1 2 3 4 5 6        1 into 0, 3 into 2, 2 into 0; 5 into 4; then what is left over, from
 *     |-' |-' |-' |        the right: 6 into 4, 4 into 0
 *     |---'   |---'
 *     |-------'
 *
 * As soon as 2^k slots in a row are merged in pairs, they are one: what lies between is still in
 * the cache, and n has no say but at its end. The runs that are left over are those of the ones of
 * n as a binary number, longest first, which T(n) = T(p) + T(n - p) adds from the right.
 */
#include "deed/reduce.h"

#include <string.h>

#include "backend.h"
#include "base.h"

#define LINE ((size_t)64)

struct reduction {
	deed_reduce_fn fn;
	deed_merge_fn merge;
	void *context;
	const void *neutral;
	size_t bytes, slot_bytes;
	char *slots;
	unsigned char *begun;
};

static void *slot(const struct reduction *all, size_t index)
{
	return all->slots + index * all->slot_bytes;
}

static void reduce_part(struct deed_part *part, void *context)
{
	const struct reduction *const all = context;
	void *const partial = slot(all, part->index);

	memcpy(partial, all->neutral, all->bytes);
	all->begun[part->index] = 1;
	all->fn(part, partial, all->context);
}

static void merge_into(const struct reduction *all, size_t into, size_t from)
{
	all->merge(slot(all, into), slot(all, from), all->context);
}

static void merge_all(const struct reduction *all, size_t count)
{
	for (size_t end = 1; end <= count; end++) {
		if (!all->begun[end - 1])
			memcpy(slot(all, end - 1), all->neutral, all->bytes);
		for (size_t run = 1; !(end & run); run *= 2)
			merge_into(all, end - 2 * run, end - run);
	}
	/* Without its lowest one, `count` is where the shortest run begins; and so on. */
	for (size_t at = count & (count - 1); at; at &= at - 1)
		merge_into(all, at & (at - 1), at);
}

/* Where there is no memory no part is begun, and the shares end all the same. */
static int refuse(struct deed_pool *pool, struct deed_plan *plan, int err, const void *frame,
		  const struct deed_site *at)
{
	plan->share_err = plan->share_err ? plan->share_err : err;
	return deed_parallel_for_(pool, plan, NULL, NULL, frame, at);
}

DEED_EXPORT int deed_reduce_(struct deed_pool *pool, struct deed_plan *plan, deed_reduce_fn fn,
			     deed_merge_fn merge, void *context, void *result, size_t bytes,
			     const void *frame, const struct deed_site *at)
{
	const size_t count = plan->parts;
	struct reduction all = { .fn = fn,
				 .merge = merge,
				 .context = context,
				 .neutral = result,
				 .bytes = bytes,
				 .slot_bytes = deed_round_up(deed_max(bytes, 1), LINE) };
	size_t slots_bytes, block_bytes;
	int err;

	if (plan->err || plan->share_err || !count)
		return deed_parallel_for_(pool, plan, NULL, NULL, frame, at);
	if (bytes > SIZE_MAX - LINE ||
	    __builtin_mul_overflow(all.slot_bytes, count, &slots_bytes) ||
	    __builtin_add_overflow(slots_bytes, count, &block_bytes))
		return refuse(pool, plan, -EOVERFLOW, frame, at);
	all.slots = deed_backend_alloc(block_bytes, LINE, false);
	if (!all.slots)
		return refuse(pool, plan, -ENOMEM, frame, at);
	all.begun = (unsigned char *)all.slots + slots_bytes;
	memset(all.begun, 0, count);
	err = deed_parallel_for_(pool, plan, reduce_part, &all, frame, at);
	if (!err) {
		merge_all(&all, count);
		memcpy(result, all.slots, bytes);
	}
	deed_backend_free(all.slots, block_bytes, LINE);
	return err;
}
