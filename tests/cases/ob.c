/* SPDX-License-Identifier: MIT
 *
 * tests/cases/ob.c - indices, slices and splits, inside and outside.
 *
 * A fault that only raw pointers can commit is no case here: that needs guard pages or
 * AddressSanitizer.
 */
#include "case.h"

/* The index comes from input and is one too large. */
TRAP(OB01, E15)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 10);
	HERE;
	WRITE(&a, (size_t)condition(10), 1);
	deed_drop(&a);
}

/* A hundred elements are read of a source of fifty. */
TRAP(OB03, E15)
{
	deed_i8 source = DEED_EMPTY;
	int total = 0;

	MAKE(&source, 50);
	{
		DEED_BORROWED(b, &source);
		for (size_t i = 0; i < 100; i++) {
			if (i == 50)
				HERE;
			total += deed_at(b, i);
		}
	}
	CHECK(total == 0);
	deed_drop(&source);
}

/* A loop writes from eight elements before the first. */
TRAP(OB05, E15)
{
	deed_i8 target = DEED_EMPTY;

	MAKE(&target, 50);
	{
		DEED_INOUT(m, &target);
		for (size_t i = 0; i < 50; i++) {
			if (i == 0)
				HERE;
			deed_at(m, i - 8) = 'A';
		}
	}
	deed_drop(&target);
}

struct packed5 {
	char bytes[5];
};

DEED_DEFINE(packed5s, struct packed5);

/* Two elements of five bytes: the fourth is read, or written. */
TRAP(OB07, E15)
{
	const struct packed5 value = { "abcd" };
	packed5s a = DEED_EMPTY;

	MAKE(&a, 2);
	if (shape == 0) {
		HERE;
		(void)READ(&a, 3);
	} else {
		HERE;
		WRITE(&a, 3, value);
	}
	deed_drop(&a);
}

/* Ten bytes hold two integers and a half. The half is outside. */
TRAP(OB09, E15)
{
	int32_t *const bytes = calloc(10, 1);

	CHECK(bytes);
	{
		DEED_LEND(v, bytes, 10 / sizeof(int32_t));
		deed_at(v, 1) = 1;
		HERE;
		deed_at(v, 2) = 1;
	}
	free(bytes);
}

/* A member array of eleven inside a larger struct: its twelfth is the next member's first. */
TRAP(OB11, E15)
{
	deed_i32 s = DEED_EMPTY;

	MAKE(&s, 20);
	{
		DEED_INOUT_PART(member, &s, 0, 11);
		DEED_INOUT_PART(next, &s, 11, 20);
		deed_at(member, 10) = 1;
		HERE;
		deed_at(member, 11) = 1;
		CHECK(deed_at(next, 0) == 0);
	}
	deed_drop(&s);
}

/* One element; the third is read. */
TRAP(OB13, E15)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 1);
	HERE;
	(void)READ(&a, 2);
	deed_drop(&a);
}

/* A slice outside a container of two owners, which then both end, once each. */
TRAP(OB15, E15)
{
	handles two = DEED_EMPTY;
	handles_inout outside;

	MAKE(&two, 2);
	{
		DEED_INOUT(v, &two);
		make_counted(&deed_at(v, 0), 10, 0);
		make_counted(&deed_at(v, 1), 10, 1);
		HERE;
		outside = deed_slice(v, 3, 4);
		CHECK(deed_len(outside) == 0);
		deed_drop(&deed_at(v, 0));
		deed_drop(&deed_at(v, 1));
	}
	deed_drop(&two);
	CHECK(case_ended(0) == 1 && case_ended(1) == 1);
}

/* Ranges to drain that begin or end where nothing is, up to the largest index there is. */
TRAP(OB17, E15)
{
	static const size_t ranges[3][2] = { { 5, 6 }, { SIZE_MAX, 0 }, { 0, SIZE_MAX } };
	deed_i32 a = DEED_EMPTY;
	deed_i32_inout drained;

	MAKE(&a, 5);
	HERE;
	drained = deed_inout_part(&a, ranges[shape][0], ranges[shape][1]);
	deed_end(&a, &drained);
	deed_drop(&a);
}

