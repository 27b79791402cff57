/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_owners.c - owners that are made, handed on and ended. C, C++
 */
#include "legal.h"

LEGAL(made_and_dropped)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, (size_t)yes))
		return;
	deed_drop(&a);
}

LEGAL(made_every_way)
{
	static const float table[] = { 1, 2, 3 };
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY, c = DEED_EMPTY, d = DEED_EMPTY, e = DEED_EMPTY;

	if (deed_new_zeroed(&a, 4) == 0 && deed_new_aligned(&b, 4, 64) == 0 &&
	    deed_new2(&c, 2, (size_t)yes) == 0 && deed_from(&d, table, 3) == 0 &&
	    deed_clone(&e, &d) == 0)
		deed_swap(&a, &b);
	deed_settle(&a);
	deed_settle(&b);
	deed_settle(&c);
	deed_settle(&d);
	deed_settle(&e);
}

LEGAL(empty_is_nothing_to_drop)
{
	deed_f32 a = DEED_EMPTY;

	deed_drop(&a);
	deed_settle(&a);
	if (yes)
		deed_drop(&a);
}

LEGAL(moved_on_and_on)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY, c = DEED_EMPTY;

	if (deed_new(&a, (size_t)yes))
		return;
	deed_move(&b, &a);
	deed_move(&c, &b);
	deed_drop(&c);
}

LEGAL(moved_there_and_back)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new_zeroed(&a, 4))
		return;
	deed_move(&b, &a);
	deed_move(&a, &b);
	for (int i = 0; i < 2 + yes; i++) {
		deed_move(&b, &a);
		deed_move(&a, &b);
	}
	{
		DEED_BORROWED(view, &a);
		(void)sum(view);
	}
	deed_drop(&a);
}

LEGAL(moved_onto_itself)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, (size_t)yes))
		return;
	deed_move(&a, &a);
	deed_drop(&a);
}

LEGAL(swapped_with_what_owns_nothing)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1) || deed_new_zeroed(&b, (size_t)yes))
		return;
	deed_drop(&a);
	deed_swap(&a, &b);
	{
		DEED_BORROWED(view, &a);
		(void)sum(view);
	}
	deed_drop(&a);
}

LEGAL(filled_again)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	deed_drop(&a);
	if (deed_new_zeroed(&a, 2))
		return;
	{
		DEED_BORROWED(view, &a);
		(void)sum(view);
	}
	deed_settle(&a);
	if (deed_new(&a, 3 + (size_t)yes))
		return;
	deed_drop(&a);
}

LEGAL(moved_if_and_filled_again)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	if (yes) {
		deed_move(&b, &a);
		if (deed_new_zeroed(&a, 1)) {
			deed_drop(&b);
			return;
		}
	}
	{
		DEED_BORROWED(view, &a);
		(void)sum(view);
	}
	deed_settle(&b);
	deed_drop(&a);
}

LEGAL(maybe_owner_settled)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	if (yes)
		deed_move(&b, &a);
	deed_settle(&a);
	deed_settle(&b);
}

LEGAL(maybe_owner_asked)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	if (yes)
		deed_move(&b, &a);
	if (deed_owns(&a))
		deed_drop(&a);
	if (!deed_owns(&b))
		return;
	deed_drop(&b);
}

LEGAL(exactly_one_drops)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	if (yes)
		deed_drop(&a);
	else
		deed_drop(&a);
}

LEGAL(made_if_and_dropped_if)
{
	deed_f32 a = DEED_EMPTY;
	int is_made = 0;

	if (yes) {
		if (deed_new_zeroed(&a, 1))
			return;
		is_made = 1;
	}
	if (is_made) {
		DEED_BORROWED(view, &a);
		(void)sum(view);
	}
	if (is_made)
		deed_drop(&a);
}

LEGAL(grows_and_shrinks)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, (size_t)yes))
		return;
	for (size_t n = 2; n < 100; n *= 2) {
		if (deed_resize(&a, n))
			break;
		DEED_INOUT(view, &a);
		clear(view);
	}
	if (deed_resize(&a, 1) < 0)
		(void)puts("an error");
	deed_drop(&a);
}

static void free_it(void *data, size_t bytes, void *context)
{
	(void)bytes;
	(void)context;
	free(data);
}

LEGAL(adopted_and_released)
{
	float *raw = (float *)calloc(4, sizeof *raw);
	deed_f32 a = DEED_EMPTY;

	if (!raw)
		return;
	if (deed_adopt(&a, raw, 4, free_it, NULL)) {
		free(raw);
		return;
	}
	raw = deed_release(&a);
	if (deed_adopt(&a, raw, (size_t)(3 + yes), free_it, NULL)) {
		free(raw);
		return;
	}
	deed_drop(&a);
}

LEGAL(static_data_is_not_dropped)
{
	static const float table[] = { 1, 2, 3 };
	deed_f32 a = DEED_EMPTY;

	if (deed_static(&a, table, (size_t)(2 + yes)))
		return;
	DEED_BORROWED(view, &a);
	(void)sum(view);
}

LEGAL(automatic)
{
	DEED_AUTO(deed_f32, a);
	DEED_AUTO(deed_f32, b);

	if (deed_new_zeroed(&a, 1) || deed_clone(&b, &a))
		return;
	if (yes)
		deed_swap(&a, &b);
	deed_drop(&a);
	DEED_INOUT(view, &b);
	clear(view);
}

LEGAL(automatic_and_moved_out)
{
	deed_f32 result = DEED_EMPTY;

	{
		DEED_AUTO(deed_f32, a);

		if (deed_new(&a, (size_t)yes))
			return;
		deed_move(&result, &a);
	}
	deed_drop(&result);
}

/* A macro puts its argument in parentheses: it is the same owner. */
#define MAKE(owner) deed_new_zeroed(&(owner), 1)

LEGAL(made_by_a_macro)
{
	deed_f32 a = DEED_EMPTY;

	if (MAKE(a))
		return;
	deed_drop(&a);
	if (MAKE(a))
		return;
	if (yes) {
		DEED_BORROWED(view, &(a));
		(void)sum(view);
	}
	deed_drop((&a));
}

LEGAL(length_of_what_is_owned)
{
	deed_f32 a = DEED_EMPTY, *p = &a;

	if (deed_new(&a, 3) || deed_len(a) != 3 || deed_len(*p) != 3)
		return;
	for (size_t i = 0; i < deed_len(a) + (size_t)yes; i++)
		(void)i;
	deed_drop(p);
}

int main(int argc, char **argv)
{
	(void)argv;
	made_and_dropped(argc);
	made_every_way(argc);
	empty_is_nothing_to_drop(argc);
	moved_on_and_on(argc);
	moved_there_and_back(argc);
	moved_onto_itself(argc);
	swapped_with_what_owns_nothing(argc);
	filled_again(argc);
	moved_if_and_filled_again(argc);
	maybe_owner_settled(argc);
	maybe_owner_asked(argc);
	exactly_one_drops(argc);
	made_if_and_dropped_if(argc);
	grows_and_shrinks(argc);
	adopted_and_released(argc);
	static_data_is_not_dropped(argc);
	automatic(argc);
	automatic_and_moved_out(argc);
	made_by_a_macro(argc);
	length_of_what_is_owned(argc);
	return 0;
}
