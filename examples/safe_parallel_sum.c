/* SPDX-License-Identifier: MIT
 *
 * examples/safe_parallel_sum.c - partition, sum, merge: on all processors, to the last bit.
 *
 *     cc -O2 safe_parallel_sum.c $(pkg-config --cflags --libs deed)
 *     cc -O2 -g safe_parallel_sum.c $(pkg-config --cflags --libs deed-trap)
 *
 * Every part sums up its own elements and leaves the sum in a place of its own; when all have,
 * the sums are merged. No part waits for another, there is nothing to lock, and nothing to race
 * for. Three things go wrong in most programs that do this by hand:
 *
 *     the rest     count / workers leaves elements over. A plan has them: its last part is
 *                  smaller, and a trap build tells of elements that are in no part (A06).
 *     the line     sums that lie side by side are on one cache line, which then wanders from
 *                  processor to processor at each addition. deed_reduce() gives each part
 *                  lines of its own.
 *     the order    floating-point sums depend on it; with one part per worker the result is
 *                  another one on each machine. Here the parts are the same for any number of
 *                  workers, and merged by one tree: the sum has the very bits of the sum of
 *                  all on one thread.
 *
 * By hand, without deed_reduce(), the places of the sums are a buffer that is shared out too, and
 * what a part writes beside its own is a fault:
 *
 *     err = deed_new_aligned(&sums, plan.parts * 16, 64);            16 floats: a cache line
 *     ...
 *     deed_share_borrowed(&plan, &job.numbers, DEED_BY_INDEX);
 *     deed_share_inout(&plan, &job.sums, deed_by_part(16));
 *     err = deed_parallel_for(pool, &plan, sum_part, &job);
 *
 *     ... and in sum_part()
 *     deed_f32_inout sum = deed_part_inout(part, &job->sums);
 *     deed_at(sum, 0) = deed_sum_f32(deed_part_borrowed(part, &job->numbers));
 *
 * examples/faults/shared_accumulator.c is what happens to those who add to one total.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/reduce.h>
#include <deed/share.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Not a multiple of anything. */
#define COUNT ((size_t)10000019)

/* A few hundred microseconds of work, and whole blocks of deed_sum_f32(): see deed/reduce.h. */
#define CHUNK ((size_t)16 * 16384)

static void sum_part(struct deed_part *part, void *partial, void *context)
{
	const deed_f32_borrowed *const numbers = context;
	float *const sum = partial;

	*sum = deed_sum_f32(deed_part_borrowed(part, numbers));
}

static void add(void *into, const void *from, void *context)
{
	float *const sum = into;

	(void)context;
	*sum += *(const float *)from;
}

static int parallel_sum(struct deed_pool *pool, deed_f32_borrowed numbers, float *ret_sum)
{
	struct deed_plan plan;

	*ret_sum = 0;
	deed_plan_chunks(&plan, deed_len(numbers), CHUNK);
	deed_share_borrowed(&plan, &numbers, DEED_BY_INDEX);
	return deed_reduce(pool, &plan, sum_part, add, &numbers, ret_sum, sizeof *ret_sum);
}

static void fill(deed_f32_inout numbers)
{
	float *const at = deed_data(numbers);

	for (size_t i = 0; i < deed_len(numbers); i++)
		at[i] = 1 / (float)(i + 1);
}

static int fail(int err)
{
	(void)fprintf(stderr, "safe_parallel_sum: %s\n", strerror(-err));
	return 1;
}

int main(void)
{
	DEED_AUTO(deed_f32, all);
	int err = deed_new_aligned(&all, COUNT, 64);

	if (err)
		return fail(err);
	{
		DEED_INOUT(numbers, &all);
		fill(numbers);
	}
	DEED_BORROWED(numbers, &all);
	const float expected = deed_sum_f32(numbers);

	printf("one thread    %.9g\n", (double)expected);
	for (unsigned workers = 1; workers <= 8; workers *= 2) {
		struct deed_pool *pool = NULL;
		bool same;
		float sum;

		err = deed_pool_new(&pool, workers);
		if (!err)
			err = parallel_sum(pool, numbers, &sum);
		(void)deed_pool_free(&pool);
		if (err)
			return fail(err);
		same = memcmp(&sum, &expected, sizeof sum) == 0;
		printf("%u worker%s     %.9g, %s\n", workers, workers == 1 ? " " : "s", (double)sum,
		       same ? "the same bits" : "WRONG");
		if (!same)
			return 1;
	}
	return 0;
}
