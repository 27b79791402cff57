/* SPDX-License-Identifier: MIT
 *
 * examples/faults/use_after_drop.c - a cache is flushed to save memory, and then read.
 */
#include <deed.h>
#include <stdio.h>

static deed_u32 cache;

static void flush_cache(void)
{
	deed_drop(&cache);
}

static uint32_t look_up(size_t key)
{
	DEED_BORROWED(entries, &cache);

	return deed_at(entries, key);
}

int main(void)
{
	if (deed_new_zeroed(&cache, 256))
		return 1;
	flush_cache();
	printf("entry 7 is %u\n", look_up(7));
	return 0;
}
