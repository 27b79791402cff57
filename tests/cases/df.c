/* SPDX-License-Identifier: MIT
 *
 * tests/cases/df.c - double drops, and drops that only look like them.
 */
#include "case.h"

/* The same handle dropped twice. */
TRAP(DF01, E05)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	deed_drop(&a);
	HERE;
	deed_drop(&a);
}

/* Dropped here, then by a function of another file that was given the variable's address. */
TRAP(DF03, E05)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	deed_drop(&a);
	other_drop(&a);
}

/* The last round of a loop drops; so does the line after the loop. */
TRAP(DF05, E05)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	for (size_t i = 0; i < 10; i++) {
		WRITE(&a, i, (int32_t)i);
		if (i == 9)
			deed_drop(&a);
	}
	HERE;
	deed_drop(&a);
}

/* A branch that is always taken drops; so does the line after it. */
TRAP(DF07, E05)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	if (condition(1))
		deed_drop(&a);
	HERE;
	deed_drop(&a);
}

/* The error path of a second allocation cleans up and then falls into the common clean-up. */
TRAP(DF09, E05)
{
	deed_i32 p = DEED_EMPTY, q = DEED_EMPTY;

	MAKE(&p, 100);
	if (deed_new(&q, SIZE_MAX) != 0)
		deed_drop(&p); /* and no return */
	deed_drop(&q);	       /* never owned: nothing to drop */
	HERE;
	deed_drop(&p);
}

/* Another drop comes between the two. */
TRAP(DF11, E05)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY;

	MAKE(&a, 100);
	MAKE(&b, 100);
	deed_drop(&a);
	deed_drop(&b);
	HERE;
	deed_drop(&a);
}

/* A new buffer, perhaps at the old address, lives when the old one is dropped again: the report
 * is about the old one, and the new one stays whole. */
TRAP(DF13, E05)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY;

	MAKE(&a, 100);
	deed_drop(&a);
	MAKE(&b, 100);
	ABOUT(a);
	HERE;
	deed_drop(&a);
	WRITE(&b, 99, 7);
	CHECK(deed_owns(&b) && READ(&b, 99) == 7);
	deed_drop(&b);
}

/* After a double drop no two new buffers share memory. */
TRAP(DF15, E05)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY, made[3] = { 0 };

	MAKE(&a, 100);
	MAKE(&b, 100);
	deed_drop(&a);
	deed_drop(&b);
	HERE;
	deed_drop(&a);
	for (int i = 0; i < 3; i++) {
		MAKE(&made[i], 100);
		WRITE(&made[i], 0, i);
		WRITE(&made[i], 99, i);
	}
	for (int i = 0; i < 3; i++) {
		CHECK(READ(&made[i], 0) == i && READ(&made[i], 99) == i);
		deed_drop(&made[i]);
	}
}

DEED_UNCHECKED static void *drop_twice(void *count)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, *(const size_t *)count);
	deed_drop(&a);
	HERE;
	deed_drop(&a);
	return NULL;
}

/* Small and large, on the main thread and on a fresh one. */
TRAP(DF17, E05)
{
	size_t count = shape & 1 ? (size_t)1 << 20 : 1;
	pthread_t thread;

	if (shape < 2) {
		drop_twice(&count);
		return;
	}
	CHECK(pthread_create(&thread, NULL, drop_twice, &count) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
}

DEED_UNCHECKED OWN_FRAME static void ddd(deed_i32 *x)
{
	deed_drop(x);
	HERE;
	deed_drop(x);
	NOT_A_TAIL_CALL;
}

OWN_FRAME static void ccc(deed_i32 *x)
{
	ddd(x);
	NOT_A_TAIL_CALL;
}

OWN_FRAME static void bbb(deed_i32 *x)
{
	ccc(x);
	NOT_A_TAIL_CALL;
}

OWN_FRAME static void aaa(deed_i32 *x)
{
	bbb(x);
	NOT_A_TAIL_CALL;
}

/* Both drops are four calls deep, and the report shows the calls of both. */
TRAP(DF19, E05)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	aaa(&a);
}

/* A loop drops in every round, and the line after it drops: two rounds, or one and the line. */
TRAP(DF21, E05)
{
	deed_i32 p = DEED_EMPTY;

	MAKE(&p, 100);
	for (int i = 0; condition(i < 2 - shape); i++) {
		if (i == 1)
			HERE;
		deed_drop(&p);
	}
	if (shape == 1)
		HERE;
	deed_drop(&p);
}

/* The neighbours of a buffer that is dropped twice live on, and end as they should. */
TRAP(DF23, E05)
{
	deed_i32 row[5] = { 0 };

	for (int i = 0; i < 5; i++) {
		MAKE(&row[i], 100);
		WRITE(&row[i], 50, i);
	}
	deed_drop(&row[2]);
	HERE;
	deed_drop(&row[2]);
	for (int i = 0; i < 5; i++) {
		if (i == 2)
			continue;
		CHECK(READ(&row[i], 50) == i);
		deed_drop(&row[i]);
		CHECK(!deed_owns(&row[i]));
	}
}

