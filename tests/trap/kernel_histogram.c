/* SPDX-License-Identifier: MIT
 *
 * tests/trap/kernel_histogram.c - there is no count for the last value that a byte may have.
 */
#include <deed.h>
#include <deed/kernels.h>

int main(void)
{
	static const uint8_t message[] = "to whom it may concern";
	DEED_AUTO(deed_u64, counts);

	if (deed_new_zeroed(&counts, 255))
		return 1;
	DEED_INOUT(n, &counts);
	DEED_LEND_CONST(text, message, sizeof message);
	deed_histogram_u8(n, text);
	return 0;
}
