/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_once.c (C, C++) - every verb evaluates each of its arguments once.
 *
 * Every argument is wrapped in something that counts; a verb of n arguments must count n.
 */
#include "deed.h"

#include <stdio.h>
#include <stdlib.h>

static int evaluated;
static int failures;

static void note(void)
{
	evaluated++;
}

#define ONCE(expression) (note(), (expression))
#define COUNTED(expected, statement)                                                               \
	do {                                                                                       \
		evaluated = 0;                                                                     \
		statement;                                                                         \
		if (evaluated != (expected)) {                                                     \
			printf("line %d: %d evaluations, not %d\n", __LINE__, evaluated,           \
			       expected);                                                          \
			failures++;                                                                \
		}                                                                                  \
	} while (0)
#define SUCCEEDS(call)                                                                             \
	do {                                                                                       \
		if (call) {                                                                        \
			printf("line %d: failed\n", __LINE__);                                     \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

static void forget(void *data, size_t bytes, void *context)
{
	(void)data;
	(void)bytes;
	(void)context;
}

DEED_UNCHECKED static void owners(void)
{
	static const float table[4] = { 1, 2, 3, 4 };
	static float memory[4];
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY, c = DEED_EMPTY;
	size_t len = 0;
	int owned = 0;

	COUNTED(2, SUCCEEDS(deed_new(ONCE(&a), ONCE(4u))));
	COUNTED(1, deed_drop(ONCE(&a)));
	COUNTED(2, SUCCEEDS(deed_new_zeroed(ONCE(&a), ONCE(4u))));
	COUNTED(1, deed_settle(ONCE(&a)));
	COUNTED(3, SUCCEEDS(deed_new_aligned(ONCE(&a), ONCE(4u), ONCE(64u))));
	deed_drop(&a);
	COUNTED(3, SUCCEEDS(deed_new2(ONCE(&a), ONCE(2u), ONCE(2u))));
	deed_drop(&a);
	COUNTED(3, SUCCEEDS(deed_from(ONCE(&a), ONCE(table), ONCE(4u))));
	COUNTED(2, SUCCEEDS(deed_clone(ONCE(&b), ONCE(&a))));
	COUNTED(2, deed_move(ONCE(&c), ONCE(&a)));
	COUNTED(2, deed_swap(ONCE(&b), ONCE(&c)));
	COUNTED(2, SUCCEEDS(deed_resize(ONCE(&b), ONCE(7u))));
	COUNTED(1, owned = deed_owns(ONCE(&b)));
	COUNTED(1, len = deed_len(ONCE(b)));
	COUNTED(1, deed_immortal(ONCE(&b)));
	deed_drop(&b);
	deed_drop(&c);
	COUNTED(5, SUCCEEDS(deed_adopt(ONCE(&a), ONCE(memory), ONCE(4u), ONCE(forget),
				       ONCE((void *)0))));
	COUNTED(1, (void)deed_release(ONCE(&a)));
	COUNTED(3, SUCCEEDS(deed_static(ONCE(&a), ONCE(table), ONCE(4u))));
	if (!owned || len != 7)
		failures++;
}

static void loans(void)
{
	deed_f32 xs = DEED_EMPTY;
	deed_f32_borrowed r, r2, left, right;
	deed_f32_inout v, w;

	SUCCEEDS(deed_new_zeroed(&xs, 8));
	COUNTED(1, r = deed_borrow(ONCE(&xs)));
	COUNTED(1, r2 = deed_borrow(ONCE(&r)));
	COUNTED(3, left = deed_reborrow(ONCE(&r), ONCE(1u), ONCE(2u)));
	COUNTED(2, deed_end(ONCE(&r), ONCE(&left)));
	COUNTED(4, deed_split(ONCE(&r), ONCE(4u), ONCE(&left), ONCE(&right)));
	COUNTED(2, deed_end(ONCE(&r), ONCE(&r2)));
	COUNTED(2, deed_end(ONCE(&xs), ONCE(&r)));
	COUNTED(3, r = deed_borrow_part(ONCE(&xs), ONCE(1u), ONCE(2u)));
	deed_end(&xs, &r);

	COUNTED(1, v = deed_inout(ONCE(&xs)));
	COUNTED(1, w = deed_inout(ONCE(&v)));
	COUNTED(1, r = deed_reading(ONCE(w)));
	COUNTED(2, deed_end(ONCE(&v), ONCE(&w)));
	COUNTED(3, w = deed_inout_part(ONCE(&v), ONCE(1u), ONCE(2u)));
	deed_end(&v, &w);
	COUNTED(1, r = deed_borrow(ONCE(&v)));
	deed_end(&v, &r);
	deed_end(&xs, &v);
	{
		evaluated = 0;
		DEED_BORROWED(whole, ONCE(&xs));
		DEED_BORROWED_PART(part, ONCE(&xs), ONCE(1u), ONCE(2u));
		COUNTED(0, (void)0);
		(void)whole;
		(void)part;
	}
	evaluated = 0;
	{
		DEED_INOUT(whole, ONCE(&xs));
		DEED_INOUT_PART(part, ONCE(&whole), ONCE(1u), ONCE(2u));
		(void)part;
	}
	if (evaluated != 4)
		failures++;
	deed_drop(&xs);
}

static void use(void)
{
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	float total = 0;
	size_t len = 0;

	SUCCEEDS(deed_new_zeroed(&xs, 8));
	SUCCEEDS(deed_new_zeroed(&ys, 8));
	{
		DEED_INOUT(v, &xs);
		DEED_BORROWED(r, &ys);

		COUNTED(1, *deed_data(ONCE(v)) = 1);
		COUNTED(1, total += *deed_data(ONCE(r)));
		COUNTED(2, deed_at(ONCE(v), ONCE(1u)) += 1);
		COUNTED(2, total += deed_at(ONCE(r), ONCE(1u)));
		COUNTED(1, len += deed_len(ONCE(v)));
		COUNTED(1, len += deed_len(ONCE(r)));
		COUNTED(2, deed_copy(ONCE(v), ONCE(r)));
		COUNTED(2, deed_fill(ONCE(v), ONCE(2.0f)));
		COUNTED(3, total += deed_at(deed_slice(ONCE(v), ONCE(1u), ONCE(3u)), 0));
		COUNTED(3, total += deed_at(deed_slice(ONCE(r), ONCE(1u), ONCE(3u)), 0));
		COUNTED(1, len += deed_len(deed_bytes(ONCE(v))));
		COUNTED(1, len += deed_len(deed_bytes(ONCE(r))));
	}
	deed_drop(&xs);
	deed_drop(&ys);
	if (len != 80 || total != 2.0f)
		failures++;
}

static void tiles(void)
{
	deed_i32 m = DEED_EMPTY;
	deed_i32_tile_inout t;
	deed_i32_tile_borrowed r;
	size_t size = 0;

	SUCCEEDS(deed_new_zeroed(&m, 24));
	COUNTED(6, t = deed_tile_inout(ONCE(&m), ONCE(6u), ONCE(1u), ONCE(2u), ONCE(2u), ONCE(3u)));
	COUNTED(2, deed_at(deed_tile_row(ONCE(t), ONCE(1u)), 0) = 5);
	COUNTED(1, size += deed_tile_rows(ONCE(t)));
	COUNTED(1, size += deed_tile_width(ONCE(t)));
	COUNTED(2, deed_end(ONCE(&m), ONCE(&t)));
	COUNTED(6,
		r = deed_tile_borrow(ONCE(&m), ONCE(6u), ONCE(1u), ONCE(2u), ONCE(2u), ONCE(3u)));
	COUNTED(2, size += (size_t)deed_at(deed_tile_row(ONCE(r), ONCE(1u)), 0));
	deed_end(&m, &r);
	deed_drop(&m);
	if (size != 10)
		failures++;
}

static void border(void)
{
	float memory[4] = { 1, 2, 3, 4 };

	evaluated = 0;
	{
		DEED_LEND(v, ONCE(memory + 0), ONCE(2u));
		DEED_LEND_CONST(r, ONCE(memory + 2), ONCE(2u));
		deed_copy(v, r);
	}
	if (evaluated != 4 || memory[0] != 3.0f)
		failures++;
}

int main(void)
{
	owners();
	loans();
	use();
	tiles();
	border();
	return failures != 0;
}
