/* SPDX-License-Identifier: MIT
 *
 * lib/trap/text.c - a report for people, laid out as rustc lays out its errors.
 *
 *     deed: E03 use after move: `xs` is used here, but it was moved before
 *       --> demo.c:14 in main
 *        |
 *     14 |     deed_drop(&xs);
 *        |               ^^^ used here, after it was moved away
 *       --> demo.c:12 in main
 *        |
 *     12 |     deed_move(&ys, &xs);
 *        |                    ^^^ moved to `ys` here
 *        = buffer 1: `ys`, f32[1000], 4000 bytes, aligned to 16, heap, live, at 0x5581...
 *        = help: use the handle that it was moved to, or deed_clone() it before the move
 *     deed: E03 use after move: demo.c:14 in main
 *
 * First the fault, then who holds the buffer, then what ended it, then where it came from:
 * backwards from the fault. Every place shows its line of source and says under it what
 * happened there. A place whose source cannot be read says the same without it. What is
 * evident is left out: a stack of one frame that is the place itself, the frames below
 * main(), a list of events that were all shown. The last line alone is enough for a log.
 */
#include "text.h"

#include <string.h>

#include "label.h"
#include "options.h"
#include "page.h"
#include "unload.h"

/* Places of leaks that a person would look at. */
#define LEAK_PLACES 32

/* ---- places --------------------------------------------------------------------------------- */

static bool is_about_holders(enum deed_fault fault)
{
	return (fault >= DEED_E06 && fault <= DEED_E09) || fault == DEED_E13 || fault == DEED_E17;
}

/* Of two that want the same elements. */
static bool is_conflict(enum deed_fault fault)
{
	return fault == DEED_E09 || fault == DEED_E19;
}

/* "elements [0, 50)", or "all 1000 elements". */
static void put_extent(const struct deed_page *page, struct deed_writer *words,
		       const struct deed_report_site *site)
{
	if (deed_site_is_whole(page->report, site) && site->hi > 1)
		deed_put_format(words, "all %zu elements", site->hi);
	else
		deed_put_range(words, site);
}

/* A range is news unless it is the whole buffer, and in a conflict unless both are. */
static bool is_range_news(const struct deed_page *page, const struct deed_report_site *site)
{
	const struct deed_report *const report = page->report;

	if (!deed_site_has_range(site))
		return false;
	if (!deed_site_is_whole(report, site) || site->asked > site->hi)
		return true;
	for (size_t i = 0; is_conflict(report->fault) && i < report->site_count; i++)
		if (deed_site_has_range(&report->sites[i]) &&
		    !deed_site_is_whole(report, &report->sites[i]))
			return true;
	return false;
}

/* Which elements a loan covers, and, in a conflict of two parts, which of them both want. */
static void put_elements(const struct deed_page *page, struct deed_writer *words,
			 const struct deed_report_site *site)
{
	const struct deed_report *const report = page->report;
	size_t before;

	if (!is_range_news(page, site))
		return;
	deed_put_text(words, "covers ");
	put_extent(page, words, site);
	if (!is_conflict(report->fault) || deed_site_is_whole(report, site) ||
	    deed_site_is_whole(report, report->sites))
		return;
	before = words->bytes;
	deed_put_text(words, "; both cover ");
	if (!deed_put_common(words, report->sites, site))
		deed_writer_cut(words, before);
}

/* In E13 of a view, the loan that the view itself is: not the one that has to end. */
static bool is_own_loan(const struct deed_report *report, const struct deed_report_site *site)
{
	return report->fault == DEED_E13 && site > report->sites + 1 &&
	       deed_role_is_loan(site[-1].role) && report->sites[0].verb &&
	       strcmp(report->sites[0].verb, "cloned") != 0;
}

/* Of a lend by address, which counts from another element than the buffer does. */
static void put_asked(const struct deed_page *page, struct deed_writer *words,
		      const struct deed_report_site *site)
{
	const struct deed_report_site asked = { .lo = site->asked_lo, .hi = site->asked_hi };

	if (site->asked_lo == site->lo && site->asked_hi == site->hi &&
	    site->asked == site->hi - site->lo) {
		put_extent(page, words, site);
		return;
	}
	deed_put_format(words, "%zu element%s", site->asked, site->asked == 1 ? "" : "s");
	if (site->asked_hi - site->asked_lo < site->asked) {
		deed_put_text(words, "; ");
		deed_put_range(words, &asked);
		deed_put_text(words, " of them");
	} else {
		deed_put_text(words, ", which");
	}
	deed_put_text(words, site->asked_hi - site->asked_lo == 1 ? " is " : " are ");
	deed_put_range(words, site);
	deed_put_text(words, " of ");
	deed_put_name(words, page->report->buffer.name);
}

