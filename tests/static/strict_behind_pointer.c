/* SPDX-License-Identifier: MIT
 *
 * tests/static/strict_behind_pointer.c - what a pointer points to is dropped on one way, and used
 *
 * fault: E04
 */
#include <deed.h>

static void end(deed_f32 *a, int is_done) DEED_TAKES(a);
static void end(deed_f32 *a, int is_done)
{
	if (is_done)
		deed_drop(a);
	/* expect-..14: mutex 'a->is.owned' is not held on every path through here */
	/* expect-15..: ownership 'a->is.owned' is not held on every path through here */
	/* expect: calling function 'deed_borrow'
	 * requires holding ownership 'a->is.owned' exclusively */
	deed_f32_borrowed v = deed_borrow(a);
	deed_end(a, &v);
	/* expect: releasing ownership 'a->is.owned' that was not held */
	deed_drop(a);
}

int main(int argc, char **argv)
{
	deed_f32 a = DEED_EMPTY;

	(void)argv;
	if (deed_new_zeroed(&a, 4))
		return 1;
	end(&a, argc);
	return 0;
}
