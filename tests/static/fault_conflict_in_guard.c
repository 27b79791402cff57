/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_conflict_in_guard.c - an owner is lent inout in the block of a guard that
 * borrows it
 *
 * fault: E09
 */
#include <deed.h>

int main(void)
{
	DEED_AUTO(deed_f32, a);

	if (deed_new_zeroed(&a, 8))
		return 1;
	DEED_BORROWED(v, &a);
	/* expect-18..: cannot call function 'deed_inout'
	 * while loan 'a.is.lent' is held */
	DEED_INOUT(w, &a);
	deed_copy(w, v);
	return 0;
}
