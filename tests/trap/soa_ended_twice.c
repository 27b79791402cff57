/* SPDX-License-Identifier: MIT
 *
 * tests/trap/soa_ended_twice.c - a column is given back on the way, and at the end.
 */
#include <deed.h>
#include <deed/soa.h>

#define PARTICLE(FIELD) FIELD(float, x) FIELD(float, y) FIELD(uint32_t, id)
DEED_SOA(particles, PARTICLE);

DEED_UNCHECKED static int first(particles *cloud, uint32_t *ret)
{
	deed_u32_borrowed id = deed_soa_borrow(cloud, id);

	if (deed_len(id)) {
		*ret = deed_at(id, 0);
		deed_soa_end(cloud, &id);
	}
	deed_soa_end(cloud, &id);
	return 0;
}

int main(void)
{
	DEED_SOA_AUTO(particles, cloud);
	uint32_t id;

	if (deed_soa_new_zeroed(&cloud, 10))
		return 1;
	return first(&cloud, &id);
}
