/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_ended_in_loop.c - a loop ends the loan that was taken before it
 *
 * fault: E12
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	/* note-..14: the other acquisition of mutex 'a.is.open' is here */
	/* note-15..: the other acquisition of inout loan 'a.is.open' is here */
	deed_f32_inout v = deed_inout(&a);
	for (int i = 0; i < 2; i++)
		/* expect-..14: mutex 'a.is.open' is acquired exclusively and shared
		 * in the same scope */
		/* expect-15..: inout loan 'a.is.open' is acquired exclusively and shared
		 * in the same scope */
		deed_end(&a, &v);
	return 0;
}
