/* SPDX-License-Identifier: MIT
 *
 * lib/trap/help.c - what to write instead, of the very case of a report.
 *
 * The table of faults (deed/fault.h) has a line of help for every fault. A report knows
 * more: which verb it was, what the program calls the buffer, whether a guard or the
 * program itself ends the loan. Where that makes better advice, it is here; code in it has
 * the program's own names, unless they are expressions that must not be evaluated twice.
 * Here is which fault is helped by what; the sentences are in help_owners.c, help_loans.c,
 * help_memory.c, help_parts.c and
 * help_share.c.
 */
#include "help.h"

#include <string.h>

#include "plain.h"

/* ---- facts ---------------------------------------------------------------------------------- */

bool deed_report_has_verb(const struct deed_report *report, const char *verb)
{
	return report->site_count && deed_site_has_verb(report->sites, verb);
}

const char *deed_help_text(const struct deed_report *report)
{
	return report->site_count && report->sites[0].site && report->sites[0].site->text
		       ? report->sites[0].site->text
		       : "";
}

/* ---- code ----------------------------------------------------------------------------------- */

/* Of one argument: two, with a comma between, name a column. */
bool deed_help_is_simple(const char *text)
{
	return deed_is_simple(text) && !strchr(text, ',');
}

bool deed_help_is_of_rows(const struct deed_report *report)
{
	return report->buffer.type && !strcmp(report->buffer.type, "row");
}

/* "deed_drop(", or of an owner of columns "deed_soa_drop(": `verb` is "drop(". */
void deed_help_verb(struct deed_writer *out, const struct deed_report *report, const char *verb)
{
	deed_put_text(out, deed_help_is_of_rows(report) ? "deed_soa_" : "deed_");
	deed_put_text(out, verb);
}

/* "(&xs)", or "()" if the argument had better not be repeated. */
void deed_help_argument(struct deed_writer *out, const char *argument)
{
	deed_put_text(out, "(");
	deed_put_text(out, deed_help_is_simple(argument) ? argument : "");
	deed_put_text(out, ")");
}

/* "`deed_drop(&xs)`", of the owner. */
void deed_help_call(struct deed_writer *out, const struct deed_report *report, const char *verb,
		    const char *argument)
{
	deed_put_text(out, "`");
	deed_help_verb(out, report, verb);
	deed_help_argument(out, argument);
	deed_put_text(out, "`");
}

/* "deed_end(" of a loan. */
void deed_help_end(struct deed_writer *out, const struct deed_report_site *loan)
{
	deed_put_text(out, deed_site_is_of_column(loan) ? "deed_soa_end(" : "deed_end(");
}

static const char *simple(const char *text)
{
	return deed_help_is_simple(text) ? text : "...";
}

/* "`deed_part_inout(part, &xs)`", and of tiles with another name. */
void deed_help_part_call(struct deed_writer *out, bool is_tile, bool is_inout, const char *text)
{
	deed_put_format(out, "`deed_part_%s%s(part, %s)`", is_tile ? "tile_" : "",
			is_inout ? "inout" : "borrowed", simple(text));
}

/* "`deed_share_inout(&plan, &xs, RULE)`" */
void deed_help_share_call(struct deed_writer *out, bool is_inout, const char *text,
			  const char *rule)
{
	deed_put_format(out, "`deed_share_%s(&plan, %s, %s)`", is_inout ? "inout" : "borrowed",
			simple(text), rule);
}

/* Of what the part around has, it is shared out there. */
void deed_help_share_before(struct deed_writer *out, const struct deed_report *report,
			    bool is_inout, const char *rule)
{
	const struct deed_report_site *const here = report->sites;
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);
	const bool is_inner = loan && deed_site_is_in_task(here) && loan->parts &&
			      !deed_sites_are_of_one_plan(here, loan);

	deed_put_format(out, "share it out before the %sparts run, ", is_inner ? "inner " : "");
	deed_put_format(out, "by deed_share_%s() with %s", is_inout ? "inout" : "borrowed", rule);
}

void deed_help_await(struct deed_writer *out, const struct deed_report_site *move,
		     const char *owner)
{
	deed_put_format(out, "`deed_await(%s, ", simple(move->target));
	deed_put_format(out, "%s)`", simple(owner));
}

/* ---- by fault ------------------------------------------------------------------------------- */

