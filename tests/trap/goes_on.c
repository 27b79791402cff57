/* SPDX-License-Identifier: MIT
 *
 * tests/trap/goes_on.c - on_fault=continue: one report per buffer, and the program goes on.
 *
 * options: on_fault=continue
 *
 * status: 0
 */
#include <deed.h>
#include <stdio.h>

int main(void)
{
	deed_i32 names = DEED_EMPTY, scores = DEED_EMPTY;
	struct deed_statistics stats;

	if (deed_new_zeroed(&names, 4) || deed_new_zeroed(&scores, 4))
		return 1;
	deed_drop(&names);
	for (int i = 0; i < 3; i++)
		deed_drop(&names); /* reported once */
	DEED_INOUT(board, &scores);
	deed_at(board, 4) = 1;
	deed_at(board, 3) = 1;
	stats = deed_stats();
	fprintf(stderr, "%zu reports, %zu follow-ons, the last score is %d\n", stats.reports,
		stats.follow_ons, deed_at(board, 3));
	deed_end(&scores, &board);
	deed_drop(&scores);
	return 0;
}
