/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_of_partial.c - a function for deed_reduce() takes its two pointers for each other,
 * and so of a partial result, which is zero, for the context.
 */
#include <deed.h>
#include <deed/reduce.h>
#include <deed/share.h>

struct job {
	deed_u32_borrowed x;
};

struct counts {
	uint64_t of[16];
};

static void count(struct deed_part *part, void *context, void *partial)
{
	const struct job *const job = context;
	struct counts *const counts = partial;
	deed_u32_borrowed x = deed_part_borrowed(part, &job->x);

	for (size_t i = 0; i < deed_len(x); i++)
		counts->of[deed_at(x, i) % 16]++;
}

static void add(void *into, const void *from, void *context)
{
	struct counts *const sum = into;
	const struct counts *const counts = from;

	(void)context;
	for (size_t i = 0; i < 16; i++)
		sum->of[i] += counts->of[i];
}

int main(void)
{
	DEED_AUTO(deed_u32, xs);
	struct counts counts = { { 0 } };
	struct deed_plan plan;

	if (deed_new_zeroed(&xs, 256))
		return 1;
	DEED_BORROWED(x, &xs);
	struct job job = { x };
	deed_plan_chunks(&plan, deed_len(x), 64);
	deed_share_borrowed(&plan, &job.x, DEED_BY_INDEX);
	return deed_reduce(NULL, &plan, count, add, &job, &counts, sizeof counts);
}
