/* SPDX-License-Identifier: MIT
 *
 * tests/trap/copy_of_other_length.c - a long name is copied into a short field.
 */
#include <deed.h>

static void rename_to(deed_u8 *field, deed_u8_borrowed name)
{
	DEED_INOUT(letters, field);

	deed_copy(letters, name);
}

int main(void)
{
	DEED_AUTO(deed_u8, field);
	DEED_AUTO(deed_u8, name);

	if (deed_new_zeroed(&field, 16) || deed_new_zeroed(&name, 20))
		return 1;
	DEED_BORROWED(letters, &name);
	rename_to(&field, letters);
	return 0;
}
