/* SPDX-License-Identifier: MIT
 *
 * tests/static/strict_leak_in_round.c - a round of a loop leaves what it made
 *
 * fault: E02
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	/* expect-..14: expecting mutex 'a.is.owned' to be held at start of each loop */
	/* expect-15..: expecting ownership 'a.is.owned' to be held at start of each loop */
	for (int i = 0; i < 2; i++) {
		if (deed_new(&a, 8))
			return 1;
		if (i == 0)
			continue;
		deed_drop(&a);
	}
	return 0;
}
