/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/moves_and_resizes.c - nor by moving, resizing, cloning, adopting and looking.
 */
#include "race.h"

static deed_i32 shared;

static void use(void)
{
	int elements[4];
	deed_i32 xs = DEED_EMPTY, ys = DEED_EMPTY;

	for (int i = 0; i < 100; i++) {
		require(deed_clone(&xs, &shared) == 0);
		deed_move(&ys, &xs);
		require(deed_resize(&ys, 20) == 0);
		require(deed_len(ys) == 20 && deed_owns(&ys));
		require(deed_adopt(&xs, elements, 4, NULL, NULL) == 0);
		deed_swap(&xs, &ys);
		deed_drop(&xs);
		deed_drop(&ys);
		(void)deed_stats();
	}
}

RACE_AROUND(use)

int main(void)
{
	run_two_over(&shared, write_then_use, use_then_write);
	return 0;
}
