/* SPDX-License-Identifier: MIT
 *
 * tests/cases/uf.c - use after drop, and what may still be asked of a dead handle.
 *
 * Where other systems have weak references, deed has copies of a handle's bits: they own
 * nothing once the original is gone, and deed_owns() says so.
 */
#include "case.h"

/* Filled, dropped, read. */
TRAP(UF01, E04)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		DEED_INOUT(v, &a);
		deed_fill(v, 5);
	}
	deed_drop(&a);
	HERE;
	(void)READ(&a, 0);
}

/* Dropped here, read by a function of another file through the variable's address. */
TRAP(UF03, E04)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	deed_drop(&a);
	(void)other_read(&a);
}

OWN_FRAME static void drop_deep(deed_i32 *a, int depth)
{
	if (depth > 0)
		drop_deep(a, depth - 1);
	else
		deed_drop(a);
	NOT_A_TAIL_CALL;
}

/* The drop is two hundred calls deep, deeper than what is kept of a stack. */
TRAP(UF05, E04)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	drop_deep(&a, 200);
	HERE;
	(void)READ(&a, 5);
}

/* A write, a drop, a write: the second is one too many. */
TRAP(UF07, E04)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	WRITE(&a, 0, 1);
	deed_drop(&a);
	HERE;
	WRITE(&a, 0, 2);
}

/* A dropped buffer of one byte is resized to the length that it had. */
TRAP(UF09, E04)
{
	deed_u8 a = DEED_EMPTY;

	MAKE(&a, 1);
	deed_drop(&a);
	HERE;
	CHECK(deed_resize(&a, 1) == -EPERM);
}

OWN_FRAME static void make_in_one(deed_i32 *a)
{
	MAKE(a, 100);
	NOT_A_TAIL_CALL;
}

OWN_FRAME static void drop_in_two(deed_i32 *a)
{
	deed_drop(a);
	NOT_A_TAIL_CALL;
}

OWN_FRAME static void write_in_three(deed_i32 *a)
{
	HERE;
	WRITE(a, 0, 1);
	NOT_A_TAIL_CALL;
}

/* Made, dropped and written in three functions. */
TRAP(UF11, E04)
{
	deed_i32 a = DEED_EMPTY;

	make_in_one(&a);
	drop_in_two(&a);
	write_in_three(&a);
}

/* A copy of the handle reads as long as the buffer lives, and once more. */
TRAP(UF13, E04)
{
	deed_i32 a = DEED_EMPTY, w;

	MAKE(&a, 100);
	memcpy(&w, &a, sizeof w);
	CHECK(READ(&w, 0) == 0);
	deed_drop(&a);
	HERE;
	(void)READ(&w, 0);
}

struct member {
	int number;
	deed_i32 buffer;
};

static void drop_it(deed_i32 *a)
{
	deed_drop(a);
}

static deed_i32 *same(deed_i32 *a)
{
	return a;
}

/* Thirteen ways from a drop to an access. */
TRAP(UF15, E04)
{
	struct member s = { 0 };
	deed_i32 *const a = &s.buffer, *const *const far = &a, copy, target = DEED_EMPTY;
	deed_i32_borrowed late = { { 0 } };

	MAKE(a, 100);
	memcpy(&copy, a, sizeof copy);
	if (shape % 2)
		drop_it(a);
	else
		deed_drop(a);
	switch (shape) {
	case 0: /* the struct's member, read */
		HERE;
		(void)READ(&s.buffer, 3);
		break;
	case 1: /* the member, written */
		HERE;
		WRITE(&s.buffer, 3, 1);
		break;
	case 2: /* through an alias of the variable */
		HERE;
		(void)READ(a, 3);
		break;
	case 3: /* through a copy of the handle, read */
		HERE;
		(void)READ(&copy, 3);
		break;
	case 4: /* the copy, written */
		HERE;
		WRITE(&copy, 3, 1);
		break;
	case 5: /* a loop */
		for (size_t i = 0; i < 10; i++) {
			if (i == 0)
				HERE;
			(void)READ(a, i);
		}
		break;
	case 6: /* behind a pointer to the pointer */
		HERE;
		(void)READ(*far, 3);
		break;
	case 7: /* through what a function returns */
		HERE;
		WRITE(same(a), 3, 1);
		break;
	case 8: /* all of it, lent and summed */
		HERE;
		late = deed_borrow(a);
		(void)total_of(late);
		deed_end(a, &late);
		break;
	case 9: /* a part of it */
		HERE;
		late = deed_borrow_part(a, 10, 20);
		(void)total_of(late);
		deed_end(a, &late);
		break;
	case 10: { /* a guard's block */
		HERE;
		DEED_INOUT(v, a);
		add_one(v);
		break;
	}
	case 11: /* a move */
		HERE;
		deed_move(&target, a);
		break;
	default: /* a copy of the elements */
		HERE;
		CHECK(deed_clone(&target, a) == -EPERM);
		break;
	}
}

