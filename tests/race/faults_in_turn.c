/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/faults_in_turn.c - two threads that are reported in turn are not ordered by the
 * report.
 */
#include "race.h"

static void ignore(const struct deed_report *report, void *context)
{
	(void)report;
	(void)context;
}

static void use(void)
{
	for (int i = 0; i < 20; i++) {
		deed_i32 xs = DEED_EMPTY;

		require(deed_new(&xs, 10) == 0);
		deed_drop(&xs);
		deed_drop(&xs);
	}
}

RACE_AROUND(use)

int main(void)
{
	deed_on_fault(ignore, NULL);
	run_two(write_then_use, use_then_write);
	deed_on_fault(NULL, NULL);
	return 0;
}
