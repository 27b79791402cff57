/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_drops_again.c - two parts drop one owner: what one of them did is the other's
 * fault.
 */
#include <deed.h>
#include <deed/pool.h>

static void finish(struct deed_part *part, void *context)
{
	if (part->index % 3 == 1)
		deed_drop((deed_i32 *)context);
}

int main(void)
{
	deed_i32 xs = DEED_EMPTY;
	struct deed_plan plan;

	if (deed_new_zeroed(&xs, 100))
		return 1;
	deed_plan_chunks(&plan, 8, 1);
	return deed_parallel_for(NULL, &plan, finish, &xs);
}
