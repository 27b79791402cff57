/* SPDX-License-Identifier: MIT
 *
 * lib/trap/help_parts.c - what to write instead, where parts of a plan are what it is about: who
 * may use what, and how buffers are shared out.
 */
#include "help.h"

#include <stdio.h>
#include <string.h>

#include "plain.h"

/* ---- facts ---------------------------------------------------------------------------------- */

/* What another part did that is in the way: a loan, or what ends or moves a buffer. */
static const struct deed_report_site *other_part(const struct deed_report *report)
{
	for (size_t i = 1; i < report->site_count; i++)
		if (deed_site_is_in_task(&report->sites[i]))
			return &report->sites[i];
	return NULL;
}

static bool is_inout(const struct deed_report_site *site)
{
	return site->role == DEED_ROLE_LENT_INOUT ||
	       (site->role == DEED_ROLE_HERE && site->target && !strcmp(site->target, "inout"));
}

/* Whether it is a loan, or asks for one. */
static bool is_lending(const struct deed_report_site *site)
{
	return deed_role_is_loan(site->role) ||
	       (site->role == DEED_ROLE_HERE && site->target && *site->target);
}

/* The text of the fault's place, as the address of what it names: "&xs" of a use of the view `xs`;
 * of `*xs`, "xs". What is lent, shared out or taken is an address as it stands. */
static struct deed_plain address(const struct deed_report *report)
{
	const char *const text = deed_help_text(report);
	const bool is_view = deed_report_has_verb(report, "opened for writing") ||
			     deed_report_has_verb(report, "read") ||
			     deed_report_has_verb(report, "used");
	struct deed_plain address;

	snprintf(address.text, sizeof address.text, "%s%s",
		 is_view && *text != '*' && *text != '&' ? "&" : "",
		 is_view && *text == '*' ? text + 1 : text);
	return address;
}

static const char *simple(const char *text)
{
	return deed_help_is_simple(text) ? text : "...";
}

/* "`deed_part_inout(part, &xs)`", and of tiles with another name. */
static void put_part_call(struct deed_writer *out, bool is_tile, bool is_inout, const char *text)
{
	deed_put_format(out, "`deed_part_%s%s(part, %s)`", is_tile ? "tile_" : "",
			is_inout ? "inout" : "borrowed", simple(text));
}

/* "`deed_share_inout(&plan, &xs, RULE)`" */
static void put_share_call(struct deed_writer *out, bool is_inout, const char *text,
			   const char *rule)
{
	deed_put_format(out, "`deed_share_%s(&plan, %s, %s)`", is_inout ? "inout" : "borrowed",
			simple(text), rule);
}

/* Both, for writing: what the parts of the plan have by their indices. */
static void put_share_and_part(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const here = report->sites;
	const bool is_tile = deed_site_is_of_tile(here);
	const struct deed_plain text = address(report);
	char rule[64] = "DEED_BY_INDEX";

	if (is_tile && deed_site_rows(here) > 1)
		snprintf(rule, sizeof rule, "deed_by_tile(%zu)", here->pitch);
	else if (is_tile)
		snprintf(rule, sizeof rule, "deed_by_tile(...)");
	put_share_call(out, true, text.text, rule);
	deed_put_text(out, " before the parts run, and ");
	put_part_call(out, is_tile, true, text.text);
	deed_put_text(out, " here");
}

/* ---- by fault ------------------------------------------------------------------------------- */

/* Two parts of one plan, as it was shared out. */
static void overlap_by_plan(struct deed_writer *out, const struct deed_report *report)
{
	if (deed_report_has_verb(report, "shared out by halo")) {
		deed_put_text(out, "a halo is for reading: ");
		put_share_call(out, false, deed_help_text(report), "deed_by_halo(...)");
		deed_put_text(out, ", and write to another buffer, shared out DEED_BY_INDEX");
	} else if (deed_report_has_verb(report, "shared out by edges")) {
		deed_put_text(out, "no edge may lie below one before it: part i has "
				   "[edges[i], edges[i + 1])");
	} else if (deed_report_has_verb(report, "shared out by call")) {
		deed_put_text(out, "let the rule give each element to one part only, or share out "
				   "borrowed");
	} else if (deed_report_has_verb(report, "shared out by tile")) {
		deed_put_text(out, "the pitch must be as wide as all columns of the plan are");
	} else {
		deed_put_text(out, deed_fault_help(report->fault));
	}
}

