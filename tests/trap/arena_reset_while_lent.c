/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_reset_while_lent.c - a frame's memory is recycled while two of its buffers
 * are still being read.
 */
#include <deed/arena.h>
#include <deed.h>

static void next_frame(struct deed_arena *frame)
{
	deed_arena_reset(frame);
}

int main(void)
{
	struct deed_arena frame = DEED_ARENA_EMPTY;
	deed_f32 positions = DEED_EMPTY;
	deed_u32 ids = DEED_EMPTY;

	if (deed_new_in(&positions, &frame, 300) || deed_new_in(&ids, &frame, 100))
		return 1;
	DEED_BORROWED(read, &positions);
	DEED_INOUT(written, &ids);
	next_frame(&frame);
	return deed_len(read) == deed_len(written);
}
