/* SPDX-License-Identifier: MIT
 *
 * lib/trap/help.c - what to write instead, of the very case of a report.
 *
 * The table of faults (deed/fault.h) has a line of help for every fault. A report knows
 * more: which verb it was, what the program calls the buffer, whether a guard or the
 * program itself ends the loan. Where that makes better advice, it is here; code in it has
 * the program's own names, unless they are expressions that must not be evaluated twice.
 * Here is what helps with owners and loans; of memory, help_memory.c has it, of parts,
 * help_parts.c.
 */
#include "help.h"

#include <string.h>

#include "plain.h"

/* ---- facts ---------------------------------------------------------------------------------- */

bool deed_report_has_verb(const struct deed_report *report, const char *verb)
{
	return report->site_count && report->sites[0].verb && !strcmp(report->sites[0].verb, verb);
}

const char *deed_help_text(const struct deed_report *report)
{
	return report->site_count && report->sites[0].site && report->sites[0].site->text
		       ? report->sites[0].site->text
		       : "";
}

/* Whether every loan of the report is a guard's. */
static bool are_guards(const struct deed_report *report)
{
	const struct deed_report_site *loan;

	for (size_t i = 0; (loan = deed_site_of_loan(report, i));
	     i = (size_t)(loan - report->sites) + 1)
		if (!loan->is_guard)
			return false;
	return true;
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

/* "deed_len(xs)" of what has the text "&xs" or, if it is an address, "xs". */
static void put_len(struct deed_writer *out, const char *text, bool is_address)
{
	size_t len;
	const char *const name = deed_bare_name(text, &len);

	deed_put_text(out, "deed_len(");
	if (deed_help_is_simple(text)) {
		deed_put_text(out, is_address && *text != '&' ? "*" : "");
		deed_put(out, name, len);
	}
	deed_put_text(out, ")");
}

/* ---- by fault ------------------------------------------------------------------------------- */

static void help_moved(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const end = deed_site_that_ended(report);
	const bool is_live = report->buffer.state && !strcmp(report->buffer.state, "live");

	if (report->sites[0].is_copy) {
		deed_put_text(out, "a copied handle does not notice a move: hand owners over by "
				   "address, or with deed_move()");
	} else if (deed_report_has_verb(report, "dropped")) {
		deed_put_text(out, "leave the drop to the handle that it was moved to; ");
		deed_help_call(out, report, "settle", deed_help_text(report));
		deed_put_text(out, " drops only what is still owned");
	} else if (is_live && end && end->target && *end->target) {
		deed_put_text(out, "use ");
		deed_put_name(out, end->target);
		deed_put_text(out, ", which owns the buffer now, or move a deed_clone() of it");
	} else {
		deed_put_text(out, "use it before the move, or move a deed_clone() of it");
	}
}

/* Bytes that were written after their end: by whom is not known. */
static bool is_noticed(const struct deed_report *report)
{
	return !report->sites[0].site || deed_report_has_verb(report, "noticed");
}

static void help_reset(struct deed_writer *out, const struct deed_report *report)
{
	if (is_noticed(report))
		deed_help_still_used(out, report);
	else if (deed_report_has_verb(report, "lent"))
		deed_put_text(out, "a pointer into an arena is good until its reset: carve anew "
				   "after that, or reset later");
	else
		deed_put_text(out, deed_fault_help(report->fault));
}

static void help_ended(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const end = deed_site_that_ended(report);
	const bool is_pointer =
		deed_report_is_about_pointer(report) || deed_report_has_verb(report, "lent");
	const bool is_block = deed_report_is_of_kind(report, "malloc");
	const bool is_resized = end && end->role == DEED_ROLE_RESIZED;

	if (is_noticed(report) && !(is_block && is_resized))
		deed_help_still_used(out, report);
	else if (is_pointer && is_block)
		deed_put_text(out, is_resized
					   ? "use the address that deed_realloc() returned, and no "
					     "other copy of the old one"
					   : "deed_free() it after its last use");
	else if (is_pointer)
		deed_put_text(out, "a raw pointer is good as long as the loan that it came from: "
				   "take it anew");
	else if (report->sites[0].is_copy && end && end->role == DEED_ROLE_DROPPED &&
		 !end->is_guard)
		deed_put_text(out, "a copied handle does not notice the drop: pass the owner by "
				   "address, and drop it after its last use");
	else if (is_resized)
		deed_put_format(out,
				"%s all copies of a handle stale: pass the owner by address, not "
				"by value",
				deed_help_is_of_rows(report)
					? "a push that needs more room makes, as a resize does,"
					: "a resize makes");
	else if (end && end->role == DEED_ROLE_RELEASED)
		deed_put_text(out, "use it before deed_release() gives the memory away, or "
				   "deed_adopt() the raw pointer again");
	else if (end && end->is_guard)
		deed_put_text(out,
			      "DEED_AUTO drops at the end of its block: deed_move() the buffer "
			      "to who needs it longer");
	else
		deed_put_text(out, deed_fault_help(report->fault));
}

static void help_dropped(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const end = deed_site_that_ended(report);

	if (report->sites[0].is_copy) {
		deed_put_text(out,
			      "a copied handle does not notice the drop: pass it by address, or "
			      "deed_move() it to the one that drops");
	} else if (report->sites[0].is_guard || (end && end->is_guard)) {
		deed_put_text(out,
			      "delete the other drop: DEED_AUTO drops at the end of its block");
	} else if (deed_report_is_of_kind(report, "arena")) {
		deed_put_text(out, "delete both: what is in an arena needs no drop, and ends with "
				   "the arena");
	} else if (deed_report_has_verb(report, "released")) {
		deed_put_text(out, "release it instead of dropping it: the drop ended the memory");
	} else {
		deed_put_text(out,
			      "delete one of the two; where it may have been dropped before, ");
		deed_help_call(out, report, "settle", deed_help_text(report));
		deed_put_text(out, " drops only what is still owned");
	}
}

/* What a verb is in a sentence that says what to do: "drop" of "dropped". */
static const char *to_do(const struct deed_report *report)
{
	static const char *const verbs[][2] = {
		{ "moved", "move" },	 { "swapped", "swap" },		  { "resized", "resize" },
		{ "pushed to", "push" }, { "settled", "settle" },	  { "released", "release" },
		{ "freed", "free" },	 { "reallocated", "reallocate" }, { "reset", "reset" },
		{ "rewound", "rewind" }, { "closed", "close" },
	};

	for (size_t i = 0; i < DEED_ARRAY_LEN(verbs); i++)
		if (deed_report_has_verb(report, verbs[i][0]))
			return verbs[i][1];
	return "drop";
}

/* "deed_end(" of a loan. */
static void put_end(struct deed_writer *out, const struct deed_report_site *loan)
{
	deed_put_text(out, deed_site_is_of_column(loan) ? "deed_soa_end(" : "deed_end(");
}

static void help_lent(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	if (!loan) {
		deed_put_text(out, deed_fault_help(report->fault));
		return;
	}
	if (deed_site_is_share(loan)) {
		deed_help_shared_out(out, report, loan);
		return;
	}
	if (are_guards(report)) {
		deed_put_format(out, "the loan lasts until its block ends: %s %safter that block",
				to_do(report),
				deed_report_has_verb(report, "pushed to") ? "" : "it ");
	} else if (deed_site_is_arenas(loan)) {
		deed_put_text(out, "the loan lasts until the arena is closed: `deed_arena_close(");
		deed_put_text(out, loan->site && deed_help_is_simple(loan->site->text)
					   ? loan->site->text
					   : "&arena");
		deed_put_text(out, ")`");
	} else {
		deed_put_text(out, "end the loan first: `");
		put_end(out, loan);
		deed_put_text(out, loan->site && deed_help_is_simple(loan->site->text)
					   ? loan->site->text
					   : "owner");
		deed_put_text(out, ", &view)`");
	}
	if (report->fault == DEED_E07)
		deed_put_text(out, deed_report_has_verb(report, "pushed to")
					   ? "; a push moves the columns when there is no room"
					   : "; a resize puts the elements at a new address");
}

static void help_conflict(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *loan = deed_site_of_loan(report, 0);
	bool is_read = true;
	const char *const asked =
		report->site_count && report->sites[0].target ? report->sites[0].target : "";

	if (loan && deed_site_is_share(loan)) {
		deed_help_shared_out(out, report, loan);
		return;
	}
	for (size_t i = 0; (loan = deed_site_of_loan(report, i));
	     i = (size_t)(loan - report->sites) + 1)
		is_read &= loan->role == DEED_ROLE_LENT_BORROWED;
	if (deed_report_is_about_arguments(report))
		deed_put_format(
			out,
			"call %.64s%s with arguments that do not overlap, for it writes one "
			"of them; if both are made of one, end the first loan before",
			report->sites[0].site->function,
			deed_parentheses(report->sites[0].site->function));
	else if (!strcmp(asked, "borrowed"))
		deed_put_text(out, "end the inout loan first, or hand its view on: while one may "
				   "write, nobody else may read");
	else if (!strcmp(asked, "inout") && is_read)
		deed_put_text(out,
			      "end the borrowed loan first, or borrow here too: many may read, "
			      "or one may write");
	else if (!strcmp(asked, "inout"))
		deed_put_text(out, "end the earlier loan first, or lend parts that do not overlap: "
				   "only one may write");
	else
		deed_put_text(out, deed_fault_help(report->fault));
}

static void help_read_only(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	if (deed_report_is_of_kind(report, "static"))
		deed_put_text(out,
			      "only borrow static data, or write to a copy of it: deed_clone()");
	else if (loan && loan->site && loan->site->function &&
		 deed_report_is_of_kind(report, "raw"))
		deed_put_format(
			out,
			"do not write to it, or let %.64s() lend it for writing: DEED_LEND, "
			"not DEED_LEND_CONST",
			loan->site->function);
	else
		deed_put_text(out, deed_fault_help(report->fault));
}

static void help_ended_loan(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	if (loan && deed_site_is_part(loan))
		deed_help_part_over(out);
	else if (loan && loan->is_guard)
		deed_put_text(out, "use the view inside the block of its guard, or take a new loan "
				   "from the owner");
	else
		deed_put_format(out, "use the view before %s, or take a new loan from the owner",
				loan && deed_site_is_of_column(loan) ? "deed_soa_end()"
								     : "deed_end()");
}

static void help_ended_again(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	deed_put_text(out, report->sites[0].is_guard
				   ? "delete the "
				   : "end each loan once: delete one of the two ");
	deed_put_text(out, loan && deed_site_is_of_column(loan) ? "deed_soa_end()" : "deed_end()");
	if (report->sites[0].is_guard)
		deed_put_text(out, loan && deed_site_is_of_column(loan)
					   ? ": a guard (DEED_SOA_INOUT, DEED_SOA_BORROWED) ends "
					     "its own loan"
					   : ": a guard (DEED_INOUT, DEED_BORROWED) ends its own "
					     "loan");
}

static void help_lent_on(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	if (loan && deed_site_is_share(loan)) {
		deed_help_shared_out(out, report, loan);
	} else if (deed_report_has_verb(report, "cloned")) {
		deed_put_text(out,
			      "clone it before the loan begins or after it ends: its holder may "
			      "be writing");
	} else if (loan && loan->role == DEED_ROLE_LENT_BORROWED &&
		   deed_report_has_verb(report, "opened for writing")) {
		deed_put_text(out, "end that loan before writing; to read only, use ");
		deed_put_format(out, "`deed_reading(%s)`",
				deed_help_is_simple(deed_help_text(report)) ? deed_help_text(report)
									    : "");
	} else {
		deed_put_text(out, deed_fault_help(report->fault));
	}
}

static void help_outside(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const here = &report->sites[0];
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);
	const char *const text = deed_help_text(report);

	if (loan && deed_site_is_part(loan) && here->part_lo <= here->lo &&
	    here->hi <= here->part_hi) {
		deed_put_text(out, "what a part takes begins at element 0, whatever its indices "
				   "are: subtract `part->lo`");
	} else if (here->target && !strcmp(here->target, "operand") && here->hi > here->of) {
		deed_put_format(out, "give `%s` %zu elements%s", deed_plain(text).text, here->hi,
				deed_report_has_verb(report, "counted in")
					? ", one for each value of a byte"
					: ", or narrow what goes with it: deed_slice()");
	} else if (here->target && !strcmp(here->target, "operand")) {
		deed_put_format(out, "narrow it: `deed_slice(%s, 0, ",
				deed_help_is_simple(text) ? text : "view");
		deed_put_format(out, "%zu)`", here->hi);
	} else if (here->target && !strcmp(here->target, "tile")) {
		deed_put_text(out,
			      "check it first: x + width <= pitch, and (y + rows) * pitch <= ");
		put_len(out, text, true);
	} else if (here->target && !strcmp(here->target, "row")) {
		const bool is_soa = deed_help_is_of_rows(report) && !deed_site_of_loan(report, 0);

		deed_put_text(out, "check the index first: it must be less than ");
		deed_put_text(out, is_soa ? "deed_soa_len(" : "deed_tile_rows(");
		if (deed_help_is_simple(text) && is_soa && *text != '&')
			deed_put_text(out, "*");
		if (deed_help_is_simple(text))
			deed_put_text(out, is_soa ? deed_plain(text).text : text);
		deed_put_text(out, ")");
	} else if (here->lo > here->hi && here->hi != here->lo + 1) {
		deed_put_text(out, "check the range first: it must not end before it begins");
	} else if (!here->of && here->hi == here->lo + 1 && !deed_site_of_loan(report, 0)) {
		put_len(out, text, deed_report_has_verb(report, "lent"));
		deed_put_text(out, " is 0; if its source has grown since, lend it again: a view "
				   "that was taken of nothing stays empty");
	} else if (here->of || here->hi) {
		deed_put_text(out, here->hi == here->lo + 1
					   ? "check the index first: it must be less than "
					   : "check the range first: it must end at or before ");
		put_len(out, text, deed_report_has_verb(report, "lent"));
	} else if (deed_report_has_verb(report, "lent")) {
		deed_put_text(out, "check the count first");
	} else {
		deed_put_text(out, deed_fault_help(report->fault));
	}
}