static void put_loan_note(const struct deed_page *page, const struct deed_report_site *site)
{
	struct deed_writer *const words = deed_new_words(page);

	put_elements(page, words, site);
	if (site->has_ended) {
		deed_put_text(words, words->bytes ? "; " : "");
		deed_put_text(words, "ended meanwhile, while this report was being made");
	} else if (is_about_holders(page->report->fault) && !is_own_loan(page->report, site) &&
		   !deed_report_is_of_kind(page->report, "whole arena")) {
		deed_put_text(words, words->bytes ? "; " : "");
		deed_put_text(words,
			      site->is_guard ? "lasts until the end of its block"
			      : deed_site_has_verb(site, "left by a jump")
				      ? "a jump (longjmp, or an exception) has left it before its "
					"parts were done"
			      : deed_site_has_verb(site, "left by unwinding")
				      ? "deed_loans_unwind() has left it before its parts were done"
			      : deed_site_has_verb(site, "not run yet")
				      ? "lasts until its parts are done: its plan was not run yet"
			      : deed_site_is_share(site)     ? "lasts until its parts are done"
			      : deed_site_is_part(site)	     ? "lasts until its part is done"
			      : deed_site_is_arenas(site)    ? "lasts until the arena is closed"
			      : deed_site_is_of_column(site) ? "lasts until deed_soa_end() ends it"
							     : "lasts until deed_end() ends it");
	}
	if (words->bytes)
		deed_put_note(page);
}

static bool is_like(const struct deed_report_site *a, const struct deed_report_site *b)
{
	const bool by_task = deed_site_is_in_task(a);

	return a->site == b->site && a->role == b->role && by_task == deed_site_is_in_task(b) &&
	       (by_task || a->thread == b->thread) && a->is_guard == b->is_guard &&
	       a->has_ended == b->has_ended;
}

/* Whether an earlier site stands for this one too: in a conflict, loans that one line took. */
static bool is_told(const struct deed_page *page, const struct deed_report_site *site)
{
	if (!is_about_holders(page->report->fault) || !deed_role_is_loan(site->role) || !site->site)
		return false;
	for (const struct deed_report_site *at = page->report->sites; at < site; at++)
		if (is_like(at, site))
			return true;
	return false;
}

/* The loans that a site stands for besides its own. */
static void put_others(const struct deed_page *page, const struct deed_report_site *site)
{
	enum { LISTED = 8 };
	const struct deed_report_site *const end = page->report->sites + page->report->site_count;
	struct deed_writer *words;
	size_t count = 0, listed = 0;

	if (!is_about_holders(page->report->fault) || !deed_role_is_loan(site->role) || !site->site)
		return;
	for (const struct deed_report_site *at = site + 1; at < end; at++)
		count += is_like(at, site);
	if (!count)
		return;
	words = deed_new_words(page);
	deed_put_format(words, "and %zu more loan%s began here", count, count == 1 ? "" : "s");
	for (const struct deed_report_site *at = site + 1; at < end && listed < LISTED; at++) {
		if (!is_like(at, site) || !deed_site_has_range(at))
			continue;
		deed_put_text(words, listed ? ", " : ": ");
		put_extent(page, words, at);
		listed++;
	}
	if (listed && listed < count)
		deed_put_format(words, " and %zu others", count - listed);
	deed_put_note(page);
}

static void put_arrow(const struct deed_page *page)
{
	deed_put_repeat(page->out, ' ', page->gutter);
	deed_put_painted(page, DEED_STYLE_FRAME, "--> ");
}

static bool is_first_forgotten(const struct deed_report *report,
			       const struct deed_report_site *site)
{
	struct deed_site_cursor cursor = { 0, 0 };
	const struct deed_report_site *other;

	while ((other = deed_site_next(report, &cursor)) && other != site)
		if (!other->site && other->role != DEED_ROLE_HERE)
			return false;
	return true;
}

