/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_resized.c (C, C++) - an owner behind a pointer is resized where a guard of it
 * was.
 */
#include <deed.h>

int resized_grow(deed_f32 *xs);

int resized_grow(deed_f32 *xs)
{
	{
		DEED_INOUT(v, xs);

		for (size_t i = 0; i < deed_len(v); i++)
			deed_at(v, i) += 1;
	}
	return deed_resize(xs, 40);
}

int main(void)
{
	deed_f32 xs = DEED_EMPTY;
	int failed;

	if (deed_new_zeroed(&xs, 20))
		return 1;
	failed = resized_grow(&xs) || deed_len(xs) != 40;
	deed_drop(&xs);
	return failed;
}