/* All lend the same: one place that they all add to. */
static bool is_accumulator(const struct deed_report_site *a, const struct deed_report_site *b)
{
	return is_inout(a) && is_inout(b) && a->lo == b->lo && a->hi == b->hi;
}

void deed_help_tasks(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const here = report->sites;
	const struct deed_report_site *const other = other_part(report);

	if (deed_report_is_of_plan(report)) {
		overlap_by_plan(out, report);
	} else if (!other) {
		deed_put_text(out, deed_fault_help(report->fault));
	} else if (!is_lending(here) || !is_lending(other)) {
		deed_put_text(out, "an owner that several parts use stays as it is until they are "
				   "done: do that when deed_parallel_for() has returned");
	} else if (is_accumulator(here, other) && here->site == other->site) {
		deed_put_text(out, "let each part add up on its own: deed_reduce() does that and "
				   "merges, or give it a slot by ");
		put_share_call(out, true, "&slots", "deed_by_part(1)");
	} else if (is_inout(here) && is_inout(other)) {
		deed_put_text(out, "let each part write to its own: ");
		put_share_and_part(out, report);
	} else {
		deed_put_text(out, "what all parts read, none may write: write to another buffer, "
				   "or read from a copy that was made before the parts run");
	}
}

static bool has_ended(const struct deed_report *report)
{
	for (size_t i = 1; i < report->site_count; i++)
		if (report->sites[i].role == DEED_ROLE_ENDED)
			return true;
	return false;
}

void deed_help_part_over(struct deed_writer *out)
{
	deed_put_text(out, "what a part takes ends with it: lend the buffer anew when "
			   "deed_parallel_for() has returned");
}

void deed_help_task_loan(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const here = report->sites;
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);
	const char *const text = loan && loan->site ? loan->site->text : deed_help_text(report);

	if (here->is_async && !(loan && deed_site_is_in_task(loan))) {
		deed_put_text(out, "a task of deed_async() has the owner that was moved to it, and "
				   "what it lends itself");
	} else if (!loan && !deed_site_is_in_task(here)) {
		deed_put_text(out, "take it in the function that deed_parallel_for() calls, from "
				   "the part that it is given");
	} else if (!loan) {
		deed_put_text(out, "take from the part that the function was given: another one "
				   "ends when its own call returns");
	} else if (!deed_site_is_in_task(here) && !has_ended(report)) {
		deed_put_text(out, "what a part takes is for its own function: another thread that "
				   "works on the buffer lends it itself");
	} else if (!deed_site_is_in_task(here)) {
		deed_help_part_over(out);
	} else if (deed_sites_are_of_one_plan(here, loan) && here->part != loan->part) {
		deed_put_text(out, "take this part's own: ");
		put_part_call(out, deed_site_is_of_tile(here), is_inout(loan), text);
		deed_put_text(out, "; what a part takes, it keeps for itself");
	} else if (deed_report_has_verb(report, "ended")) {
		deed_put_text(out, "end it where it was lent, when deed_parallel_for() has "
				   "returned");
	} else {
		deed_put_text(out, "share it out: ");
		put_share_and_part(out, report);
	}
}

void deed_help_shared_out(struct deed_writer *out, const struct deed_report *report,
			  const struct deed_report_site *share)
{
	const bool is_read =
		report->sites[0].target && !strcmp(report->sites[0].target, "borrowed");

	if (!deed_site_is_in_task(report->sites)) {
		deed_put_text(out,
			      report->fault == DEED_E09 || report->fault == DEED_E13
				      ? "use it before it is shared out, or when "
					"deed_parallel_for() has returned"
				      : "deed_parallel_for() ends what is shared out: share it "
					"out right before that");
		return;
	}
	if (report->fault != DEED_E09 && report->fault != DEED_E13) {
		deed_put_text(out, "what all parts work on stays as it is until they are done: do "
				   "that when deed_parallel_for() has returned");
		return;
	}
	deed_put_text(out, "use the part's own: ");
	put_part_call(out, deed_site_is_of_tile(report->sites), is_inout(share) && !is_read,
		      address(report).text);
}

void deed_help_outlives(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	deed_put_text(out, "end it before the part's function returns: `deed_end(");
	deed_put_text(out, loan && loan->site && deed_help_is_simple(loan->site->text)
				   ? loan->site->text
				   : "source");
	deed_put_text(out, ", &view)`; a guard (DEED_INOUT, DEED_BORROWED) does so by itself");
}

