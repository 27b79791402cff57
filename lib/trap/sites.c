/* SPDX-License-Identifier: MIT
 *
 * lib/trap/sites.c - the sites of a report: their roles, which of them tell something, and in
 * which order.
 *
 * The story is told backwards, as a debugger's stack is: where it happened, who is in the
 * way, what came before, where the buffer came from. Every format tells it so.
 */
#include "label.h"

#include <string.h>

#include "plain.h"

/* ---- roles ---------------------------------------------------------------------------------- */

struct role {
	enum deed_role role;
	const char *id, *name;
	int rank; /* in the order of sites */
};

static const struct role roles[] = {
	{ DEED_ROLE_HERE, "here", "here", 0 },
	{ DEED_ROLE_PART, "part", "part", 1 },
	{ DEED_ROLE_ENDED, "loan_ended", "loan ended", 2 },
	{ DEED_ROLE_HOT, "hot", "hot region", 2 },
	{ DEED_ROLE_LENT_BORROWED, "lent_borrowed", "lent borrowed", 3 },
	{ DEED_ROLE_LENT_INOUT, "lent_inout", "lent inout", 3 },
	{ DEED_ROLE_TEAM, "team", "team", 4 },
	{ DEED_ROLE_RESIZED, "resized", "resized", 5 },
	{ DEED_ROLE_MOVED, "moved", "moved", 5 },
	{ DEED_ROLE_DROPPED, "dropped", "dropped", 5 },
	{ DEED_ROLE_RELEASED, "released", "released", 5 },
	{ DEED_ROLE_FREED, "freed", "freed", 5 },
	{ DEED_ROLE_RESET, "reset", "reset", 5 },
	{ DEED_ROLE_ALLOCATED, "allocated", "allocated", 6 },
	{ DEED_ROLE_ADOPTED, "adopted", "adopted", 6 },
};
#define RANKS 7

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

bool deed_report_is_of_kind(const struct deed_report *report, const char *kind)
{
	return report->buffer.kind && !strcmp(report->buffer.kind, kind);
}

const struct deed_report_site *deed_site_of_loan(const struct deed_report *report, size_t from)
{
	for (size_t i = from; report->sites && i < report->site_count; i++)
		if (deed_role_is_loan(report->sites[i].role))
			return &report->sites[i];
	return NULL;
}

const struct deed_report_site *deed_site_that_ended(const struct deed_report *report)
{
	for (size_t i = 0; report->sites && i < report->site_count; i++)
		switch (report->sites[i].role) {
		case DEED_ROLE_MOVED:
		case DEED_ROLE_DROPPED:
		case DEED_ROLE_RESIZED:
		case DEED_ROLE_RELEASED:
		case DEED_ROLE_FREED:
		case DEED_ROLE_RESET:
			return &report->sites[i];
		default:
			break;
		}
	return NULL;
}

bool deed_site_is_inout(const struct deed_report_site *site)
{
	return site->role == DEED_ROLE_LENT_INOUT ||
	       (site->role == DEED_ROLE_HERE && site->target && !strcmp(site->target, "inout"));
}

bool deed_site_has_verb(const struct deed_report_site *site, const char *verb)
{
	return site->verb && !strcmp(site->verb, verb);
}

bool deed_site_is_counted(const struct deed_report *report, const struct deed_report_site *site)
{
	return report->fault == DEED_A01 && site->role == DEED_ROLE_HERE && site->verb &&
	       !strncmp(site->verb, "counted", strlen("counted"));
}

bool deed_site_is_of_column(const struct deed_report_site *loan)
{
	return loan->site && loan->site->text && strchr(loan->site->text, ',');
}

bool deed_site_is_arenas(const struct deed_report_site *loan)
{
	return deed_role_is_loan(loan->role) && deed_site_has_verb(loan, "opened");
}

bool deed_site_is_in_task(const struct deed_report_site *site)
{
	return (site->parts || site->is_async) && site->role != DEED_ROLE_PART;
}

bool deed_sites_are_of_one_plan(const struct deed_report_site *a, const struct deed_report_site *b)
{
	return a->parts && b->parts && (!a->team || !b->team || a->team == b->team);
}

bool deed_site_is_share(const struct deed_report_site *loan)
{
	return deed_role_is_loan(loan->role) && loan->shared_into;
}

bool deed_site_is_part(const struct deed_report_site *loan)
{
	return deed_role_is_loan(loan->role) && deed_site_has_verb(loan, "taken");
}

bool deed_report_is_of_taking(const struct deed_report *report)
{
	return (report->fault == DEED_E18 || report->fault == DEED_E20) && report->site_count &&
	       report->sites[0].verb && !strncmp(report->sites[0].verb, "taken", strlen("taken"));
}

bool deed_report_is_of_cancelling(const struct deed_report *report)
{
	return report->fault == DEED_E20 && report->site_count &&
	       (deed_site_has_verb(report->sites, "cancelled") ||
		deed_site_has_verb(report->sites, "asked about"));
}

const struct deed_report_site *deed_site_of_end(const struct deed_report *report)
{
	for (size_t i = 1; i < report->site_count; i++)
		if (report->sites[i].role == DEED_ROLE_ENDED)
			return &report->sites[i];
	return NULL;
}

bool deed_report_is_of_no_plan(const struct deed_report *report)
{
	return report->fault == DEED_E18 && report->site_count &&
	       (deed_site_has_verb(report->sites, "shared out by what is no plan") ||
		deed_site_has_verb(report->sites, "unshared, but is no plan") ||
		deed_site_has_verb(report->sites, "run by what is no plan"));
}

