/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_allocator_reset.c - an owner in memory of an arena's allocator outlives a reset.
 * options: on_fault=continue
 * status: 0
 */
#include <deed.h>
#include <deed/arena.h>

int main(void)
{
	struct deed_arena frame = DEED_ARENA_EMPTY;
	const struct deed_allocator from_frame = deed_arena_allocator(&frame);
	deed_f32 samples = DEED_EMPTY, others = DEED_EMPTY;

	if (deed_new_with(&samples, &from_frame, 10) || deed_new_with(&others, &from_frame, 10))
		return 1;
	deed_arena_reset(&frame);
	{
		DEED_INOUT(s, &samples);
		deed_fill(s, 1);
	}
	deed_drop(&others);
	deed_arena_close(&frame);
	return 0;
}
