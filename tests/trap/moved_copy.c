/* SPDX-License-Identifier: MIT
 *
 * tests/trap/moved_copy.c - a copy of a struct is used after the original has given its buffer
 * away.
 */
#include <deed.h>

struct job {
	int priority;
	deed_f64 data;
};

static deed_f64 in_progress;

static void start(struct job *job)
{
	deed_move(&in_progress, &job->data);
}

int main(void)
{
	struct job job = { .priority = 3 };
	struct job last;

	if (deed_new_zeroed(&job.data, 10))
		return 1;
	last = job; /* for the display */
	start(&job);
	DEED_BORROWED(data, &last.data);
	return deed_at(data, 0) > 0.0;
}
