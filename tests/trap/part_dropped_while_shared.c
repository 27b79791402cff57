/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_dropped_while_shared.c - an early return drops what is shared out yet.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void clear(struct deed_part *part, void *context)
{
	deed_fill(deed_part_inout(part, (deed_u8 *)context), 0);
}

static int run(const char *path)
{
	DEED_AUTO(deed_u8, text);
	struct deed_plan plan;

	if (deed_new_zeroed(&text, 100))
		return 1;
	deed_plan_chunks(&plan, deed_len(text), 25);
	deed_share_inout(&plan, &text, DEED_BY_INDEX);
	if (!path)
		return 2;
	return deed_parallel_for(NULL, &plan, clear, &text);
}

int main(void)
{
	return run(NULL);
}
