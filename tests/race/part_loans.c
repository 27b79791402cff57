/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/part_loans.c - nor by loans of parts and tiles, children and their ends, which take
 * the ledger's locks.
 */
#include "race.h"

static deed_i32 shared;

static void use(void)
{
	for (int i = 0; i < 300; i++) {
		DEED_BORROWED_PART(r, &shared, 2, 8);
		DEED_BORROWED_PART(child, &r, 1, 3);
		DEED_TILE_BORROWED(tile, &shared, 5, 0, 1, 2, 2);

		(void)deed_at(child, 0);
		(void)deed_data(deed_tile_row(tile, 1));
	}
}

RACE_AROUND(use)

int main(void)
{
	run_two_over(&shared, write_then_use, use_then_write);
	return 0;
}
