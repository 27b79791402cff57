/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/whole_loans.c - two threads that borrow one buffer in turn are not ordered by that.
 */
#include "race.h"

static deed_i32 shared;

static void use(void)
{
	for (int i = 0; i < 300; i++) {
		DEED_BORROWED(r, &shared);
		(void)deed_at(r, 0);
	}
}

RACE_AROUND(use)

int main(void)
{
	run_two_over(&shared, write_then_use, use_then_write);
	return 0;
}
