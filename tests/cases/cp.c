/* SPDX-License-Identifier: MIT
 *
 * tests/cases/cp.c - handles copied bit by bit.
 */
#include "case.h"

/* Each round copies the bits; one arm moves the original away; the copy is used afterwards. */
TRAP(CP01, E03)
{
	deed_i32 a = DEED_EMPTY, kept = DEED_EMPTY, t;

	MAKE(&a, 100);
	for (int i = 0; i < 2; i++) {
		memcpy(&t, &a, sizeof t);
		if (condition(i == 1))
			deed_move(&kept, &a);
		if (i == 1)
			HERE;
		(void)READ(&t, 0);
	}
	deed_drop(&kept);
}

/* A dead handle is copied into a struct, which another file's function gets by value and drops. */
TRAP(CP05, E05)
{
	struct other_parcel parcel = { .number = 1 };
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	deed_drop(&a);
	memcpy(&parcel.buffer, &a, sizeof a);
	other_drop_parcel(parcel);
}

/* A second owner out of the bits of the first: they work side by side until both are dropped. */
TRAP(CP07, E05)
{
	deed_i32 a = DEED_EMPTY, b;

	MAKE(&a, 100);
	memcpy(&b, &a, sizeof b);
	WRITE(&a, 0, 5);
	CHECK(READ(&b, 0) == 5);
	deed_drop(&b);
	HERE;
	deed_drop(&a);
}

/* The same with pinned handles: the first use of the copy is found. */
TRAP(CP07b, E16)
{
	deed_i32 a = DEED_EMPTY, b;

	MAKE(&a, 100);
	memcpy(&b, &a, sizeof b);
	WRITE(&a, 0, 5);
	HERE;
	(void)READ(&b, 0);
	deed_drop(&a);
}

/* A second owner out of the address of the first one's elements. */
TRAP(CP07c, E18)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY;
	int32_t *address;

	MAKE(&a, 100);
	{
		DEED_INOUT(m, &a);
		address = deed_data(m);
	}
	HERE;
	CHECK(deed_adopt(&b, address, 100, NULL, NULL) == -EPERM);
	WRITE(&a, 0, 5);
	deed_settle(&b);
	deed_drop(&a);
}

/* The bits go to a new variable and the old one is forgotten: a relocation by hand. */
CLEAN(CP15)
{
	deed_i32 a = DEED_EMPTY, b;

	MAKE(&a, 100);
	memcpy(&b, &a, sizeof b);
	WRITE(&b, 0, 5);
	CHECK(READ(&b, 0) == 5);
	deed_drop(&b);
}
