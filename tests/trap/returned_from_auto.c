/* SPDX-License-Identifier: MIT
 *
 * tests/trap/returned_from_auto.c - a copy of the handle is handed out, and DEED_AUTO drops the
 * buffer.
 */
#include <deed.h>

static int first_primes(deed_i32 *ret)
{
	static const int32_t known[] = { 2, 3, 5, 7 };
	DEED_AUTO(deed_i32, primes);

	if (deed_from(&primes, known, 4))
		return -1;
	*ret = primes; /* deed_move(ret, &primes) was meant */
	return 0;
}

int main(void)
{
	deed_i32 primes = DEED_EMPTY;

	if (first_primes(&primes))
		return 1;
	DEED_BORROWED(view, &primes);
	return deed_at(view, 0) - 2;
}
