/* SPDX-License-Identifier: MIT
 *
 * tests/trap/hot_without_advice.c - advice=0: not a word.
 *
 * options: advice=0
 * status: 0
 */
#include <deed.h>
#include <deed/hot.h>

int main(void)
{
	for (int i = 0; i < 3; i++) {
		DEED_HOT("rows");
		DEED_AUTO(deed_f32, row);

		if (deed_new_zeroed(&row, 100))
			return 1;
		DEED_INOUT(v, &row);
		deed_data(v)[0] = 1;
	}
	return 0;
}
