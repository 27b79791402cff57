/* SPDX-License-Identifier: MIT
 *
 * lib/trap/taking.h - what is wrong with how a part takes its own.
 */
#ifndef DEED_TAKING_H
#define DEED_TAKING_H

#include "share.h"

/* What was asked for, and of which share of the part's plan; null: of none. */
struct deed_taking {
	const struct deed_part *part;
	const struct deed_share_source *source;
	const struct deed_share *share;
	const struct deed_share *before; /* which ended when the parts of its plan were done */
	unsigned flags;			 /* DEED_LEND_INOUT, DEED_LEND_TILE */
	const void *frame;
	const struct deed_site *at;
};

/* What a part says of itself that may be over: then its place on the stack may be another's, which
 * AddressSanitizer need not hear of. */
struct deed_part deed_part_said(const struct deed_part *part);

/* deed_taking_is_of_copy - whether a part that is not the task's own is a copy of that, by what it
 * says.
 * deed_taking_is_of_around - whether it is that of a task whose deed_parallel_for() this one is of.
 * Of the part no more is read than what is in its struct: its plan may be none any more. */
bool deed_taking_is_of_copy(const struct deed_task *task, const struct deed_part *said);
bool deed_taking_is_of_around(const struct deed_task *task, const struct deed_part *part);

/* deed_part_is_not_ours - whether a part is neither that of the task nor one around it: E20 has
 * been raised, of what is done to it. Outside. */
bool deed_part_is_not_ours(const struct deed_part *part, const char *verb, const void *frame,
			   const struct deed_site *at);

/* deed_taking_of_others - E20: the part is not that of the task.
 * deed_taking_of_changed - E15: the program has written to the part; or E18: to its plan.
 * deed_taking_of_unshared - E18: no share, or it was shared out in another way.
 * deed_taking_of_other_type - E22.
 * deed_taking_of_other_range - E15: the rule says something else than it said before.
 * Inside, no lock. */
struct deed_finding *deed_taking_of_others(struct deed_thread *me,
					   const struct deed_taking *taking);
struct deed_finding *deed_taking_of_changed(struct deed_thread *me,
					    const struct deed_taking *taking);
struct deed_finding *deed_taking_of_unshared(struct deed_thread *me,
					     const struct deed_taking *taking);
struct deed_finding *deed_taking_of_other_type(struct deed_thread *me,
					       const struct deed_taking *taking);
struct deed_finding *deed_taking_of_other_range(struct deed_thread *me,
						const struct deed_taking *taking,
						const struct deed_extent *extent);

#endif
