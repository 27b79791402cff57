/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_ended_by_hand.c - a part ends what it has taken, as if it were a loan of its own.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void clear(struct deed_part *part, void *context)
{
	deed_u8 *const text = context;
	deed_u8_inout mine = deed_part_inout(part, text);

	deed_fill(mine, 0);
	deed_end(text, &mine);
	deed_part_cancel(part, 0);
}

int main(void)
{
	DEED_AUTO(deed_u8, text);
	struct deed_plan plan;

	if (deed_new_zeroed(&text, 100))
		return 1;
	deed_plan_chunks(&plan, deed_len(text), 25);
	deed_share_inout(&plan, &text, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, clear, &text);
}
