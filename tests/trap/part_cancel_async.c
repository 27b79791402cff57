/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_cancel_async.c - what a part has begun with deed_async() looks whether the part's
 * plan was cancelled.
 */
#include <deed.h>
#include <deed/async.h>
#include <deed/pool.h>

static int work(void *owner, void *context)
{
	deed_u8 *const bytes = owner;
	const struct deed_part *const part = context;

	for (size_t i = 0; i < deed_len(*bytes) && !deed_part_is_cancelled(part); i++)
		;
	return 0;
}

static void begin(struct deed_part *part, void *context)
{
	deed_u8 bytes = DEED_EMPTY;
	struct deed_async async = DEED_ASYNC_EMPTY;

	(void)context;
	if (deed_new_zeroed(&bytes, 100))
		deed_part_cancel(part, -1);
	if (deed_async(NULL, &async, work, &bytes, part) || deed_await(&async, &bytes))
		deed_part_cancel(part, -2);
	deed_drop(&bytes);
}

int main(void)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 100, 25);
	return deed_parallel_for(NULL, &plan, begin, NULL);
}
