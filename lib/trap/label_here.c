/* SPDX-License-Identifier: MIT
 *
 * lib/trap/label_here.c - what each fault says at the place where it happened.
 */
#include "label.h"

#include <string.h>

/* ---- facts ---------------------------------------------------------------------------------- */

static bool is_arena(const struct deed_report *report)
{
	return deed_report_is_of_kind(report, "whole arena");
}

static bool is_static(const struct deed_report *report)
{
	return deed_report_is_of_kind(report, "static");
}

/* How the handle of the fault ended: "dropped". */
static const char *past_of_handle(const struct deed_report *report)
{
	const struct deed_report_site *const end = deed_site_that_ended(report);

	return end ? deed_role_name(end->role) : "ended";
}

/* The kind of the loan that was asked for, if the report tells: in the text that a move has for its
 * target; or because two loans that only read do not conflict. */
static const char *kind_asked_for(const struct deed_report *report,
				  const struct deed_report_site *here)
{
	if (here->target && *here->target)
		return here->target;
	for (size_t i = 0; i < report->site_count; i++)
		if (report->sites[i].role == DEED_ROLE_LENT_BORROWED)
			return "inout";
	return "";
}

static bool is_of_share(const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	return loan && deed_site_is_share(loan);
}

/* Whether what was used is a view: then the loan that it is of stands behind those in the way. */
static bool is_of_view(const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	return loan && deed_site_of_loan(report, (size_t)(loan - report->sites) + 1);
}

/* Of what lay in an arena. */
static const char *after_reset(const struct deed_report *report)
{
	const struct deed_report_site *const end = deed_site_that_ended(report);

	return !end || !end->is_guard	      ? ", after its arena was reset"
	       : deed_site_is_of_scratch(end) ? ", after its scratch ended with its part"
					      : ", after its scratch ended with its block";
}

/* ---- words ---------------------------------------------------------------------------------- */

/* The fault's own place, where one text is enough. */
static const char *here_text(enum deed_fault fault)
{
	switch (fault) {
	case DEED_E01:
		return "owns nothing here";
	case DEED_E02:
		return "overwritten here, while it still owns a buffer";
	case DEED_E10:
		return "lent here for writing (inout), but what it comes from only reads";
	case DEED_A05:
		return "these parts are too small";
	case DEED_E17:
		return "noticed here, at the end of the program";
	case DEED_E23:
		return "noticed here: the bytes are not what they were when they were lent";
	case DEED_E24:
		return "used here, inside a signal handler";
	default:
		return "here";
	}
}

/* "released here"; of the end of a block, which has no line: "declared here, and dropped at the end
 * of its block". */
static void put_deed(struct deed_writer *out, const struct deed_report_site *site)
{
	const char *const verb = site->verb && *site->verb ? site->verb : "used";

	if (site->is_guard && deed_site_is_of_scratch(site))
		deed_put_format(out, "begun here, and %s at the end of its part", verb);
	else if (site->is_guard)
		deed_put_format(out, "declared here, and %s at the end of its block", verb);
	else
		deed_put_format(out, "%s here", verb);
}

/* What of the range that was asked for is not there. */
static void put_missing(struct deed_writer *out, const struct deed_report_site *site)
{
	struct deed_report_site missing = *site;

	if (site->target && !strcmp(site->target, "operand"))
		deed_put_format(out, "has %zu element%s, not %zu", site->of,
				site->of == 1 ? "" : "s", site->hi);
	else if (site->target && !strcmp(site->target, "tile"))
		deed_put_text(out, "this tile does not fit");
	else if (!deed_site_has_range(site))
		deed_put_text(out, "asked for here");
	else if (site->target && !strcmp(site->target, "row"))
		deed_put_format(out, "there is no row %zu", site->lo);
	else {
		missing.lo = deed_max(site->lo, site->of);
		deed_put_text(out, missing.hi - missing.lo == 1 ? "there is no " : "there are no ");
		deed_put_range(out, &missing);
	}
}

/* "taken here", "taken here, with a copy of the part", "taken here, after unwinding", "taken as a
 * tile here". */
