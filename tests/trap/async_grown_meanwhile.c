/* SPDX-License-Identifier: MIT
 *
 * tests/trap/async_grown_meanwhile.c - nobody takes an owner back that has grown step by step.
 */
#include <deed.h>
#include <deed/async.h>

static int read_all(void *owner, void *context)
{
	deed_u8 *const bytes = owner;

	(void)context;
	if (deed_resize(bytes, 100))
		return 1;
	if (deed_resize(bytes, 300))
		return 1;
	if (deed_resize(bytes, 1000))
		return 1;
	if (deed_resize(bytes, 3000))
		return 1;
	return deed_resize(bytes, 10000);
}

int main(void)
{
	static struct deed_async reading;
	struct deed_pool *pool = NULL;
	deed_u8 bytes = DEED_EMPTY;

	if (deed_pool_new(&pool, 2) || deed_new_zeroed(&bytes, 10))
		return 1;
	if (deed_async(pool, &reading, read_all, &bytes, NULL))
		return 1;
	return deed_pool_free(&pool);
}
