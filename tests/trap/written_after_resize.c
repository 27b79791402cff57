/* SPDX-License-Identifier: MIT
 *
 * tests/trap/written_after_resize.c - a raw pointer into a buffer that has been resized: always into
 * other memory, so that the old is wrong at once.
 */
#include <deed.h>

int main(void)
{
	DEED_AUTO(deed_i32, queue);
	int32_t *raw;

	if (deed_new_zeroed(&queue, 8))
		return 1;
	{
		DEED_INOUT(v, &queue);
		raw = deed_data(v);
	}
	if (deed_resize(&queue, 16))
		return 1;
	raw[0] = 0x01020304;
	return 0;
}
