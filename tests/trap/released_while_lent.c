/* SPDX-License-Identifier: MIT
 *
 * tests/trap/released_while_lent.c - memory is given back to C code while a view of it is in use.
 */
#include <deed.h>
#include <stdlib.h>

static char *to_c_string(deed_i8 *text)
{
	return (char *)deed_release(text);
}

int main(void)
{
	deed_i8 text = DEED_EMPTY;
	char *string;

	if (deed_new_zeroed(&text, 12))
		return 1;
	DEED_BORROWED(letters, &text);
	string = to_c_string(&text);
	string[0] = 'a';
	free(string);
	return deed_at(letters, 0);
}
