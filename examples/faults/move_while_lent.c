/* SPDX-License-Identifier: MIT
 *
 * examples/faults/move_while_lent.c - a frame is queued for display while it is still being drawn.
 */
#include <deed.h>

static deed_u32 queue[4];
static size_t queued;

static void enqueue(deed_u32 *frame)
{
	deed_move(&queue[queued], frame);
	queued++;
}

int main(void)
{
	deed_u32 frame = DEED_EMPTY;

	if (deed_new(&frame, 320 * 200))
		return 1;
	DEED_INOUT(pixels, &frame);
	deed_fill(pixels, 0xff8800u);
	enqueue(&frame);
	deed_at(pixels, 0) = 0; /* a last touch */
	deed_drop(&queue[0]);
	return 0;
}
