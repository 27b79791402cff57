/* SPDX-License-Identifier: MIT
 *
 * examples/faults/drop_while_lent.c - a picture is closed while a thumbnail still looks at it.
 */
#include <deed.h>
#include <stdio.h>

int main(void)
{
	deed_u8 picture = DEED_EMPTY;
	deed_u8_borrowed thumbnail;

	if (deed_new_zeroed(&picture, 640 * 480))
		return 1;
	thumbnail = deed_borrow_part(&picture, 0, 64 * 48);
	deed_drop(&picture);
	printf("first pixel: %u\n", deed_at(thumbnail, 0));
	return 0;
}
