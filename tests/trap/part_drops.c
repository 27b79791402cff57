/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_drops.c - the part that thinks it is the last one drops what the others have read.
 */
#include <deed.h>
#include <deed/pool.h>

static void look(struct deed_part *part, void *context)
{
	deed_u8 *const text = context;

	if (part->index < 3) {
		DEED_BORROWED(all, text);
		(void)deed_at(all, part->index);
	} else {
		deed_drop(text);
	}
}

int main(void)
{
	deed_u8 text = DEED_EMPTY;
	struct deed_plan plan;

	if (deed_new_zeroed(&text, 100))
		return 1;
	deed_plan_chunks(&plan, 4, 1);
	return deed_parallel_for(NULL, &plan, look, &text);
}
