/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/columns_apart.c - two threads write two columns of one struct of arrays at once, and
 * both read a third.
 * options: tsan=1
 */
#include "race.h"

#include "deed/soa.h"

#define POINT(FIELD) FIELD(uint32_t, x) FIELD(uint32_t, y) FIELD(uint32_t, step)
DEED_SOA(points, POINT);

static points shared;

enum { ROWS = 1000, ROUNDS = 300 };

static void *write_x(void *unused)
{
	for (int round = 0; round < ROUNDS; round++) {
		DEED_SOA_INOUT(x, &shared, x);
		DEED_SOA_BORROWED(step, &shared, step);

		for (size_t i = 0; i < ROWS; i++)
			deed_at(x, i) += deed_at(step, i);
	}
	return unused;
}

static void *write_y(void *unused)
{
	for (int round = 0; round < ROUNDS; round++) {
		DEED_SOA_INOUT(y, &shared, y);
		DEED_SOA_BORROWED(step, &shared, step);

		for (size_t i = 0; i < ROWS; i++)
			deed_at(y, i) += deed_at(step, i);
	}
	return unused;
}

int main(void)
{
	pthread_t other;

	require(deed_soa_new_zeroed(&shared, ROWS) == 0);
	for (size_t i = 0; i < ROWS; i++)
		deed_soa_set(&shared, i, { .step = 2 });
	require(pthread_create(&other, NULL, write_y, NULL) == 0);
	(void)write_x(NULL);
	require(pthread_join(other, NULL) == 0);
	require(deed_soa_get(&shared, ROWS - 1).x == 2 * ROUNDS);
	require(deed_soa_get(&shared, 0).y == 2 * ROUNDS);
	deed_soa_drop(&shared);
	return 0;
}
