/* SPDX-License-Identifier: MIT
 *
 * lib/trap/story.c - the facts of a fault, copied while a lock keeps them still.
 *
 * The shared object that a site is in may be unloaded by another thread while the report is
 * made: a finding holds copies (archive.h), taken while the lock keeps the site's row, and
 * so the object (unload.c).
 */
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "archive.h"
#include "share.h"

static const char *kind_name(uint8_t kind)
{
	static const char *const names[] = { "heap",   "foreign", "arena",	"static",
					     "malloc", "raw",	  "whole arena" };

	return names[kind];
}

static void fill_event(struct deed_report_site *site, const struct deed_cell *cell, int i)
{
	site->role = deed_event_role(cell, i);
	site->is_guard = (cell->event_who[i] >> 24 & DEED_EVENT_BY_BLOCK) != 0;
	site->verb = cell->event_who[i] >> 24 & DEED_EVENT_TO_MARK	 ? "rewound"
		     : cell->event_who[i] >> 24 & DEED_EVENT_HANDED_OVER ? "handed over"
									 : "";
	site->site = deed_archive_site(cell->event_site[i], NULL);
	site->thread = cell->event_who[i] & 0xffffff;
	/* The cell knows the name of its present owner: the target of the latest move. */
	site->target = site->role == DEED_ROLE_MOVED && i == deed_cell_latest_move(cell)
			       ? deed_archive_text(cell->name)
			       : "";
	site->repeats = 1;
	site->stack_len = deed_stack_get(cell->event_stack[i], &site->stack);
}

static const char *state_of(const struct deed_cell *cell)
{
	const int last = deed_cell_event_back(cell, 0);

	if (cell->is_live)
		return "live";
	if (cell->kind == DEED_KIND_MALLOC && last > 0 &&
	    deed_event_role(cell, last) == DEED_ROLE_RESIZED)
		return "reallocated";
	if (cell->kind == DEED_KIND_MALLOC ||
	    (last >= 0 && deed_event_role(cell, last) == DEED_ROLE_FREED))
		return "freed";
	if (last >= 0 && deed_event_role(cell, last) == DEED_ROLE_RELEASED)
		return "released";
	if (last >= 0 && deed_event_role(cell, last) == DEED_ROLE_RESIZED)
		return "left behind by a resize";
	if (cell->kind == DEED_KIND_WHOLE_ARENA)
		return "closed";
	return last >= 0 && deed_event_role(cell, last) == DEED_ROLE_RESET ? "reset" : "dropped";
}

struct deed_plain deed_cell_name(const struct deed_cell *cell)
{
	const struct deed_site *const birth = cell->event_count ? cell->event_site[0] : NULL;
	const struct deed_plain arena = deed_plain(cell->name);
	const char *const of = deed_is_part_scratch(arena.text) ? "part's scratch" : arena.text;
	struct deed_plain name;

	if (!(cell->flags & DEED_CELL_CARVING))
		return arena; /* short, even if a macro made it long */
	if (birth && *birth->type)
		snprintf(name.text, sizeof name.text, "%.16s[%zu] of %.20s", birth->type,
			 cell->count, of);
	else
		snprintf(name.text, sizeof name.text, "%zu-byte carving of %.16s",
			 deed_cell_bytes(cell), of);
	return name;
}

const char *deed_end_name(const struct deed_cell *cell)
{
	const int last = deed_cell_event_back(cell, 0);
	const enum deed_role role = last > 0 ? deed_event_role(cell, last) : DEED_ROLE_DROPPED;

	if (role == DEED_ROLE_RESET)
		return "arena's reset";
	if (role == DEED_ROLE_RESIZED)
		return cell->kind == DEED_KIND_MALLOC ? "reallocation" : "resize";
	return cell->kind == DEED_KIND_MALLOC || role == DEED_ROLE_FREED ? "free" : "drop";
}

struct deed_report_buffer deed_describe(const struct deed_cell *cell, struct deed_plain *name)
{
	const struct deed_site *const birth = cell->event_count ? cell->event_site[0] : NULL;

	*name = deed_cell_name(cell);
	return (struct deed_report_buffer){ .id = cell->id,
					    .name = name->text,
					    .type = cell->flags & DEED_CELL_COLUMNS ? "row"
						    : birth ? deed_archive_text(birth->type)
							    : "",
					    .kind = kind_name(cell->kind),
					    .state = state_of(cell),
					    .base = cell->base,
					    .count = cell->count,
					    .bytes = deed_cell_bytes(cell),
					    .element_bytes = cell->element_bytes,
					    .align = (size_t)1 << cell->align_log2 };
}

