/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_reads_row_of_another.c - each row is made from the one before it, which may be
 * another part's.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/soa.h>

#define PARTICLE(F) F(float, x) F(float, v)
DEED_SOA(particles, PARTICLE);

static void drift(struct deed_part *part, void *context)
{
	particles *const ps = context;

	for (size_t i = part->lo; i < part->hi; i++) {
		particles_row row = deed_soa_get(ps, i ? i - 1 : 0);

		row.x += row.v;
		deed_soa_set(ps, i, row);
	}
}

int main(void)
{
	particles ps = { 0 };
	struct deed_plan plan;

	if (deed_soa_new_zeroed(&ps, 100))
		return 1;
	deed_plan_chunks(&plan, deed_soa_len(ps), 50);
	if (deed_parallel_for(NULL, &plan, drift, &ps))
		return 1;
	deed_soa_drop(&ps);
	return 0;
}
