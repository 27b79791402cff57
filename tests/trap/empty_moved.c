/* SPDX-License-Identifier: MIT
 *
 * tests/trap/empty_moved.c - a queue hands out a job although it has none.
 */
#include <deed.h>

static deed_i32 queue[8];
static size_t queued;

static void push(deed_i32 *job)
{
	deed_move(&queue[queued++], job);
}

static void pop(deed_i32 *ret_job)
{
	deed_move(ret_job, &queue[--queued]);
}

int main(void)
{
	deed_i32 job = DEED_EMPTY;

	push(&job); /* meant to be filled first */
	pop(&job);
	deed_drop(&job);
	return 0;
}