static void help_overlap(struct deed_writer *out, const struct deed_report *report)
{
	const char *const in_place = report->sites[0].target;

	if (in_place && *in_place) {
		deed_put_text(out, "use the in-place form: `");
		deed_put_text(out, in_place);
		deed_put_text(out, "`");
	} else if (deed_report_has_verb(report, "written twice")) {
		deed_put_text(out, "write to disjoint parts");
	} else {
		deed_put_text(out, "read from a copy, or from disjoint parts");
	}
}

static void help_wrong(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	if (deed_report_has_verb(report, "adopted")) {
		deed_put_text(out, "adopt memory once, and use the owner that this gave; "
				   "DEED_LEND() is for memory that has one");
	} else if (deed_report_has_verb(report, "given memory")) {
		deed_put_text(out, "mend the allocator's alloc(): a block is aligned as it is "
				   "asked for, and shares no byte with one that was not freed");
	} else if (deed_report_is_of_kind(report, "static") &&
		   deed_report_has_verb(report, "dropped")) {
		deed_put_text(out, "static data needs no drop; ");
		deed_help_call(out, report, "settle", deed_help_text(report));
		deed_put_text(out, " is right for both kinds");
	} else if (deed_report_is_of_kind(report, "static")) {
		deed_put_format(out, "deed_clone() it: a copy of its own can be %.32s",
				report->sites[0].verb ? report->sites[0].verb : "written");
	} else if (loan && deed_site_is_part(loan)) {
		deed_put_text(out, "leave out this deed_end(): what a part takes ends when its "
				   "function returns");
	} else if (loan && loan->site) {
		deed_put_text(out, "end it through what it was taken from: `");
		put_end(out, loan);
		deed_put_text(out,
			      deed_help_is_simple(loan->site->text) ? loan->site->text : "source");
		deed_put_text(out, ", ");
		deed_put_text(out, deed_help_is_simple(deed_help_text(report))
					   ? deed_help_text(report)
					   : "&view");
		deed_put_text(out, ")`");
	} else if (deed_report_has_verb(report, "resized") && report->buffer.id) {
		deed_put_text(out, "resize it in the arena that it was made in; deed_resize() is "
				   "for what is in none");
	} else if (deed_report_has_verb(report, "lent")) {
		deed_put_text(out,
			      "check the pointer first; a null one may be lent with 0 elements");
	} else if (report->sites[0].verb && *report->sites[0].verb) {
		deed_put_text(out,
			      "initialise handles with DEED_EMPTY, or zero the struct that they "
			      "are in, before the first use");
	} else {
		deed_put_text(out, deed_fault_help(report->fault));
	}
}

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
			help_lent(out, report);
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
		deed_put_text(out, "put ");
		deed_help_call(out, report, "settle", deed_help_text(report));
		deed_put_text(out, " before this line: it drops what is still owned");
		break;
	case DEED_E03:
		help_moved(out, report);
		break;
	case DEED_E04:
		help_ended(out, report);
		break;
	case DEED_E21:
		help_reset(out, report);
		break;
	case DEED_E05:
		help_dropped(out, report);
		break;
	case DEED_E06:
	case DEED_E07:
	case DEED_E08:
		help_lent(out, report);
		break;
	case DEED_E09:
		help_conflict(out, report);
		break;
	case DEED_E10:
		help_read_only(out, report);
		break;
	case DEED_E11:
		help_ended_loan(out, report);
		break;
	case DEED_E12:
		help_ended_again(out, report);
		break;
	case DEED_E13:
		help_lent_on(out, report);
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
					   "asked, until deed_parallel_for() has returned");
		else if (deed_report_has_verb(report, "taken of a changed part"))
			deed_put_text(out, "leave what `part` points to as it is, and count in a "
					   "variable");
		else
			help_outside(out, report);
		break;
	case DEED_E19:
		deed_help_tasks(out, report);
		break;
	case DEED_E20:
		deed_help_task_loan(out, report);
		break;
	case DEED_E25:
		deed_help_edge(out, report);
		break;
	case DEED_E26:
		help_overlap(out, report);
		break;
	case DEED_E17:
		deed_help_leak(out, report);
		break;
	case DEED_E18:
		if (deed_report_is_of_taking(report))
			deed_help_no_part(out, report);
		else
			help_wrong(out, report);
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
