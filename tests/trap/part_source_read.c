/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_source_read.c - what is shared out to be read is read through a view that may
 * write.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

int main(void)
{
	DEED_AUTO(deed_i32, xs);
	struct deed_plan plan;

	if (deed_new_zeroed(&xs, 100))
		return 1;
	DEED_INOUT(x, &xs);
	deed_plan_chunks(&plan, deed_len(x), 10);
	deed_share_borrowed(&plan, &x, DEED_BY_INDEX);
	return deed_at(x, 3);
}
