/* SPDX-License-Identifier: MIT
 *
 * lib/trap/help.h - what the helps of all faults have in common.
 */
#ifndef DEED_HELP_H
#define DEED_HELP_H

#include "label.h"

/* Whether the program did that: "dropped". */
bool deed_report_has_verb(const struct deed_report *report, const char *verb);
/* What was handed to the verb; "" if nothing was. */
const char *deed_help_text(const struct deed_report *report);
/* Whether a text may stand in code that is advised: short, and without effects of its own. */
bool deed_help_is_simple(const char *text);
/* Whether the buffer is one of columns. */
bool deed_help_is_of_rows(const struct deed_report *report);

/* deed_help_verb - "deed_drop(", or of an owner of columns "deed_soa_drop(": `verb` is "drop(".
 * deed_help_argument - "(&xs)", or "()" if the argument had better not be repeated.
 * deed_help_call - "`deed_drop(&xs)`", of the owner.
 * deed_help_end - "deed_end(" of a loan.
 * deed_help_part_call - "`deed_part_inout(part, &xs)`", and of tiles with another name.
 * deed_help_share_call - "`deed_share_inout(&plan, &xs, RULE)`"
 * deed_help_share_before - "share it out before the parts run, by deed_share_inout() with RULE": in
 * a part, for what is shared out has another name there.
 */
void deed_help_verb(struct deed_writer *out, const struct deed_report *report, const char *verb);
void deed_help_argument(struct deed_writer *out, const char *argument);
void deed_help_call(struct deed_writer *out, const struct deed_report *report, const char *verb,
		    const char *argument);
void deed_help_end(struct deed_writer *out, const struct deed_report_site *loan);

void deed_help_part_call(struct deed_writer *out, bool is_tile, bool is_inout, const char *text);
void deed_help_share_call(struct deed_writer *out, bool is_inout, const char *text,
			  const char *rule);
void deed_help_share_before(struct deed_writer *out, const struct deed_report *report,
			    bool is_inout, const char *rule);

/* "`deed_await(&a, &xs)`", of the move to where it was handed over. */
void deed_help_await(struct deed_writer *out, const struct deed_report_site *move,
		     const char *owner);

/* Of an owner that would be overwritten, that was moved away, whose arena was reset, whose buffer
 * has ended, or ends again, or is lent: help_owners.c. */
void deed_help_overwritten(struct deed_writer *out, const struct deed_report *report);
void deed_help_moved(struct deed_writer *out, const struct deed_report *report);
void deed_help_reset(struct deed_writer *out, const struct deed_report *report);
void deed_help_ended(struct deed_writer *out, const struct deed_report *report);
void deed_help_dropped(struct deed_writer *out, const struct deed_report *report);
void deed_help_lent(struct deed_writer *out, const struct deed_report *report);

/* Of a loan that others are in the way of, that may not write, that is over, ends again, or is lent
 * on; of elements of another type, of what there is not, of operands that overlap, of a wrong
 * handle or source: help_loans.c. */
void deed_help_conflict(struct deed_writer *out, const struct deed_report *report);
void deed_help_read_only(struct deed_writer *out, const struct deed_report *report);
void deed_help_ended_loan(struct deed_writer *out, const struct deed_report *report);
void deed_help_ended_again(struct deed_writer *out, const struct deed_report *report);
void deed_help_lent_on(struct deed_writer *out, const struct deed_report *report);
/* "; to read only, use `deed_reading(v)`", of a view that is opened for writing. */
void deed_help_reading(struct deed_writer *out, const struct deed_report *report);
void deed_help_type(struct deed_writer *out, const struct deed_report *report);
void deed_help_outside(struct deed_writer *out, const struct deed_report *report);
void deed_help_overlap(struct deed_writer *out, const struct deed_report *report);
void deed_help_wrong(struct deed_writer *out, const struct deed_report *report);

/* Of tasks that overlap, of a loan of another task, of a view that is shared out, of a loan that
 * ended with its part, or outlives it: help_parts.c. */
void deed_help_tasks(struct deed_writer *out, const struct deed_report *report);
void deed_help_task_loan(struct deed_writer *out, const struct deed_report *report);
void deed_help_shared_out(struct deed_writer *out, const struct deed_report *report,
			  const struct deed_report_site *share);
void deed_help_part_over(struct deed_writer *out);
void deed_help_outlives(struct deed_writer *out, const struct deed_report *report);

/* Of parts that overlap by their plan, of one that leaves the buffer, of taking what was not shared
 * out so, of edges in cache lines, of elements in no part: help_share.c. */
void deed_help_overlap_by_plan(struct deed_writer *out, const struct deed_report *report);
void deed_help_part_outside(struct deed_writer *out, const struct deed_report *report);
void deed_help_no_part(struct deed_writer *out, const struct deed_report *report);
void deed_help_edges(struct deed_writer *out, const struct deed_report *report);
void deed_help_gap(struct deed_writer *out, const struct deed_report *report);

/* Of blocks of the malloc family, of bytes around a buffer, of bytes that were written after its
 * end, of a leak, of an arena itself, of what takes time in a hot region, of what is not aligned:
 * help_memory.c. */
void deed_help_block(struct deed_writer *out, const struct deed_report *report);
void deed_help_edge(struct deed_writer *out, const struct deed_report *report);
void deed_help_still_used(struct deed_writer *out, const struct deed_report *report);
void deed_help_leak(struct deed_writer *out, const struct deed_report *report);
void deed_help_arena(struct deed_writer *out, const struct deed_report *report);
void deed_help_slow(struct deed_writer *out, const struct deed_report *report);
void deed_help_unaligned(struct deed_writer *out, const struct deed_report *report);

#endif
