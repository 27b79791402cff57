/* SPDX-License-Identifier: MIT
 *
 * tests/trap/swapped_second_lent.c - the second of two buffers that change places is lent.
 */
#include <deed.h>

static void flip(deed_u32 *front, deed_u32 *back)
{
	deed_swap(front, back);
}

int main(void)
{
	DEED_AUTO(deed_u32, front);
	DEED_AUTO(deed_u32, back);

	if (deed_new_zeroed(&front, 64) || deed_new_zeroed(&back, 64))
		return 1;
	DEED_INOUT(drawing, &back);
	flip(&front, &back);
	deed_at(drawing, 0) = 1;
	return 0;
}
