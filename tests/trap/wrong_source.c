/* SPDX-License-Identifier: MIT
 *
 * tests/trap/wrong_source.c - two buffers are lent, and their loans are ended crosswise.
 */
#include <deed.h>

static void mix(deed_i16 *left, deed_i16 *right)
{
	deed_i16_inout l = deed_inout(left);
	deed_i16_inout r = deed_inout(right);

	deed_fill(l, (int16_t)1);
	deed_fill(r, (int16_t)2);
	deed_end(left, &r);
	deed_end(right, &l);
}

int main(void)
{
	DEED_AUTO(deed_i16, left);
	DEED_AUTO(deed_i16, right);

	if (deed_new(&left, 64) || deed_new(&right, 64))
		return 1;
	mix(&left, &right);
	return 0;
}
