/* SPDX-License-Identifier: MIT
 *
 * lib/trap/label.c - what each fault says at each of its places.
 *
 * Somebody reads this at night who has never heard of deed. So a label says what happened
 * on that line in plain words, as a part of the story: `dropped here again`, `the earlier
 * loan (borrowed, read-only) begins here`. Both words that deed made up for loans are
 * explained where they stand.
 */
#include "label.h"

#include <string.h>

/* ---- roles ---------------------------------------------------------------------------------- */

struct role {
	enum deed_role role;
	const char *id, *name;
	int rank; /* in the order of sites */
};

static const struct role roles[] = {
	{ DEED_ROLE_HERE, "here", "here", 0 },
	{ DEED_ROLE_ALLOCATED, "allocated", "allocated", 4 },
	{ DEED_ROLE_ADOPTED, "adopted", "adopted", 4 },
	{ DEED_ROLE_RESIZED, "resized", "resized", 3 },
	{ DEED_ROLE_MOVED, "moved", "moved", 3 },
	{ DEED_ROLE_DROPPED, "dropped", "dropped", 3 },
	{ DEED_ROLE_RELEASED, "released", "released", 3 },
	{ DEED_ROLE_LENT_BORROWED, "lent_borrowed", "lent borrowed", 2 },
	{ DEED_ROLE_LENT_INOUT, "lent_inout", "lent inout", 2 },
	{ DEED_ROLE_ENDED, "loan_ended", "loan ended", 1 },
};
#define RANKS 5

static const struct role *find_role(enum deed_role role)
{
	static const struct role unknown = { DEED_ROLE_HERE, "unknown", "touched", RANKS - 1 };

	for (size_t i = 0; i < DEED_ARRAY_LEN(roles); i++)
		if (roles[i].role == role)
			return &roles[i];
	return &unknown;
}

const char *deed_role_id(enum deed_role role)
{
	return find_role(role)->id;
}

const char *deed_role_name(enum deed_role role)
{
	return find_role(role)->name;
}

bool deed_role_is_loan(enum deed_role role)
{
	return role == DEED_ROLE_LENT_BORROWED || role == DEED_ROLE_LENT_INOUT;
}

/* Whether a loan of the report begins at the very place of `site`. */
static const struct deed_report_site *loan_at(const struct deed_report *report,
					      const struct deed_report_site *site)
{
	for (size_t i = 0; i < report->site_count; i++)
		if (deed_role_is_loan(report->sites[i].role) && report->sites[i].site == site->site)
			return &report->sites[i];
	return NULL;
}

/* What says nothing is left out: that a leak was noticed at the end of the program, that a loan
 * which outlived its block was noticed where it began, and that memory which is known by being lent
 * became known where it was lent. */
static bool is_shown(const struct deed_report *report, const struct deed_report_site *site)
{
	if (report->fault == DEED_E17 && site->role == DEED_ROLE_HERE)
		return report->site_count == 1;
	if (site->role == DEED_ROLE_ADOPTED ||
	    (report->fault == DEED_E14 && site->role == DEED_ROLE_HERE))
		return !site->site || !loan_at(report, site);
	return true;
}

/* A leak is about where its buffer came from; everything else about what was done to it. */
static int rank_of(const struct deed_report *report, const struct deed_report_site *site)
{
	const int rank = find_role(site->role)->rank;

	return report->fault == DEED_E17 ? RANKS - 1 - rank : rank;
}

const struct deed_report_site *deed_site_next(const struct deed_report *report,
					      struct deed_site_cursor *cursor)
{
	for (; report->sites && cursor->rank < RANKS; cursor->rank++, cursor->next = 0)
		while (cursor->next < report->site_count) {
			const struct deed_report_site *const site = &report->sites[cursor->next++];

			if (is_shown(report, site) && rank_of(report, site) == cursor->rank)
				return site;
		}
	return NULL;
}

const struct deed_site *deed_site_of_report(const struct deed_report *report)
{
	struct deed_site_cursor cursor = { 0, 0 };
	const struct deed_report_site *site;

	while ((site = deed_site_next(report, &cursor)))
		if (site->site)
			return site->site;
	return NULL;
}

/* ---- labels --------------------------------------------------------------------------------- */