/* Five hundred random makes and drops over a table, then a write to one that is gone. */
TRAP(UF19, E04)
{
	enum { SLOTS = 2000 };
	static deed_i32 table[SLOTS];
	uint32_t random = 12345;

	for (int step = 0; step < 500; step++) {
		random = random * 1664525 + 1013904223;
		deed_i32 *const slot = &table[(random >> 8) % SLOTS];

		if (deed_owns(slot))
			deed_drop(slot);
		else
			MAKE(slot, random >> 25);
	}
	if (!deed_owns(&table[7]))
		MAKE(&table[7], 100);
	deed_drop(&table[7]);
	HERE;
	WRITE(&table[7], 0, 1);
	for (int i = 0; i < SLOTS; i++)
		deed_settle(&table[i]);
}

/* A write into the second of two dropped buffers, which would poison a free list. */
TRAP(UF21, E04)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY, c = DEED_EMPTY, d = DEED_EMPTY;

	MAKE(&a, 100);
	MAKE(&b, 100);
	deed_drop(&a);
	deed_drop(&b);
	HERE;
	WRITE(&b, 0, 0x41414141);
	MAKE(&c, 100);
	MAKE(&d, 100);
	CHECK(READ(&c, 0) == 0 && READ(&d, 0) == 0);
	deed_drop(&c);
	deed_drop(&d);
}

/* One past the end of a dropped buffer: the drop is the story, not the end. */
TRAP(UF23, E04)
{
	deed_u8 a = DEED_EMPTY;
	deed_u8_borrowed late;

	MAKE(&a, 1);
	deed_drop(&a);
	HERE;
	late = deed_borrow_part(&a, 1, 2);
	deed_end(&a, &late);
}

/* A weak handle may ask whether its buffer still lives. */
CLEAN(UF25)
{
	deed_i32 a = DEED_EMPTY, w;

	MAKE(&a, 100);
	memcpy(&w, &a, sizeof w);
	CHECK(deed_owns(&w));
	deed_drop(&a);
	CHECK(!deed_owns(&w) && !deed_owns(&a));
}

/* Random makes and drops beside a model of them: weak handles always agree with the model. */
CLEAN(UF27)
{
	enum { SLOTS = 32, STEPS = 1000, WEAK = 256 };
	static deed_i32 owner[SLOTS], weak[WEAK];
	int weak_of[WEAK], round_of[WEAK], round[SLOTS] = { 0 }, weak_count = 0;
	uint32_t random = 99;

	for (int step = 0; step < STEPS; step++) {
		random = random * 1664525 + 1013904223;
		const int i = (int)(random >> 16) % SLOTS, at = weak_count++ % WEAK;

		if (deed_owns(&owner[i])) {
			deed_drop(&owner[i]);
			round[i]++;
		} else {
			MAKE(&owner[i], 1 + (size_t)i);
		}
		memcpy(&weak[at], &owner[i], sizeof weak[at]);
		weak_of[at] = i;
		round_of[at] = deed_owns(&owner[i]) ? round[i] : -1;
		for (int j = 0; j < weak_count && j < WEAK; j++)
			CHECK(deed_owns(&weak[j]) == (round_of[j] == round[weak_of[j]]));
	}
	for (int i = 0; i < SLOTS; i++)
		deed_settle(&owner[i]);
}

static void scribble_and_free(void *data, size_t bytes, void *context)
{
	(void)context;
	memset(data, 0xee, bytes);
	free(data);
}

/* A resize hands the old memory to a deleter that scribbles over it: the new memory is safe. */
CLEAN(UF29)
{
	int32_t *const old = calloc(100, sizeof *old);
	deed_i32 a = DEED_EMPTY;

	CHECK(old && deed_adopt(&a, old, 100, scribble_and_free, NULL) == 0);
	WRITE(&a, 0, 42);
	CHECK(deed_resize(&a, 200) == 0);
	CHECK(READ(&a, 0) == 42);
	deed_drop(&a);
}

/* Eight bytes, gone, and eight bytes again. */
CLEAN(UF31)
{
	deed_u8 a = DEED_EMPTY, b = DEED_EMPTY;

	MAKE(&a, 8);
	deed_drop(&a);
	MAKE(&b, 8);
	deed_drop(&b);
}

/* What may be asked of a dropped handle: whether it owns. */
CLEAN(UF33)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	CHECK(deed_owns(&a));
	deed_drop(&a);
	CHECK(!deed_owns(&a));
	deed_settle(&a);
}