void deed_finding_cell(struct deed_finding *finding, uint32_t slot)
{
	struct deed_cell *const cell = deed_cell_at(slot);

	/* An advisory is no report of the buffer: a fault of it is told yet. */
	finding->is_follow_on = finding->report.fault < DEED_ADVISORY_FIRST && cell->reports++ > 0;
	finding->report.buffer = deed_describe(cell, &finding->name);
	finding->report.event_count = 0;
	/* Memory lent by address has no life to tell but the lend itself. */
	for (uint32_t i = cell->kind == DEED_KIND_RAW ? 0 : DEED_EVENTS; i-- > 0;) {
		const int at = i == DEED_EVENTS - 1 ? (cell->event_count > DEED_EVENTS ? 0 : -1)
						    : deed_cell_event_back(cell, i);

		if (at >= 0)
			fill_event(&finding->events[finding->report.event_count++], cell, at);
	}
	finding->report.events = finding->events;
}

void deed_finding_event(struct deed_finding *finding, uint32_t slot, int i, enum deed_role role)
{
	struct deed_report_site *const site = deed_finding_new_site(finding);

	if (i >= 0) {
		fill_event(site, deed_cell_at(slot), i);
	} else {
		site->role = role;
		site->target = "";
		site->repeats = 1;
	}
}

void deed_finding_loan(struct deed_finding *finding, uint32_t loan_slot)
{
	const struct deed_loan *const row = deed_loan_at(loan_slot);
	const struct deed_region region = deed_loan_region(row);
	const struct deed_elements elements = deed_scaled(deed_loan_scale(row), region);
	const struct deed_tale tale = deed_tale_of_loan(row);
	const char *const state = deed_share_state(deed_self, row);
	struct deed_report_site *const site = deed_finding_new_site(finding);

	site->role = row->is_inout ? DEED_ROLE_LENT_INOUT : DEED_ROLE_LENT_BORROWED;
	site->site = deed_archive_site(row->site, NULL);
	site->thread = row->thread;
	site->lo = elements.lo;
	site->hi = elements.hi;
	site->rows = region.rows;
	site->pitch = elements.pitch;
	site->target = "";
	/* Pieces of a lend end with its guard. */
	site->is_guard = row->is_guard || (row->is_raw && !row->is_arenas);
	site->verb = row->is_arenas		    ? "opened"
		     : row->is_part		    ? "taken"
		     : state			    ? state
		     : row->is_share && row->parent ? "as a view"
						    : "";
	site->has_ended = !(deed_loan_word(row) & DEED_LOAN_LIVE);
	site->repeats = 1;
	site->shared_into = row->is_share ? row->group : 0;
	site->stack_len = deed_stack_get(row->stack, &site->stack);
	deed_finding_by(finding, site, &tale);
}

void deed_finding_task_site(struct deed_finding *finding, enum deed_role role,
			    const struct deed_site *at, uint32_t thread,
			    const struct deed_tale *tale, struct deed_region region,
			    struct deed_scale scale)
{
	const struct deed_elements elements = deed_scaled(scale, region);
	struct deed_report_site *const site = deed_finding_new_site(finding);

	site->role = role;
	site->site = deed_archive_site(at, NULL);
	site->thread = thread;
	site->lo = elements.lo;
	site->hi = elements.hi;
	site->rows = region.rows;
	site->pitch = elements.pitch;
	site->target = "";
	site->verb = "";
	site->repeats = 1;
	deed_finding_by(finding, site, tale);
}

void deed_finding_shares(struct deed_finding *finding, const struct deed_plan *plan,
			 const struct deed_share *share)
{
	static const char *const rules[] = {
		[DEED_RULE_INDEX] = "shared out by index",
		[DEED_RULE_PART] = "shared out by part",
		[DEED_RULE_HALO] = "shared out by halo",
		[DEED_RULE_EDGES] = "shared out by edges",
		[DEED_RULE_CALL] = "shared out by call",
		[DEED_RULE_TILE] = "shared out by tile",
	};

	finding->sites[0].target = share->is_inout ? "inout" : "borrowed";
	finding->sites[0].verb = share->rule.kind == DEED_RULE_INDEX && share->rule.a != 1
					 ? "shared out by rows"
					 : rules[share->rule.kind];
	finding->sites[0].shared_into = plan->parts;
	finding->sites[0].shared_beside = plan->share_count - 1;
}

