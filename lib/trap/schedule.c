/* SPDX-License-Identifier: MIT
 *
 * lib/trap/schedule.c - an order of parts that is drawn from a seed.
 *
 * A permutation that takes no memory, however many parts there are: a Feistel network shuffles the
 * numbers below 4^h, the least such that is no less than the parts, because each of its rounds
 * can be undone; and a number that falls behind the last part is shuffled again until it does not.
 * That is a permutation of the parts, too: the cycle that a number is on is followed to the next
 * member that counts. As at least a quarter does, four steps are enough on average.
 *
 * The order depends on the seed and the number of parts alone: the same program with the same
 * seed has the same order in every run.
 */
#include "schedule.h"

#define ROUNDS 6

/* The finaliser of splitmix64: every bit of the result depends on every bit of `x`. */
static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

struct deed_schedule deed_schedule(uint32_t seed, size_t parts)
{
	struct deed_schedule schedule = { mix(mix(seed) ^ parts), parts, 1 };

	while ((uint64_t)1 << 2 * schedule.half_bits < parts)
		schedule.half_bits++;
	return schedule;
}

static uint64_t shuffle(const struct deed_schedule *schedule, uint64_t place)
{
	const uint64_t mask = ((uint64_t)1 << schedule->half_bits) - 1;
	uint64_t left = place >> schedule->half_bits, right = place & mask;

	for (uint64_t round = 0; round < ROUNDS; round++) {
		const uint64_t next = left ^ (mix(schedule->seed ^ round << 56 ^ right) & mask);

		left = right;
		right = next;
	}
	return left << schedule->half_bits | right;
}

size_t deed_schedule_part(const struct deed_schedule *schedule, size_t place)
{
	uint64_t part = place;

	do
		part = shuffle(schedule, part);
	while (part >= schedule->parts);
	return (size_t)part;
}

unsigned deed_schedule_worker(const struct deed_schedule *schedule, size_t part, unsigned workers)
{
	return (unsigned)(mix(~schedule->seed ^ part) % workers);
}
