/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_lends_pointers_overlapping.c - two parts lend by address what both have an
 * element of.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void clear(float *out, size_t n)
{
	DEED_LEND(to, out, n);
	for (size_t i = 0; i < deed_len(to); i++)
		deed_at(to, i) = 0;
}

static void clear_part(struct deed_part *part, void *context)
{
	float *const samples = context;
	const size_t lo = part->lo ? part->lo - 1 : 0;

	clear(samples + lo, part->hi - lo);
}

static float *memory(deed_f32 *xs)
{
	DEED_INOUT(view, xs);

	return deed_data(view);
}

int main(void)
{
	struct deed_plan plan;
	DEED_AUTO(deed_f32, ys);

	if (deed_new_zeroed(&ys, 100))
		return 1;
	deed_plan_chunks(&plan, 100, 25);
	return deed_parallel_for(NULL, &plan, clear_part, memory(&ys));
}
