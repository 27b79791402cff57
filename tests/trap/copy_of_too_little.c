/* SPDX-License-Identifier: MIT
 *
 * tests/trap/copy_of_too_little.c - a short view is copied to a long one.
 */
#include <deed.h>

static void set_title(deed_u8_inout title, deed_u8_borrowed text)
{
	deed_copy(title, text);
}

int main(void)
{
	static const uint8_t hello[] = "hello";
	deed_u8 window = DEED_EMPTY, text = DEED_EMPTY;

	if (deed_new_zeroed(&window, 80) || deed_from(&text, hello, 5))
		return 1;
	{
		DEED_INOUT(title, &window);
		DEED_BORROWED(letters, &text);
		set_title(title, letters);
	}
	deed_drop(&window);
	deed_drop(&text);
	return 0;
}
