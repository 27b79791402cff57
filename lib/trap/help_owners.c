/* SPDX-License-Identifier: MIT
 *
 * lib/trap/help_owners.c - what to write instead, where an owner is used that owns no more, would
 * be overwritten, or is to end while it is lent.
 */
#include "help.h"

#include <string.h>

#include "plain.h"

/* ---- facts ---------------------------------------------------------------------------------- */

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

static bool has_guard(const struct deed_report *report)
{
	for (size_t i = 1; i < report->site_count; i++)
		if (deed_role_is_loan(report->sites[i].role) && report->sites[i].is_guard)
			return true;
	return false;
}

/* Of the loans in the way, the one that the help is about: what is shared out, for all waits for
 * the parts; or else one that the program ends by hand, and not a guard. */
static const struct deed_report_site *loan_to_end(const struct deed_report *report)
{
	const struct deed_report_site *by_hand = NULL;

	for (size_t i = 1; i < report->site_count; i++) {
		const struct deed_report_site *const site = &report->sites[i];

		if (deed_site_is_share(site))
			return site;
		if (!by_hand && deed_role_is_loan(site->role) && !site->is_guard)
			by_hand = site;
	}
	return by_hand ? by_hand : deed_site_of_loan(report, 0);
}

/* ---- by fault ------------------------------------------------------------------------------- */

void deed_help_overwritten(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const move = deed_site_that_ended(report);

	if (move && deed_site_has_verb(move, "handed over") && move->site) {
		deed_put_text(out, "await into ");
		deed_put_name(out, move->site->text);
		deed_put_text(out, ", which was handed over; or put ");
	} else {
		deed_put_text(out, "put ");
	}
	deed_help_call(out, report, "settle", deed_help_text(report));
	deed_put_text(out, " before this line: it drops what is still owned");
	if (report->sites[0].parts)
		deed_put_text(out, "; or if several parts use it, give each an owner of its own");
}

/* Where one part of a plan has ended or moved what another uses; false, and nothing, of others. */
static bool put_of_two_parts(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const here = report->sites;
	const struct deed_report_site *const end = deed_site_that_ended(report);

	if (!end || !deed_sites_are_of_one_plan(here, end) || here->part == end->part)
		return false;
	deed_put_format(out, "parts %zu and %zu have no order: ", deed_min(here->part, end->part),
			deed_max(here->part, end->part));
	deed_put_format(out,
			"%s it once, when all parts are done, or give each part an owner of its "
			"own",
			end->role == DEED_ROLE_MOVED	  ? "move"
			: end->role == DEED_ROLE_RELEASED ? "release"
							  : "drop");
	return true;
}

/* The address of the owner that was moved away, as the place of the fault would write it: as it was
 * moved from, if that is in the same function; what names it there may be its value. */
static const char *address_of_moved(const struct deed_report *report,
				    const struct deed_report_site *move)
{
	const struct deed_site *const here = report->sites[0].site;

	return here && move->site && !strcmp(here->function, move->site->function) &&
			       !strcmp(here->file, move->site->file)
		       ? move->site->text
		       : deed_help_text(report);
}

void deed_help_moved(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const end = deed_site_that_ended(report);
	const bool is_live = report->buffer.state && !strcmp(report->buffer.state, "live");

	if (put_of_two_parts(out, report))
		return;
	if (report->sites[0].is_copy) {
		deed_put_text(out, "a copied handle does not notice a move: hand owners over by "
				   "address, or with deed_move()");
	} else if (is_live && end && deed_site_has_verb(end, "handed over") && *end->target) {
		deed_help_await(out, end, address_of_moved(report, end));
		deed_put_text(out, " gives it back: call that first");
	} else if (!is_live && end && deed_site_has_verb(end, "handed over")) {
		deed_put_text(out, "what deed_async() called has ended it: let that leave the "
				   "owner as it is, for deed_await() to give back, or ask ");
		deed_help_call(out, report, "owns", deed_help_text(report));
		deed_put_text(out, " first");
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

void deed_help_reset(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const end = deed_site_that_ended(report);

	if (is_noticed(report))
		deed_help_still_used(out, report);
	else if (end && end->is_guard)
		deed_put_text(out, deed_site_is_of_scratch(end)
					   ? "what is in a part's scratch ends with the part: make "
					     "elsewhere what is to stay, or deed_clone() it before"
					   : "what is in a scratch ends with its block: declare it "
					     "in an outer one, or deed_clone() what is to stay");
	else if (deed_report_has_verb(report, "lent"))
		deed_put_text(out, "a pointer into an arena is good until its reset: carve anew "
				   "after that, or reset later");
	else
		deed_put_text(out, deed_fault_help(report->fault));
}

void deed_help_ended(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const end = deed_site_that_ended(report);
	const bool is_pointer =
		deed_report_is_about_pointer(report) || deed_report_has_verb(report, "lent");
	const bool is_block = deed_report_is_of_kind(report, "malloc");
	const bool is_resized = end && end->role == DEED_ROLE_RESIZED;

	if (put_of_two_parts(out, report))
		return;
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

void deed_help_dropped(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const end = deed_site_that_ended(report);

	if (put_of_two_parts(out, report))
		return;
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

void deed_help_lent(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const loan = loan_to_end(report);

	if (!loan) {
		deed_put_text(out, deed_fault_help(report->fault));
		return;
	}
	if (deed_site_is_share(loan)) {
		deed_help_shared_out(out, report, loan);
		if (deed_site_is_in_task(report->sites) && has_guard(report))
			deed_put_text(out, ", and the block of the guard has ended");
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
		deed_help_end(out, loan);
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