void deed_finding_rule(struct deed_finding *finding, const struct deed_rule *rule)
{
	const bool covers =
		rule->covers && (rule->kind == DEED_RULE_HALO || rule->kind == DEED_RULE_EDGES ||
				 rule->kind == DEED_RULE_CALL);
	char text[96] = "DEED_BY_INDEX";

	if (rule->kind == DEED_RULE_INDEX && rule->a != 1)
		snprintf(text, sizeof text, "deed_by_rows(%zu)", rule->a);
	else if (rule->kind == DEED_RULE_PART)
		snprintf(text, sizeof text, "deed_by_part(%zu)", rule->a);
	else if (rule->kind == DEED_RULE_HALO)
		snprintf(text, sizeof text, "deed_by_halo(%zu, %zu)", rule->a, rule->b);
	else if (rule->kind == DEED_RULE_EDGES)
		snprintf(text, sizeof text, "deed_by_edges(edges)");
	else if (rule->kind == DEED_RULE_CALL)
		snprintf(text, sizeof text, "deed_by_call(call, context)");
	else if (rule->kind == DEED_RULE_TILE)
		snprintf(text, sizeof text, "deed_by_tile(%zu)", rule->a);
	snprintf(finding->in_place, sizeof finding->in_place, covers ? "deed_covering(%s)" : "%s",
		 text);
	for (size_t i = 1; i < finding->site_count; i++)
		if (finding->sites[i].role == DEED_ROLE_ENDED)
			finding->sites[i].target = finding->in_place;
}

void deed_finding_part(struct deed_finding *finding, const struct deed_plan *plan, size_t index,
		       const struct deed_extent *extent, size_t hi)
{
	const struct deed_part part = deed_plan_part(plan, index);
	struct deed_report_site *const site = deed_finding_new_site(finding);
	const struct deed_site *const at = finding->sites[0].site;

	site->role = DEED_ROLE_PART;
	site->site = at;
	site->thread = finding->sites[0].thread;
	site->lo = extent->lo;
	site->hi = hi;
	site->rows = extent->rows;
	site->pitch = extent->pitch;
	site->target = "";
	site->verb = "";
	site->repeats = 1;
	site->part = index;
	site->parts = plan->parts;
	site->part_lo = part.lo;
	site->part_hi = part.hi;
	site->part_x_lo = part.x_lo;
	site->part_x_hi = part.x_hi;
}

void deed_finding_loan_story(struct deed_finding *finding, uint32_t loan_slot)
{
	const struct deed_loan *const row = deed_loan_at(loan_slot);
	struct deed_report_site *end;

	deed_finding_loan(finding, loan_slot);
	finding->sites[finding->site_count - 1].has_ended = 0; /* that is no news here */
	end = deed_finding_new_site(finding);
	end->role = DEED_ROLE_ENDED;
	end->verb = deed_loan_end_verb(row);
	end->is_guard = row->is_guard && !*end->verb &&
			!(deed_loan_word(row) & DEED_LOAN_ORPHAN); /* by its block */
	end->site = deed_archive_site(row->end_site, NULL);
	end->thread = row->end_thread ? row->end_thread : row->thread;
	end->target = "";
	end->repeats = 1;
}

/* Until it is raised, a holder's site keeps its loan's sequence number in `bytes`. */
static bool is_before(const struct deed_report_site *a, const struct deed_report_site *b)
{
	return a->thread != b->thread ? a->thread < b->thread : a->bytes < b->bytes;
}

bool deed_finding_holder(struct deed_finding *finding, uint64_t loan)
{
	const struct deed_loan *const row = deed_loan_at(deed_loan_slot(loan));
	size_t at;

	deed_finding_loan(finding, deed_loan_slot(loan));
	at = finding->site_count - 1;
	finding->sites[at].bytes = row->sequence;
	/* A whole-buffer loan needs no lock to end, and then its row may be filled in anew. */
	if (!finding->sites[at].site || !deed_loan_is_told(row, loan)) {
		finding->site_count--;
		return false;
	}
	for (; at > 1 && is_before(&finding->sites[at], &finding->sites[at - 1]); at--) {
		const struct deed_report_site was = finding->sites[at];

		finding->sites[at] = finding->sites[at - 1];
		finding->sites[at - 1] = was;
	}
	return true;
}

const struct deed_report_site *deed_finding_only_holder(const struct deed_finding *finding)
{
	return &finding->sites[1];
}

void deed_finding_all_loans(struct deed_finding *finding, uint32_t cell_slot)
{
	const uint32_t made = deed_loans_made();
	struct deed_look look;

	for (uint32_t slot = 1; slot < made; slot++) {
		const struct deed_loan *const row = deed_loan_at(slot);

		if (deed_loan_look(slot, &look) && look.cell == cell_slot && !row->is_part &&
		    !(row->is_share && row->first_run != slot))
			(void)deed_finding_holder(finding, look.loan);
	}
}

void deed_finding_does(struct deed_finding *finding, const char *verb, bool by_block)
{
	finding->sites[0].verb = verb;
	finding->sites[0].is_guard = by_block;
}

void deed_finding_is_copy(struct deed_finding *finding)
{
	finding->sites[0].is_copy = 1;
}

void deed_finding_range(struct deed_finding *finding, size_t lo, size_t hi)
{
	finding->sites[0].lo = lo;
	finding->sites[0].hi = hi;
	finding->sites[0].rows = 1;
}

