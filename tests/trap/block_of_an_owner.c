/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_of_an_owner.c - what an owner owns is freed as if it were a block.
 */
#include <deed.h>
#include <deed/malloc.h>

int main(void)
{
	deed_f32 xs = DEED_EMPTY;

	if (deed_new(&xs, 100))
		return 1;
	{
		DEED_INOUT(v, &xs);
		deed_free(deed_data(v));
	}
	deed_drop(&xs);
	return 0;
}
