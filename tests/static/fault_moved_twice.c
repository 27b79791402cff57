/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_moved_twice.c - an owner is moved away twice
 *
 * fault: E03
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY, c = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_move(&b, &a);
	/* expect: calling function 'deed_move'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_move(&c, &a);
	deed_settle(&b);
	deed_settle(&c);
	return 0;
}