/* A place whose story made room for a younger one. */
static void put_forgotten(const struct deed_page *page, const struct deed_report_site *site)
{
	struct deed_writer *words;

	put_arrow(page);
	if (site->role == DEED_ROLE_HERE) {
		deed_put_text(page->out, "at a place that is not known\n");
		return;
	}
	words = deed_new_words(page);
	if (deed_role_is_loan(site->role) || site->role == DEED_ROLE_ENDED) {
		deed_put_text(page->out, "forgotten\n");
		deed_put_text(words, site->role == DEED_ROLE_ENDED ? "where the loan ended"
								   : "where the loan began");
		deed_put_text(words, " is forgotten: many loans came after it");
	} else {
		deed_put_format(page->out, "forgotten (history=%u)\n", deed_options.history);
		deed_put_text(words, "where it was ");
		deed_put_text(words, deed_role_name(site->role));
		deed_put_text(words, " is forgotten");
		if (is_first_forgotten(page->report, site))
			deed_put_text(words, ": DEED_OPTIONS=history=N keeps the stories of N "
					     "ended buffers");
	}
	deed_put_note(page);
}

/* The place where a task was noticed to have left something is not in the task. */
static bool is_after_task(const struct deed_page *page, const struct deed_report_site *site)
{
	return site->role == DEED_ROLE_HERE && deed_report_is_of_task_end(page->report);
}

static void put_site(const struct deed_page *page, const struct deed_report_site *site)
{
	const char *const gone = deed_unload_object(site->site);
	const enum deed_style style = site->role != DEED_ROLE_HERE ? DEED_STYLE_OTHER
				      : page->report->fault >= DEED_ADVISORY_FIRST
					      ? DEED_STYLE_ADVICE
					      : DEED_STYLE_FAULT;
	if (!site->site) {
		put_forgotten(page, site);
		return;
	}
	put_arrow(page);
	deed_put_place(page->out, site->site);
	if (deed_site_is_in_task(site) && !is_after_task(page, site)) {
		deed_put_text(page->out, ", ");
		deed_put_part(page->out, site);
	} else if (page->has_threads && site->thread) {
		deed_put_format(page->out, ", on thread %u", site->thread);
	}
	if (gone) {
		deed_put_text(page->out, ", of ");
		deed_put_text(page->out, gone);
		deed_put_text(page->out, ", unloaded");
	}
	deed_put_text(page->out, "\n");
	if (deed_render_source(page->rendering, site)) {
		deed_render_label(page->rendering, site);
		deed_put_excerpt(page, style);
	} else {
		struct deed_writer *const words = deed_new_words(page);

		if (site->site->text && *site->site->text) {
			deed_put_name(words, site->site->text);
			deed_put_text(words, ": ");
		}
		deed_put_label(words, page->report, site);
		deed_put_note(page);
	}
	if (deed_role_is_loan(site->role)) {
		put_loan_note(page, site);
		put_others(page, site);
	} else if (site->role == DEED_ROLE_HERE && !site->shared_into &&
		   (is_conflict(page->report->fault) || page->report->fault == DEED_E13) &&
		   is_range_news(page, site)) {
		struct deed_writer *const words = deed_new_words(page);

		deed_put_text(words, page->report->fault == DEED_E13 ? "uses " : "asks for ");
		if (site->asked)
			put_asked(page, words, site);
		else
			put_extent(page, words, site);
		deed_put_note(page);
	}
	deed_put_trace(page, site);
}

/* The call whose arguments are at odds. */
static void put_caller(const struct deed_page *page)
{
	if (!page->caller.line || !deed_source_find(&page->rendering->source, &page->caller, NULL))
		return;
	page->rendering->source.line_count = page->rendering->source.call_lines;
	put_arrow(page);
	deed_put_place(page->out, &page->caller);
	deed_put_text(page->out, "\n");
	deed_put_text(deed_new_words(page), "called from here, with these arguments");
	deed_put_excerpt(page, DEED_STYLE_OTHER);
}

