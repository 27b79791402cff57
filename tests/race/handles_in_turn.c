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

static void *racy_write_by_move(void *unused)
{
	(void)unused;
	deed_move(&slot, &source);
	return NULL;
}

static void *racy_write_seen(void *unused)
{
	(void)unused;
	usleep(FIRST_GOES_FIRST_US);
	require(deed_owns(&slot));
	return NULL;
}

int main(void)
{
	require(deed_new_zeroed(&source, 10) == 0);
	run_two(racy_write_by_move, racy_write_seen);
	deed_drop(&slot);
	return 0;
}
