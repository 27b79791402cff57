/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_async_taken_back.c - the caller writes what its function in the background
 * writes, too, and then runs it itself, for the pool has no thread that could: a race, for with
 * another worker they would meet.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/async.h"

static int write_behind(void *owner, void *unused)
{
	(void)owner, (void)unused;
	racy_write(1);
	return 0;
}

int main(void)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	struct deed_pool *pool = NULL;
	deed_u32 xs = DEED_EMPTY;

	require(deed_pool_new(&pool, 1) == 0);
	require(deed_new_zeroed(&xs, 1) == 0);
	require(deed_async(pool, &async, write_behind, &xs, NULL) == 0);
	racy_write(2);
	require(deed_await(&async, &xs) == 0);
	deed_drop(&xs);
	require(deed_pool_free(&pool) == 0);
	return 0;
}
