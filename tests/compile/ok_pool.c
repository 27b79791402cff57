/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_pool.c (C, C++) - pools, plans and what a part may ask for, with arguments that
 * are evaluated once.
 */
#include "deed.h"
#include "deed/pool.h"

struct pooled {
	size_t elements;
	int asked;
};

static struct deed_part *once(struct deed_part *part, struct pooled *pooled)
{
	pooled->asked++;
	return part;
}

static void pooled_part(struct deed_part *part, void *context)
{
	struct pooled *const pooled = (struct pooled *)context;
	struct deed_arena *const scratch = deed_part_scratch(once(part, pooled));
	char *const name = (char *)deed_arena_alloc(deed_part_scratch(part), 16);

	if (!name || deed_arena_stats(scratch).used < 16)
		deed_part_cancel(part, -ENOMEM);
	if (deed_part_is_cancelled(part))
		return;
	name[0] = '\0';
	pooled->elements += (part->hi - part->lo) * (part->x_hi - part->x_lo);
}

int main(void)
{
	struct pooled pooled = { 0, 0 };
	struct deed_pool *pool = NULL;
	struct deed_plan plans[3], *next = plans;

	if (deed_pool_new(&pool, 1) || deed_pool_workers(pool) != 1)
		return 1;
	deed_plan_chunks(&plans[0], 1000, 10);
	deed_plan_parts(&plans[1], 1000, 7);
	deed_plan_tiles(&plans[2], 100, 10, 16, 4);
	deed_plan_dynamic(&plans[2]);
	if (deed_parallel_for(pool, next++, pooled_part, &pooled) || next != &plans[1] ||
	    pooled.elements != 1000 || pooled.asked != 100)
		return 2;
	if (deed_parallel_for(pool, next++, pooled_part, &pooled) ||
	    deed_parallel_for(NULL, next++, pooled_part, &pooled) || pooled.elements != 3000)
		return 3;
	return deed_pool_free(&pool);
}
