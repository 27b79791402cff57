/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_loan_outlives.c - a part lends a buffer, and forgets to end that.
 */
#include <deed.h>
#include <deed/pool.h>

static void count(struct deed_part *part, void *context)
{
	const deed_u8 *const text = context;
	const deed_u8_borrowed lines = deed_borrow_part(text, part->lo, part->hi);

	(void)deed_at(lines, 0);
}

int main(void)
{
	DEED_AUTO(deed_u8, text);
	struct deed_plan plan;

	if (deed_new_zeroed(&text, 100))
		return 1;
	deed_plan_chunks(&plan, deed_len(text), 25);
	return deed_parallel_for(NULL, &plan, count, &text);
}
