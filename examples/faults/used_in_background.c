/* SPDX-License-Identifier: MIT
 *
 * examples/faults/used_in_background.c - a buffer is summed up in the background, and filled again
 * before that is done.
 */
#include <deed.h>
#include <deed/async.h>
#include <stdio.h>

static int add_up(void *owner, void *context)
{
	const deed_u8 *bytes = owner;
	unsigned *sum = context;
	DEED_BORROWED(view, bytes);

	for (size_t i = 0; i < deed_len(view); i++)
		*sum += deed_at(view, i);
	return 0;
}

int main(void)
{
	struct deed_async adding = DEED_ASYNC_EMPTY;
	struct deed_pool *pool = NULL;
	deed_u8 bytes = DEED_EMPTY;
	unsigned sum = 0;

	if (deed_pool_new(&pool, 2) || deed_new_zeroed(&bytes, 4096) ||
	    deed_async(pool, &adding, add_up, &bytes, &sum))
		return 1;
	{
		DEED_INOUT(next, &bytes);
		deed_fill(next, 'x');
	}
	if (deed_await(&adding, &bytes))
		return 1;
	printf("the sum is %u\n", sum);
	deed_drop(&bytes);
	return deed_pool_free(&pool);
}
