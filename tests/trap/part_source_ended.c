/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_source_ended.c - the source of a share ends before the parts run.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

static void clear_part(struct deed_part *part, void *context)
{
	const deed_i32_inout *const ys = context;

	deed_fill(deed_part_inout(part, ys), 0);
}

int main(void)
{
	DEED_AUTO(deed_i32, owner);
	struct deed_plan plan;

	if (deed_new(&owner, 1000))
		return 1;
	deed_i32_inout all = deed_inout(&owner);
	deed_i32_inout ys = all;
	deed_plan_chunks(&plan, 1000, 100);
	deed_share_inout(&plan, &ys, DEED_BY_INDEX);
	deed_end(&owner, &all);
	return deed_parallel_for(NULL, &plan, clear_part, &ys);
}
