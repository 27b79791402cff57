/* SPDX-License-Identifier: MIT
 *
 * tests/trap/ended_twice.c - a loan is ended on the way out of a loop, and again behind it.
 */
#include <deed.h>

static size_t find(const deed_i32 *numbers, int32_t wanted)
{
	deed_i32_borrowed view = deed_borrow(numbers);
	size_t at;

	for (at = 0; at < deed_len(view); at++)
		if (deed_at(view, at) == wanted) {
			deed_end(numbers, &view);
			break;
		}
	deed_end(numbers, &view);
	return at;
}

int main(void)
{
	DEED_AUTO(deed_i32, numbers);

	if (deed_new_zeroed(&numbers, 20))
		return 1;
	return (int)find(&numbers, 0);
}
