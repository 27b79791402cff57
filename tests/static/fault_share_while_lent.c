/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_share_while_lent.c - shared out to parts while it is lent, and when it is gone
 *
 * fault: E09
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void nothing(struct deed_part *part, void *context)
{
	(void)part, (void)context;
}

int main(void)
{
	deed_f32 a = DEED_EMPTY;
	struct deed_plan plan;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_plan_chunks(&plan, 8, 4);
	deed_f32_borrowed v = deed_borrow(&a);
	deed_share_borrowed(&plan, &a, DEED_BY_INDEX);
	/* expect: cannot call function 'deed_share_inout'
	 * while loan 'a.is.borrowed' is held */
	deed_share_inout(&plan, &a, DEED_BY_INDEX);
	if (deed_parallel_for(NULL, &plan, nothing, NULL))
		return 1;
	deed_end(&a, &v);
	deed_drop(&a);
	/* expect: calling function 'deed_share_borrowed'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_share_borrowed(&plan, &a, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, nothing, NULL);
}
