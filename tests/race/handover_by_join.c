/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/handover_by_join.c - owners and views that go into a thread and come back by its end.
 */
#include "race.h"

struct work {
	deed_i32 owner;
	deed_i32_inout view;
};

static void *work(void *argument)
{
	struct work *const work = argument;

	deed_at(work->view, 0) += 1;
	{
		DEED_INOUT(v, &work->owner);
		deed_fill(v, 3);
	}
	require(deed_resize(&work->owner, 50) == 0);
	return NULL;
}

int main(void)
{
	deed_i32 shared = DEED_EMPTY;

	require(deed_new_zeroed(&shared, 10) == 0);
	for (int i = 0; i < 100; i++) {
		struct work given = { .owner = DEED_EMPTY };
		pthread_t thread;

		given.view = deed_inout_part(&shared, 4, 6);
		require(deed_new(&given.owner, 10) == 0);
		require(pthread_create(&thread, NULL, work, &given) == 0);
		require(pthread_join(thread, NULL) == 0);
		{
			DEED_BORROWED(r, &given.owner);
			require(deed_at(r, 9) == 3 && deed_len(r) == 50);
		}
		require(deed_at(given.view, 0) == i + 1);
		deed_end(&shared, &given.view);
		deed_drop(&given.owner);
	}
	deed_drop(&shared);
	return 0;
}
