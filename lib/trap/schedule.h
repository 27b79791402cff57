/* SPDX-License-Identifier: MIT
 *
 * lib/trap/schedule.h - an order of parts that is drawn from a seed: schedule=SEED.
 */
#ifndef DEED_SCHEDULE_H
#define DEED_SCHEDULE_H

#include "../base.h"

struct deed_schedule {
	uint64_t seed;
	uint64_t parts;
	unsigned half_bits;
};

struct deed_schedule deed_schedule(uint32_t seed, size_t parts);

/* deed_schedule_part - which part comes at `place`, both below the number of parts: each comes
 * once. deed_schedule_worker - who is said to work on it: below `workers`. */
size_t deed_schedule_part(const struct deed_schedule *schedule, size_t place);
unsigned deed_schedule_worker(const struct deed_schedule *schedule, size_t part, unsigned workers);

#endif
