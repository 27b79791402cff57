/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_length_after_move.c - an owner is asked for its length after it was moved away
 *
 * fault: E03
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_move(&b, &a);
	/* expect: calling function 'deed_len'
	 * requires holding ownership 'a.is.owned' exclusively */
	for (size_t i = 0; i < deed_len(a); i++)
		deed_settle(&b);
	deed_settle(&b);
	return 0;
}
