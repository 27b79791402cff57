/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/stress.c - every verb on several threads at once, conflicts and other faults included.
 *
 * The program touches no element that it shares. So what ThreadSanitizer finds here, in a
 * build that lets it see into the ledger (LEDGER=seen), is a race of the ledger itself.
 */
#include "race.h"

enum { THREADS = 4, ROUNDS = 3000 };

static deed_i32 shared;
static int raw[64];
static atomic_size_t faults;

static void count(const struct deed_report *report, void *context)
{
	(void)context;
	require(report->text_bytes > 0 && report->site_count > 0);
	atomic_fetch_add(&faults, 1);
}

static uint32_t next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void lend_raw(uint32_t random)
{
	if (random & 1) {
		DEED_LEND(v, raw + random % 32, 1 + random / 64 % 32);
		(void)v;
	} else {
		DEED_LEND_CONST(v, raw + random % 32, 1 + random / 64 % 32);
		(void)v;
	}
}

static void lend_shared(uint32_t random)
{
	const size_t lo = random % 60, hi = lo + 1 + random / 64 % 4;

	switch (random / 1024 % 6) {
	case 0: {
		DEED_BORROWED(r, &shared);
		(void)r;
		break;
	}
	case 1: {
		DEED_INOUT(v, &shared);
		(void)v;
		break;
	}
	case 2: {
		DEED_INOUT_PART(v, &shared, lo, hi);
		DEED_BORROWED(r, &v);
		(void)r;
		break;
	}
	case 3: {
		DEED_BORROWED_PART(r, &shared, lo, hi);
		(void)deed_data(r);
		break;
	}
	case 4: {
		DEED_TILE_INOUT(t, &shared, 8, random % 4, random % 7, 3, 1);
		(void)t;
		break;
	}
	default: {
		deed_i32_inout v = deed_inout_part(&shared, lo, hi), left, right;

		deed_split(&v, 1, &left, &right);
		deed_end(&v, &left);
		deed_end(&shared, &v);
		break;
	}
	}
}

DEED_UNCHECKED static void own(uint32_t random, deed_i32 *xs, deed_i32 *ys)
{
	int elements[8];

	if (!deed_owns(xs)) {
		if (random & 1)
			require(deed_new(xs, 1 + random % 100) == 0);
		else
			require(deed_new_aligned(xs, 1 + random % 100, 64) == 0);
	} else if (random % 5 == 0) {
		require(deed_resize(xs, 1 + random % 100) == 0);
	} else if (random % 5 == 1) {
		deed_settle(ys);
		require(deed_clone(ys, xs) == 0);
	} else if (random % 5 == 2) {
		deed_drop(xs);
		if (random % 64 == 2)
			deed_drop(xs);
	} else if (random % 5 == 3) {
		deed_swap(xs, ys);
	} else {
		deed_i32 zs = DEED_EMPTY;

		require(deed_adopt(&zs, elements, 8, NULL, NULL) == 0);
		deed_drop(&zs);
		(void)deed_stats();
	}
}

static void *stress(void *argument)
{
	uint32_t state = (uint32_t)(uintptr_t)argument * 2654435761u + 1;
	deed_i32 xs = DEED_EMPTY, ys = DEED_EMPTY;

	for (int round = 0; round < ROUNDS; round++) {
		const uint32_t random = next(&state) >> 4;

		if (random % 4 == 0)
			lend_raw(random / 4);
		else if (random % 4 == 1)
			lend_shared(random / 4);
		else
			own(random / 4, &xs, &ys);
	}
	deed_settle(&xs);
	deed_settle(&ys);
	return NULL;
}

int main(void)
{
	pthread_t thread[THREADS];

	deed_on_fault(count, NULL);
	require(deed_new_zeroed(&shared, 64) == 0);
	for (uintptr_t i = 0; i < THREADS; i++)
		require(pthread_create(&thread[i], NULL, stress, (void *)i) == 0);
	for (size_t i = 0; i < THREADS; i++)
		require(pthread_join(thread[i], NULL) == 0);
	require(deed_stats().live_loans == 0);
	deed_drop(&shared);
	require(deed_stats().live_buffers == 0);
	deed_on_fault(NULL, NULL);
	return 0;
}
