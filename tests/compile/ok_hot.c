/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_hot.c (C, C++) - a hot region is legal where a declaration is, any number of
 * them in a block and in one another, and however the block is left.
 */
#include "deed.h"
#include "deed/hot.h"

static int hot_everywhere(int how)
{
	DEED_HOT("first");
	int seen = how;

	DEED_HOT("second, in one block");
	for (int i = 0; i < 3; i++) {
		DEED_HOT("third"
			 ", in two pieces");
		DEED_HOT("");
		if (how == 0)
			continue;
		if (how == 1)
			break;
		if (how == 2)
			goto out;
		if (how == 3)
			return i;
		seen++;
	}
	switch (how) {
	case 4: {
		DEED_HOT("in a case");
		return seen;
	}
	default:
		break;
	}
out:
	return seen;
}

static unsigned hot_recursion(unsigned n)
{
	DEED_HOT("recursion");

	return n < 2 ? n : hot_recursion(n - 1) + hot_recursion(n - 2);
}

/* A macro's: on one line, beside and within each other. */
#define TWICE(outer, inner)                                                                        \
	DEED_HOT(outer);                                                                           \
	DEED_HOT(inner);                                                                           \
	{                                                                                          \
		DEED_HOT("innermost");                                                             \
	}

static void hot_on_one_line(void)
{
	TWICE("outer", "inner")
}

int main(void)
{
	deed_i32 xs = DEED_EMPTY;
	int result = 0;

	if (deed_new_zeroed(&xs, 8))
		return 1;
	for (int how = 0; how < 5; how++) {
		DEED_HOT("around");
		DEED_INOUT(v, &xs);

		deed_at(v, 0) = hot_everywhere(how);
		result |= deed_at(v, 0) != (how == 3 ? 0 : how == 4 ? 7 : how);
	}
	result |= hot_recursion(10) != 55;
	hot_on_one_line();
	{
		DEED_HOT("an advisory is no error");
		result |= deed_resize(&xs, 9) != 0;
	}
	deed_drop(&xs);
	return result;
}
