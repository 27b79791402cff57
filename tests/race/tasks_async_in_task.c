/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_async_in_task.c - a function in the background hands over another, and writes
 * what that one writes. The same thread runs both, one inside of the other.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/async.h"

static int inner(void *owner, void *unused)
{
	(void)owner, (void)unused;
	racy_write(1);
	return 0;
}

static int outer(void *owner, void *unused)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 *const xs = owner;

	(void)unused;
	require(deed_async(NULL, &async, inner, xs, NULL) == 0);
	racy_write(2);
	return deed_await(&async, xs);
}

int main(void)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = DEED_EMPTY;

	require(deed_new_zeroed(&xs, 1) == 0);
	require(deed_async(NULL, &async, outer, &xs, NULL) == 0);
	require(deed_await(&async, &xs) == 0);
	deed_drop(&xs);
	return 0;
}
