/* SPDX-License-Identifier: MIT
 *
 * tests/trap/async_never_awaited.c - nobody takes an owner back from the background.
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
	struct deed_async packing = DEED_ASYNC_EMPTY;
	deed_u8 bytes = DEED_EMPTY;

	if (deed_new_zeroed(&bytes, 100))
		return 1;
	return deed_async(NULL, &packing, pack, &bytes, NULL);
}
