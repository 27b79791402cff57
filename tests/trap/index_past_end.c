/* SPDX-License-Identifier: MIT
 *
 * tests/trap/index_past_end.c - the last turn of a loop looks at the element behind the last one.
 */
#include <deed.h>

static size_t count_rises(deed_f32_borrowed prices)
{
	size_t rises = 0;

	for (size_t i = 0; i < deed_len(prices); i++)
		rises += deed_at(prices, i + 1) > deed_at(prices, i);
	return rises;
}

int main(void)
{
	DEED_AUTO(deed_f32, prices);

	if (deed_new_zeroed(&prices, 30))
		return 1;
	DEED_BORROWED(view, &prices);
	return (int)count_rises(view);
}
