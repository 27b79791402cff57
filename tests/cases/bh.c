/* SPDX-License-Identifier: MIT
 *
 * tests/cases/bh.c - handles that name nothing, or belong elsewhere.
 *
 * A handle is forged through its members, which no program may do: that is the crime.
 */
#include "case.h"

static deed_i32 forged(void *bits, size_t len)
{
	deed_i32 handle = DEED_EMPTY;

	handle.h.own = bits;
	handle.h.len = len;
	return handle;
}

/* A handle whose bits are 1. */
TRAP(BH01, E18)
{
	deed_i32 a = forged((void *)(uintptr_t)1, 1);

	HERE;
	deed_drop(&a);
}

/* The address of a stack array, of alloca's memory, of a static array, in the place of a handle. */
TRAP(BH03, E18)
{
	static int32_t fixed[100];
	int32_t local[100] = { 0 };
	void *const places[] = { local, __builtin_alloca(sizeof local), fixed };
	deed_i32 a = forged(places[shape], 100);

	HERE;
	deed_drop(&a);
}

/* The address of an element in the middle of a buffer. */
TRAP(BH05, E18)
{
	deed_i32 a = DEED_EMPTY, inside;

	MAKE(&a, 100);
	{
		DEED_INOUT(m, &a);
		inside = forged(&deed_at(m, 8), 92);
	}
	HERE;
	deed_drop(&inside);
	deed_drop(&a);
}

/* An address where nothing is. */
TRAP(BH07, E18)
{
	deed_i32 a = forged((void *)(uintptr_t)0x7f0123456780, 100);

	HERE;
	deed_drop(&a);
}

/* A header as an allocator would write it, on the stack, and a handle to what follows it. */
TRAP(BH09, E18)
{
	uint64_t block[16] __attribute__((aligned(16))) = { 0, sizeof block | 1, 0, 0 };
	deed_i32 a = forged(&block[2], 28);

	HERE;
	deed_drop(&a);
	CHECK(block[1] == (sizeof block | 1));
}

/* A loan is given back to an owner that it was not taken from, and then to the right one. */
TRAP(BH11, E18)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY;
	deed_i32_borrowed view;

	MAKE(&a, 100);
	MAKE(&b, 100);
	view = deed_borrow(&a);
	HERE;
	deed_end(&b, &view);
	CHECK(deed_at(view, 0) == 0);
	deed_end(&a, &view);
	deed_drop(&a);
	deed_drop(&b);
}

/* A handle made of one half of one buffer's handle and the other half of another's. */
TRAP(BH13, E18)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY, mixed;

	MAKE(&a, 100);
	MAKE(&b, 50);
	mixed = forged(a.h.own, b.h.len);
	HERE;
	(void)READ(&mixed, 0);
	deed_drop(&a);
	deed_drop(&b);
}

/* The address of a buffer's second element, resized. */
TRAP(BH15, E18)
{
	deed_i32 a = DEED_EMPTY, inside;

	MAKE(&a, 100);
	{
		DEED_INOUT(m, &a);
		inside = forged(&deed_at(m, 1), 99);
	}
	HERE;
	CHECK(deed_resize(&inside, 200) == -EPERM);
	deed_drop(&a);
}

/* The length of a dropped buffer. */
TRAP(BH17, E04)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	deed_drop(&a);
	HERE;
	(void)deed_len(a);
}

/* A buffer could not be made, nobody looked, and it is used. */
TRAP(BH19, E01)
{
	deed_i32 a = DEED_EMPTY;

	CHECK(deed_new(&a, SIZE_MAX) == -EOVERFLOW);
	HERE;
	WRITE(&a, 0, 1);
	CHECK(!deed_owns(&a));
}

/* What could not be made may be dropped, and its variable makes again. */
CLEAN(BH23)
{
	deed_i32 a = DEED_EMPTY;

	CHECK(deed_new(&a, SIZE_MAX / 2) == -EOVERFLOW);
	deed_drop(&a);
	MAKE(&a, 100);
	deed_drop(&a);
}
