/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_every_verb_after_drop.c - every verb, of what was dropped
 *
 * fault: E04
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new_zeroed(&a, 1))
		return 1;
	deed_drop(&a);
	/* expect: calling function 'deed_borrow'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_f32_borrowed v0 = deed_borrow(&a);
	deed_end(&a, &v0);
	/* expect: calling function 'deed_borrow_part'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_f32_borrowed v1 = deed_borrow_part(&a, 0, 1);
	deed_end(&a, &v1);
	/* expect: calling function 'deed_tile_borrow'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_f32_tile_borrowed v2 = deed_tile_borrow(&a, 1, 0, 0, 1, 1);
	deed_end(&a, &v2);
	/* expect: calling function 'deed_inout'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_f32_inout v3 = deed_inout(&a);
	deed_end(&a, &v3);
	/* expect: calling function 'deed_inout_part'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_f32_inout v4 = deed_inout_part(&a, 0, 1);
	deed_end(&a, &v4);
	/* expect: calling function 'deed_tile_inout'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_f32_tile_inout v5 = deed_tile_inout(&a, 1, 0, 0, 1, 1);
	deed_end(&a, &v5);
	/* expect: calling function 'deed_immortal'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_immortal(&a);
	deed_drop(&b);
	return 0;
}
