/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_drop_in_guard.c - an owner is dropped in the block of a guard that lends it
 *
 * fault: E08
 */
#include <deed.h>

int main(int argc, char **argv)
{
	deed_f32 a = DEED_EMPTY;

	(void)argv;
	if (deed_new_zeroed(&a, 8))
		return 1;
	for (int i = 0; i < argc; i++) {
		DEED_INOUT(v, &a);
		if (i == argc - 1) {
			/* expect-18..: cannot call function 'deed_drop'
			 * while inout loan 'a.is.lent_inout' is held */
			deed_drop(&a);
			break;
		}
		deed_fill(v, 0.0f);
	}
	return 0;
}
