/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_told.c - each of several parts is told of a fault, and its handler reads the
 * report and returns. The reports of one thread are made in the same memory, one after the other.
 *
 * options: tsan=1
 */
#include "race.h"

#include <string.h>

#include "deed/pool.h"
#include "deed/report.h"

enum { PARTS = 8 };

static deed_f32 owners[PARTS];
static atomic_int told;

static void see(const struct deed_report *report, void *unused)
{
	(void)unused;
	require(report->fault == DEED_E14 && strstr(report->text, "E14"));
	told++;
}

static void leave_a_loan(struct deed_part *part, void *unused)
{
	deed_f32_borrowed view = deed_borrow(&owners[part->index]);

	(void)unused;
	(void)view;
}

static void work_with(struct deed_pool *pool)
{
	struct deed_plan plan;

	for (int i = 0; i < PARTS; i++)
		require(deed_new_zeroed(&owners[i], 3) == 0);
	told = 0;
	deed_plan_chunks(&plan, PARTS, 1);
	require(deed_parallel_for(pool, &plan, leave_a_loan, NULL) == 0);
	require(told == PARTS);
	for (int i = 0; i < PARTS; i++)
		deed_drop(&owners[i]);
}

int main(void)
{
	struct deed_pool *pool = NULL;

	deed_on_fault(see, NULL);
	work_with(NULL);
	require(deed_pool_new(&pool, 2) == 0);
	work_with(pool);
	require(deed_pool_free(&pool) == 0);
	return 0;
}
