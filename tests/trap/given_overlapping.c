/* SPDX-License-Identifier: MIT
 *
 * tests/trap/given_overlapping.c - an allocator forgets to round up, and its blocks overlap.
 */
#include <deed.h>
#include <deed/allocator.h>

static _Alignas(16) unsigned char pool[1024];
static size_t used;

static void *take(size_t bytes, size_t align, int zeroed, void *context)
{
	void *const block = pool + used;

	(void)zeroed; /* the pool is */
	(void)context;
	used += bytes / align * align; /* should be rounded up */
	return block;
}

static void give(void *block, size_t bytes, size_t align, void *context)
{
	(void)block;
	(void)bytes;
	(void)align;
	(void)context;
}

static const struct deed_allocator stack_like = { take, NULL, give, NULL };

int main(void)
{
	deed_u32 samples = DEED_EMPTY, sums = DEED_EMPTY;

	if (deed_new_with(&samples, &stack_like, 10))
		return 1;
	if (deed_new_with(&sums, &stack_like, 10))
		return 1;
	deed_drop(&samples);
	deed_drop(&sums);
	return 0;
}
