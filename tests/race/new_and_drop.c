/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/new_and_drop.c - two threads that make and drop buffers are not ordered by that.
 */
#include "race.h"

static void use(void)
{
	deed_i32 xs = DEED_EMPTY;

	for (int i = 0; i < 300; i++) {
		require(deed_new(&xs, 10) == 0);
		deed_drop(&xs);
	}
}

RACE_AROUND(use)

int main(void)
{
	run_two(write_then_use, use_then_write);
	return 0;
}
