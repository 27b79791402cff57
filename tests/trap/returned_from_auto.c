/* SPDX-License-Identifier: MIT
 *
 * tests/trap/returned_from_auto.c - a copy of the handle is returned, and DEED_AUTO drops the
 * buffer.
 */
#include <deed.h>

static deed_i32 first_primes(void)
{
	static const int32_t known[] = { 2, 3, 5, 7 };
	DEED_AUTO(deed_i32, primes);

	if (deed_from(&primes, known, 4))
		return primes;
	return primes; /* deed_move() to an argument was meant */
}

int main(void)
{
	deed_i32 primes = first_primes();

	DEED_BORROWED(view, &primes);
	return deed_at(view, 0) - 2;
}
