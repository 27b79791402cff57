/* SPDX-License-Identifier: MIT
 *
 * tests/cases/ar.c - arenas: what ends together, and what need not be ended.
 */
#include "case.h"
#include "deed/arena.h"

/* Cleared ten times, and filled with ten thousand points each time. */
CLEAN(AR13)
{
	struct point {
		int x, y, z;
	};
	struct deed_arena arena = DEED_ARENA_EMPTY;
	const struct point *last = NULL;

	for (int round = 0; round < 10; round++) {
		deed_arena_reset(&arena);
		for (int i = 0; i < 10000; i++) {
			struct point *const point = deed_arena_new(&arena, struct point, 1);

			CHECK(point);
			*point = (struct point){ round, i, 3 };
			last = point;
		}
		CHECK(last->x == round && last->y == 9999);
	}
	deed_arena_close(&arena);
}

/* What has a destructor, and is listed in an arena, is ended once for each round. */
CLEAN(AR15)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;

	for (int round = 0; round < 10; round++) {
		deed_i32 *const owners = deed_arena_new(&arena, deed_i32, 100);

		CHECK(owners);
		memset(owners, 0, 100 * sizeof *owners);
		for (int i = 0; i < 100; i++)
			make_counted(&owners[i], 10, round);
		for (int i = 0; i < 100; i++)
			deed_drop(&owners[i]);
		deed_arena_reset(&arena);
		CHECK(case_ended(round) == 100);
		case_forget_ends();
	}
	deed_arena_close(&arena);
}

/* Made, and ended empty. */
CLEAN(AR17)
{
	struct deed_arena zeroed = DEED_ARENA_EMPTY, opened = DEED_ARENA_EMPTY;

	CHECK(!deed_arena_open(&opened, NULL));
	deed_arena_reset(&opened);
	deed_arena_close(&opened);
	deed_arena_close(&zeroed);
}

/* One that is not the newest is given up; what came later stays. */
CLEAN(AR19)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_i32 reserved = DEED_EMPTY;
	int32_t *later;

	CHECK(deed_new_in(&reserved, &arena, 100) == 0);
	later = deed_arena_new(&arena, int32_t, 10);
	CHECK(later);
	for (int i = 0; i < 10; i++)
		later[i] = i;
	deed_drop(&reserved);
	CHECK(deed_arena_new(&arena, int32_t, 100));
	for (int i = 0; i < 10; i++)
		CHECK(later[i] == i);
	deed_arena_close(&arena);
}

/* An owner in an arena is dropped before the arena. */
CLEAN(AR21)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY;

	CHECK(deed_new_in(&a, &arena, 100) == 0);
	deed_move(&b, &a);
	WRITE(&b, 99, 7);
	CHECK(READ(&b, 99) == 7);
	deed_drop(&b);
	deed_arena_close(&arena);
}
