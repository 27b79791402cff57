/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_release_while_lent.c - the memory of an owner is released while it is borrowed
 *
 * fault: E08
 */
#include <deed.h>

#include <stdlib.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_borrowed v = deed_borrow(&a);
	/* expect: cannot call function 'deed_release'
	 * while loan 'a.is.lent' is held */
	free(deed_release(&a));
	return (int)deed_len(v);
}
