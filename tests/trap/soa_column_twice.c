/* SPDX-License-Identifier: MIT
 *
 * tests/trap/soa_column_twice.c - two fields of one struct of arrays may be written at once, and
 * one field twice may not.
 */
#include <deed.h>
#include <deed/soa.h>

#define PARTICLE(FIELD) FIELD(float, x) FIELD(float, y) FIELD(uint32_t, id)
DEED_SOA(particles, PARTICLE);

static void mirror(particles *cloud)
{
	DEED_SOA_INOUT(x, cloud, x);
	DEED_SOA_INOUT(y, cloud, y);
	DEED_SOA_BORROWED(also_x, cloud, x);

	deed_copy(x, y);
	deed_copy(y, also_x);
}

int main(void)
{
	DEED_SOA_AUTO(particles, cloud);

	if (deed_soa_new_zeroed(&cloud, 100))
		return 1;
	mirror(&cloud);
	return 0;
}
