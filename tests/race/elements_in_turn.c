/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/elements_in_turn.c - two inout loans of one buffer that do not overlap in time are no
 * conflict for the ledger; but nothing orders the two threads, so their writes race.
 */
#include "race.h"

static deed_i32 shared;

static __attribute__((noinline)) void racy_write_of_element(int *p, int value)
{
	*p = value;
}

static void write_elements(int value)
{
	DEED_INOUT(v, &shared);

	racy_write_of_element(deed_data(v), value);
}

static void *first(void *unused)
{
	(void)unused;
	write_elements(1);
	return NULL;
}

static void *second(void *unused)
{
	(void)unused;
	usleep(FIRST_GOES_FIRST_US);
	write_elements(2);
	return NULL;
}

int main(void)
{
	run_two_over(&shared, first, second);
	return 0;
}
