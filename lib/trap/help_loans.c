/* SPDX-License-Identifier: MIT
 *
 * lib/trap/help_loans.c - what to write instead, where a loan is in the way, is over, is of another
 * source, or is asked for what there is not.
 */
#include "help.h"

#include <string.h>

#include "plain.h"

/* ---- code ----------------------------------------------------------------------------------- */

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

/* Whether an owner is to be shared out while the same thread has a view of it that may be. */
static bool is_of_own_view(const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	return deed_report_has_verb(report, "shared out") && loan && deed_site_is_inout(loan) &&
	       loan->thread == report->sites[0].thread;
}

void deed_help_conflict(struct deed_writer *out, const struct deed_report *report)
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
	else if ((loan = deed_site_of_loan(report, 0)) && deed_site_is_part(loan))
		deed_put_text(out, "the part took these elements before, and has them until it is "
				   "done: use that view, or lend parts of it, by DEED_INOUT_PART");
	else if (is_of_own_view(report))
		deed_put_text(out, "share out the view of that loan, by its address, instead of "
				   "the owner");
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

void deed_help_read_only(struct deed_writer *out, const struct deed_report *report)
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

void deed_help_ended_loan(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);
	const struct deed_report_site *const end = deed_site_of_end(report);

	if (loan && deed_site_is_part(loan))
		deed_help_part_over(out);
	else if (end && deed_site_has_verb(end, "unwound") && !(loan && deed_site_is_share(loan)))
		deed_put_text(out,
			      "after deed_loans_unwind() only what was lent before its mark is "
			      "there yet: lend anew; a mark taken later ends less");
	else if (loan && deed_site_is_share(loan))
		deed_put_text(out, "what is shared out ends with its source: end that after "
				   "deed_parallel_for()");
	else if (loan && loan->is_guard)
		deed_put_text(out, "use the view inside the block of its guard, or take a new loan "
				   "from the owner");
	else
		deed_put_format(out, "use the view before %s, or take a new loan from the owner",
				loan && deed_site_is_of_column(loan) ? "deed_soa_end()"
								     : "deed_end()");
}

void deed_help_ended_again(struct deed_writer *out, const struct deed_report *report)
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

void deed_help_reading(struct deed_writer *out, const struct deed_report *report)
{
	const char *const text = deed_help_text(report);

	deed_put_format(out, "; to read only, use `deed_reading(%s)`",
			deed_help_is_simple(text) ? text : "");
}

void deed_help_type(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const last =
		report->event_count ? &report->events[report->event_count - 1] : NULL;

	/* Nobody else but its own function has to do with what is handed over. */
	if (!last || !deed_site_has_verb(last, "handed over") || report->sites[0].is_async) {
		deed_put_text(out, deed_fault_help(report->fault));
		return;
	}
	deed_put_text(out, "await into an owner of ");
	deed_put_text(out,
		      report->buffer.type && *report->buffer.type && !deed_help_is_of_rows(report)
			      ? report->buffer.type
			      : "the same family");
	deed_put_text(out, ", as was handed over");
}

void deed_help_lent_on(struct deed_writer *out, const struct deed_report *report)
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
		deed_put_text(out, "end that loan before writing");
		deed_help_reading(out, report);
	} else {
		deed_put_text(out, deed_fault_help(report->fault));
	}
}

void deed_help_outside(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const here = &report->sites[0];
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);
	const char *const text = deed_help_text(report);

	if (loan && deed_site_is_part(loan) && here->part_lo <= here->lo &&
	    here->hi <= here->part_hi) {
		deed_put_text(out, "what a part takes begins at element 0, whatever its indices "
				   "are: subtract `part->lo`");
	} else if (loan && deed_site_is_part(loan) && deed_site_rows(loan) <= 1 &&
		   loan->lo <= here->lo && here->lo < here->hi && here->hi <= loan->hi) {
		deed_put_text(out, "what a part takes begins at element 0, wherever it lies: "
				   "subtract what is before it");
	} else if (loan && deed_site_is_part(loan) && deed_site_rows(loan) > 1 &&
		   here->part_x_lo <= here->lo && here->hi <= here->part_x_hi &&
		   here->hi == here->lo + 1) {
		deed_put_text(out, "the rows of what a part takes begin at element 0, whatever its "
				   "columns are: subtract `part->x_lo`");
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
		if (loan && deed_site_is_part(loan) && deed_site_rows(loan) <= 1)
			deed_put_text(out, "; what the part needs beyond that, the rule by which "
					   "it is shared out has to give it, as deed_by_halo() "
					   "does for reading");
	} else if (deed_report_has_verb(report, "lent")) {
		deed_put_text(out, "check the count first");
	} else {
		deed_put_text(out, deed_fault_help(report->fault));
	}
}

void deed_help_overlap(struct deed_writer *out, const struct deed_report *report)
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

void deed_help_wrong(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	if (deed_report_has_verb(report, "adopted")) {
		deed_put_text(out, "adopt memory once, and use the owner that this gave; "
				   "DEED_LEND() is for memory that has one");
	} else if (deed_report_has_verb(report, "awaited")) {
		deed_put_text(out, "await the struct that deed_async() was given: it is known by "
				   "its address, and stays where it is until then");
	} else if (deed_report_has_verb(report, "handed over")) {
		deed_put_text(out, "deed_await() it on every way out of the scope that it is "
				   "declared in, or before its memory is freed; until then it "
				   "stays where it is");
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
		deed_help_end(out, loan);
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
