/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/handles_in_turn.c - one thread moves into a handle, another asks what it owns, with
 * nothing between them: the handle is the race, though only the ledger touches it.
 *
 * options: tsan=1
 */
#include "race.h"

static deed_i32 source, slot;

static __attribute__((noinline)) void racy_write_by_move(void)
{
	deed_move(&slot, &source);
}

static __attribute__((noinline)) int racy_write_seen(void)
{
	return deed_owns(&slot);
}

static void *first(void *unused)
{
	(void)unused;
	racy_write_by_move();
	return NULL;
}

static void *second(void *unused)
{
	(void)unused;
	usleep(FIRST_GOES_FIRST_US);
	require(racy_write_seen());
	return NULL;
}

int main(void)
{
	require(deed_new_zeroed(&source, 10) == 0);
	run_two(first, second);
	deed_drop(&slot);
	return 0;
}
