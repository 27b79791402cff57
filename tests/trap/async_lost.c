/* SPDX-License-Identifier: MIT
 *
 * tests/trap/async_lost.c - a function returns early, and what it has begun with in the background
 * is on its stack.
 */
#include <deed.h>
#include <deed/async.h>
#include <deed/pool.h>
#include <string.h>

static int pack(void *owner, void *context)
{
	deed_u8 *const bytes = owner;

	(void)context;
	return deed_resize(bytes, deed_len(*bytes) / 2);
}

static __attribute__((noinline)) int begin(struct deed_pool *pool, struct deed_async *packing)
{
	deed_u8 bytes = DEED_EMPTY;

	if (deed_new_zeroed(&bytes, 100))
		return 1;
	return deed_async(pool, packing, pack, &bytes, NULL);
}

int main(void)
{
	static struct deed_async packing; /* as if on the stack of a function that has returned */
	struct deed_pool *pool;

	if (deed_pool_new(&pool, 1) || begin(pool, &packing))
		return 1;
	memset(&packing, 0x5a, sizeof packing);
	return deed_pool_free(&pool);
}
