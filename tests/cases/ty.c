/* SPDX-License-Identifier: MIT
 *
 * tests/cases/ty.c - a buffer of one element type under a handle of another.
 *
 * C's types keep families apart, so that the only way there is a copy of the handle's bits
 * into a handle of another family. What is dropped claims an element size by its type.
 */
#include "case.h"

struct three {
	uint64_t words[3];
};

struct five_words {
	uint64_t words[5];
};

struct thirty_two {
	unsigned char bytes[32];
};

DEED_DEFINE(threes, struct three);
DEED_DEFINE(fives, struct five_words);
DEED_DEFINE(thirty_twos, struct thirty_two);

/* The same bits as a handle of another family. */
#define REUSE(to, from) memcpy((to), (from), sizeof *(to))

/* One byte, dropped as one element of two. */
TRAP(TY01, E22)
{
	deed_u8 a = DEED_EMPTY;
	deed_u16 claim;

	MAKE(&a, 1);
	REUSE(&claim, &a);
	HERE;
	deed_drop(&claim);
	deed_drop(&a);
}

/* One byte, resized as if it were one element of two. */
TRAP(TY03, E22)
{
	deed_u8 a = DEED_EMPTY;
	deed_u16 claim;

	MAKE(&a, 1);
	REUSE(&claim, &a);
	HERE;
	CHECK(deed_resize(&claim, 2) == -EPERM);
	deed_drop(&a);
}

/* One byte, dropped as a struct of thirty-two. */
TRAP(TY05, E22)
{
	deed_u8 a = DEED_EMPTY;
	thirty_twos claim;

	MAKE(&a, 1);
	REUSE(&claim, &a);
	HERE;
	deed_drop(&claim);
	deed_drop(&a);
}

/* Dropped as elements of another size: the message names both sizes. */
TRAP(TY07, E22)
{
	fives a = DEED_EMPTY;
	threes claim;

	MAKE(&a, 10);
	REUSE(&claim, &a);
	SAYS("40");
	SAYS("24");
	HERE;
	deed_drop(&claim);
	deed_drop(&a);
}

/* Dropped as another number of elements: the message names both numbers. */
TRAP(TY07b, E18)
{
	deed_i32 a = DEED_EMPTY, claim;

	MAKE(&a, 1234);
	REUSE(&claim, &a);
	claim.h.len = 567;
	SAYS("1234");
	SAYS("567");
	HERE;
	deed_drop(&claim);
	deed_drop(&a);
}

/* Eight bytes, enough for a pointer, written as the struct of twenty-four that it points to. */
TRAP(TY09, E22)
{
	const struct three value = { { 1, 2, 3 } };
	deed_u64 a = DEED_EMPTY;
	threes claim;

	MAKE(&a, 1);
	REUSE(&claim, &a);
	HERE;
	WRITE(&claim, 0, value);
	CHECK(READ(&a, 0) == 0);
	deed_drop(&a);
}

/* One short, read as an int. */
TRAP(TY11, E22)
{
	deed_i16 a = DEED_EMPTY;
	deed_i32 claim;

	MAKE(&a, 1);
	REUSE(&claim, &a);
	HERE;
	(void)READ(&claim, 0);
	deed_drop(&a);
}

/* Forty-two bytes, used as ints: ten and a half. */
TRAP(TY13, E22)
{
	deed_u8 a = DEED_EMPTY;
	deed_i32 claim;
	deed_i32_inout ints;

	MAKE(&a, 42);
	REUSE(&claim, &a);
	HERE;
	ints = deed_inout(&claim);
	deed_end(&claim, &ints);
	deed_drop(&a);
}

/* Static data, dropped as if deed had made it. */
TRAP(TY15, E18)
{
	static const int32_t table[3] = { 1, 2, 3 };
	deed_i32 a = DEED_EMPTY;

	CHECK(deed_static(&a, table, 3) == 0);
	CHECK(READ(&a, 2) == 3);
	HERE;
	deed_drop(&a);
}

/* Forty-two bytes of malloc's as twenty-one shorts. */
CLEAN(TY17)
{
	deed_i16 a = DEED_EMPTY;
	void *const bytes = malloc(42);

	CHECK(bytes && deed_adopt(&a, bytes, 21, NULL, NULL) == 0);
	WRITE(&a, 20, 5);
	CHECK(deed_len(a) == 21 && READ(&a, 20) == 5);
	free(deed_release(&a));
}

/* A buffer of words seen as its bytes, for reading and for writing. */
CLEAN(TY19)
{
	deed_u64 a = DEED_EMPTY;

	MAKE(&a, 3);
	{
		DEED_INOUT(m, &a);
		const deed_u8_inout bytes = deed_bytes(m);

		CHECK(deed_len(bytes) == 24);
		deed_fill(bytes, 0x11);
		CHECK(deed_at(m, 2) == 0x1111111111111111u);
		CHECK(deed_at(deed_bytes(deed_reading(m)), 23) == 0x11);
	}
	deed_drop(&a);
}
