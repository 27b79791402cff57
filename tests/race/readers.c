/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/readers.c - many threads read one buffer, through one view and through their own.
 */
#include "race.h"

static deed_i32 shared;
static deed_i32_borrowed view;

static void *read_all(void *unused)
{
	long sum = 0;

	(void)unused;
	for (int round = 0; round < 200; round++) {
		DEED_BORROWED(mine, &shared);
		DEED_BORROWED_PART(part, &view, 10, 20);

		for (size_t i = 0; i < 100; i++)
			sum += deed_at(view, i) + deed_at(mine, i);
		sum += deed_data(part)[0];
	}
	require(sum == 200 * (2 * 4950 + 10));
	return NULL;
}

int main(void)
{
	pthread_t thread[4];

	require(deed_new(&shared, 100) == 0);
	{
		DEED_INOUT(v, &shared);
		for (int i = 0; i < 100; i++)
			deed_at(v, (size_t)i) = i;
	}
	view = deed_borrow(&shared);
	for (size_t i = 0; i < 4; i++)
		require(pthread_create(&thread[i], NULL, read_all, NULL) == 0);
	for (size_t i = 0; i < 4; i++)
		require(pthread_join(thread[i], NULL) == 0);
	deed_end(&shared, &view);
	deed_drop(&shared);
	return 0;
}
