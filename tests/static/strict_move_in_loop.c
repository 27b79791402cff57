/* SPDX-License-Identifier: MIT
 *
 * tests/static/strict_move_in_loop.c - an owner that was made before a loop is moved away in it
 *
 * fault: E03
 */
#include <deed.h>

int main(int argc, char **argv)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	(void)argv;
	if (deed_new(&a, 8))
		return 1;
	/* expect-..14: expecting mutex 'a.is.owned' to be held at start of each loop */
	/* expect-15..: expecting ownership 'a.is.owned' to be held at start of each loop */
	for (int i = 0; i < argc + 1; i++) {
		deed_move(&b, &a);
		deed_drop(&b);
	}
	return 0;
	/* expect-..14: mutex 'a.is.owned' is not held on every path through here */
	/* expect-15..: ownership 'a.is.owned' is not held on every path through here */
}
