/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_lends_in_background.c - each part has its figure added to one total behind it.
 */
#include <deed.h>
#include <deed/async.h>

static int add(void *owner, void *context)
{
	deed_i64 *const total = context;

	DEED_BORROWED(figure, (deed_i64 *)owner);
	DEED_INOUT(sum, total);
	deed_at(sum, 0) += deed_at(figure, 0);
	return 0;
}

static void count(struct deed_part *part, void *context)
{
	struct deed_async adding = DEED_ASYNC_EMPTY;
	DEED_AUTO(deed_i64, figure);
	int err = deed_new_zeroed(&figure, 1);

	if (!err)
		err = deed_async(NULL, &adding, add, &figure, context);
	if (!err)
		err = deed_await(&adding, &figure);
	if (err)
		deed_part_cancel(part, err);
}

int main(void)
{
	DEED_AUTO(deed_i64, total);
	struct deed_plan plan;

	if (deed_new_zeroed(&total, 1))
		return 1;
	deed_plan_chunks(&plan, 100, 25);
	return deed_parallel_for(NULL, &plan, count, &total);
}
