/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/lends.c - nor by lends of one memory by its address.
 */
#include "race.h"

static int values[10];

static void use(void)
{
	for (int i = 0; i < 300; i++) {
		DEED_LEND_CONST(r, values, 10);
		(void)deed_at(r, 0);
	}
}

RACE_AROUND(use)

int main(void)
{
	run_two(write_then_use, use_then_write);
	return 0;
}
