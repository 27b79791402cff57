/* SPDX-License-Identifier: MIT
 *
 * tests/cases/mb.c - shared borrows against change.
 *
 * To write is to take an inout loan, so that the fault is the taking of it. Writing through
 * a borrowed view is no story here: it does not compile (tests/compile/fail_case_MB*.c).
 */
#include "case.h"

/* A write between two reads of one borrow. */
TRAP(MB01, E09)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed b;

	MAKE(&a, 100);
	b = deed_borrow(&a);
	CHECK(deed_at(b, 0) == 0);
	HERE;
	WRITE(&a, 0, 1);
	(void)deed_at(b, 0);
	deed_end(&a, &b);
	deed_drop(&a);
}

/* A loop over a borrow writes to what it walks. */
TRAP(MB07, E09)
{
	deed_i32 a = DEED_EMPTY;
	int32_t total = 0;

	MAKE(&a, 100);
	{
		DEED_BORROWED(b, &a);
		for (size_t i = 0; i < deed_len(b); i++) {
			total += deed_at(b, i);
			if (i == 0)
				HERE;
			WRITE(&a, 1, 5);
		}
	}
	CHECK(total == 5);
	deed_drop(&a);
}

/* Cut short while its first element is borrowed. Shortening is resizing. */
TRAP(MB09, E07)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed b;

	MAKE(&a, 100);
	b = deed_borrow_part(&a, 0, 1);
	HERE;
	CHECK(deed_resize(&a, 0) == -EPERM);
	CHECK(deed_at(b, 0) == 0);
	deed_end(&a, &b);
	deed_drop(&a);
}

static void with_borrow(deed_i32 *a, void (*callback)(deed_i32 *a))
{
	DEED_BORROWED(b, a);
	callback(a);
	CHECK(deed_len(b) == 100);
}

static void write_first(deed_i32 *a)
{
	HERE;
	WRITE(a, 0, 1);
}

/* A callback writes to what its caller has borrowed for the length of the call. */
TRAP(MB11, E09)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	with_borrow(&a, write_first);
	deed_drop(&a);
}

/* All elements are replaced while a borrow lives. */
TRAP(MB13, E09)
{
	deed_i32 a = DEED_EMPTY, fresh = DEED_EMPTY;
	deed_i32_borrowed b, from;
	deed_i32_inout to;

	MAKE(&a, 100);
	MAKE(&fresh, 100);
	b = deed_borrow(&a);
	from = deed_borrow(&fresh);
	HERE;
	to = deed_inout(&a);
	deed_copy(to, from);
	deed_end(&a, &to);
	deed_end(&fresh, &from);
	deed_end(&a, &b);
	deed_drop(&fresh);
	deed_drop(&a);
}

/* Two borrows, one of them ended: the other still forbids the write. */
TRAP(MB15, E09)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed b1, b2;

	MAKE(&a, 100);
	b1 = deed_borrow(&a);
	b2 = deed_borrow(&a);
	deed_end(&a, &b2);
	HERE;
	WRITE(&a, 0, 1);
	deed_end(&a, &b1);
	deed_drop(&a);
}

static int32_t rewrite(deed_i32_inout view)
{
	return deed_at(view, 0) = 1;
}

/* A sum whose left operand is a borrow and whose right operand rewrites the buffer. */
TRAP(MB17, E09)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed left;
	deed_i32_inout right;

	MAKE(&a, 100);
	left = deed_borrow(&a);
	HERE;
	right = deed_inout(&a);
	(void)(deed_at(left, 0) + rewrite(right));
	deed_end(&a, &right);
	deed_end(&a, &left);
	deed_drop(&a);
}

struct receiver {
	deed_i32 buffer;
};

static void call_with(deed_i32_borrowed self, void (*callback)(struct receiver *),
		      struct receiver *context)
{
	callback(context);
	CHECK(deed_len(self) == 100);
}

static void write_buffer(struct receiver *context)
{
	HERE;
	WRITE(&context->buffer, 0, 1);
}

/* A method's receiver is borrowed for the call; the callback that it is given writes to it. */
TRAP(MB19, E09)
{
	struct receiver r = { 0 };

	MAKE(&r.buffer, 100);
	{
		DEED_BORROWED(self, &r.buffer);
		call_with(self, write_buffer, &r);
	}
	deed_drop(&r.buffer);
}

/* Two borrows at once. */
CLEAN(MB21)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed b1, b2;

	MAKE(&a, 100);
	b1 = deed_borrow(&a);
	b2 = deed_borrow(&a);
	CHECK(deed_at(b1, 0) == deed_at(b2, 0));
	deed_end(&a, &b1);
	CHECK(deed_at(b2, 99) == 0);
	deed_end(&a, &b2);
	deed_drop(&a);
}

/* An inout that ended with its block does not stand in the way of a borrow. */
CLEAN(MB23)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		DEED_INOUT(m, &a);
		deed_at(m, 0) = 4;
	}
	{
		DEED_BORROWED(b, &a);
		CHECK(deed_at(b, 0) == 4);
	}
	deed_drop(&a);
}

/* A borrow cut in two: when both halves and the whole have ended, the buffer may be written. */
CLEAN(MB25)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed b1, b2, b3;

	MAKE(&a, 100);
	b1 = deed_borrow(&a);
	deed_split(&b1, 40, &b2, &b3);
	CHECK(deed_len(b2) == 40 && deed_len(b3) == 60 && total_of(b2) + total_of(b3) == 0);
	deed_end(&b1, &b2);
	deed_end(&b1, &b3);
	deed_end(&a, &b1);
	WRITE(&a, 0, 1);
	deed_drop(&a);
}

