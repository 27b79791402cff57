/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/owner_without_order.c - an owner is a variable: two threads that move through it with
 * nothing between them race on it.
 */
#include "race.h"

static int elements[10];
static deed_i32 box;

static __attribute__((noinline)) void racy_write_of_owner(deed_i32 *to, deed_i32 *from)
{
	*to = *from;
}

static void *first(void *unused)
{
	deed_i32 xs = DEED_EMPTY;

	(void)unused;
	require(deed_adopt(&xs, elements, 10, NULL, NULL) == 0);
	racy_write_of_owner(&box, &xs);
	return NULL;
}

static void *second(void *unused)
{
	deed_i32 xs = DEED_EMPTY;

	(void)unused;
	usleep(FIRST_GOES_FIRST_US);
	racy_write_of_owner(&xs, &box);
	deed_drop(&xs);
	return NULL;
}

int main(void)
{
	run_two(first, second);
	return 0;
}
