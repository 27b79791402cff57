/* SPDX-License-Identifier: MIT
 *
 * tests/trap/soa_pushed_while_lent.c - a row is added while a column is lent: there is room for it
 * this time, and may be none the next.
 */
#include <deed.h>
#include <deed/soa.h>

#define PARTICLE(FIELD) FIELD(float, x) FIELD(float, y) FIELD(uint32_t, id)
DEED_SOA(particles, PARTICLE);

int main(void)
{
	DEED_SOA_AUTO(particles, cloud);
	int err = deed_soa_new_zeroed(&cloud, 10);

	if (err)
		return 1;
	{
		DEED_SOA_BORROWED(x, &cloud, x);

		for (size_t i = 0; !err && i < deed_len(x); i++)
			if (deed_at(x, i) >= 0)
				err = deed_soa_push(&cloud, { .x = -deed_at(x, i) });
	}
	return err;
}
