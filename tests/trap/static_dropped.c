/* SPDX-License-Identifier: MIT
 *
 * tests/trap/static_dropped.c - a table of constants is dropped like any other buffer.
 */
#include <deed.h>

static const uint16_t sine[] = { 0, 195, 383, 556, 707, 831, 924, 981 };

static void oscillator_done(deed_u16 *wave)
{
	deed_drop(wave);
}

int main(void)
{
	deed_u16 wave = DEED_EMPTY;

	if (deed_static(&wave, sine, 8))
		return 1;
	oscillator_done(&wave);
	return 0;
}
