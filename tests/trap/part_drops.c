/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_drops.c - the part that thinks it is the last one drops what the others have read.
 */
#include <deed.h>
#include <deed/pool.h>

struct job {
	deed_u8 text;
	int is_done;
};

static void look(struct deed_part *part, void *context)
{
	struct job *const job = context;

	if (part->index < 3) {
		DEED_BORROWED(all, &job->text);
		(void)deed_at(all, part->index);
	} else {
		deed_drop(&job->text);
		job->is_done = 1;
	}
}

int main(void)
{
	struct job job = { DEED_EMPTY, 0 };
	struct deed_plan plan;

	if (deed_new_zeroed(&job.text, 100))
		return 1;
	deed_plan_chunks(&plan, 4, 1);
	return deed_parallel_for(NULL, &plan, look, &job);
}
