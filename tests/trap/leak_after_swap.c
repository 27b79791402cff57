/* SPDX-License-Identifier: MIT
 *
 * tests/trap/leak_after_swap.c - a buffer that was swapped into a struct, which nobody ends.
 */
#include <deed.h>

struct picture {
	deed_u8 grey;
};

static int draw(struct picture *ret)
{
	return deed_new_zeroed(&ret->grey, 64);
}

int main(void)
{
	struct picture in = { DEED_EMPTY }, out = { DEED_EMPTY };

	if (draw(&in))
		return 1;
	deed_swap(&in.grey, &out.grey);
	deed_settle(&in.grey);
	return 0;
}
