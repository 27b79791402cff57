/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_use_after_release.c - an owner is cloned after its memory was released
 *
 * fault: E04
 */
#include <deed.h>

#include <stdlib.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	free(deed_release(&a));
	/* expect: calling function 'deed_clone'
	 * requires holding ownership 'a.is.owned' exclusively */
	if (deed_clone(&b, &a))
		return 1;
	deed_drop(&b);
	return 0;
}