/* One before the first. */
TRAP(OB19, E15)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	HERE;
	(void)READ(&a, (size_t)condition(0) - 1);
	deed_drop(&a);
}

/* An element of an empty slice, and of an empty loan, of a buffer that has three. */
TRAP(OB21, E15)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 3);
	if (shape == 0) {
		DEED_BORROWED(b, &a);
		HERE;
		(void)deed_at(deed_slice(b, 0, 0), 1);
	} else {
		DEED_BORROWED_PART(b, &a, 0, 0);
		HERE;
		(void)deed_at(b, 1);
	}
	deed_drop(&a);
}

/* The index is the length: read, and written. */
TRAP(OB23, E15)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 3);
	if (shape == 0) {
		DEED_BORROWED(b, &a);
		HERE;
		(void)deed_at(b, deed_len(b));
	} else {
		DEED_INOUT(m, &a);
		HERE;
		deed_at(m, deed_len(m)) = 1;
	}
	deed_drop(&a);
}

static size_t minus_one(void)
{
	return (size_t)condition(-1);
}

struct rgb {
	unsigned char red, green, blue;
};

DEED_DEFINE(rgbs, struct rgb);

/* Of one element type: written at a variable, read at a result, read by a loop that goes down. The
 * function is one line, so that HERE cannot say the next. */
#define HERE_IN_MACRO case_here(__FILE__, __LINE__)
#define UNDERRUN(family)                                                                           \
	static void underrun_##family(int how)                                                     \
	{                                                                                          \
		family a = DEED_EMPTY;                                                             \
		size_t before = minus_one();                                                       \
                                                                                                   \
		MAKE(&a, 5);                                                                       \
		if (how < 2)                                                                       \
			HERE_IN_MACRO;                                                             \
		if (how == 0)                                                                      \
			WRITE(&a, before, READ(&a, 0));                                            \
		else if (how == 1)                                                                 \
			(void)READ(&a, minus_one());                                               \
		for (size_t i = 4; how == 2 && i != before - 1; i--) {                             \
			if (i == before)                                                           \
				HERE_IN_MACRO;                                                     \
			(void)READ(&a, i);                                                         \
		}                                                                                  \
		deed_drop(&a);                                                                     \
	}                                                                                          \
	_Static_assert(1, "takes the semicolon")
UNDERRUN(deed_i8);
UNDERRUN(deed_i16);
UNDERRUN(deed_i32);
UNDERRUN(deed_i64);
UNDERRUN(deed_u8);
UNDERRUN(deed_u16);
UNDERRUN(deed_u32);
UNDERRUN(deed_u64);
UNDERRUN(deed_f32);
UNDERRUN(deed_f64);
UNDERRUN(rgbs);

static void underrun_of_a_part(int how)
{
	const size_t before = minus_one();
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 20);
	{
		DEED_INOUT(v, &a);
		deed_i32_inout left, right;

		deed_split(&v, 10, &left, &right);
		switch (how) {
		case 0: /* the right half's neighbour, which is there */
			HERE;
			deed_at(right, before) = 1;
			break;
		case 1: /* a slice's */
			HERE;
			(void)deed_at(deed_slice(left, 5, 10), before);
			break;
		case 2: /* of bytes */
			HERE;
			(void)deed_at(deed_bytes(right), before);
			break;
		case 3: /* as a range */
			HERE;
			(void)deed_len(deed_slice(left, before, 1));
			break;
		case 4: /* through a pointer to the view */
			HERE;
			deed_at(*(&left), before) += 1;
			break;
		default: { /* a tile's row */
			const deed_i32_tile_inout tile = deed_tile_inout(&left, 5, 0, 0, 2, 5);

			HERE;
			(void)deed_len(deed_tile_row(tile, before));
			break;
		}
		}
	}
	deed_drop(&a);
}

