/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_errors.c - error paths, however they are written. C
 */
#include "legal.h"

LEGAL(below_zero)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, (size_t)yes) < 0)
		return;
	{
		DEED_BORROWED(view, &a);
		(void)sum(view);
	}
	deed_drop(&a);
}

LEGAL(equal_to_zero)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, (size_t)yes) == 0) {
		DEED_BORROWED(view, &a);
		(void)sum(view);
	}
	deed_settle(&a);
}

LEGAL(result_in_a_variable)
{
	deed_f32 a = DEED_EMPTY;
	const int err = deed_new(&a, (size_t)yes);

	if (err) {
		(void)printf("%d\n", err);
		return;
	}
	deed_drop(&a);
}

LEGAL(single_exit)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY, c = DEED_EMPTY;
	int err = -1;

	if (deed_new(&a, 1) < 0)
		goto out;
	if (yes)
		deed_move(&c, &a);
	err = deed_new(&b, 1);
	if (err)
		goto out;
	deed_drop(&b);
out:
	deed_settle(&c);
	deed_settle(&b);
	deed_settle(&a);
	(void)err;
}

LEGAL(ladder)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY, c = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	if (deed_new(&b, 1))
		goto drop_a;
	if (deed_new(&c, yes ? SIZE_MAX : 1))
		goto drop_b;
	deed_drop(&c);
drop_b:
	deed_drop(&b);
drop_a:
	deed_drop(&a);
}

static int both(deed_f32 *ret_a, deed_f32 *ret_b, size_t count)
{
	int err = deed_new(ret_a, count);

	if (err)
		return err;
	err = deed_new(ret_b, count);
	if (err)
		deed_drop(ret_a);
	return err;
}

LEGAL(out_parameters)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (both(&a, &b, (size_t)yes))
		return;
	deed_drop(&a);
	deed_drop(&b);
}

LEGAL(chained_by_or)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1) || deed_new(&b, yes ? SIZE_MAX : 1)) {
		deed_settle(&a);
		return;
	}
	deed_drop(&a);
	deed_drop(&b);
}

LEGAL(chained_by_and)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (!deed_new(&a, 1) && yes && !deed_new(&b, 1)) {
		deed_drop(&b);
		deed_drop(&a);
		return;
	}
	deed_settle(&b);
	deed_settle(&a);
}

LEGAL(error_carried_along)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;
	int err = deed_new(&a, 1);

	if (!err)
		err = deed_new(&b, yes ? SIZE_MAX : 1);
	if (!err)
		err = deed_resize(&b, 2);
	if (!err)
		deed_move(&a, &b);
	deed_settle(&a);
	deed_settle(&b);
}

LEGAL(tried_with_less)
{
	size_t count = SIZE_MAX;
	deed_f32 a = DEED_EMPTY;

	while (deed_new(&a, count)) {
		count = yes ? 8 : count / 2;
		if (!count)
			return;
	}
	deed_drop(&a);
}

LEGAL(tried_again)
{
	size_t count = SIZE_MAX;
	deed_f32 a = DEED_EMPTY;
	int err;

	do {
		err = deed_new(&a, count);
		count = (size_t)yes;
	} while (err);
	deed_drop(&a);
}

LEGAL(tried_another_way)
{
	deed_f32 a = DEED_EMPTY, spare = DEED_EMPTY;

	if (deed_new(&spare, 1))
		return;
	if (deed_new(&a, yes ? SIZE_MAX : 1))
		deed_move(&a, &spare);
	deed_drop(&a);
	deed_settle(&spare);
}

LEGAL(one_does_all)
{
	deed_f32 a = DEED_EMPTY;

	do {
		if (deed_new(&a, 1))
			break;
		if (yes) {
			deed_drop(&a);
			break;
		}
		deed_drop(&a);
	} while (0);
}

LEGAL(error_is_ignored)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 1))
		abort();
	if (deed_resize(&a, yes ? SIZE_MAX : 2))
		(void)deed_len(a); /* the buffer is as it was */
	deed_drop(&a);
}

int main(int argc, char **argv)
{
	(void)argv;
	below_zero(argc);
	equal_to_zero(argc);
	result_in_a_variable(argc);
	single_exit(argc);
	ladder(argc);
	out_parameters(argc);
	chained_by_or(argc);
	chained_by_and(argc);
	error_carried_along(argc);
	tried_with_less(argc);
	tried_again(argc);
	tried_another_way(argc);
	one_does_all(argc);
	error_is_ignored(argc);
	return 0;
}
