/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_async_by_another.c - a thread is given what another handed over, writes what the
 * function writes, too, and then runs it, in deed_await(). That the thread began later than the
 * call of deed_async() makes no order of its own writes.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/async.h"

static struct deed_async async = DEED_ASYNC_EMPTY;
static deed_u32 xs = DEED_EMPTY;

static int write_behind(void *owner, void *unused)
{
	(void)owner, (void)unused;
	racy_write(1);
	return 0;
}

static void *write_and_await(void *unused)
{
	(void)unused;
	racy_write(2);
	require(deed_await(&async, &xs) == 0);
	return NULL;
}

int main(void)
{
	pthread_t thread;

	require(deed_new_zeroed(&xs, 1) == 0);
	require(deed_async(NULL, &async, write_behind, &xs, NULL) == 0);
	require(pthread_create(&thread, NULL, write_and_await, NULL) == 0);
	require(pthread_join(thread, NULL) == 0);
	deed_drop(&xs);
	return 0;
}
