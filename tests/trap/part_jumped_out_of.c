/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_jumped_out_of.c - a part gives up by longjmp(), and nobody says so.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>
#include <setjmp.h>

static jmp_buf give_up;

static void clear(struct deed_part *part, void *context)
{
	deed_f32 *const ys = context;

	deed_fill(deed_part_inout(part, ys), 0);
	if (part->index == 3)
		longjmp(give_up, 1);
}

int main(void)
{
	DEED_AUTO(deed_f32, ys);
	static struct deed_plan plan;

	if (deed_new_zeroed(&ys, 1000))
		return 1;
	if (!setjmp(give_up)) {
		deed_plan_chunks(&plan, deed_len(ys), 128);
		deed_share_inout(&plan, &ys, DEED_BY_INDEX);
		return deed_parallel_for(NULL, &plan, clear, &ys);
	}
	deed_plan_chunks(&plan, deed_len(ys), 500);
	deed_share_inout(&plan, &ys, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, clear, &ys);
}