/* Thirty-nine ways to the index -1. */
TRAP(OB25, E15)
{
	static void (*const of_type[])(int) = {
		underrun_deed_i8,  underrun_deed_i16, underrun_deed_i32, underrun_deed_i64,
		underrun_deed_u8,  underrun_deed_u16, underrun_deed_u32, underrun_deed_u64,
		underrun_deed_f32, underrun_deed_f64, underrun_rgbs,
	};

	if (shape < 33)
		of_type[shape / 3](shape % 3);
	else
		underrun_of_a_part(shape - 33);
}

/* Rows of a matrix: the left neighbour of a row's first element is in the buffer, not in the row.
 */
TRAP(OB31, E15)
{
	enum { ROWS = 4, COLUMNS = 5 };
	deed_i32 b = DEED_EMPTY;

	MAKE(&b, ROWS * COLUMNS);
	{
		DEED_INOUT(whole, &b);
		for (size_t i = 1; i < ROWS; i++) {
			const deed_i32_inout row =
				deed_slice(whole, i * COLUMNS, (i + 1) * COLUMNS);

			for (size_t j = 0; j < COLUMNS; j++) {
				if (i == 1 && j == 0)
					HERE;
				deed_at(row, j) = deed_at(row, j - 1);
			}
		}
	}
	deed_drop(&b);
}

/* The first element, the middle one and the last. */
CLEAN(OB33)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 101);
	WRITE(&a, 0, 1);
	WRITE(&a, 50, 2);
	WRITE(&a, 100, 3);
	CHECK(READ(&a, 0) == 1 && READ(&a, 50) == 2 && READ(&a, 100) == 3);
	deed_drop(&a);
}

__extension__ struct nothing {
};

__extension__ DEED_DEFINE(nothings, struct nothing);

/* Ten elements without a byte each: every one of them is there. */
CLEAN(OB35)
{
	nothings a = DEED_EMPTY;

	MAKE(&a, 10);
	{
		DEED_INOUT(m, &a);
		CHECK(deed_len(m) == 10);
		for (size_t i = 0; i < deed_len(m); i++)
			(void)deed_at(m, i);
		(void)deed_at(deed_slice(m, 9, 10), 0);
	}
	deed_drop(&a);
}

/* Three buffers of no bytes, dropped out of order. */
CLEAN(OB37)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY, c = DEED_EMPTY;

	MAKE(&a, 0);
	MAKE(&b, 0);
	MAKE(&c, 0);
	deed_drop(&b);
	deed_drop(&c);
	deed_drop(&a);
}

/* Whether the four parts together show 0, 1, 2 ... n-1, read forwards or backwards. */
static int parts_show_all(const deed_i32_borrowed part[4], size_t n, int backwards)
{
	size_t seen = 0;

	for (size_t p = 0; p < 4; p++) {
		const deed_i32_borrowed view = part[backwards ? 3 - p : p];

		for (size_t i = 0; i < deed_len(view); i++, seen++) {
			const size_t at = backwards ? deed_len(view) - 1 - i : i;

			if (deed_at(view, at) != (int32_t)(backwards ? n - 1 - seen : seen))
				return 0;
		}
	}
	return seen == n;
}

static void split_in_four(const deed_i32 *a, size_t i, size_t j, size_t k)
{
	deed_i32_borrowed part[4], rest, tail;
	DEED_BORROWED(v, a);

	deed_split(&v, i, &part[0], &rest);
	deed_split(&rest, j - i, &part[1], &tail);
	deed_split(&tail, k - j, &part[2], &part[3]);
	CHECK(parts_show_all(part, deed_len(v), 0) && parts_show_all(part, deed_len(v), 1));
	deed_end(&v, &part[0]);
	deed_end(&v, &rest); /* and what was split off it */
}

/* Every way to split in three places, empty parts included: no element lost, none seen twice. */
CLEAN(OB39)
{
	enum { N = 6 };
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, N);
	for (size_t i = 0; i < N; i++)
		WRITE(&a, i, (int32_t)i);
	for (size_t i = 0; i <= N; i++)
		for (size_t j = i; j <= N; j++)
			for (size_t k = j; k <= N; k++)
				split_in_four(&a, i, j, k);
	deed_drop(&a);
}