void deed_finding_misses(struct deed_finding *finding, size_t lo, size_t hi, size_t len,
			 const char *what)
{
	deed_finding_range(finding, lo, hi);
	finding->sites[0].of = len;
	finding->sites[0].target = what;
}

void deed_finding_in_place(struct deed_finding *finding, const char *call)
{
	snprintf(finding->in_place, sizeof finding->in_place, "%s", call);
	finding->sites[0].target = finding->in_place;
}

void deed_finding_asks(struct deed_finding *finding, bool is_inout, struct deed_region region,
		       struct deed_scale scale)
{
	const struct deed_elements elements = deed_scaled(scale, region);
	struct deed_report_site *const here = &finding->sites[0];

	here->target = is_inout ? "inout" : "borrowed";
	here->lo = elements.lo;
	here->hi = elements.hi;
	here->rows = region.rows;
	here->pitch = elements.pitch;
}

void deed_finding_asks_by_address(struct deed_finding *finding, size_t from, size_t width,
				  size_t all)
{
	struct deed_report_site *const here = &finding->sites[0];
	const size_t element = here->site->element_bytes;

	here->asked = all / element;
	here->asked_lo = from / element;
	here->asked_hi = (from + width + element - 1) / element;
}

void deed_finding_leaks(struct deed_finding *finding, uint32_t slot, size_t repeats, size_t bytes)
{
	struct deed_report_site *site;

	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	site = &finding->sites[finding->site_count - 1];
	site->repeats = repeats;
	site->bytes = bytes;
	site->verb = deed_cell_at(slot)->kind == DEED_KIND_MALLOC	 ? "never freed"
		     : deed_cell_at(slot)->kind == DEED_KIND_WHOLE_ARENA ? "never closed"
									 : "never dropped";
}

void deed_finding_region(struct deed_finding *finding, const struct deed_site *at)
{
	struct deed_report_site *const site = deed_finding_new_site(finding);

	site->role = DEED_ROLE_HOT;
	site->thread = finding->sites[0].thread;
	site->site = deed_archive_site(at, NULL);
	site->target = "";
	site->repeats = 1;
}

void deed_finding_repeats(struct deed_finding *finding, size_t repeats)
{
	finding->sites[0].repeats = repeats;
}

void deed_finding_say(struct deed_finding *finding, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(finding->message, sizeof finding->message, format, arguments);
	va_end(arguments);
}

void deed_finding_noticed(struct deed_finding *finding, const char *when)
{
	const size_t len = strlen(finding->message);

	snprintf(finding->message + len, sizeof finding->message - len, "; noticed %s", when);
}

void deed_finding_say_types(struct deed_finding *finding, const char *name,
			    const struct deed_site *at, const struct deed_site *birth, size_t bytes)
{
	const char *const is = birth && birth->type ? birth->type : "";

	if (*is && *at->type && strcmp(is, at->type) != 0)
		deed_finding_say(finding,
				 "`%s` holds %s (%zu bytes each), but is used here as %s (%zu "
				 "bytes each)",
				 name, is, bytes, at->type, at->element_bytes);
	else
		deed_finding_say(finding,
				 "`%s` holds elements of %zu bytes, but is used here as elements "
				 "of %zu",
				 name, bytes, at->element_bytes);
}

void deed_finding_say_ended(struct deed_finding *finding, const char *name)
{
	const struct deed_report_site *const here = &finding->sites[0];
	const struct deed_report_site *end = NULL, *part = NULL;
	const bool is_end = finding->report.fault == DEED_E12;
	const char *function = "";

	for (size_t i = 1; i < finding->site_count; i++)
		if (finding->sites[i].role == DEED_ROLE_ENDED)
			end = &finding->sites[i];
		else if (finding->sites[i].parts && !strcmp(finding->sites[i].verb, "taken"))
			part = &finding->sites[i];
	if (end && end->site && strcmp(end->site->function, here->site->function) != 0)
		function = end->site->function;
	if (finding->report.fault == DEED_E18)
		deed_finding_say(finding,
				 "the bits of `%s` name no loan: was the view initialised?", name);
	else if (part)
		deed_finding_say(finding, "`%s` is used here, but its loan ended with part %zu",
				 name, part->part);
	else
		deed_finding_say(finding, "%s`%s` is %s here, but %s %s%s%s%s before",
				 is_end ? "the loan " : "", name, is_end ? "ended" : "used",
				 is_end ? "it" : "its loan",
				 end && end->is_guard ? "ended with its block" : "was ended",
				 *function ? " in " : "", function, *function ? "()" : "");
}

size_t deed_finding_sites(const struct deed_finding *finding)
{
	return finding->site_count;
}
