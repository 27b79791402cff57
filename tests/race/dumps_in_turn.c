/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/dumps_in_turn.c - nor by dumps and written reports.
 */
#include "race.h"

/* Before the ledger reads its options: JSON is put together in memory that threads share in turn.
 */
static __attribute__((constructor(101))) void choose_options(void)
{
	require(setenv("DEED_OPTIONS", "format=json,on_fault=continue,log=/dev/null", 1) == 0);
}

DEED_UNCHECKED static void use(void)
{
	for (int i = 0; i < 20; i++) {
		deed_i32 xs = DEED_EMPTY;

		require(deed_new(&xs, 10) == 0);
		deed_dump(&xs);
		deed_dump_all();
		deed_drop(&xs);
		deed_drop(&xs);
	}
}

RACE_AROUND(use)

int main(void)
{
	run_two(write_then_use, use_then_write);
	return 0;
}
