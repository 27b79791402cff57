/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_settles.c - the parts settle an owner that they share.
 */
#include <deed.h>
#include <deed/pool.h>

static void done(struct deed_part *part, void *context)
{
	deed_i32 *const ys = context;

	if (part->hi > 200)
		deed_settle(ys);
}

int main(void)
{
	deed_i32 ys = DEED_EMPTY;
	struct deed_plan plan;

	if (deed_new(&ys, 1000))
		return 1;
	deed_plan_chunks(&plan, 1000, 100);
	return deed_parallel_for(NULL, &plan, done, &ys);
}
