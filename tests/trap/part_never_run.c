/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_never_run.c - what was shared out for a plan that is not run after all.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

static void halve(struct deed_part *part, void *context)
{
	deed_scale_f32_by(deed_part_inout(part, (deed_f32 *)context), 0.5f);
}

static int halve_all(deed_f32 *owner, size_t chunk)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, deed_len(*owner), chunk);
	deed_share_inout(&plan, owner, DEED_BY_INDEX);
	if (chunk < 16)
		return -1;
	return deed_parallel_for(NULL, &plan, halve, owner);
}

int main(void)
{
	DEED_AUTO(deed_f32, owner);

	if (deed_new_zeroed(&owner, 256))
		return 1;
	return halve_all(&owner, 8) ? halve_all(&owner, 64) : 0;
}
