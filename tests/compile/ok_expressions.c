/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_expressions.c (C, C++) - a verb is one expression, and stands wherever
 * an expression may: in conditions, initialisers, arguments, operands, other verbs.
 */
#include "deed.h"

static float sum(deed_f32_borrowed v)
{
	float total = 0;

	for (size_t i = 0; i < deed_len(v); i++)
		total += deed_at(v, i);
	return total;
}

static size_t both(size_t a, size_t b)
{
	return a + b;
}

/* Unbraced bodies of if, else, for and while, and the comma and the conditional operator. */
static void statements(deed_f32_inout v)
{
	size_t i = deed_len(v);

	if (deed_len(v) > 2)
		deed_fill(v, 1.0f);
	else
		deed_fill(v, 2.0f);
	for (size_t j = 0; j < deed_len(v); deed_at(v, j) *= 2.0f, j++)
		deed_at(v, j) += 1.0f;
	while (i-- > 0)
		deed_at(v, i) = i % 2 ? deed_at(v, i) : -deed_at(v, i);
	do
		deed_at(v, 0)++;
	while (deed_at(v, 0) < 0.0f);
}

static int run(void)
{
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	float total, *p;
	size_t lens;

	if (deed_new(&xs, 4) || deed_clone(&ys, &xs) || !deed_owns(&xs) || deed_owns(&ys) != 1)
		return 1;
	{
		const deed_f32_inout v = deed_inout(&xs), w = deed_inout(&ys);

		statements(v);
		deed_copy(deed_slice(w, 0, deed_len(w) / 2), deed_reading(deed_slice(v, 2, 4)));
		deed_copy(deed_slice(w, 2, 4), deed_slice(v, 0, 2));
		deed_at(w, deed_len(w) - 1) = deed_at(v, (size_t)(deed_at(v, 1) > 100.0f));
		p = &deed_at(w, 0);
		total = sum(deed_reading(v)) + sum(deed_reading(deed_slice(w, 1, 3))) + *p;
		lens = both(deed_len(v), sizeof deed_at(w, 0));
		deed_end(&xs, &v), deed_end(&ys, &w);
	}
	lens += deed_len(xs) ? deed_len(ys) : 0;
	deed_drop(&xs), deed_drop(&ys);
	return total == 0.0f || lens != 12;
}

int main(void)
{
	return run();
}
