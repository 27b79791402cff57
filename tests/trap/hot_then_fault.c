/* SPDX-License-Identifier: MIT
 *
 * tests/trap/hot_then_fault.c - an advisory about a buffer goes on, and a fault of it is told yet.
 */
#include <deed.h>
#include <deed/hot.h>

int main(void)
{
	deed_u8 line = DEED_EMPTY;

	DEED_HOT("parse");
	if (deed_new(&line, 80))
		return 1;
	deed_drop(&line);
	deed_drop(&line);
	return 0;
}
