/* SPDX-License-Identifier: MIT
 *
 * tests/trap/async_several_never_awaited.c - an error on the way, and nobody awaits what was begun.
 */
#include <deed.h>
#include <deed/async.h>

static int pack(void *owner, void *context)
{
	deed_u8 *const bytes = owner;

	(void)context;
	return deed_resize(bytes, deed_len(*bytes) / 2);
}

int main(void)
{
	static struct deed_async packing[3];
	deed_u8 bytes = DEED_EMPTY;

	for (int i = 0; i < 3; i++)
		if (deed_new_zeroed(&bytes, 100) ||
		    deed_async(NULL, &packing[i], pack, &bytes, NULL))
			return 1;
	return 0;
}
