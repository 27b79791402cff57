/* SPDX-License-Identifier: MIT
 *
 * tests/trap/async_awaited_as_other.c - what was handed over is awaited into an owner of another
 * family.
 */
#include <deed.h>
#include <deed/async.h>

static int nothing(void *owner, void *context)
{
	(void)owner;
	(void)context;
	return 0;
}

int main(void)
{
	DEED_AUTO(deed_i32, xs);
	DEED_AUTO(deed_f64, ys);
	struct deed_async work = DEED_ASYNC_EMPTY;

	if (deed_new_zeroed(&xs, 100) || deed_async(NULL, &work, nothing, &xs, NULL))
		return 1;
	return deed_await(&work, &ys);
}