static void put_taken(struct deed_writer *out, const struct deed_report_site *site)
{
	const char *const how = site->verb + strlen("taken");

	if (!strncmp(how, " with ", strlen(" with ")) ||
	    !strncmp(how, " from ", strlen(" from ")) ||
	    !strncmp(how, " after ", strlen(" after ")))
		deed_put_format(out, "taken here,%s", how);
	else if (!strncmp(how, " of ", strlen(" of ")))
		deed_put_text(out, "taken here");
	else
		put_deed(out, site);
}

static void put_here_of_wrong(struct deed_writer *out, const struct deed_report *report,
			      const struct deed_report_site *site)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	if (deed_site_has_verb(site, "unshared"))
		put_deed(out, site);
	else if (deed_report_is_of_no_plan(report))
		deed_put_text(out, deed_site_has_verb(site, "unshared, but is no plan")
					   ? "this plan was never cut"
					   : "the plan of this was never cut");
	else if (deed_report_is_of_plan_at_work(report))
		deed_put_text(out, deed_site_has_verb(site, "run by a plan that is at work")
					   ? "run here, by the same plan"
					   : "shared out here");
	else if (deed_report_lacks_tiles(report))
		deed_put_text(out, "shared out in tiles here");
	else if (deed_site_has_verb(site, "adopted"))
		deed_put_text(out, "adopted here");
	else if (loan && deed_site_is_part(loan))
		deed_put_text(out, "ended here by hand");
	else if (deed_report_is_of_taking(report))
		put_taken(out, site);
	else if (loan)
		deed_put_text(out, "ended here, but through the wrong source");
	else
		put_deed(out, site);
	if (deed_site_has_verb(site, "lent"))
		deed_put_text(out, ", but it is null");
	if (deed_site_has_verb(site, "handed over"))
		deed_put_text(out, ", and not awaited");
	if (is_static(report) && !deed_site_has_verb(site, "adopted"))
		deed_put_text(out, ", but it is static data");
}

/* Of a loan that outlives its block, or the task that took it. */
static void put_here_of_outliving(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);
	const char *const what = loan && loan->is_async ? "the task" : "the part";

	if (loan && loan->parts && deed_report_is_of_task_end(report))
		deed_put_format(out, "noticed here, when part %zu was done", loan->part);
	else if (deed_report_is_of_task_end(report))
		deed_put_text(out, "noticed here, when the task was done");
	else
		deed_put_format(out, "noticed here: %s was left without ending its loan",
				loan && !loan->is_guard && deed_site_is_in_task(loan)
					? what
					: "that block");
}

/* Whose loan it is, if not that of who uses it. */
static const char *whose(const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	if (is_arena(report))
		return deed_site_is_in_task(report->sites) && !report->sites[0].is_async
			       ? ", but it is the scratch of another part"
			       : ", but it is the scratch of a part";
	if (deed_site_has_verb(report->sites, "unshared"))
		return ", but others have shared out by it";
	if (!loan)
		return deed_report_is_of_cancelling(report)
			       ? ", but it is not the part that works here"
			       : "";
	if (!deed_site_is_in_task(loan))
		return report->sites[0].is_async ? ", but it was lent outside of the task"
						 : ", but it was lent outside of all parts";
	if (loan->is_async)
		return ", but it is the loan of a task of deed_async()";
	if (deed_site_of_end(report))
		return ", but it is the loan of another part, which is over";
	return deed_site_is_in_task(report->sites) &&
			       !deed_sites_are_of_one_plan(loan, report->sites)
		       ? ", but it is the loan of a part of another plan"
		       : ", but it is the loan of another part";
}

