/* SPDX-License-Identifier: MIT
 *
 * lib/trap/help_parts.c - what to write instead, where tasks are what it is about: who may use
 * what, and for how long.
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

/* A row of columns is read or written: no view is had. */
static bool is_of_row(const struct deed_report_site *site)
{
	return deed_site_has_verb(site, "read") || deed_site_has_verb(site, "written");
}

/* Whether it reads elements or writes them. What else there is ends the owner, or gives it other
 * memory. */
static bool is_access(const struct deed_report_site *site)
{
	return deed_role_is_loan(site->role) ||
	       (site->role == DEED_ROLE_HERE &&
		((site->target && *site->target) || is_of_row(site) ||
		 deed_site_has_verb(site, "cloned")));
}

static bool is_writing(const struct deed_report_site *site)
{
	return deed_site_is_inout(site) || deed_site_has_verb(site, "written");
}

/* A pointer is lent, which nothing is taken from. */
static bool is_by_address(const struct deed_report *report)
{
	return report->sites[0].asked;
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

/* The source of a share, as the place of the fault would spell it: where that says `job->owner` or
 * `*job->owner`, what was shared out as `&job.out` is `&job->out`. */
static struct deed_plain as_spelled_here(const struct deed_report *report,
					 const struct deed_report_site *share)
{
	const char *const source = share->site && share->site->text ? share->site->text : "";
	const char *const here = deed_help_text(report);
	const char *const name = here + strspn(here, "&*(");
	const size_t len = strcspn(name, "-.[()");
	struct deed_plain spelled;

	if (len && !strncmp(name + len, "->", 2) && *source == '&' &&
	    !strncmp(source + 1, name, len) && source[1 + len] == '.')
		snprintf(spelled.text, sizeof spelled.text, "&%.*s->%s", (int)len, source + 1,
			 source + len + 2);
	else
		snprintf(spelled.text, sizeof spelled.text, "%s", source);
	return spelled;
}

/* Whether `len` elements are fewer than the plan of a part counts: of its parts all are as long as
 * any but the last. Of tiles it is not asked. */
static bool is_of_fewer(size_t len, const struct deed_report_site *part)
{
	const size_t chunk = part->part_hi - part->part_lo;
	const size_t rest = part->parts - part->part - 1;
	const size_t least = rest ? part->part_hi + (rest - 1) * chunk + 1 : part->part_hi;

	return !deed_site_is_of_tile(part) && len && len < least;
}

/* Both, for writing: what the parts of the plan have by their indices, or, of fewer elements, as
 * many each. The first is for the place where the plan is cut, whose names are not those of the
 * part: it has none. */
static void put_share_and_part(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const here = report->sites;
	const bool is_tile = deed_site_is_of_tile(here);
	const struct deed_plain text = address(report);
	const size_t len = report->buffer.count;
	char rule[64] = "DEED_BY_INDEX";

	if (is_tile && deed_site_rows(here) > 1)
		snprintf(rule, sizeof rule, "deed_by_tile(%zu)", here->pitch);
	else if (is_tile)
		snprintf(rule, sizeof rule, "deed_by_tile(...)");
	else if (here->parts && is_of_fewer(len, here) && len % here->parts == 0)
		snprintf(rule, sizeof rule, "deed_by_part(%zu)", len / here->parts);
	deed_help_share_before(out, report, true, rule);
	if (is_by_address(report)) {
		deed_put_text(out, ", and lend the memory of what the part takes of that, "
				   "`deed_data(view)`");
	} else {
		deed_put_text(out, ", and take ");
		deed_help_part_call(out, is_tile, true, text.text);
		deed_put_text(out, " here");
	}
}

/* ---- by fault ------------------------------------------------------------------------------- */

/* All lend the same: one place that they all add to. */
static bool is_accumulator(const struct deed_report_site *a, const struct deed_report_site *b)
{
	return deed_site_is_inout(a) && deed_site_is_inout(b) && a->lo == b->lo && a->hi == b->hi;
}

/* Each part its own, of `count` elements. */
static void put_add_up(struct deed_writer *out, size_t count)
{
	char rule[64];

	snprintf(rule, sizeof rule, "deed_by_part(%zu)", count);
	deed_put_text(out, "let each part add up on its own: in the `partial` that deed_reduce() "
			   "gives it and merges, or in a slot by ");
	deed_help_share_call(out, true, "&slots", rule);
}

/* What the same loan by two parts may be for, where it is no sum. */
static void put_instead_of_adding(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const here = report->sites;

	if (here->hi - here->lo > 1 && (!report->buffer.id || deed_site_is_whole(report, here)))
		deed_put_text(out, "; what is for the part alone is made in "
				   "`deed_part_scratch(part)`");
	else if (here->hi - here->lo == 1 && report->buffer.count > 1)
		deed_put_text(out, "; to scatter, let each part write a range of its own");
}

void deed_help_tasks(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const here = report->sites;
	const struct deed_report_site *const other = other_part(report);

	if (deed_report_is_of_plan(report)) {
		deed_help_overlap_by_plan(out, report);
	} else if (!other) {
		deed_put_text(out, deed_fault_help(report->fault));
	} else if (other->role == DEED_ROLE_ALLOCATED || other->role == DEED_ROLE_ADOPTED) {
		deed_put_text(out, "what several parts use is made before they run, and stays as "
				   "it is; or give each part an owner of its own");
	} else if (!is_access(here) || !is_access(other)) {
		deed_put_text(out, "an owner that several parts use stays as it is: do that when "
				   "all parts are done");
	} else if (is_writing(here) && is_writing(other) && (here->is_async || other->is_async)) {
		deed_put_text(out, "let it write to the owner that it is handed, which "
				   "deed_await() gives back, and put that together when all parts "
				   "are done");
	} else if (is_writing(here) && is_writing(other) && (is_of_row(here) || is_of_row(other))) {
		deed_put_text(out,
			      "let each part write rows of its own, [part->lo, part->hi); or "
			      "lend the columns before the parts run, by DEED_SOA_INOUT(), and "
			      "share these out by deed_share_inout() with DEED_BY_INDEX");
	} else if (is_accumulator(here, other) && here->site == other->site) {
		put_add_up(out, here->hi - here->lo);
		put_instead_of_adding(out, report);
	} else if (is_writing(here) && is_writing(other)) {
		deed_put_text(out, "let each part write to its own: ");
		put_share_and_part(out, report);
	} else {
		deed_put_text(out, "what all parts read, none may write: write to another buffer, "
				   "or read from a copy that was made before the parts run");
	}
}

void deed_help_part_over(struct deed_writer *out)
{
	deed_put_text(out, "what a part takes ends with it: lend the buffer anew when all parts "
			   "are done");
}

/* Taken with a part that is not that of the function. */
static void help_wrong_part(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const here = report->sites;

	if (deed_report_has_verb(report, "taken with a copy of the part")) {
		deed_put_text(out, "a part is known by its address: take with the one that the "
				   "function was given, ");
		deed_help_part_call(out, deed_site_is_of_tile(here), deed_site_is_inout(here),
				    deed_help_text(report));
	} else if (deed_report_has_verb(report, "taken with the part around")) {
		deed_put_text(out, "take it before the inner parts run, and share that view out to "
				   "them: ");
		deed_help_share_call(out, deed_site_is_inout(here), "&view", "DEED_BY_INDEX");
	} else if (deed_report_has_verb(report, "taken after unwinding")) {
		deed_put_text(out, "a part unwinds what it has lent itself, with a mark of its "
				   "own, `const uint64_t mark = deed_loans_mark();`; or return "
				   "from it after that");
	} else if (deed_site_is_in_task(here)) {
		deed_put_text(out, "take from the part that the function was given: another one "
				   "ends when its own call returns");
	} else if (deed_site_of_loan(report, 0)) {
		deed_put_text(out, "what a part takes is for its own function: another thread that "
				   "works on the buffer lends it itself");
	} else {
		deed_put_text(out,
			      "take it in the parts' function, from the part that it is given");
	}
}

static void help_cancel(struct deed_writer *out, const struct deed_report_site *here)
{
	if (here->is_async)
		deed_put_text(out, "what deed_async() calls may ask deed_async_is_cancelled(), and "
				   "return an error to who awaits it");
	else if (deed_site_is_in_task(here))
		deed_put_text(out, "use the part that the function was given, or that of a plan "
				   "around it");
	else
		deed_put_text(out, "a part is for the function that it was given to, while that "
				   "runs: what others are to tell it, leave in a variable that it "
				   "looks at");
}

void deed_help_task_loan(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const here = report->sites;
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);
	const char *const text = loan && loan->site ? loan->site->text : deed_help_text(report);
	const size_t len =
		loan && deed_site_has_range(loan) ? loan->hi - loan->lo : report->buffer.count;

	if (deed_report_is_of_taking(report)) {
		help_wrong_part(out, report);
	} else if (deed_report_has_verb(report, "unshared")) {
		deed_put_text(out, "whoever shares out takes it back, before the parts run or when "
				   "they are done; other tasks share out by plans of their own");
	} else if (deed_report_is_of_cancelling(report)) {
		help_cancel(out, here);
	} else if (here->is_async && !(loan && deed_site_is_in_task(loan))) {
		deed_put_text(out, "a task of deed_async() has the owner that was moved to it, and "
				   "what it lends itself");
	} else if (!loan) {
		deed_put_text(out, deed_fault_help(report->fault));
	} else if (!deed_site_is_in_task(here) && !deed_site_of_end(report)) {
		deed_put_text(out, "what a part takes is for its own function: another thread that "
				   "works on the buffer lends it itself");
	} else if (!deed_site_is_in_task(here)) {
		deed_help_part_over(out);
	} else if (deed_sites_are_of_one_plan(here, loan) && here->part != loan->part) {
		deed_put_text(out, "take this part's own: ");
		deed_help_part_call(out, deed_site_is_of_tile(here), deed_site_is_inout(loan),
				    text);
		deed_put_text(out, "; what a part takes, it keeps for itself");
	} else if (deed_site_is_part(loan) && deed_site_of_end(report)) {
		deed_put_text(out, "what a part takes ends with it: share the buffer out anew, and "
				   "take it here, ");
		deed_help_part_call(out, deed_site_is_of_tile(here), deed_site_is_inout(loan),
				    text);
	} else if (deed_report_has_verb(report, "ended")) {
		deed_put_text(out, "end it where it was lent, when all parts are done");
	} else if (deed_report_has_verb(report, "opened for writing") && is_of_fewer(len, here)) {
		put_add_up(out, len);
		deed_help_reading(out, report);
	} else {
		put_share_and_part(out, report);
		if (deed_report_has_verb(report, "opened for writing"))
			deed_help_reading(out, report);
	}
}

