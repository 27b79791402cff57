/* SPDX-License-Identifier: MIT
 *
 * examples/faults/use_after_move.c - a buffer is handed over, and then asked for its length.
 */
#include <deed.h>
#include <stdio.h>

static void consume_buffer(deed_f32 *buffer)
{
	DEED_AUTO(deed_f32, mine);

	deed_move(&mine, buffer);
	DEED_INOUT(samples, &mine);
	deed_fill(samples, 0.5f);
}

int main(void)
{
	deed_f32 buf = DEED_EMPTY;

	if (deed_new(&buf, 1024))
		return 1;
	consume_buffer(&buf);
	printf("consumed %zu samples\n", deed_len(buf));
	return 0;
}
