/* SPDX-License-Identifier: MIT
 *
 * examples/faults/used_in_background.c - a buffer is written out in the background, and filled
 * again before that is done.
 */
#include <deed.h>
#include <deed/async.h>
#include <stdio.h>

static int write_out(void *owner, void *context)
{
	const deed_u8 *bytes = owner;
	DEED_BORROWED(view, bytes);

	return fwrite(deed_data(view), 1, deed_len(view), context) == deed_len(view) ? 0 : -EIO;
}

int main(void)
{
	struct deed_async writing = DEED_ASYNC_EMPTY;
	struct deed_pool *pool = NULL;
	deed_u8 bytes = DEED_EMPTY;

	if (deed_pool_new(&pool, 2) || deed_new_zeroed(&bytes, 4096) ||
	    deed_async(pool, &writing, write_out, &bytes, stdout))
		return 1;
	{
		DEED_INOUT(next, &bytes);
		deed_fill(next, 'x');
	}
	if (deed_await(&writing, &bytes))
		return 1;
	deed_drop(&bytes);
	return deed_pool_free(&pool);
}
