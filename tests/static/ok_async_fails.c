/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_async_fails.c - what was not handed over is an owner still (C++)
 */
#include <deed.h>
#include <deed/async.h>

static int nothing(void *owner, void *context)
{
	(void)owner, (void)context;
	return 0;
}

int main(void)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_f32 xs = DEED_EMPTY;
	int err;

	if (deed_new_zeroed(&xs, 8))
		return 1;
	err = deed_async((struct deed_pool *)NULL, &async, nothing, &xs, NULL);
	if (err) {
		deed_drop(&xs);
		return err;
	}
	err = deed_await(&async, &xs);
	deed_drop(&xs);
	return err;
}
