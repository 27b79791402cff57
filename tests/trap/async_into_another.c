/* SPDX-License-Identifier: MIT
 *
 * tests/trap/async_into_another.c - an owner is awaited into another one, which has a buffer.
 */
#include <deed.h>
#include <deed/async.h>

static int clear(void *owner, void *context)
{
	(void)context;
	DEED_INOUT(all, (deed_f32 *)owner);
	for (size_t i = 0; i < deed_len(all); i++)
		deed_at(all, i) = 0;
	return 0;
}

int main(void)
{
	struct deed_async clearing = DEED_ASYNC_EMPTY;
	DEED_AUTO(deed_f32, xs);
	DEED_AUTO(deed_f32, ys);

	if (deed_new(&xs, 1000) || deed_new_zeroed(&ys, 10) ||
	    deed_async(NULL, &clearing, clear, &xs, NULL))
		return 1;
	return deed_await(&clearing, &ys);
}