/* The fault's own place. Those that need more than a text are in put_here(). */
static const char *here_text(enum deed_fault fault)
{
	switch (fault) {
	case DEED_E01:
		return "used here, but it owns nothing";
	case DEED_E02:
		return "overwritten here, while it still owns a buffer";
	case DEED_E03:
		return "used here, after it was moved away";
	case DEED_E04:
		return "used here, after its buffer ended";
	case DEED_E05:
		return "dropped here again: the second drop";
	case DEED_E06:
		return "moved here, while it is lent";
	case DEED_E07:
		return "resized here, while it is lent";
	case DEED_E08:
		return "dropped here, while it is lent";
	case DEED_E10:
		return "lent here for writing (inout), but what it comes from only reads";
	case DEED_E11:
		return "used here, after its loan ended";
	case DEED_E12:
		return "ended here a second time";
	case DEED_E13:
		return "used here, while it is lent on";
	case DEED_E14:
		return "noticed here: that block was left without ending its loan";
	case DEED_E16:
		return "used here at another address than it was made at";
	case DEED_E17:
		return "noticed here, at the end of the program";
	case DEED_E19:
		return "this task's elements are asked for here";
	case DEED_E20:
		return "used here by a task that it does not belong to";
	case DEED_E21:
		return "used here, after its arena was reset";
	case DEED_E22:
		return "used here as elements of another type";
	case DEED_E23:
		return "noticed here: the bytes are not what they were when they were lent";
	case DEED_E24:
		return "used here, inside a signal handler";
	case DEED_E25:
		return "noticed here: bytes next to the buffer were written";
	case DEED_E26:
		return "both operands are named here";
	default:
		return "here";
	}
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

/* Both words mean something to who knows deed; the other half of each pair is for who does not. */
static void put_kind(struct deed_writer *out, const char *kind)
{
	if (!strcmp(kind, "inout"))
		deed_put_text(out, " (inout, exclusive)");
	else if (!strcmp(kind, "borrowed"))
		deed_put_text(out, " (borrowed, read-only)");
	else if (*kind)
		deed_put_format(out, " (%.64s)", kind);
}

static void put_here(struct deed_writer *out, const struct deed_report *report,
		     const struct deed_report_site *site)
{
	if (report->fault == DEED_E09) {
		deed_put_text(out, "this loan");
		put_kind(out, kind_asked_for(report, site));
		deed_put_text(out, " is asked for here");
	} else if (report->fault == DEED_E15 && deed_site_has_range(site)) {
		deed_put_range(out, site);
		deed_put_text(out, site->hi - site->lo == 1 ? " is asked for here"
							    : " are asked for here");
	} else if (report->fault == DEED_E15) {
		deed_put_text(out, "asked for here");
	} else if (report->fault == DEED_E18) {
		deed_put_text(out, "used here");
	} else {
		deed_put_text(out, here_text(report->fault));
	}
}

static void put_loan(struct deed_writer *out, const struct deed_report *report,
		     const struct deed_report_site *site)
{
	const char *before = "lent", *after = " here";

	switch (report->fault) {
	case DEED_E06:
	case DEED_E07:
	case DEED_E08:
	case DEED_E17:
		after = site->has_ended ? " here" : " here, and not ended yet";
		break;
	case DEED_E09:
		before = "the earlier loan";
		after = " begins here";
		break;
	case DEED_E19:
	case DEED_E20:
		before = "the other task's loan";
		after = " begins here";
		break;
	case DEED_E10:
	case DEED_E11:
	case DEED_E12:
	case DEED_E14:
	case DEED_E15:
	case DEED_E18:
	case DEED_E22:
		before = "the loan";
		after = " begins here";
		break;
	default:
		break;
	}
	deed_put_text(out, before);
	put_kind(out, site->role == DEED_ROLE_LENT_INOUT ? "inout" : "borrowed");
	deed_put_text(out, after);
}

static void put_birth(struct deed_writer *out, const struct deed_report *report,
		      const struct deed_report_site *site)
{
	const char *const kind = report->buffer.kind ? report->buffer.kind : "";
	const char *verb = "allocated here";

	if (site->role == DEED_ROLE_ADOPTED)
		verb = !strcmp(kind, "static") ? "declared here to be static data"
					       : "taken over here from elsewhere (adopted)";
	if (report->fault == DEED_E17)
		deed_put_format(out, "%zu buffer%s, %zu byte%s, ", site->repeats,
				site->repeats == 1 ? "" : "s", site->bytes,
				site->bytes == 1 ? "" : "s");
	else if (report->fault == DEED_E02)
		deed_put_text(out, "what it owns was ");
	deed_put_text(out, verb);
}

/* A guard has no line of its own for its end: it is declared where its loan begins. */
static void put_end(struct deed_writer *out, const struct deed_report *report,
		    const struct deed_report_site *site)
{
	bool is_guards = site->is_guard;

	for (size_t i = 0; i < report->site_count && site->site; i++) {
		const struct deed_report_site *const loan = &report->sites[i];

		is_guards |= deed_role_is_loan(loan->role) && loan->is_guard && loan->site &&
			     loan->site->file && site->site->file &&
			     loan->site->line == site->site->line &&
			     !strcmp(loan->site->file, site->site->file);
	}
	if (is_guards)
		deed_put_text(out, "the loan ended at the end of the block that this is in");
	else
		deed_put_text(out, report->fault == DEED_E12 ? "ended here first"
							     : "the loan ended here");
}

void deed_put_label(struct deed_writer *out, const struct deed_report *report,
		    const struct deed_report_site *site)
{
	switch (site->role) {
	case DEED_ROLE_HERE:
		put_here(out, report, site);
		break;
	case DEED_ROLE_ALLOCATED:
	case DEED_ROLE_ADOPTED:
		put_birth(out, report, site);
		break;
	case DEED_ROLE_RESIZED:
		deed_put_text(out,
			      report->fault == DEED_E04 || report->fault == DEED_E05
				      ? "ended by this resize: older copies of the handle are stale"
				      : "resized here");
		break;
	case DEED_ROLE_MOVED:
		deed_put_text(out, "moved ");
		if (site->target && *site->target) {
			deed_put_text(out, "to ");
			deed_put_name(out, site->target);
		} else {
			deed_put_text(out, "away");
		}
		deed_put_text(out, " here");
		break;
	case DEED_ROLE_DROPPED:
		deed_put_text(out,
			      report->fault == DEED_E05 ? "dropped here first" : "dropped here");
		break;
	case DEED_ROLE_RELEASED:
		deed_put_text(out, "released here: given back as a raw pointer");
		break;
	case DEED_ROLE_LENT_BORROWED:
	case DEED_ROLE_LENT_INOUT:
		put_loan(out, report, site);
		break;
	case DEED_ROLE_ENDED:
		put_end(out, report, site);
		break;
	}
}

void deed_put_message(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_site *const site = deed_site_of_report(report);

	if (report->message && *report->message) {
		deed_put_text(out, report->message);
	} else if (site && site->text && *site->text) {
		deed_put_name(out, site->text);
		deed_put_text(out, " breaks the rule here");
	} else {
		deed_put_text(out, "a rule is broken here");
	}
}
