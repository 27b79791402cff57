/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_guards.c - loans that end with their block, however it is left. C
 */
#include "legal.h"

static int made(deed_f32 *ret) DEED_GIVES(ret);
static int made(deed_f32 *ret)
{
	return deed_new_zeroed(ret, 8);
}

LEGAL(one_block_after_the_other)
{
	DEED_AUTO(deed_f32, a);

	if (made(&a))
		return;
	{
		DEED_INOUT(v, &a);
		clear(v);
	}
	if (yes) {
		DEED_BORROWED(v, &a);
		(void)sum(v);
	}
	if (deed_resize(&a, 10))
		return;
	{
		DEED_INOUT(v, &a);
		clear(v);
	}
	deed_drop(&a);
}

LEGAL(two_that_read)
{
	DEED_AUTO(deed_f32, a);

	if (made(&a))
		return;
	DEED_BORROWED(v, &a);
	DEED_BORROWED(w, &a);
	(void)(sum(v) + sum(w));
	if (yes) {
		DEED_BORROWED(x, &a);
		(void)sum(x);
	}
	(void)sum(v);
}

LEGAL(read_one_write_another)
{
	DEED_AUTO(deed_f32, a);
	DEED_AUTO(deed_f32, b);

	if (made(&a) || made(&b))
		return;
	for (int i = 0; i < 1 + yes; i++) {
		{
			DEED_BORROWED(from, &a);
			DEED_INOUT(to, &b);
			deed_copy(to, from);
		}
		deed_swap(&a, &b);
	}
}

LEGAL(left_by_break)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	for (;;) {
		DEED_INOUT(v, &a);
		clear(v);
		if (yes)
			break;
	}
	deed_drop(&a);
}

LEGAL(left_by_continue)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	for (int i = 0; i < 3; i++) {
		DEED_INOUT(v, &a);
		if (i == yes)
			continue;
		clear(v);
	}
	deed_drop(&a);
}

LEGAL(left_by_return)
{
	DEED_AUTO(deed_f32, a);

	if (made(&a))
		return;
	DEED_INOUT(v, &a);
	if (yes)
		return;
	clear(v);
}

LEGAL(left_by_goto)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	{
		DEED_BORROWED(v, &a);
		if (yes)
			goto out;
		(void)sum(v);
	}
	{
		DEED_INOUT(v, &a);
		clear(v);
		goto out;
	}
out:
	deed_drop(&a);
}

LEGAL(left_from_a_switch)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	switch (yes) {
	case 0: {
		DEED_INOUT(v, &a);
		clear(v);
		break;
	}
	default: {
		DEED_BORROWED(v, &a);
		(void)sum(v);
		break;
	}
	}
	deed_drop(&a);
}

LEGAL(parts)
{
	DEED_AUTO(deed_f32, a);

	if (made(&a))
		return;
	{
		DEED_INOUT_PART(l, &a, 0, 4);
		DEED_INOUT_PART(r, &a, 4, 8);
		clear(l);
		if (yes)
			clear(r);
	}
	{
		DEED_BORROWED_PART(l, &a, 0, 4);
		DEED_INOUT_PART(r, &a, 4, 8);
		deed_copy(r, l);
	}
	DEED_INOUT(all, &a);
	DEED_INOUT_PART(top, &all, 0, 1);
	DEED_INOUT_PART(rest, &all, 1, 8);
	clear(top);
	clear(rest);
}

LEGAL(tile_guards)
{
	DEED_AUTO(deed_f32, a);

	if (deed_new2(&a, 4, 4))
		return;
	DEED_TILE_INOUT(l, &a, 4, 0, 0, 4, 2);
	DEED_TILE_INOUT(r, &a, 4, 0, 2, 4, 2);
	clear(deed_tile_row(l, (size_t)yes));
	clear(deed_tile_row(r, (size_t)yes));
}

LEGAL(children_of_a_guard)
{
	DEED_AUTO(deed_f32, a);

	if (made(&a))
		return;
	DEED_INOUT(v, &a);
	for (int i = 0; i < 1 + yes; i++) {
		DEED_INOUT(c, &v);
		clear(c);
	}
	DEED_BORROWED(r, &v);
	(void)sum(r);
}

LEGAL(one_name_for_two)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (made(&a))
		return;
	if (made(&b)) {
		deed_drop(&a);
		return;
	}
	{
		DEED_INOUT(v, &a);
		clear(v);
	}
	deed_drop(&a);
	{
		DEED_INOUT(v, &b);
		if (yes)
			clear(v);
	}
	deed_drop(&b);
}

LEGAL(guard_inside_an_explicit_loan)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_borrowed v = deed_borrow(&a);
	{
		DEED_BORROWED(w, &a);
		(void)sum(w);
	}
	if (yes)
		(void)sum(v);
	deed_end(&a, &v);
	deed_drop(&a);
}

/* Statement expressions have blocks, too. */
LEGAL(guard_in_an_expression)
{
	deed_f32 a = DEED_EMPTY;
	float total;

	if (made(&a))
		return;
	total = __extension__({
		DEED_BORROWED(v, &a);
		sum(v) * (float)yes;
	});
	(void)total;
	deed_drop(&a);
}

int main(int argc, char **argv)
{
	(void)argv;
	one_block_after_the_other(argc);
	two_that_read(argc);
	read_one_write_another(argc);
	left_by_break(argc);
	left_by_continue(argc);
	left_by_return(argc);
	left_by_goto(argc);
	left_from_a_switch(argc);
	parts(argc);
	tile_guards(argc);
	children_of_a_guard(argc);
	one_name_for_two(argc);
	guard_inside_an_explicit_loan(argc);
	guard_in_an_expression(argc);
	return 0;
}