bool deed_report_is_of_plan_at_work(const struct deed_report *report)
{
	return report->fault == DEED_E18 && report->site_count &&
	       (deed_site_has_verb(report->sites, "shared out by a plan that is at work") ||
		deed_site_has_verb(report->sites, "run by a plan that is at work"));
}

bool deed_report_lacks_tiles(const struct deed_report *report)
{
	return report->fault == DEED_E18 && report->site_count &&
	       deed_site_has_verb(report->sites, "shared out in tiles, which the plan has not");
}

bool deed_report_is_of_task_end(const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	return report->fault == DEED_E14 && loan && !loan->is_guard && deed_site_is_in_task(loan) &&
	       deed_site_has_verb(report->sites, "returned");
}

bool deed_report_is_of_plan(const struct deed_report *report)
{
	return report->site_count && report->sites[0].shared_into;
}

bool deed_site_is_whole(const struct deed_report *report, const struct deed_report_site *site)
{
	return site->lo == 0 && site->hi == report->buffer.count && deed_site_rows(site) == 1;
}

/* What a parameter is; an expression is made in the function itself. */
static bool is_name(const char *text)
{
	return text && *text &&
	       !text[strspn(text,
			    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")];
}

bool deed_report_is_about_arguments(const struct deed_report *report)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 1);
	const struct deed_site *a, *b;

	if (report->fault != DEED_E09 || !loan || !loan->site || !report->sites[0].site ||
	    deed_site_is_part(loan))
		return false;
	a = report->sites[0].site;
	b = loan->site;
	return report->sites[0].thread == loan->thread && a->function && b->function &&
	       !strcmp(a->function, b->function) && strcmp(a->function, "main") != 0 &&
	       is_name(a->text) && is_name(b->text) && strcmp(a->text, b->text) != 0;
}

static bool is_same_line(const struct deed_report_site *a, const struct deed_report_site *b)
{
	return a->site && b->site && a->site->line == b->site->line && a->site->file &&
	       b->site->file && !strcmp(a->site->file, b->site->file);
}

bool deed_site_ended_with_block(const struct deed_report *report,
				const struct deed_report_site *loan)
{
	for (size_t i = 0; loan->is_guard && i < report->site_count; i++)
		if (report->sites[i].role == DEED_ROLE_ENDED &&
		    is_same_line(&report->sites[i], loan))
			return true;
	return false;
}

/* Faults of raw pointers, which no verb has to be at. */
static bool can_be_noticed(enum deed_fault fault)
{
	return fault == DEED_E04 || fault == DEED_E21 || fault == DEED_E25;
}

/* Whether another place tells where the parts run: the fault was noticed, or a loan ended, at the
 * end of one of them. */
static bool is_told_elsewhere(const struct deed_report *report, const struct deed_report_site *team)
{
	for (size_t i = 0; i < report->site_count; i++)
		if (report->sites[i].site == team->site &&
		    (report->sites[i].role == DEED_ROLE_HERE ||
		     report->sites[i].role == DEED_ROLE_ENDED))
			return true;
	return false;
}

/* What says nothing is left out: that a leak was noticed at the end of the program, that bytes were
 * found written by no verb of it, that a loan
 * which outlived its block was noticed where it began, that memory which is known by being lent
 * became known where it was lent, where a guard is declared a second time, and where the parts run
 * if that was told. */
static bool is_shown(const struct deed_report *report, const struct deed_report_site *site)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	if (report->fault == DEED_E17 && site->role == DEED_ROLE_HERE)
		return report->site_count == 1;
	if (can_be_noticed(report->fault) && site->role == DEED_ROLE_HERE)
		return site->site || report->site_count == 1;
	if (site->role == DEED_ROLE_ADOPTED ||
	    (report->fault == DEED_E14 && site->role == DEED_ROLE_HERE))
		return !site->site || !loan_at(report, site);
	if (site->role == DEED_ROLE_ENDED && loan)
		return !(loan->is_guard && is_same_line(site, loan));
	if (site->role == DEED_ROLE_TEAM)
		return !is_told_elsewhere(report, site);
	if (site == loan && report->fault == DEED_E12)
		return !(report->sites[0].is_guard && is_same_line(report->sites, loan));
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

bool deed_site_is_of_scratch(const struct deed_report_site *site)
{
	return site->site && deed_is_part_scratch(site->site->text);
}

bool deed_report_is_of_scratch(const struct deed_report *report)
{
	for (size_t i = 0; i < report->site_count; i++)
		if (report->sites[i].role == DEED_ROLE_ALLOCATED &&
		    deed_site_is_of_scratch(&report->sites[i]))
			return true;
	return false;
}

bool deed_report_is_about_pointer(const struct deed_report *report)
{
	const struct deed_report_site *const here = report->sites;

	return report->site_count && can_be_noticed(report->fault) &&
	       (!here->site ||
		(here->site->text && !*here->site->text && here->verb && *here->verb));
}

const struct deed_site *deed_site_of_report(const struct deed_report *report)
{
	struct deed_site_cursor cursor = { 0, 0 };
	const struct deed_report_site *site;
	const struct deed_site *unnamed = NULL;

	while ((site = deed_site_next(report, &cursor))) {
		if (site->site && site->site->file && *site->site->file)
			return site->site;
		if (!unnamed)
			unnamed = site->site;
	}
	return unnamed;
}
