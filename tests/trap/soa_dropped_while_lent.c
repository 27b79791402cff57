/* SPDX-License-Identifier: MIT
 *
 * tests/trap/soa_dropped_while_lent.c - a struct of arrays ends while two of its columns are lent.
 */
#include <deed.h>
#include <deed/soa.h>

#define PARTICLE(FIELD) FIELD(float, x) FIELD(float, y) FIELD(uint32_t, id)
DEED_SOA(particles, PARTICLE);

int main(void)
{
	particles cloud = DEED_EMPTY;
	deed_f32_inout x;

	if (deed_soa_new(&cloud, 100))
		return 1;
	x = deed_soa_inout(&cloud, x);
	DEED_SOA_BORROWED(id, &cloud, id);
	deed_at(x, 0) = (float)deed_at(id, 0);
	deed_soa_drop(&cloud);
	return 0;
}
