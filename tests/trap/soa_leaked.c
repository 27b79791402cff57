/* SPDX-License-Identifier: MIT
 *
 * tests/trap/soa_leaked.c - a struct of arrays is forgotten.
 */
#include <deed.h>
#include <deed/soa.h>

#define PARTICLE(FIELD) FIELD(float, x) FIELD(float, y) FIELD(uint32_t, id)
DEED_SOA(particles, PARTICLE);

int main(void)
{
	particles cloud = DEED_EMPTY;

	if (deed_soa_new(&cloud, 10))
		return 1;
	return deed_soa_len(cloud) != 10;
}
