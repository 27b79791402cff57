/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_strict.c - what is right, but is said to be wrong at the strict level.
 */
#include "legal.h"

LEGAL(made_in_an_array)
{
	deed_f32 a[1] = { DEED_EMPTY }, one = DEED_EMPTY;

	if (deed_new(&a[0], 1))
		return;
	deed_drop(&a[0]);
	if (!deed_new(&one, (size_t)yes)) { /* made in a variable, and moved there */
		deed_move(&a[0], &one);
		deed_drop(&a[0]);
	}
	/* expect-..14: mutex 'a[0].is.owned' is not held on every path through here */
	/* expect-15..: ownership 'a[0].is.owned' is not held on every path through here */
}

LEGAL(automatic)
{
	DEED_AUTO(deed_f32, a);

	if (deed_new(&a, (size_t)yes))
		return;
	/* expect-..14: mutex 'a.is.owned' is not held on every path through here */
	/* expect-15..17: ownership 'a.is.owned' is not held on every path through here */
}

LEGAL(settled_by_one_exit)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1))
		goto out;
	if (deed_new(&b, (size_t)yes))
		goto out;
	deed_drop(&b);
out:
	/* expect-..14: mutex 'a.is.owned' is not held on every path through here */
	/* expect-15..: ownership 'a.is.owned' is not held on every path through here */
	deed_settle(&b);
	deed_settle(&a);
}

int main(int argc, char **argv)
{
	(void)argv;
	made_in_an_array(argc);
	automatic(argc);
	settled_by_one_exit(argc);
	return 0;
}
