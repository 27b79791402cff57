/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/hot_regions_at_once.c - threads in one region at once, where each allocates and is
 * told of it, and that wait for each other.
 *
 * options: tsan=0:log=/dev/null
 */
#include "race.h"

#include "deed/hot.h"

static deed_i32 shared;

static void *work(void *unused)
{
	for (size_t i = 0; i < 2000; i++) {
		DEED_HOT("crowd");
		DEED_HOT("inside it");
		DEED_AUTO(deed_i32, own);

		require(deed_new(&own, i % 100 + 1) == 0);
		require(deed_resize(&own, i % 100 + 20) == 0);
		DEED_BORROWED_PART(part, &shared, 1, 9);
		DEED_INOUT(all, &own);

		(void)deed_data(all);
		(void)deed_data(part);
	}
	return unused;
}

int main(void)
{
	run_two_over(&shared, work, work);
	return 0;
}
