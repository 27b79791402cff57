/* SPDX-License-Identifier: MIT
 *
 * lib/trap/events.c - what happened to a buffer, as a list.
 *
 *     = what happened to the buffer, in this order:
 *         allocated          demo.c:10 in main
 *         moved to `ys`      demo.c:12 in main
 *
 * It is left out where every event was shown as a place already; and so is an event that is
 * about other elements than the fault.
 */
#include "label.h"
#include "options.h"
#include "page.h"

static bool is_shown(const struct deed_report *report, const struct deed_report_site *event)
{
	for (size_t i = 0; report->sites && i < report->site_count; i++)
		if (report->sites[i].site == event->site && report->sites[i].role == event->role)
			return true;
	return false;
}

/* Whether an event is about other elements than the fault. */
static bool is_unrelated(const struct deed_page *page, const struct deed_report_site *event)
{
	const struct deed_report *const report = page->report;
	bool meets;

	if ((report->fault != DEED_E09 && report->fault != DEED_E19) || !report->site_count ||
	    !report->sites || !deed_site_has_range(event) || !deed_site_has_range(report->sites))
		return false;
	meets = deed_put_common(deed_new_words(page), report->sites, event);
	return !meets;
}

static void put_event_name(struct deed_writer *out, const struct deed_report_site *event)
{
	deed_put_text(out, deed_role_name(event->role));
	if (event->target && *event->target) {
		deed_put_text(out, " to ");
		deed_put_name(out, event->target);
	}
	if (deed_site_has_verb(event, "handed over"))
		deed_put_text(out, " by deed_async()");
	if (event->is_guard && !deed_role_is_loan(event->role))
		deed_put_text(out, " by the end of the block");
	if (deed_site_has_range(event)) {
		deed_put_text(out, ", ");
		deed_put_range(out, event);
	}
}

static void put_event(const struct deed_page *page, const struct deed_report_site *event,
		      size_t width)
{
	struct deed_writer *const words = deed_new_words(page);

	put_event_name(words, event);
	deed_put_repeat(page->out, ' ', deed_note_column(page) + 2);
	deed_put_text(page->out, words->text);
	deed_put_repeat(page->out, ' ', width - deed_min(width, words->bytes) + 2);
	if (event->site)
		deed_put_place(page->out, event->site);
	else
		deed_put_format(page->out, "forgotten (history=%u)", deed_options.history);
	if (page->has_threads && event->thread)
		deed_put_format(page->out, ", on thread %u", event->thread);
	deed_put_text(page->out, "\n");
}

void deed_put_events(const struct deed_page *page)
{
	const struct deed_report *const report = page->report;
	size_t width = 0;
	bool is_news = false;

	/* An advisory is about its place, not about the life of a buffer. */
	if (!report->events || report->fault >= DEED_ADVISORY_FIRST)
		return;
	for (size_t i = 0; i < report->event_count; i++) {
		struct deed_writer *words;

		if (is_unrelated(page, &report->events[i]))
			continue;
		words = deed_new_words(page);
		put_event_name(words, &report->events[i]);
		width = deed_max(width, words->bytes);
		is_news |= !is_shown(report, &report->events[i]);
	}
	if (!is_news)
		return;
	deed_put_note_mark(page);
	deed_put_text(page->out, "what happened to the buffer, in this order:\n");
	for (size_t i = 0; i < report->event_count; i++)
		if (!is_unrelated(page, &report->events[i]))
			put_event(page, &report->events[i], width);
}
