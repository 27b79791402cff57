/* SPDX-License-Identifier: MIT
 *
 * tests/trap/async_copied.c - a copy of what was begun is awaited.
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
	DEED_AUTO(deed_f32, xs);
	struct deed_async begun = DEED_ASYNC_EMPTY, copy;

	if (deed_new_zeroed(&xs, 100) || deed_async(NULL, &begun, nothing, &xs, NULL))
		return 1;
	copy = begun;
	return deed_await(&copy, &xs);
}
