/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_writes_row_of_all.c - parts write to one row of a table.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/soa.h>

#define PARTICLE(F) F(float, x) F(float, v)
DEED_SOA(particles, PARTICLE);

static void fill(struct deed_part *part, void *context)
{
	particles *const ps = context;
	const particles_row row = { (float)part->index, 1 };

	for (size_t i = part->lo; i < part->hi; i++)
		deed_soa_set(ps, i / 64, row);
}

int main(void)
{
	particles ps = { 0 };
	struct deed_plan plan;

	if (deed_soa_new_zeroed(&ps, 100))
		return 1;
	deed_plan_chunks(&plan, deed_soa_len(ps), 50);
	if (deed_parallel_for(NULL, &plan, fill, &ps))
		return 1;
	deed_soa_drop(&ps);
	return 0;
}
