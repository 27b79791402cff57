/* SPDX-License-Identifier: MIT
 *
 * lib/trap/help_share.c - what to write instead, where it is about how a buffer is shared out to
 * the parts of a plan, and taken by them.
 */
#include "help.h"

#include <stdio.h>

#include "plain.h"

/* ---- by fault ------------------------------------------------------------------------------- */

/* The part of a tile, if the plan has tiles. */
static const struct deed_report_site *tile_of(const struct deed_report *report)
{
	for (size_t i = 1; i < report->site_count; i++)
		if (report->sites[i].role == DEED_ROLE_PART &&
		    deed_site_is_of_tile(&report->sites[i]))
			return &report->sites[i];
	return NULL;
}

/* Rows go with tiles as whole rows, and elements as if the matrix had one column. */
static void help_tiles(struct deed_writer *out, const struct deed_report *report,
		       const struct deed_report_site *tile)
{
	const size_t rows = tile->part_hi - tile->part_lo;
	char rule[64] = "deed_by_tile(pitch)";

	if (deed_report_has_verb(report, "shared out by rows") && rows)
		snprintf(rule, sizeof rule, "deed_by_tile(%zu)", (tile->hi - tile->lo) / rows);
	deed_put_text(out, "the parts of this plan are tiles: ");
	deed_help_share_call(out, true, deed_help_text(report), rule);
	deed_put_text(out, ", and each takes ");
	deed_help_part_call(out, true, true, deed_help_text(report));
}

void deed_help_overlap_by_plan(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const tile = tile_of(report);

	if (tile && (deed_report_has_verb(report, "shared out by rows") ||
		     deed_report_has_verb(report, "shared out by index"))) {
		help_tiles(out, report, tile);
	} else if (tile && deed_report_has_verb(report, "shared out by halo")) {
		help_tiles(out, report, tile);
		deed_put_text(out, "; around it, a part reads what it lends by deed_tile_borrow() "
				   "from a view of another buffer");
	} else if (deed_report_has_verb(report, "shared out by halo")) {
		deed_put_text(out, "a halo is for reading: ");
		deed_help_share_call(out, false, deed_help_text(report), "deed_by_halo(...)");
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

/* Whether only the last part has what is not there: then not much is missing. */
static bool is_of_last_part(const struct deed_report *report)
{
	for (size_t i = 1; i < report->site_count; i++)
		if (report->sites[i].role == DEED_ROLE_PART)
			return report->sites[i].part + 1 == report->sites[i].parts;
	return false;
}

void deed_help_part_outside(struct deed_writer *out, const struct deed_report *report)
{
	const char *const text = deed_help_text(report);
	const size_t parts = report->sites[0].shared_into;
	size_t len;
	const char *const name = deed_bare_name(text, &len);

	if (deed_report_has_verb(report, "shared out by edges")) {
		deed_put_format(out,
				"%zu parts have %zu edges, edges[0] to edges[%zu]; the last must "
				"be at most deed_len(), and none below one before it",
				parts, parts + 1, parts);
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
	} else if (report->sites[0].shared_beside && is_of_last_part(report)) {
		deed_put_text(out, "this plan shares out more than one buffer: all that go by "
				   "index must be as long as it counts, or it counts the shortest");
	} else if (report->sites[0].shared_beside) {
		deed_put_text(out, "the plan counts another buffer that it shares out: of this one "
				   "give each part some by deed_by_part(), or let the parts add up "
				   "with deed_reduce()");
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
	const bool asks_inout = deed_site_is_inout(report->sites);
	const bool asks_tile = deed_report_has_verb(report, "taken as a tile");
	const struct deed_report_site *const ended = deed_site_of_end(report);

	if (ended) {
		if (!ended->verb || !*ended->verb)
			deed_put_text(out, "what is shared out is so until the parts are done: ");
		deed_put_text(out,
			      "share it out again by the plan that is run, before it is run, ");
		deed_help_share_call(out, deed_site_is_inout(share), share->site->text,
				     ended->target);
	} else if (deed_report_has_verb(report, "taken of another cut")) {
		deed_put_text(out, "share it out by the plan that is run, after that is cut: to "
				   "cut a plan again forgets what was shared out by it");
	} else if (deed_report_has_verb(report, "taken of a plan cut again")) {
		deed_put_text(out,
			      "leave a plan as it is until its parts are done: what else is to "
			      "be cut has a plan of its own");
	} else if (deed_report_has_verb(report, "taken from another source")) {
		deed_put_text(out, "take from what was shared out, by the name that it has here: ");
		deed_help_part_call(out, deed_site_is_of_tile(report->sites),
				    deed_site_is_inout(share), share->site->text);
		deed_put_text(out, "; deed_slice() narrows what the part has");
	} else if (!share) {
		deed_help_share_before(out, report, asks_inout,
				       asks_tile ? "deed_by_tile()" : "DEED_BY_INDEX");
		deed_put_text(out, "; it may have another name there");
	} else if (asks_inout && share->role == DEED_ROLE_LENT_BORROWED) {
		deed_put_text(out, "share it out for writing, by the same rule: ");
		deed_help_share_call(out, true, share->site->text, "...");
		deed_put_text(out, "; to read only, take ");
		deed_help_part_call(out, asks_tile, false, text);
	} else if (asks_tile) {
		deed_put_text(out, "take ");
		deed_help_part_call(out, false, asks_inout, text);
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
		deed_put_text(out,
			      "to give each part the elements that it counts, share it out "
			      "DEED_BY_INDEX; else make it as long as the parts need, or share "
			      "out a deed_slice() of it");
	} else {
		deed_put_text(
			out,
			"give each element to a part; where some are left out on purpose, leave "
			"deed_covering() away");
	}
}
