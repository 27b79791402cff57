/* SPDX-License-Identifier: MIT
 *
 * tests/trap/kernel_of_other_length.c - one of three operands is shorter than the others.
 */
#include <deed.h>
#include <deed/kernels.h>

static void difference(deed_f64_inout z, deed_f64_borrowed now, deed_f64_borrowed before)
{
	deed_sub_f64(z, now, before);
}

int main(void)
{
	DEED_AUTO(deed_f64, prices);
	DEED_AUTO(deed_f64, changes);

	if (deed_new_zeroed(&prices, 250) || deed_new_zeroed(&changes, 249))
		return 1;
	DEED_BORROWED(p, &prices);
	DEED_INOUT(c, &changes);
	difference(c, deed_slice(p, 1, 250), p);
	return 0;
}
