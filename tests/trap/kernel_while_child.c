/* SPDX-License-Identifier: MIT
 *
 * tests/trap/kernel_while_child.c - a row is scaled while its head is lent on.
 */
#include <deed.h>
#include <deed/kernels.h>

int main(void)
{
	DEED_AUTO(deed_f32, row);

	if (deed_new_zeroed(&row, 64))
		return 1;
	DEED_INOUT(all, &row);
	DEED_BORROWED_PART(head, &all, 0, 8);
	deed_scale_f32_by(all, deed_max_f32(head));
	return 0;
}
