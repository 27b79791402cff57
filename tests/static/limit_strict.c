/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_strict.c - what is right, but is said to be wrong at the strict level.
 */
#include "legal.h"

LEGAL(assigned_in_a_condition)
{
	deed_f32 a = DEED_EMPTY;
	int err;

	if ((err = deed_new(&a, (size_t)yes)))
		return;
	/* expect: releasing ownership 'a.is.owned' that was not held */
	deed_drop(&a);
	err = deed_new(&a, 1); /* assigned before */
	if (err)
		return;
	deed_drop(&a);
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
	assigned_in_a_condition(argc);
	automatic(argc);
	settled_by_one_exit(argc);
	return 0;
}
