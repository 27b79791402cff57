/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_shared_accumulator.c - all parts add to one sum, each when its turn comes.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_f32_borrowed numbers;
	deed_f64 *sum;
};

static void add(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	const double mine = deed_sum_f32(deed_part_borrowed(part, &job->numbers));

	DEED_INOUT(sum, job->sum);
	deed_at(sum, 0) += mine;
}

int main(void)
{
	DEED_AUTO(deed_f32, numbers);
	DEED_AUTO(deed_f64, sum);
	struct deed_plan plan;

	if (deed_new_zeroed(&numbers, 1000) || deed_new_zeroed(&sum, 1))
		return 1;
	DEED_BORROWED(all, &numbers);
	struct job job = { all, &sum };
	deed_plan_parts(&plan, deed_len(all), 8);
	deed_share_borrowed(&plan, &job.numbers, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, add, &job);
}
