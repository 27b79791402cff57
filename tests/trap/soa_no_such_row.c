/* SPDX-License-Identifier: MIT
 *
 * tests/trap/soa_no_such_row.c - one row too many is asked of a struct of arrays, where there is
 * room for it.
 */
#include <deed.h>
#include <deed/soa.h>

#define PARTICLE(FIELD) FIELD(float, x) FIELD(float, y) FIELD(uint32_t, id)
DEED_SOA(particles, PARTICLE);

static float last_x(const particles *cloud)
{
	return deed_soa_get(cloud, deed_soa_len(*cloud)).x;
}

int main(void)
{
	DEED_SOA_AUTO(particles, cloud);

	if (deed_soa_new(&cloud, 10))
		return 1;
	return last_x(&cloud) != 0;
}
