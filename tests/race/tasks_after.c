/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_after.c - a part is in order behind the call and before its return, and with
 * nothing else: not with a thread that the caller has started before.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/pool.h"

static void *write_at_once(void *unused)
{
	(void)unused;
	racy_write(1);
	return NULL;
}

static void write_it(struct deed_part *part, void *unused)
{
	(void)part;
	(void)unused;
	usleep(FIRST_GOES_FIRST_US);
	racy_write(2);
}

int main(void)
{
	struct deed_plan plan;
	pthread_t thread;

	require(pthread_create(&thread, NULL, write_at_once, NULL) == 0);
	deed_plan_chunks(&plan, 1, 1);
	require(deed_parallel_for(NULL, &plan, write_it, NULL) == 0);
	require(pthread_join(thread, NULL) == 0);
	return 0;
}
