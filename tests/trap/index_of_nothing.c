/* SPDX-License-Identifier: MIT
 *
 * tests/trap/index_of_nothing.c - a reader looks at the first element of what may be empty.
 */
#include <deed.h>

static int32_t newest(deed_i32_borrowed events)
{
	return deed_at(events, 0);
}

int main(void)
{
	DEED_AUTO(deed_i32, log);

	if (deed_new(&log, 0))
		return 1;
	DEED_BORROWED(events, &log);
	return newest(events);
}
