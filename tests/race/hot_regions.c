/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/hot_regions.c - nor by hot regions, what is told of them, or what is counted.
 *
 * options: tsan=0:log=/dev/null
 */
#include "race.h"

#include "deed/hot.h"

static deed_i32 shared;

static void use(void)
{
	for (int i = 0; i < 100; i++) {
		DEED_HOT("both");
		DEED_AUTO(deed_i32, own);

		require(deed_new(&own, 100) == 0);
		DEED_BORROWED_PART(part, &shared, 1, 9);
		DEED_INOUT(all, &own);

		(void)deed_data(all);
		(void)deed_at(part, 0);
	}
}

RACE_AROUND(use)

int main(void)
{
	run_two_over(&shared, write_then_use, use_then_write);
	return 0;
}