void deed_put_label_here(struct deed_writer *out, const struct deed_report *report,
			 const struct deed_report_site *site)
{
	if (is_arena(report) && report->fault == DEED_E02) {
		deed_put_text(out, "opened here, while it still holds memory");
		return;
	}
	if (deed_report_is_of_plan(report)) {
		deed_put_shared_out(out, site->target ? site->target : "", site->shared_into);
		return;
	}
	if (deed_site_has_verb(site, "noticed")) {
		deed_put_text(out,
			      site->is_guard ? "noticed at the end of this block" : "noticed here");
		return;
	}
	switch (report->fault) {
	case DEED_E03:
		put_deed(out, site);
		deed_put_text(out, ", after it was moved away");
		break;
	case DEED_E04:
		put_deed(out, site);
		deed_put_format(out, ", after its buffer was %s", past_of_handle(report));
		break;
	case DEED_E05:
		if (deed_site_has_verb(site, "freed")) {
			deed_put_text(out, "freed here again");
		} else if (deed_site_has_verb(site, "released")) {
			put_deed(out, site);
			deed_put_format(out, ", after it was %s", past_of_handle(report));
		} else {
			deed_put_text(out,
				      site->is_guard
					      ? "declared here, and dropped again at the end of "
						"its block"
					      : "dropped here again");
		}
		break;
	case DEED_E06:
	case DEED_E07:
	case DEED_E08:
		put_deed(out, site);
		deed_put_text(out, ", while it is lent");
		break;
	case DEED_E09:
		if (is_arena(report)) {
			put_deed(out, site);
			break;
		}
		deed_put_text(out, "this loan");
		deed_put_kind(out, kind_asked_for(report, site));
		deed_put_text(out, " is asked for here");
		break;
	case DEED_E19:
		if (site->target && *site->target) {
			deed_put_text(out, "this loan");
			deed_put_kind(out, site->target);
			deed_put_text(out, " is asked for here");
		} else {
			put_deed(out, site);
		}
		break;
	case DEED_E20:
		if (deed_report_is_of_taking(report)) {
			put_taken(out, site);
			break;
		}
		if (deed_site_has_verb(site, DEED_ASKED_WITH_COPY) ||
		    deed_site_has_verb(site, DEED_ASKED_WITH_AROUND)) {
			deed_put_format(out, "asked for here,%s", site->verb + strlen("asked for"));
			break;
		}
		put_deed(out, site);
		deed_put_text(out, whose(report));
		break;
	case DEED_E11:
		put_deed(out, site);
		deed_put_text(out, ", after its loan ended");
		break;
	case DEED_E12:
		deed_put_text(out, site->is_guard ? "declared here: the end of its block ends the "
						    "loan again"
						  : "ended here a second time");
		break;
	case DEED_E13:
		put_deed(out, site);
		deed_put_text(out, is_of_share(report)	? ", while it is shared out"
				   : is_of_view(report) ? ", while it is lent on"
							: ", while it is lent");
		break;
	case DEED_E15:
		put_missing(out, site);
		break;
	case DEED_E16:
		put_deed(out, site);
		deed_put_text(out, ", at another address than it was made at");
		break;
	case DEED_E18:
		put_here_of_wrong(out, report, site);
		break;
	case DEED_E21:
		put_deed(out, site);
		deed_put_text(out,
			      !is_arena(report)			    ? after_reset(report)
			      : deed_report_is_of_scratch(report)   ? ", after that part was over"
			      : deed_site_has_verb(site, "rewound") ? ", to a mark that is gone"
								    : ", after it was closed");
		break;
	case DEED_E22:
		deed_put_text(out, "used here as ");
		deed_put_text(out, site->site && site->site->type && *site->site->type
					   ? site->site->type
					   : "elements of another type");
		break;
	case DEED_E25:
		put_deed(out, site);
		deed_put_text(out, deed_report_is_about_pointer(report)
					   ? ", outside of the buffer"
					   : ", and found with bytes around it written");
		break;
	case DEED_E26:
		deed_put_text(out, deed_site_has_verb(site, "written twice")
					   ? "these elements are written, and some of them twice"
					   : "these elements are written, and some of them read");
		break;
	case DEED_A01:
		if (deed_site_is_counted(report, site))
			deed_put_text(out, "this region, until the end of its block");
		else
			put_deed(out, site);
		if (deed_site_has_verb(site, "waited"))
			deed_put_text(out, " for another thread");
		break;
	case DEED_A04:
		put_deed(out, site);
		break;
	case DEED_E14:
		put_here_of_outliving(out, report);
		break;
	default:
		deed_put_text(out, here_text(report->fault));
	}
}