/* One call formats two borrows of one buffer and one of another. */
CLEAN(MB27)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY;
	char text[64];

	MAKE(&a, 100);
	MAKE(&b, 100);
	{
		DEED_BORROWED(first, &a);
		DEED_BORROWED(second, &a);
		DEED_BORROWED(third, &b);
		snprintf(text, sizeof text, "%d %d %d", (int)total_of(first), (int)total_of(second),
			 (int)total_of(third));
	}
	CHECK(strcmp(text, "0 0 0") == 0);
	deed_drop(&a);
	deed_drop(&b);
}

static void end_and_write(deed_i32 *a, deed_i32_borrowed b)
{
	const int32_t first = deed_at(b, 0);

	deed_end(a, &b);
	WRITE(a, 0, first + 1);
}

/* A borrow that the callee is handed ends inside it, and makes room for a write there. */
CLEAN(MB29)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	end_and_write(&a, deed_borrow(&a));
	CHECK(READ(&a, 0) == 1);
	deed_drop(&a);
}

/* Two borrows read by turns, an inout with a read-only child in between, and two borrows again. */
CLEAN(MB31)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	for (int round = 0; round < 2; round++) {
		{
			DEED_BORROWED(s1, &a);
			DEED_BORROWED(s2, &a);
			for (size_t i = 0; i < 100; i++)
				CHECK(deed_at(s1, i) == deed_at(s2, i));
		}
		{
			DEED_INOUT(m, &a);
			deed_at(m, 5) += 1;
			{
				DEED_BORROWED(reading, &m);
				CHECK(deed_at(reading, 5) == round + 1);
			}
			deed_at(m, 6) += 1;
		}
	}
	deed_drop(&a);
}

/* A borrow inside the scope of a borrow. */
CLEAN(MB33)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		DEED_BORROWED(outer, &a);
		{
			DEED_BORROWED(inner, &a);
			CHECK(deed_at(inner, 0) == 0);
		}
		CHECK(deed_at(outer, 0) == 0);
	}
	deed_drop(&a);
}

static int32_t total_of_two(deed_i32_borrowed first, deed_i32_borrowed second)
{
	return total_of(first) + total_of(second);
}

/* Both arguments of a call borrow the same buffer. */
CLEAN(MB35)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		DEED_BORROWED(first, &a);
		DEED_BORROWED(second, &a);
		CHECK(total_of_two(first, second) == 0);
	}
	deed_drop(&a);
}

/* A borrow of a part and one of the whole overlap; afterwards the whole is written. */
CLEAN(MB37)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed part, whole;

	MAKE(&a, 100);
	part = deed_borrow_part(&a, 0, 1);
	whole = deed_borrow(&a);
	CHECK(deed_at(part, 0) == deed_at(whole, 0));
	deed_end(&a, &whole);
	deed_end(&a, &part);
	{
		DEED_INOUT(m, &a);
		add_one(m);
	}
	deed_drop(&a);
}

static void write_given(deed_i32 *a, int32_t copied)
{
	WRITE(a, 1, copied + 1);
}

/* An element is copied out first, so that the callback that writes meets no borrow. */
CLEAN(MB39)
{
	deed_i32 a = DEED_EMPTY;
	void (*callback)(deed_i32 *, int32_t) = write_given;

	MAKE(&a, 100);
	callback(&a, READ(&a, 0));
	CHECK(READ(&a, 1) == 1);
	deed_drop(&a);
}

static void push(deed_i32 *v, size_t at, int32_t value)
{
	CHECK(deed_resize(v, at + 1) == 0);
	WRITE(v, at, value);
}

/* The length is read through a borrow that is over when the push begins. */
CLEAN(MB41)
{
	deed_i32 v = DEED_EMPTY;
	deed_i32_borrowed p;
	size_t count;

	MAKE(&v, 3);
	p = deed_borrow(&v);
	count = deed_len(p);
	deed_end(&v, &p);
	push(&v, count, (int32_t)count);
	CHECK(deed_len(v) == 4 && READ(&v, 3) == 3);
	deed_drop(&v);
}

/* A borrow of the first element is over when the buffer is cut short. */
CLEAN(MB43)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed b;

	MAKE(&a, 100);
	b = deed_borrow_part(&a, 0, 1);
	CHECK(deed_at(b, 0) == 0);
	deed_end(&a, &b);
	CHECK(deed_resize(&a, 0) == 0);
	deed_drop(&a);
}

/* A loop is left in the middle of a round that borrows: its guard ends, and a write may follow. */
CLEAN(MB45)
{
	deed_i32 v = DEED_EMPTY;

	MAKE(&v, 100);
	while (condition(1)) {
		{
			DEED_BORROWED(look, &v);
			CHECK(deed_at(look, 0) == 0);
		}
		DEED_INOUT(x, &v);
		deed_at(x, 0) = 1;
		if (condition(1))
			break;
	}
	{
		DEED_INOUT(m, &v);
		CHECK(deed_at(m, 0) == 1);
	}
	deed_drop(&v);
}

/* A call that borrows, a call that borrows twice, a drop. */
CLEAN(MB47)
{
	deed_i32 p = DEED_EMPTY;
	deed_i32_borrowed first, second;

	MAKE(&p, 100);
	first = deed_borrow(&p);
	CHECK(total_of(first) == 0);
	deed_end(&p, &first);
	first = deed_borrow(&p);
	second = deed_borrow(&p);
	CHECK(total_of_two(first, second) == 0);
	deed_end(&p, &first);
	deed_end(&p, &second);
	deed_drop(&p);
}