/* Many read-only parts of one buffer at once, some of them the same, read later, ended last. */
CLEAN(OB41)
{
	enum { COUNT = 50 };
	deed_i32_borrowed list[COUNT];
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	for (size_t i = 0; i < COUNT; i++)
		list[i] = deed_borrow_part(&a, i / 2, 50 + i);
	for (size_t i = 0; i < COUNT; i++)
		CHECK(deed_len(list[i]) == 50 + i - i / 2 && total_of(list[i]) == 0);
	for (size_t i = 0; i < COUNT; i++)
		deed_end(&a, &list[i]);
	deed_drop(&a);
}

/* Shortened from twenty to seventeen: the seventeenth is still there. */
CLEAN(OB43)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 20);
	WRITE(&a, 16, 7);
	CHECK(deed_resize(&a, 17) == 0);
	CHECK(READ(&a, 16) == 7);
	deed_drop(&a);
}

/* Twenty-one bytes hold five integers. */
CLEAN(OB45)
{
	int32_t *const bytes = calloc(21, 1);

	CHECK(bytes);
	{
		DEED_LEND(v, bytes, 21 / sizeof(int32_t));
		deed_at(v, 4) = 9;
		CHECK(deed_at(v, 4) == 9);
	}
	free(bytes);
}

/* Takes [lo, hi) out of the buffer, looking at each element, first to last or last to first. */
static int32_t drain(deed_i32 *v, size_t lo, size_t hi, int backwards)
{
	const size_t count = deed_len(*v);
	int32_t digits = 0;

	{
		DEED_INOUT(all, v);
		for (size_t i = lo; i < hi; i++)
			digits = 10 * digits + deed_at(all, backwards ? hi - 1 - (i - lo) : i);
		for (size_t i = hi; i < count; i++)
			deed_at(all, i - hi + lo) = deed_at(all, i);
	}
	CHECK(deed_resize(v, count - (hi - lo)) == 0);
	return digits;
}

static void split_off(deed_i32 *v, size_t at, deed_i32 *ret_tail)
{
	{
		DEED_BORROWED_PART(tail, v, at, deed_len(*v));
		CHECK(deed_clone(ret_tail, &tail) == 0);
	}
	CHECK(deed_resize(v, at) == 0);
}

/* Drains at the end and in the middle, both ways; splits off everything, and nothing. */
CLEAN(OB47)
{
	const int32_t digits[] = { 1, 2, 3, 4, 5 };
	deed_i32 v = DEED_EMPTY, all = DEED_EMPTY, none = DEED_EMPTY;

	for (int backwards = 0; backwards < 2; backwards++) {
		CHECK(deed_from(&v, digits, 5) == 0);
		CHECK(drain(&v, 4, 5, backwards) == 5);
		CHECK(drain(&v, 1, 4, backwards) == (backwards ? 432 : 234));
		CHECK(deed_len(v) == 1 && READ(&v, 0) == 1);
		deed_drop(&v);
	}
	CHECK(deed_from(&v, digits, 5) == 0);
	split_off(&v, 5, &none);
	split_off(&v, 0, &all);
	CHECK(deed_len(v) == 0 && deed_len(none) == 0 && deed_len(all) == 5 && READ(&all, 4) == 5);
	deed_drop(&v);
	deed_drop(&all);
	deed_drop(&none);
}

/* Room for the text and for the null after it. */
CLEAN(OB49)
{
	static const char text[] = "AAAAAAAAAA";
	deed_i8 a = DEED_EMPTY;

	MAKE(&a, sizeof text);
	{
		DEED_INOUT(m, &a);
		for (size_t i = 0; i < sizeof text; i++)
			deed_at(m, i) = (int8_t)text[i];
		CHECK(deed_at(m, sizeof text - 1) == 0);
	}
	deed_drop(&a);
}
