/* SPDX-License-Identifier: MIT
 *
 * tests/trap/same_argument_twice.c - one buffer is both operands of a function that writes one
 * of them.
 */
#include <deed.h>

static void multiply(deed_f64 *product, const deed_f64 *factor)
{
	DEED_INOUT(to, product);
	DEED_BORROWED(from, factor);

	for (size_t i = 0; i < deed_len(to); i++)
		deed_at(to, i) *= deed_at(from, i);
}

int main(void)
{
	deed_f64 vector = DEED_EMPTY;

	if (deed_new_zeroed(&vector, 3))
		return 1;
	multiply(&vector, &vector);
	deed_drop(&vector);
	return 0;
}