void deed_put_help(struct deed_writer *out, const struct deed_report *report)
{
	const char *const help = deed_fault_help(report->fault);

	if (!report->site_count) {
		deed_put_text(out, help);
		return;
	}
	if (deed_report_is_of_kind(report, "whole arena")) {
		deed_help_arena(out, report);
		return;
	}
	if (deed_report_has_verb(report, "freed") || deed_report_has_verb(report, "reallocated") ||
	    deed_report_has_verb(report, "freed by its size") ||
	    deed_report_has_verb(report, "never freed")) {
		if (report->fault == DEED_E07 || report->fault == DEED_E08)
			deed_help_lent(out, report);
		else if (report->fault == DEED_E25)
			deed_help_edge(out, report);
		else
			deed_help_block(out, report);
		return;
	}
	switch (report->fault) {
	case DEED_E01:
		deed_put_text(out,
			      "give it a buffer first (deed_new(), deed_adopt(), or a move into "
			      "it); ");
		deed_help_call(out, report, "owns", deed_help_text(report));
		deed_put_text(out, " tells whether it has one");
		break;
	case DEED_E02:
		deed_help_overwritten(out, report);
		break;
	case DEED_E03:
		deed_help_moved(out, report);
		break;
	case DEED_E04:
		deed_help_ended(out, report);
		break;
	case DEED_E21:
		deed_help_reset(out, report);
		break;
	case DEED_E05:
		deed_help_dropped(out, report);
		break;
	case DEED_E06:
	case DEED_E07:
	case DEED_E08:
		deed_help_lent(out, report);
		break;
	case DEED_E09:
		deed_help_conflict(out, report);
		break;
	case DEED_E10:
		deed_help_read_only(out, report);
		break;
	case DEED_E11:
		deed_help_ended_loan(out, report);
		break;
	case DEED_E12:
		deed_help_ended_again(out, report);
		break;
	case DEED_E13:
		deed_help_lent_on(out, report);
		break;
	case DEED_E14:
		if (deed_report_is_of_task_end(report)) {
			deed_help_outlives(out, report);
			break;
		}
		deed_put_text(out, deed_report_has_verb(report, "ended")
					   ? "let the thread's function return instead of "
					     "pthread_exit(), or compile with -fexceptions, which "
					     "ends guards then"
					   : help);
		break;
	case DEED_E15:
		if (deed_report_is_of_plan(report))
			deed_help_part_outside(out, report);
		else if (deed_report_has_verb(report, "taken otherwise"))
			deed_put_text(out, "let the rule say the same of a part whenever it is "
					   "asked, until all parts are done");
		else if (deed_report_has_verb(report, "taken by other edges"))
			deed_put_text(out, "leave the edges as they are until all parts are done");
		else if (deed_report_has_verb(report, "taken of a changed part"))
			deed_put_text(out, "leave what `part` points to as it is, and count in a "
					   "variable");
		else
			deed_help_outside(out, report);
		break;
	case DEED_E19:
		deed_help_tasks(out, report);
		break;
	case DEED_E20:
		deed_help_task_loan(out, report);
		break;
	case DEED_E22:
		deed_help_type(out, report);
		break;
	case DEED_E25:
		deed_help_edge(out, report);
		break;
	case DEED_E26:
		deed_help_overlap(out, report);
		break;
	case DEED_E17:
		deed_help_leak(out, report);
		break;
	case DEED_E18:
		if (deed_report_has_verb(report, "unshared"))
			deed_put_text(out, "deed_parallel_for() takes back what is shared out when "
					   "the parts are done; where a jump out of them lands, "
					   "`deed_loans_unwind(mark)` comes before deed_unshare()");
		else if (deed_report_is_of_taking(report))
			deed_help_no_part(out, report);
		else if (deed_report_is_of_no_plan(report))
			deed_put_text(out, "cut the plan first, by deed_plan_chunks() or, of "
					   "tiles, deed_plan_tiles(), and share out after that");
		else if (deed_report_is_of_plan_at_work(report))
			deed_put_text(out, "cut a plan for this alone, `struct deed_plan inner`, "
					   "and share out by that what the part has; or wait until "
					   "the parts are done");
		else if (deed_report_lacks_tiles(report))
			deed_put_text(out, "cut it into tiles, `deed_plan_tiles(&plan, rows, "
					   "columns, tile_rows, tile_columns)`; or, if it counts "
					   "rows, share out by `deed_by_rows(pitch)`");
		else
			deed_help_wrong(out, report);
		break;
	case DEED_A01:
		deed_help_slow(out, report);
		break;
	case DEED_A03:
		deed_help_edges(out, report);
		break;
	case DEED_A04:
		deed_help_unaligned(out, report);
		break;
	case DEED_A06:
		deed_help_gap(out, report);
		break;
	default:
		deed_put_text(out, help);
	}
}
