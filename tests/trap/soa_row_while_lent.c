/* SPDX-License-Identifier: MIT
 *
 * tests/trap/soa_row_while_lent.c - a whole row is read while one of its columns is being written.
 */
#include <deed.h>
#include <deed/soa.h>

#define PARTICLE(FIELD) FIELD(float, x) FIELD(float, y) FIELD(uint32_t, id)
DEED_SOA(particles, PARTICLE);

int main(void)
{
	DEED_SOA_AUTO(particles, cloud);

	if (deed_soa_new_zeroed(&cloud, 10))
		return 1;
	{
		DEED_SOA_INOUT(y, &cloud, y);

		deed_at(y, 3) = deed_soa_get(&cloud, 3).x;
	}
	return 0;
}
