/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_resized_outside.c - a buffer is resized in an arena that it does not lie in.
 */
#include <deed.h>
#include <deed/arena.h>

int main(void)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_i32 queue = DEED_EMPTY;
	int err = deed_new(&queue, 10);

	if (!err)
		err = deed_resize_in(&queue, &arena, 20);
	deed_settle(&queue);
	deed_arena_close(&arena);
	return err;
}
