/* SPDX-License-Identifier: MIT
 *
 * tests/trap/async_asked_meanwhile.c - how long is what the background has by now?
 */
#include <deed.h>
#include <deed/async.h>

struct job {
	deed_u8 bytes;
	struct deed_async packing;
};

static int pack(void *owner, void *context)
{
	deed_u8 *const bytes = owner;

	(void)context;
	return deed_resize(bytes, deed_len(*bytes) / 2);
}

int main(void)
{
	struct job job = { DEED_EMPTY, DEED_ASYNC_EMPTY };
	struct job *const of = &job;

	if (deed_new_zeroed(&of->bytes, 100) ||
	    deed_async(NULL, &of->packing, pack, &of->bytes, NULL))
		return 1;
	return deed_len(of->bytes) != 100;
}
