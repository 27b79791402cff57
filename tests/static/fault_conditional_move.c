/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_conditional_move.c - an owner is used after it was moved on one way
 *
 * fault: E03
 */
#include <deed.h>

int main(int argc, char **argv)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	(void)argv;
	if (deed_new_zeroed(&a, 8))
		return 1;
	if (argc == 1)
		deed_move(&b, &a);
	/* expect: calling function 'deed_borrow'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_f32_borrowed v = deed_borrow(&a);
	deed_end(&a, &v);
	deed_settle(&b);
	deed_settle(&a);
	return 0;
}
