/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_move_in_loop.c - an owner that was made before a loop is moved away in it
 *
 * fault: E03
 */
#include <deed.h>

int main(int argc, char **argv)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	(void)argv;
	/* note-..14: the other acquisition of mutex 'a.is.owned' is here */
	/* note-15..: the other acquisition of ownership 'a.is.owned' is here */
	if (deed_new_zeroed(&a, 8))
		return 1;
	for (int i = 0; i < argc + 1; i++) {
		/* expect-..14: mutex 'a.is.owned' is acquired exclusively and shared
		 * in the same scope */
		/* expect-15..: ownership 'a.is.owned' is acquired exclusively and shared
		 * in the same scope */
		deed_move(&b, &a);
		deed_drop(&b);
	}
	return 0;
}
