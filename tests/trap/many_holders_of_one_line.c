/* SPDX-License-Identifier: MIT
 *
 * tests/trap/many_holders_of_one_line.c - a resize while a loop's loans, forty of them, still live.
 */
#include <deed.h>

enum { PARTS = 40 };

static deed_u8_borrowed parts[PARTS];

static void cut(deed_u8 *message)
{
	for (size_t i = 0; i < PARTS; i++)
		parts[i] = deed_borrow_part(message, 10 * i, 10 * i + 10);
}

int main(void)
{
	deed_u8 message = DEED_EMPTY;
	int err;

	if (deed_new_zeroed(&message, 10 * PARTS))
		return 1;
	cut(&message);
	err = deed_resize(&message, 20 * PARTS);
	for (size_t i = 0; i < PARTS; i++)
		deed_end(&message, &parts[i]);
	deed_drop(&message);
	return err;
}
