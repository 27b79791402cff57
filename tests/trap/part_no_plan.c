/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_no_plan.c - a plan is shared out by, and was never cut.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void nothing(struct deed_part *part, void *context)
{
	(void)part;
	(void)context;
}

int main(void)
{
	DEED_AUTO(deed_f32, xs);
	static struct deed_plan plan;

	if (deed_new_zeroed(&xs, 1000))
		return 1;
	deed_share_inout(&plan, &xs, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, nothing, NULL);
}
