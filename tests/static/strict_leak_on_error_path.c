/* SPDX-License-Identifier: MIT
 *
 * tests/static/strict_leak_on_error_path.c - an error path forgets an owner
 *
 * fault: E17
 */
#include <deed.h>

static int two(size_t count)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 8))
		return -1;
	if (deed_new(&b, count))
		return -1;
	deed_drop(&b);
	deed_drop(&a);
	return 0;
	/* expect-..14: mutex 'a.is.owned' is not held on every path through here */
	/* expect-15..: ownership 'a.is.owned' is not held on every path through here */
}

int main(void)
{
	return two(SIZE_MAX) == 0;
}
