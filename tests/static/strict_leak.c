/* SPDX-License-Identifier: MIT
 *
 * tests/static/strict_leak.c - an owner is never given up
 *
 * fault: E17
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_borrowed v = deed_borrow(&a);
	(void)deed_at(v, 0);
	deed_end(&a, &v);
	return 0;
	/* expect-..14: mutex 'a.is.owned' is not held on every path through here */
	/* expect-15..: ownership 'a.is.owned' is not held on every path through here */
}
