/* SPDX-License-Identifier: MIT
 *
 * tests/trap/wrong_parent.c - a part is ended through the owner, although it was taken from a view.
 */
#include <deed.h>

int main(void)
{
	DEED_AUTO(deed_f32, signal);
	deed_f32_borrowed window, start;

	if (deed_new_zeroed(&signal, 128))
		return 1;
	window = deed_borrow(&signal);
	start = deed_reborrow(&window, 0, 8);
	deed_end(&signal, &start);
	deed_end(&signal, &window);
	return 0;
}
