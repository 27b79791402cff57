/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_async_no_pool.c - the caller reads what its function in the background writes,
 * before it awaits it. There is no pool, and so no thread that could have written it yet: a race
 * with one.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/async.h"

static int written;

static int racy_count(void *owner, void *unused)
{
	(void)unused;
	written = (int)deed_len(*(deed_u32 *)owner);
	racy_write(written);
	return 0;
}

int main(void)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = DEED_EMPTY;

	require(deed_new_zeroed(&xs, 1) == 0);
	require(deed_async(NULL, &async, racy_count, &xs, NULL) == 0);
	require(written + raced == 0);
	require(deed_await(&async, &xs) == 0);
	require(written + raced == 2);
	deed_drop(&xs);
	return 0;
}
