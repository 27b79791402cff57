/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_scratch_asked_for.c - the background asks for the scratch arena of its part.
 */
#include <deed.h>
#include <deed/async.h>

static int pack(void *owner, void *context)
{
	struct deed_arena *const tmp = deed_part_scratch((struct deed_part *)context);

	(void)owner;
	return deed_arena_alloc(tmp, 80) ? 0 : -ENOMEM;
}

static void pack_part(struct deed_part *part, void *context)
{
	struct deed_async packing = DEED_ASYNC_EMPTY;
	DEED_AUTO(deed_u8, bytes);

	(void)context;
	if (deed_new_zeroed(&bytes, 100) || deed_async(NULL, &packing, pack, &bytes, part))
		return;
	deed_part_cancel(part, deed_await(&packing, &bytes));
}

int main(void)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 100, 50);
	return deed_parallel_for(NULL, &plan, pack_part, NULL);
}
