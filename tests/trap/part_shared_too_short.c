/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_shared_too_short.c - sums are shared out by index beside the numbers that the
 * plan counts.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_u8 text;
	deed_u64 counts;
};

static void count(struct deed_part *part, void *context)
{
	struct job *const job = context;
	const deed_u8_borrowed text = deed_part_borrowed(part, &job->text);
	const deed_u64_inout counts = deed_part_inout(part, &job->counts);

	for (size_t i = 0; i < deed_len(text); i++)
		deed_at(counts, deed_at(text, i))++;
}

int main(void)
{
	struct job job = { .text = DEED_EMPTY, .counts = DEED_EMPTY };
	struct deed_plan plan;

	if (deed_new_zeroed(&job.text, 10000) || deed_new_zeroed(&job.counts, 256))
		return 1;
	deed_plan_chunks(&plan, deed_len(job.text), 2500);
	deed_share_borrowed(&plan, &job.text, DEED_BY_INDEX);
	deed_share_inout(&plan, &job.counts, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, count, &job);
}
