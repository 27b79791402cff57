/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_scratch_of_worker.c - a buffer for each worker: which parts one worker gets is
 * luck.
 */
#include <deed.h>
#include <deed/pool.h>

static void work(struct deed_part *part, void *context)
{
	deed_i32 *const scratch = (deed_i32 *)context + part->worker;

	DEED_INOUT(mine, scratch);
	deed_fill(mine, (int)part->index);
}

int main(void)
{
	DEED_AUTO(deed_i32, scratch);
	struct deed_plan plan;

	if (deed_new_zeroed(&scratch, 10))
		return 1;
	deed_plan_chunks(&plan, 8, 1);
	return deed_parallel_for(NULL, &plan, work, &scratch);
}
