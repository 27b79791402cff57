/* SPDX-License-Identifier: MIT
 *
 * tests/trap/child_after_parent.c - a part of a loan is used after the loan itself was ended.
 */
#include <deed.h>

int main(void)
{
	DEED_AUTO(deed_i16, sound);
	deed_i16_inout whole, intro;

	if (deed_new_zeroed(&sound, 1000))
		return 1;
	whole = deed_inout(&sound);
	intro = deed_reborrow(&whole, 0, 100);
	deed_fill(intro, (int16_t)7);
	deed_end(&sound, &whole); /* and with it, intro */
	deed_at(intro, 0) = 0;
	return 0;
}
