/* SPDX-License-Identifier: MIT
 *
 * tests/trap/released_after_drop.c - what was dropped is given to C code.
 */
#include <deed.h>
#include <stdlib.h>

static char *detach(deed_i8 *text)
{
	return (char *)deed_release(text);
}

int main(void)
{
	deed_i8 name = DEED_EMPTY;

	if (deed_new_zeroed(&name, 12))
		return 1;
	deed_drop(&name);
	free(detach(&name));
	return 0;
}
