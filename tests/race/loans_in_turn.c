/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/loans_in_turn.c - two threads lend parts of one buffer that share an element, one
 * after the other by luck alone, and touch nothing: the loans themselves are shown to
 * ThreadSanitizer.
 *
 * options: tsan=1
 */
#include "race.h"

static deed_i32 shared;

static void lend(size_t lo, size_t hi)
{
	DEED_INOUT_PART(v, &shared, lo, hi);
	(void)v;
}

static void *racy_write_first(void *unused)
{
	(void)unused;
	lend(0, 5);
	return NULL;
}

static void *racy_write_second(void *unused)
{
	(void)unused;
	usleep(FIRST_GOES_FIRST_US);
	lend(4, 9);
	return NULL;
}

int main(void)
{
	run_two_over(&shared, racy_write_first, racy_write_second);
	return 0;
}