void deed_help_part_outside(struct deed_writer *out, const struct deed_report *report)
{
	const char *const text = deed_help_text(report);
	size_t len;
	const char *const name = deed_bare_name(text, &len);

	if (deed_report_has_verb(report, "shared out by edges")) {
		deed_put_text(out, "the last edge must be at most deed_len(), and no edge below "
				   "one before it");
	} else if (deed_report_has_verb(report, "shared out by call")) {
		deed_put_text(out, "let the rule stay within deed_len()");
	} else if (deed_report_has_verb(report, "shared out by tile")) {
		deed_put_text(out, "(rows - 1) * pitch + columns of the plan must be at most "
				   "deed_len(), and columns at most pitch");
	} else if (deed_report_has_verb(report, "shared out by part")) {
		deed_put_text(out, "make it as long as the plan has parts: `plan.parts`, times "
				   "what deed_by_part() gives each");
	} else if (deed_report_has_verb(report, "shared out by rows")) {
		deed_put_text(out, "let the plan count rows: deed_len(), divided by what "
				   "deed_by_rows() says that each has");
	} else {
		deed_put_text(out, "let the plan count what there is: `deed_plan_chunks(&plan, "
				   "deed_len(");
		if (deed_help_is_simple(text))
			deed_put(out, name, len);
		deed_put_text(out, "), chunk)`");
	}
}

void deed_help_no_part(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const share = deed_site_of_loan(report, 0);
	const char *const text = deed_help_text(report);
	const bool asks_inout = is_inout(report->sites);
	const bool asks_tile = deed_report_has_verb(report, "taken as a tile");

	if (!share) {
		deed_put_text(out, "share it out before the parts run: ");
		put_share_call(out, asks_inout, text,
			       asks_tile ? "deed_by_tile(pitch)" : "DEED_BY_INDEX");
	} else if (asks_inout && share->role == DEED_ROLE_LENT_BORROWED) {
		deed_put_text(out, "share it out for writing: ");
		put_share_call(out, true, text,
			       asks_tile ? "deed_by_tile(pitch)" : "DEED_BY_INDEX");
		deed_put_text(out, "; to read only, take ");
		put_part_call(out, asks_tile, false, text);
	} else if (asks_tile) {
		deed_put_text(out, "take ");
		put_part_call(out, false, asks_inout, text);
		deed_put_text(out, ", or share it out by deed_by_tile()");
	} else {
		deed_put_format(out, "it is shared out in tiles: take deed_part_tile_%s()",
				asks_inout ? "inout" : "borrowed");
	}
}

/* ---- advisories ----------------------------------------------------------------------------- */

#define LINE_BYTES ((size_t)64)

void deed_help_edges(struct deed_writer *out, const struct deed_report *report)
{
	const size_t element = report->buffer.element_bytes;
	const size_t each = element ? (LINE_BYTES + element - 1) / element : LINE_BYTES;

	if (report->buffer.align < LINE_BYTES && deed_report_is_of_kind(report, "heap"))
		deed_put_text(out, "make the buffer with deed_new_aligned(), at 64 bytes, and ");
	if (deed_report_has_verb(report, "shared out by part"))
		deed_put_format(out, "give each part a line of its own: deed_by_part(%zu)", each);
	else if (deed_report_has_verb(report, "shared out by index"))
		deed_put_format(out, "cut at multiples of %zu elements, as deed_plan_parts() does",
				each);
	else
		deed_put_format(out, "cut at multiples of %zu elements", each);
}

void deed_help_gap(struct deed_writer *out, const struct deed_report *report)
{
	const char *const text = deed_help_text(report);
	size_t len;
	const char *const name = deed_bare_name(text, &len);

	if (deed_report_has_verb(report, "shared out by index")) {
		deed_put_text(out, "let the plan count all that there is, `deed_len(");
		if (deed_help_is_simple(text))
			deed_put(out, name, len);
		deed_put_text(out, ")`; or share out a deed_slice() of what is meant");
	} else if (deed_report_has_verb(report, "shared out by rows")) {
		deed_put_text(out, "let the rows of the plan, times what deed_by_rows() says that "
				   "each has, be deed_len(); or share out a deed_slice()");
	} else if (deed_report_has_verb(report, "shared out by part")) {
		deed_put_text(out, "make it as long as the parts need, or share out a deed_slice() "
				   "of it");
	} else {
		deed_put_text(out, "leave deed_covering() away, or give each element to a part");
	}
}
