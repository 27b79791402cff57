/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_adds_to_callers.c - all parts add to a view that main lends, which is shorter than
 * what they count.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_u8_borrowed text;
	deed_u64_inout counts;
};

static void count(struct deed_part *part, void *context)
{
	struct job *const job = context;
	const deed_u8_borrowed text = deed_part_borrowed(part, &job->text);

	for (size_t i = 0; i < deed_len(text); i++)
		deed_at(job->counts, deed_at(text, i))++;
}

int main(void)
{
	DEED_AUTO(deed_u8, text);
	DEED_AUTO(deed_u64, counts);
	struct deed_plan plan;

	if (deed_new_zeroed(&text, 10000) || deed_new_zeroed(&counts, 256))
		return 1;
	DEED_BORROWED(all, &text);
	DEED_INOUT(sums, &counts);
	struct job job = { .text = all, .counts = sums };

	deed_plan_chunks(&plan, deed_len(all), 2500);
	deed_share_borrowed(&plan, &job.text, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, count, &job);
}
