/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_guards.c (C, C++) - a guard is legal where a declaration is, any number
 * of them in a block, after statements as well as before, and however the block is left.
 */
#include "deed.h"

/* The name of a view may be that of a view in another block, and unused. */
static int everywhere(deed_i32 *xs)
{
	DEED_BORROWED(r, xs);
	int seen = 0;

	(void)seen;
	DEED_BORROWED(s, xs);
	for (size_t i = 0; i < 2; i++) {
		DEED_BORROWED(t, xs);
		seen += deed_at(t, i);
	}
	if (seen) {
		DEED_BORROWED(t, &r);
		seen += deed_at(t, 0);
	} else {
		DEED_BORROWED_PART(t, &s, 0, 1);
		seen -= deed_at(t, 0);
	}
	switch (seen) {
	case 0: {
		DEED_BORROWED_PART(t, xs, 0, 1);
		seen = deed_at(t, 0) + 1;
		break;
	}
	default: {
		DEED_BORROWED(t, xs);
		seen += deed_at(t, 0);
	}
	}
	return seen;
}

/* One block after the other; each guard must have ended where the next one begins. */
static int leaves(deed_i32 *xs, int how)
{
	for (int i = 0; i < 3; i++) {
		DEED_INOUT(v, xs);
		deed_at(v, 0) = i;
		if (how == 0)
			continue;
		if (how == 1)
			break;
		if (how == 2)
			goto out;
		if (how == 3)
			return deed_at(v, 0);
	}
out:
	how = 1;
	{
		DEED_INOUT(v, xs);
		DEED_INOUT_PART(head, &v, 0, 1);
		DEED_INOUT_PART(tail, &v, 1, 2);
		deed_at(head, 0) += how;
		deed_at(tail, 0) += 2;
	}
	DEED_INOUT(v, xs);
	return deed_at(v, 0);
}

static int of_tiles(deed_i32 *xs)
{
	DEED_TILE_INOUT(left, xs, 4, 0, 0, 2, 2);
	DEED_TILE_INOUT(right, xs, 4, 0, 2, 2, 2);

	deed_at(deed_tile_row(left, 1), 1) = 3;
	deed_at(deed_tile_row(right, 1), 1) = 4;
	DEED_INOUT_PART(gap, xs, 0, 0);
	return deed_at(deed_tile_row(right, 1), 1) + (int)deed_len(gap);
}

static void of_autos(void)
{
	DEED_AUTO(deed_i32, a);
	DEED_AUTO(deed_u8, b);

	if (deed_new(&a, 3))
		return;
	if (deed_new(&b, 3))
		return;
	deed_drop(&a);
}

int main(void)
{
	deed_i32 xs = DEED_EMPTY;
	int result;

	if (deed_new_zeroed(&xs, 8))
		return 1;
	result = everywhere(&xs) != 1;
	for (int how = 0; how < 4; how++)
		result |= leaves(&xs, how) != (how == 0 ? 3 : how == 3 ? 0 : 1);
	result |= of_tiles(&xs) != 4;
	of_autos();
	deed_drop(&xs);
	return result;
}
