/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_used_in_background.c - handing over may fail, so that nothing is known of the
 * owner after it
 *
 * fault: E03
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
	err = deed_async(NULL, &async, nothing, &xs, NULL);
	if (err)
		return err;
	deed_f32_borrowed v = deed_borrow(&xs);
	deed_end(&xs, &v);
	return deed_await(&async, &xs);
}
