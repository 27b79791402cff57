/* SPDX-License-Identifier: MIT
 *
 * tests/cases/ix.c - exclusivity: while an inout loan lives, nobody else has these elements.
 */
#include "case.h"

static void take_again(deed_i32 *a)
{
	deed_i32_inout m2;

	HERE;
	m2 = deed_inout(a);
	add_one(m2);
	deed_end(a, &m2);
}

static void with_inout(deed_i32 *a, void (*callback)(deed_i32 *), deed_i32 *argument)
{
	DEED_INOUT(m, a);
	callback(argument);
	add_one(m);
}

/* A callback takes for writing what its caller has taken for writing. */
TRAP(IX01, E09)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	with_inout(&a, take_again, &a);
	deed_drop(&a);
}

struct wrapped {
	void (*callback)(deed_i32 *);
	deed_i32 *argument;
};

static void unwrap_and_call(const struct wrapped *wrapped)
{
	wrapped->callback(wrapped->argument);
}

static void write_there(deed_i32 *a)
{
	HERE;
	WRITE(a, 0, 1);
}

/* The same, where the callback that writes is wrapped in another. */
TRAP(IX03, E09)
{
	deed_i32 a = DEED_EMPTY;
	const struct wrapped inner = { write_there, &a };
	deed_i32_inout m;

	MAKE(&a, 100);
	m = deed_inout(&a);
	unwrap_and_call(&inner);
	add_one(m);
	deed_end(&a, &m);
	deed_drop(&a);
}

static void swap_first(deed_i32_inout left, deed_i32_inout right)
{
	const int32_t kept = deed_at(left, 0);

	deed_at(left, 0) = deed_at(right, 0);
	deed_at(right, 0) = kept;
}

static void pass_twice(deed_i32_inout m)
{
	const deed_i32_inout left = deed_reborrow(&m, 0, deed_len(m));
	deed_i32_inout right;

	HERE;
	right = deed_reborrow(&m, 0, deed_len(m));
	swap_first(left, right);
	deed_end(&m, &right);
	deed_end(&m, &left);
}

/* A function passes its inout parameter on, twice in one call. */
TRAP(IX05, E09)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		DEED_INOUT(m, &a);
		pass_twice(m);
	}
	deed_drop(&a);
}

/* One argument is all of a struct's storage, the other is one of its fields. */
TRAP(IX07, E09)
{
	deed_i32 s = DEED_EMPTY;
	deed_i32_inout whole, field;

	MAKE(&s, 100);
	whole = deed_inout(&s);
	HERE;
	field = deed_inout_part(&s, 10, 20);
	swap_first(whole, field);
	deed_end(&s, &field);
	deed_end(&s, &whole);
	deed_drop(&s);
}

/* A field is lent for writing and read through the struct meanwhile. */
TRAP(IX09, E09)
{
	deed_i32 s = DEED_EMPTY;
	deed_i32_inout m;
	deed_i32_borrowed b;

	MAKE(&s, 100);
	m = deed_inout_part(&s, 0, 1);
	HERE;
	b = deed_borrow_part(&s, 0, 1);
	(void)deed_at(b, 0);
	deed_end(&s, &b);
	deed_end(&s, &m);
	deed_drop(&s);
}

/* Both arguments of a call reborrow the same inout. */
TRAP(IX11, E09)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		DEED_INOUT(m, &a);
		DEED_INOUT_PART(left, &m, 0, 100);
		HERE;
		DEED_INOUT_PART(right, &m, 0, 100);
		swap_first(left, right);
	}
	deed_drop(&a);
}

static void append_twice(deed_i32_inout to, deed_i32_borrowed from)
{
	for (size_t i = 0; 2 * i + 1 < deed_len(to) && i < deed_len(from); i++)
		deed_at(to, 2 * i) = deed_at(to, 2 * i + 1) = deed_at(from, i);
}

/* A buffer is appended to itself: one argument writes it, the other reads it. */
TRAP(IX13, E09)
{
	deed_i32 s = DEED_EMPTY;
	deed_i32_borrowed from;
	deed_i32_inout to;

	MAKE(&s, 100);
	to = deed_inout(&s);
	HERE;
	from = deed_borrow(&s);
	append_twice(to, from);
	deed_end(&s, &from);
	deed_end(&s, &to);
	deed_drop(&s);
}

