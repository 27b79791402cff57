/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/blocks.c - two threads that allocate and free blocks, or have owners in memory of
 * an allocator, are not ordered by that.
 */
#include "race.h"

#include "deed/allocator.h"
#include "deed/malloc.h"

static void use(void)
{
	deed_i32 xs = DEED_EMPTY;

	for (int i = 0; i < 100; i++) {
		void *block = deed_malloc(10);

		block = deed_realloc(block, 200);
		require(block);
		deed_free(block);
		require(deed_new_with(&xs, deed_heap(), 10) == 0);
		deed_drop(&xs);
	}
	require(deed_new_with(&xs, deed_pages(), 10) == 0);
	deed_drop(&xs);
}

RACE_AROUND(use)

int main(void)
{
	run_two(write_then_use, use_then_write);
	return 0;
}
