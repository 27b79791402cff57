/* SPDX-License-Identifier: MIT
 *
 * tests/trap/soa_pushed_by_value.c - a row is added to a copy of the owner: the owner itself does
 * not hear of it, room or no room.
 */
#include <deed.h>
#include <deed/soa.h>

#define PARTICLE(FIELD) FIELD(float, x) FIELD(float, y) FIELD(uint32_t, id)
DEED_SOA(particles, PARTICLE);

static int emit(particles cloud, uint32_t id) /* meant to be a pointer */
{
	return deed_soa_push(&cloud, { .id = id });
}

int main(void)
{
	DEED_SOA_AUTO(particles, cloud);

	if (deed_soa_new(&cloud, 0))
		return 1;
	for (uint32_t id = 0; id < 5; id++)
		if (emit(cloud, id))
			return 1;
	return deed_soa_len(cloud) == 5;
}
