/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_const.c (C, C++) - const where it belongs: const owners are read, const
 * views are used, and a borrowed view keeps its const through every verb.
 */
#include "deed.h"

static double mean(const deed_f64 *xs)
{
	DEED_BORROWED(v, xs);
	DEED_TILE_BORROWED(t, xs, 2, 0, 0, 2, 1);
	const deed_f64_borrowed half = deed_slice(v, 0, deed_len(*xs) / 2);
	const double *p = deed_data(v);
	const deed_f64_borrowed row = deed_tile_row(t, 1);
	deed_f64_borrowed part = deed_borrow_part(xs, 1, 2);
	double total = deed_at(half, 0) + p[1] + deed_at(row, 0) + deed_at(part, 0);

	deed_end(xs, &part);
	return total + (double)deed_owns(xs);
}

static int copies(const deed_f64 *xs)
{
	DEED_AUTO(deed_f64, copy);
	DEED_AUTO(deed_f64, again);
	DEED_BORROWED(v, xs);

	if (deed_clone(&copy, xs) || deed_clone(&again, &v))
		return 1;
	DEED_INOUT(w, &copy);
	const deed_f64_inout also = w;
	deed_copy(also, v);
	deed_fill(deed_slice(also, 0, 1), 3.0);
	return deed_at(deed_reading(also), 0) != 3.0 || deed_at(w, 0) != 3.0;
}

int main(void)
{
	static const double table[4] = { 1, 2, 3, 4 };
	deed_f64 xs = DEED_EMPTY;
	int result;

	if (deed_static(&xs, table, 4))
		return 1;
	result = mean(&xs) != 9.0 || copies(&xs);
	return result;
}