/* Dropped, the handle emptied by hand, dropped again: the second drop has nothing to do. */
DEED_UNCHECKED CLEAN(DF25)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	deed_drop(&a);
	a = (deed_i32)DEED_EMPTY;
	deed_drop(&a);
}

static void fill_in(deed_i32 *ret)
{
	MAKE(ret, 100);
}

/* An owner that may be empty: dropped if it owns, else filled by a callee and dropped. */
CLEAN(DF27)
{
	for (int c = 0; c < 2; c++) {
		deed_i32 p = DEED_EMPTY;

		if (condition(c))
			MAKE(&p, 100);
		if (deed_owns(&p)) {
			deed_drop(&p);
		} else {
			fill_in(&p);
			deed_drop(&p);
		}
	}
}

static void drop_if(deed_i32 *a, int flag)
{
	if (condition(flag))
		deed_drop(a);
}

static void drop_behind(deed_i32 **a)
{
	deed_drop(*a);
}

/* One of twelve ways to have two drops in the code, of which one runs. */
DEED_UNCHECKED static void drop_once(deed_i32 *a, int way)
{
	deed_i32 *alias = a;
	int dropped = 0;

	switch (way) {
	case 0: /* the first of two branches */
	case 1: /* the second of them */
		if (condition(way))
			deed_drop(a);
		else
			deed_drop(a);
		break;
	case 2: /* a loop that drops in a round that never comes */
		for (int i = 0; i < 10; i++)
			if (i == 10)
				deed_drop(a);
		deed_drop(a);
		break;
	case 3: /* a loop that drops in its last round */
		for (int i = 0; i < 10; i++)
			if (i == 9)
				deed_drop(a);
		break;
	case 4: /* a loop that stops at the drop */
		while (condition(1)) {
			deed_drop(a);
			break;
		}
		break;
	case 5: /* a flag, looked at by both */
		if (condition(1)) {
			deed_drop(a);
			dropped = 1;
		}
		if (!dropped)
			deed_drop(a);
		break;
	case 6: /* the callee's branch not taken */
		drop_if(a, 0);
		deed_drop(a);
		break;
	case 7: /* the callee's branch taken */
		drop_if(a, 1);
		break;
	case 8: /* through an alias of the variable, after asking */
		deed_drop(alias);
		if (deed_owns(a))
			deed_drop(a);
		break;
	case 9: /* behind a pointer to the pointer */
		drop_behind(&alias);
		break;
	case 10: /* a drop and a settle */
		deed_drop(a);
		deed_settle(a);
		break;
	default: /* a jump over the second drop */
		deed_drop(a);
		if (condition(1))
			goto out;
		deed_drop(a);
	out:
		break;
	}
}

/* Twelve near misses. */
CLEAN(DF29)
{
	for (int way = 0; way < 12; way++) {
		deed_i32 a = DEED_EMPTY;

		case_forget_ends();
		make_counted(&a, 10, way);
		drop_once(&a, way);
		CHECK(case_ended(way) == 1);
	}
}

/* Many buffers at once, dropped in the order in which they were made. */
CLEAN(DF31)
{
	enum { COUNT = 513 };
	static deed_u64 many[COUNT];

	for (int i = 0; i < COUNT; i++)
		MAKE(&many[i], 1);
	for (int i = 0; i < COUNT; i++)
		deed_drop(&many[i]);
}

/* One variable makes and drops again and again: its bits are never the same twice. */
CLEAN(DF33)
{
	enum { ROUNDS = 64 };
	deed_i32 seen[ROUNDS], a = DEED_EMPTY;

	for (int i = 0; i < ROUNDS; i++) {
		MAKE(&a, 1);
		memcpy(&seen[i], &a, sizeof a);
		for (int j = 0; j < i; j++)
			CHECK(memcmp(&seen[j], &a, sizeof a) != 0 && !deed_owns(&seen[j]));
		deed_drop(&a);
	}
}

/* An array of owners of which the k-th cannot be made, for every k: the earlier ones end once. */
CLEAN(DF35)
{
	enum { COUNT = 5 };

	for (int k = 0; k <= COUNT; k++) {
		deed_i32 array[COUNT] = { 0 };
		int made = 0;

		case_forget_ends();
		for (; made < COUNT; made++) {
			if (made == k && deed_new(&array[made], SIZE_MAX) != 0)
				break;
			make_counted(&array[made], 10, made);
		}
		for (int i = 0; i < COUNT; i++)
			deed_settle(&array[i]);
		for (int i = 0; i < COUNT; i++)
			CHECK(case_ended(i) == (i < k));
	}
}