static void put_sites(const struct deed_page *page)
{
	struct deed_site_cursor cursor = { 0, 0 };
	const struct deed_report_site *site;
	const bool is_leak = page->report->fault == DEED_E17;
	size_t places = 0, buffers = 0, bytes = 0, places_left = 0;
	size_t buffers_shown = 0, bytes_shown = 0;

	while ((site = deed_site_next(page->report, &cursor))) {
		if (is_leak && !deed_role_is_loan(site->role)) {
			places++;
			buffers += site->repeats;
			bytes += site->bytes;
		}
		if (is_leak && places > LEAK_PLACES) {
			places_left += !deed_role_is_loan(site->role);
			continue;
		}
		if (is_told(page, site))
			continue;
		if (site->role == DEED_ROLE_PART) {
			deed_put_label(deed_new_words(page), page->report, site);
			deed_put_note(page);
			continue;
		}
		put_site(page, site);
		if (site == page->report->sites)
			put_caller(page);
		buffers_shown = buffers;
		bytes_shown = bytes;
	}
	if (places_left) {
		deed_put_format(deed_new_words(page),
				"and at %zu places more: %zu buffers, %zu bytes", places_left,
				buffers - buffers_shown, bytes - bytes_shown);
		deed_put_note(page);
	}
	if (places > 1) {
		deed_put_format(deed_new_words(page),
				"total: %zu buffers, %zu bytes, allocated at %zu places", buffers,
				bytes, places);
		deed_put_note(page);
	}
}

/* ---- the buffer ----------------------------------------------------------------------------- */

static void put_buffer(const struct deed_page *page)
{
	const struct deed_report_buffer *const buffer = &page->report->buffer;

	if (!buffer->id && !buffer->base)
		return;
	deed_put_buffer(deed_new_words(page), buffer);
	deed_put_note(page);
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* "deed: E03 use after move" */
static void put_name(const struct deed_page *page)
{
	deed_put_text(page->out,
		      page->report->fault >= DEED_ADVISORY_FIRST ? "deed: advisory " : "deed: ");
	deed_put_text(page->out, deed_fault_id(page->report->fault));
	deed_put_text(page->out, " ");
	deed_put_text(page->out, deed_fault_name(page->report->fault));
}

static void put_title(const struct deed_page *page)
{
	const bool is_advice = page->report->fault >= DEED_ADVISORY_FIRST;
	size_t column;

	deed_paint(page, is_advice ? DEED_STYLE_ADVICE : DEED_STYLE_FAULT);
	column = page->out->bytes;
	put_name(page);
	column = page->out->bytes - column + 2;
	deed_paint(page, DEED_STYLE_PLAIN);
	deed_paint(page, DEED_STYLE_STRONG);
	deed_put_text(page->out, ": ");
	deed_put_message(deed_new_words(page), page->report);
	deed_put_wrapped(page, page->rendering->words.text, column, 4);
	deed_paint(page, DEED_STYLE_PLAIN);
	deed_put_text(page->out, "\n");
}

static void put_summary(const struct deed_page *page)
{
	const struct deed_site *const site = deed_site_of_report(page->report);

	put_name(page);
	if (site) {
		deed_put_text(page->out, ": ");
		deed_put_place(page->out, site);
	}
	deed_put_text(page->out, "\n");
}

void deed_text_report(struct deed_rendering *rendering)
{
	struct deed_page page = { .rendering = rendering,
				  .out = &rendering->out,
				  .report = rendering->report };
	struct deed_writer *words;

	deed_page_measure(&page);
	deed_page_find_caller(&page);
	put_title(&page);
	put_sites(&page);
	put_buffer(&page);
	deed_put_events(&page);
	if (page.has_threads) {
		words = deed_new_words(&page);
		deed_put_text(words,
			      "threads are numbered in the order of their first use of deed");
		deed_put_note(&page);
	}
	if (page.report->fault == DEED_E19 && !deed_report_is_of_plan(page.report)) {
		words = deed_new_words(&page);
		deed_put_text(words, "parts run in any order and at the same time: it is luck if "
				     "these two do not meet");
		deed_put_note(&page);
	}
	if (page.report->fault >= DEED_ADVISORY_FIRST) {
		words = deed_new_words(&page);
		deed_put_text(words, "an advisory, no fault: the program goes on");
		deed_put_note(&page);
	}
	words = deed_new_words(&page);
	deed_put_text(words, "help: ");
	deed_put_help(words, page.report);
	deed_put_note(&page);
	put_summary(&page);
}
