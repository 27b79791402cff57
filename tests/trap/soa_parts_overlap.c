/* SPDX-License-Identifier: MIT
 *
 * tests/trap/soa_parts_overlap.c - two parts of a column share an element: reports count from the
 * first element of the column.
 */
#include <deed.h>
#include <deed/soa.h>

#define PARTICLE(FIELD) FIELD(float, x) FIELD(float, y) FIELD(uint32_t, id)
DEED_SOA(particles, PARTICLE);

int main(void)
{
	DEED_SOA_AUTO(particles, cloud);

	if (deed_soa_new_zeroed(&cloud, 100))
		return 1;
	{
		DEED_SOA_INOUT(id, &cloud, id);
		DEED_INOUT_PART(first, &id, 0, 51);
		DEED_INOUT_PART(second, &id, 50, 100);

		deed_fill(first, 1);
		deed_fill(second, 2);
	}
	return 0;
}