/* The same with the reader first. */
TRAP(IX15, E09)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed from;
	deed_i32_inout to;

	MAKE(&a, 100);
	from = deed_borrow(&a);
	HERE;
	to = deed_inout(&a);
	append_twice(to, from);
	deed_end(&a, &to);
	deed_end(&a, &from);
	deed_drop(&a);
}

/* Two writable slices, each of all the elements. */
TRAP(IX17, E09)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_inout first, second;

	MAKE(&a, 100);
	first = deed_inout_part(&a, 0, 100);
	HERE;
	second = deed_inout_part(&a, 0, 100);
	deed_at(first, 0) = 5;
	deed_at(second, 0) = 7;
	deed_end(&a, &second);
	deed_end(&a, &first);
	deed_drop(&a);
}

/* One raw pointer, lent for writing under two names. */
TRAP(IX19, E09)
{
	int32_t cell = 0, *const p = &cell;

	DEED_LEND(x, p, 1);
	HERE;
	DEED_LEND(y, p, 1);
	deed_at(x, 0) = 1;
	deed_at(y, 0) = 2;
}

/* An inout, then a borrow. */
TRAP(IX23, E09)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_inout m;
	deed_i32_borrowed b;

	MAKE(&a, 100);
	m = deed_inout(&a);
	HERE;
	b = deed_borrow(&a);
	deed_end(&a, &b);
	deed_end(&a, &m);
	deed_drop(&a);
}

/* An inout, then an inout. */
TRAP(IX25, E09)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_inout m, m2;

	MAKE(&a, 100);
	m = deed_inout(&a);
	HERE;
	m2 = deed_inout(&a);
	deed_end(&a, &m2);
	deed_end(&a, &m);
	deed_drop(&a);
}

/* An inout cut in two, of which one half ended: the other still excludes a borrow. */
TRAP(IX27, E09)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_inout m, left, right;
	deed_i32_borrowed b;

	MAKE(&a, 100);
	m = deed_inout(&a);
	deed_split(&m, 50, &left, &right);
	deed_end(&m, &left);
	HERE;
	b = deed_borrow(&a);
	deed_end(&a, &b);
	deed_at(right, 0) = 1;
	deed_end(&m, &right);
	deed_end(&a, &m);
	deed_drop(&a);
}

/* A method borrows its receiver while it is lent for writing. */
TRAP(IX29, E09)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed self;
	deed_i32_inout l;

	MAKE(&a, 100);
	l = deed_inout(&a);
	HERE;
	self = deed_borrow(&a);
	(void)total_of(self);
	deed_end(&a, &self);
	deed_at(l, 0) = 1;
	deed_end(&a, &l);
	deed_drop(&a);
}

/* Of seven elements the last four are borrowed and the first four are taken for writing. */
TRAP(IX31, E09)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed b;
	deed_i32_inout m;

	MAKE(&a, 7);
	b = deed_borrow_part(&a, 3, 7);
	HERE;
	m = deed_inout_part(&a, 0, 4);
	add_one(m);
	deed_end(&a, &m);
	deed_end(&a, &b);
	deed_drop(&a);
}

/* A loop's variable writes to one buffer in the first round and to another from then on, which
 * every round borrows: the first round is fine, the second is not. */
TRAP(IX33, E09)
{
	deed_i32 v = DEED_EMPTY, w = DEED_EMPTY, *of_x = &w;
	deed_i32_borrowed look;
	deed_i32_inout x;

	MAKE(&v, 100);
	MAKE(&w, 100);
	x = deed_inout(&w);
	for (int round = 0; round < 2; round++) {
		deed_at(x, 0) = round;
		if (round == 1)
			HERE;
		look = deed_borrow(&v);
		deed_end(&v, &look);
		if (condition(round == 0)) {
			deed_end(of_x, &x);
			of_x = &v;
			x = deed_inout(&v);
		}
	}
	deed_end(of_x, &x);
	deed_drop(&v);
	deed_drop(&w);
}

