/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_drops_lent_twice.c - a part drops the owner, which a guard lends, whose view is
 * shared out.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_u8_borrowed text;
	deed_u8 *owner;
	int is_done;
};

static void look(struct deed_part *part, void *context)
{
	struct job *const job = context;

	if (part->index == 0) {
		deed_drop(job->owner);
		job->is_done = 1;
	}
}

int main(void)
{
	deed_u8 text = DEED_EMPTY;
	struct deed_plan plan;

	if (deed_new_zeroed(&text, 100))
		return 1;
	DEED_BORROWED(all, &text);
	struct job job = { .text = all, .owner = &text };

	deed_plan_chunks(&plan, deed_len(all), 25);
	deed_share_borrowed(&plan, &job.text, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, look, &job);
}
