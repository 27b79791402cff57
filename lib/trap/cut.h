/* SPDX-License-Identifier: MIT
 *
 * lib/trap/cut.h - how a plan was cut into parts, to tell of them when the plan is no more.
 */
#ifndef DEED_CUT_H
#define DEED_CUT_H

#include "deed/plan.h"

/* As in struct deed_plan; parts 0: no plan. */
struct deed_cut {
	size_t count, chunk, columns, x_chunk, parts;
};

static inline struct deed_cut deed_cut_of(const struct deed_plan *plan)
{
	return (struct deed_cut){ plan->count, plan->chunk, plan->columns, plan->x_chunk,
				  plan->parts };
}

/* A part, as far as it was cut: its plan and its worker are not known. */
static inline struct deed_part deed_cut_part(const struct deed_cut *cut, size_t index)
{
	struct deed_plan plan;

	plan.count = cut->count;
	plan.chunk = cut->chunk;
	plan.columns = cut->columns;
	plan.x_chunk = cut->x_chunk;
	plan.parts = cut->parts;
	return deed_plan_part(&plan, index);
}

#endif