/* Writable ranges of five elements, of which the last named overlaps an earlier one. */
TRAP(IX35, E09)
{
	static const size_t ranges[3][3][2] = {
		{ { 0, 1 }, { 0, 2 }, { 0, 0 } },
		{ { 0, 3 }, { 1, 2 }, { 0, 0 } },
		{ { 4, 5 }, { 0, 1 }, { 3, 5 } },
	};
	const size_t(*const r)[2] = ranges[shape], last = shape == 2 ? 2 : 1;
	deed_i32 a = DEED_EMPTY;
	deed_i32_inout part[3] = { { { 0 } } };

	MAKE(&a, 5);
	for (size_t i = 0; i <= last; i++) {
		if (i == last)
			HERE;
		part[i] = deed_inout_part(&a, r[i][0], r[i][1]);
	}
	for (size_t i = 0; i <= last; i++) {
		add_one(part[i]);
		deed_end(&a, &part[i]);
	}
	deed_drop(&a);
}

/* Both parameters of a call want the same buffer for writing. */
TRAP(IX37, E09)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		DEED_INOUT(left, &a);
		HERE;
		DEED_INOUT(right, &a);
		swap_first(left, right);
	}
	deed_drop(&a);
}

/* Lent for writing, then for reading, then written through the first. */
TRAP(IX39, E09)
{
	deed_i32 p = DEED_EMPTY;
	deed_i32_inout bq;
	deed_i32_borrowed cq;

	MAKE(&p, 100);
	bq = deed_inout(&p);
	HERE;
	cq = deed_borrow(&p);
	deed_at(bq, 0) = 4;
	CHECK(deed_at(cq, 0) == 4);
	deed_end(&p, &cq);
	deed_end(&p, &bq);
	deed_drop(&p);
}

/* Every empty range and every single element of five, all writable at once. */
CLEAN(IX47)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_inout part[11];

	MAKE(&a, 5);
	for (size_t i = 0; i < 11; i++)
		part[i] = deed_inout_part(&a, i / 2, (i + 1) / 2);
	for (size_t i = 0; i < 11; i++)
		add_one(part[i]);
	for (size_t i = 0; i < 11; i++)
		deed_end(&a, &part[i]);
	for (size_t i = 0; i < 5; i++)
		CHECK(READ(&a, i) == 1);
	deed_drop(&a);
}

static void write_quietly(deed_i32 *a)
{
	WRITE(a, 0, READ(a, 0) + 1);
}

/* While one buffer is lent for writing, a callback writes to another. */
CLEAN(IX49)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY;

	MAKE(&a, 100);
	MAKE(&b, 100);
	with_inout(&a, write_quietly, &b);
	CHECK(READ(&a, 0) == 1 && READ(&b, 0) == 1);
	deed_drop(&a);
	deed_drop(&b);
}

static void call_both(void (*first)(deed_i32 *), void (*second)(deed_i32 *), deed_i32 *a)
{
	first(a);
	second(a);
}

/* Two callbacks write to one buffer, one after the other. */
CLEAN(IX51)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	call_both(write_quietly, write_quietly, &a);
	CHECK(READ(&a, 0) == 2);
	deed_drop(&a);
}

/* Of an inout, one part is lent on for writing and another for reading; when both have ended the
 * whole is used again, and after it the owner. */
CLEAN(IX55)
{
	deed_i32 s = DEED_EMPTY;
	deed_i32_inout t, t0;
	deed_i32_borrowed t1;

	MAKE(&s, 100);
	t = deed_inout(&s);
	t0 = deed_inout_part(&t, 0, 50);
	t1 = deed_borrow_part(&t, 50, 100);
	deed_at(t0, 0) = deed_at(t1, 0) + 1;
	deed_end(&t, &t0);
	deed_end(&t, &t1);
	add_one(t);
	deed_end(&s, &t);
	CHECK(READ(&s, 0) == 2 && READ(&s, 99) == 1);
	deed_drop(&s);
}

/* An inout lent on three times, each time over before the next begins. */
CLEAN(IX57)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_inout m;

	MAKE(&a, 100);
	m = deed_inout(&a);
	for (int i = 0; i < 3; i++) {
		const deed_i32_inout child = deed_reborrow(&m, 0, 100);

		add_one(child);
		deed_end(&m, &child);
	}
	CHECK(deed_at(m, 0) == 3);
	deed_end(&a, &m);
	deed_drop(&a);
}