/* Whether what is read, of what is shared out by index, another part has. */
static bool is_of_another_part(const struct deed_report_site *here,
			       const struct deed_report_site *share)
{
	const size_t len = share->hi - share->lo, chunk = here->part_hi - here->part_lo;
	const bool is_by_index = here->part + 1 == here->parts
					 ? here->part_hi == len
					 : chunk && (len - 1) / chunk + 1 == here->parts;

	return deed_site_has_verb(here, "read") && here->lo < here->hi && len && is_by_index &&
	       !deed_site_is_of_tile(here) &&
	       (here->hi <= share->lo + here->part_lo || here->lo >= share->lo + here->part_hi);
}

/* Whether the place names a variable of its own, where a member was shared out: what the part has
 * made of that, perhaps, and nothing to be taken from. */
static bool is_other_name(const struct deed_report *report, const struct deed_report_site *share)
{
	const char *const source = share->site && share->site->text ? share->site->text : "";

	return !strpbrk(deed_help_text(report), ".->[(*&") && strpbrk(source, ".>");
}

void deed_help_shared_out(struct deed_writer *out, const struct deed_report *report,
			  const struct deed_report_site *share)
{
	const bool is_read =
		report->sites[0].target && !strcmp(report->sites[0].target, "borrowed");
	const bool is_not_run = deed_site_has_verb(share, "not run yet");
	/* Of which the part has lent the owner. */
	const bool is_view = report->fault == DEED_E09 && deed_site_has_verb(share, "as a view");

	if (deed_site_has_verb(share, "left by a jump")) {
		deed_put_text(out, "before it is shared out, `const uint64_t mark = "
				   "deed_loans_mark();`, and where the jump lands, "
				   "`deed_loans_unwind(mark);`");
		return;
	}
	if (deed_site_has_verb(share, "left by unwinding")) {
		deed_put_text(out, "call deed_loans_unwind() where a jump out of the parts has "
				   "landed, with a mark from before it is shared out: that ends "
				   "this, too; or deed_unshare() after it");
		return;
	}
	if (is_not_run || !deed_site_is_in_task(report->sites)) {
		deed_put_text(out,
			      report->fault == DEED_E09 || report->fault == DEED_E13
				      ? "use it before it is shared out, or when all parts are "
					"done"
				      : "what is shared out is so until all parts are done: share "
					"it out right before they run");
		if (report->fault == DEED_E13 && !deed_site_is_inout(share) &&
		    deed_report_has_verb(report, "opened for writing"))
			deed_help_reading(out, report);
		if (is_not_run)
			deed_put_text(out,
				      "; of a plan that is not to be run after all, "
				      "`deed_unshare(&plan)` takes it back, before that is cut "
				      "again or goes out of scope");
		return;
	}
	if (report->fault != DEED_E09 && report->fault != DEED_E13) {
		deed_put_text(out, "what all parts work on stays as it is: do that when all parts "
				   "are done");
		return;
	}
	if (is_of_another_part(report->sites, share)) {
		deed_put_text(out, "another part has that, and may be writing it: read it from a "
				   "copy that was made before the parts run, or write to another "
				   "buffer than all read");
		return;
	}
	if (is_by_address(report))
		deed_put_text(out, "lend the memory of what the part takes, `deed_data(view)` of ");
	else if (is_view)
		deed_put_text(out, "take the part's own of the view that is shared out: ");
	else
		deed_put_text(out, "use the part's own: ");
	deed_help_part_call(out, deed_site_is_of_tile(report->sites),
			    deed_site_is_inout(share) && !is_read,
			    (is_view || is_by_address(report) || is_other_name(report, share)
				     ? as_spelled_here(report, share)
				     : address(report))
				    .text);
}

void deed_help_outlives(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	if (loan && deed_site_is_share(loan)) {
		deed_put_text(out, "run the plan before the function returns, "
				   "`deed_parallel_for(pool, &plan, fn, context)`: that ends what "
				   "is shared out; or take it back, `deed_unshare(&plan)`");
		return;
	}
	deed_put_format(out, "end it before the %s returns: `deed_end(",
			loan && loan->is_async ? "function of deed_async()" : "part's function");
	deed_put_text(out, loan && loan->site && deed_help_is_simple(loan->site->text)
				   ? loan->site->text
				   : "source");
	deed_put_text(out, ", &view)`; a guard (DEED_INOUT, DEED_BORROWED) does so by itself");
}
