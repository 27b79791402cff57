/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/owner_without_order.c - an owner is a variable: two threads that write it with nothing
 * between them race on it, though both use the ledger.
 */
#include "race.h"

static int elements[10];
static volatile deed_i32 box; /* volatile only so that the writes stay */
static deed_i32 mine;

/* The handle itself: what the verbs do to it happens in the library, which is not instrumented. */
static __attribute__((noinline)) void racy_write_of_owner(const deed_i32 *from)
{
	box = *from;
}

static void *first(void *unused)
{
	(void)unused;
	require(deed_adopt(&mine, elements, 10, NULL, NULL) == 0);
	racy_write_of_owner(&mine);
	return NULL;
}

static void *second(void *unused)
{
	deed_i32 xs = DEED_EMPTY;

	(void)unused;
	usleep(FIRST_GOES_FIRST_US);
	require(deed_new(&xs, 10) == 0);
	racy_write_of_owner(&xs);
	deed_drop(&xs);
	return NULL;
}

int main(void)
{
	run_two(first, second);
	deed_drop(&mine);
	return 0;
}