/* A scope's inout that nobody uses, and an inout after the scope. */
CLEAN(IX59)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		DEED_INOUT(unused, &a);
	}
	{
		DEED_INOUT(m, &a);
		add_one(m);
	}
	deed_drop(&a);
}

static void write_second(deed_i32_inout first, deed_i32_inout second)
{
	deed_at(second, 0) = deed_at(first, 0) + 1;
}

/* Two parameters, one element of one buffer each. */
CLEAN(IX61)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 2);
	{
		DEED_INOUT_PART(first, &a, 0, 1);
		DEED_INOUT_PART(second, &a, 1, 2);
		write_second(first, second);
	}
	CHECK(READ(&a, 1) == 1);
	deed_drop(&a);
}

struct text {
	size_t length;
	char letters[24];
};

DEED_DEFINE(texts, struct text);

static void append(texts_inout to, char letter)
{
	struct text *const text = &deed_at(to, 0);

	text->letters[text->length++] = letter;
}

/* From one base, one field each is lent on for writing; both are appended to by turns. */
CLEAN(IX63)
{
	texts s = DEED_EMPTY;

	MAKE(&s, 2);
	{
		DEED_INOUT(base, &s);
		DEED_INOUT_PART(a, &base, 0, 1);
		DEED_INOUT_PART(b, &base, 1, 2);
		append(a, 'x');
		append(b, 'y');
		append(a, 'z');
	}
	CHECK(strcmp(READ(&s, 0).letters, "xz") == 0 && READ(&s, 1).length == 1);
	deed_drop(&s);
}

static void reverse(deed_i32_inout v)
{
	for (size_t i = 0, j = deed_len(v); i + 1 < j; i++) {
		const int32_t kept = deed_at(v, --j);

		deed_at(v, j) = deed_at(v, i);
		deed_at(v, i) = kept;
	}
}

/* One buffer is reversed, walked in chunks, split, rotated and copied within, in turn. */
CLEAN(IX67)
{
	enum { N = 64, HALF = 32 };
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, N);
	{
		DEED_INOUT(v, &a);
		for (int i = 0; i < N; i++)
			deed_at(v, (size_t)i) = i;
		reverse(v);
		for (size_t lo = 0; lo < N; lo += HALF) {
			DEED_INOUT_PART(chunk, &v, lo, lo + HALF);
			add_one(chunk);
		}
		{
			deed_i32_inout left, right;

			deed_split(&v, HALF, &left, &right);
			deed_copy(right, deed_reading(left));
			deed_end(&v, &left);
			deed_end(&v, &right);
		}
		reverse(deed_slice(v, 0, 10)); /* three reversals rotate by ten */
		reverse(deed_slice(v, 10, N));
		reverse(v);
		deed_copy(deed_slice(v, 0, 8), deed_reading(deed_slice(v, 8, 16)));
		CHECK(deed_at(v, 0) == deed_at(v, 8) && deed_at(v, N - 1) == 55);
	}
	deed_drop(&a);
}

/* A copy whose source ends where its target begins, and one element later. */
TRAP(IX69, E09)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed from;
	deed_i32_inout to;

	MAKE(&a, 100);
	from = deed_borrow_part(&a, 0, 21);
	HERE;
	to = deed_inout_part(&a, 20, 41);
	deed_copy(to, from);
	deed_end(&a, &to);
	deed_end(&a, &from);
	deed_drop(&a);
}

/* The same as two slices of one loan: the copy itself finds it. */
TRAP(IX69b, E26)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_inout m, to;

	MAKE(&a, 100);
	m = deed_inout(&a);
	to = deed_slice(m, 20, 41);
	HERE;
	deed_copy(to, deed_reading(deed_slice(m, 0, 21)));
	deed_end(&a, &m);
	deed_drop(&a);
}

static void grow(deed_i32 *v)
{
	const size_t count = deed_len(*v);

	CHECK(deed_resize(v, count + 1) == 0);
	WRITE(v, count, (int32_t)count);
}

/* A buffer grows three times, each time written to. */
CLEAN(IX71)
{
	deed_i32 v = DEED_EMPTY;

	MAKE(&v, 0);
	for (int i = 0; i < 3; i++)
		grow(&v);
	CHECK(deed_len(v) == 3 && READ(&v, 0) == 0 && READ(&v, 2) == 2);
	deed_drop(&v);
}
