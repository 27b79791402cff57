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
 *
 * Lines are at most 100 wide where names and paths let them.
 */
#include "text.h"

#include <string.h>

#include "label.h"
#include "options.h"

#define WIDTH 100
#define TAB 8
/* Of the indentation of the source, as much is kept as shows that there is one. */
#define INDENT_KEPT 4
/* Of a line that is too long, as much is kept before the mark. */
#define BEFORE_MARK 30
/* Places of leaks that a person would look at. */
#define LEAK_PLACES 32

enum style { PLAIN, FAULT, ADVICE, STRONG, FRAME_LINES, OTHER_MARK };

struct page {
	struct deed_rendering *rendering;
	struct deed_writer *out;
	const struct deed_report *report;
	size_t gutter; /* digits of the longest line number */
	bool has_threads;
};

static void paint(const struct page *page, enum style style)
{
	static const char *const codes[] = {
		[PLAIN] = "\033[0m",  [FAULT] = "\033[1;31m",	    [ADVICE] = "\033[1;33m",
		[STRONG] = "\033[1m", [FRAME_LINES] = "\033[1;34m", [OTHER_MARK] = "\033[1;36m",
	};

	if (page->rendering->is_coloured)
		deed_put_text(page->out, codes[style]);
}

static void put_painted(const struct page *page, enum style style, const char *text)
{
	paint(page, style);
	deed_put_text(page->out, text);
	paint(page, PLAIN);
}

/* Puts `text`, which begins at `column`, and breaks it between words so that it fits. */
static void put_wrapped(const struct page *page, const char *text, size_t column, size_t indent)
{
	while (text && *text) {
		const size_t blanks = strspn(text, " ");
		const size_t word = strcspn(text + blanks, " ");

		if (column > indent && column + blanks + word > WIDTH) {
			deed_put_text(page->out, "\n");
			deed_put_repeat(page->out, ' ', indent);
			column = indent;
		} else {
			deed_put(page->out, text, blanks);
			column += blanks;
		}
		deed_put(page->out, text + blanks, word);
		column += word;
		text += blanks + word;
	}
}

/* ---- the frame around everything ------------------------------------------------------------ */

static size_t digits(uint32_t number)
{
	size_t count = 1;

	for (; number >= 10; number /= 10)
		count++;
	return count;
}

static void measure(struct page *page)
{
	const struct deed_report *const report = page->report;
	unsigned thread = 0;

	page->gutter = 2;
	for (size_t i = 0; report->sites && i < report->site_count; i++) {
		const struct deed_report_site *const site = &report->sites[i];

		if (!site->site)
			continue;
		page->gutter = deed_max(page->gutter, digits(site->site->line));
		page->has_threads |= thread && site->thread && site->thread != thread;
		thread = thread ? thread : site->thread;
	}
}

/* "   |" or "14 |": what stands before a line of source. */
static void put_gutter(const struct page *page, uint32_t line)
{
	paint(page, FRAME_LINES);
	if (line)
		deed_put_format(page->out, "%*u |", (int)page->gutter, line);
	else
		deed_put_format(page->out, "%*s |", (int)page->gutter, "");
	paint(page, PLAIN);
}

/* The beginning of a line that belongs to the place or the report as a whole. */
static void put_note_mark(const struct page *page)
{
	paint(page, FRAME_LINES);
	deed_put_repeat(page->out, ' ', page->gutter + 1);
	deed_put_text(page->out, "= ");
	paint(page, PLAIN);
}

static size_t note_column(const struct page *page)
{
	return page->gutter + 3;
}

/* What is in `words`, as a note. */
static void put_note(const struct page *page)
{
	put_note_mark(page);
	put_wrapped(page, page->rendering->words.text, note_column(page), note_column(page) + 2);
	deed_put_text(page->out, "\n");
}

static struct deed_writer *new_words(const struct page *page)
{
	struct deed_writer *const words = &page->rendering->words;

	deed_writer_reset(words);
	deed_put_text(words, "");
	return words;
}

static void put_place(struct deed_writer *out, const struct deed_site *site)
{
	deed_put_text(out, site->file ? site->file : "?");
	deed_put_format(out, ":%u", site->line);
	if (site->function && *site->function) {
		deed_put_text(out, " in ");
		deed_put_text(out, site->function);
	}
}

/* ---- source --------------------------------------------------------------------------------- */

/* The column after the first `bytes` of a line, tabs expanded; every character counts as one. */
static size_t column_of(const char *line, size_t bytes)
{
	size_t column = 0;

	for (size_t i = 0; i < bytes && line[i]; i++)
		if (line[i] == '\t')
			column += TAB - column % TAB;
		else
			column += ((unsigned char)line[i] & 0xc0) != 0x80;
	return column;
}

/* Puts the columns [lo, hi) of a line. Whatever could confuse a terminal becomes a `?`. */
static void put_columns(const struct page *page, const char *line, size_t lo, size_t hi)
{
	size_t left = strlen(line), column = 0;

	while (left && (line[left - 1] == ' ' || line[left - 1] == '\t' || line[left - 1] == '\r'))
		left--;
	while (left && column < hi) {
		const size_t len = deed_utf8_len(line, left);
		const bool is_odd = !len || (unsigned char)*line < ' ' || *line == 0x7f;
		const size_t next = *line == '\t' ? column + TAB - column % TAB : column + 1;

		if (*line == '\t')
			for (size_t i = deed_max(column, lo); i < deed_min(next, hi); i++)
				deed_put_text(page->out, " ");
		else if (column >= lo)
			deed_put(page->out, is_odd ? "?" : line, is_odd ? 1 : len);
		column = next;
		line += len ? len : 1;
		left -= len ? len : 1;
	}
}

static size_t indentation(const struct deed_source *source)
{
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < source->line_count; i++) {
		const size_t bytes = strspn(source->lines[i], " \t");

		if (source->lines[i][bytes] && source->lines[i][bytes] != '\r')
			least = deed_min(least, column_of(source->lines[i], bytes));
	}
	return least == SIZE_MAX ? 0 : least;
}

/* The marks under columns [lo, hi) of what is shown, and the label: behind them if it fits, else
 * on the next line, as near as the width lets it be. */
static void put_mark(const struct page *page, enum style style, size_t lo, size_t hi, size_t room)
{
	const struct deed_writer *const label = &page->rendering->words;
	const bool is_behind = hi + 1 + label->bytes <= room;

	put_gutter(page, 0);
	deed_put_repeat(page->out, ' ', 1 + lo);
	paint(page, style);
	deed_put_repeat(page->out, '^', hi - lo);
	if (is_behind) {
		deed_put_text(page->out, " ");
	} else {
		size_t indent = room > label->bytes ? room - label->bytes : 0;

		indent = deed_min(indent, lo);
		paint(page, PLAIN);
		deed_put_text(page->out, "\n");
		put_gutter(page, 0);
		deed_put_repeat(page->out, ' ', 1 + indent);
		paint(page, style);
	}
	deed_put_text(page->out, label->text);
	paint(page, PLAIN);
	deed_put_text(page->out, "\n");
}

/* The source lines of a place, with the label in `words` under the mark. */
static void put_source(const struct page *page, enum style style)
{
	static const char cut[] = "...";
	const struct deed_source *const source = &page->rendering->source;
	const char *const marked = source->lines[source->mark_line];
	const size_t indent = indentation(source);
	const size_t room = WIDTH - page->gutter - 3;
	size_t lo = indent > INDENT_KEPT ? indent - INDENT_KEPT : 0, shift = 0;
	size_t mark_lo = column_of(marked, source->mark);
	size_t mark_hi = column_of(marked, source->mark + source->mark_len);

	if (mark_hi - lo > room && mark_lo > lo + BEFORE_MARK) {
		lo = mark_lo - BEFORE_MARK;
		shift = sizeof cut - 1;
	}
	put_gutter(page, 0);
	deed_put_text(page->out, "\n");
	for (size_t i = 0; i < source->line_count; i++) {
		const char *const line = source->lines[i];
		const size_t end = column_of(line, strlen(line)), hi = lo + room - shift;

		put_gutter(page, source->first_line + (uint32_t)i);
		deed_put_text(page->out, " ");
		if (end > lo)
			deed_put_text(page->out, shift ? cut : "");
		put_columns(page, line, lo, end > hi ? hi - (sizeof cut - 1) : hi);
		deed_put_text(page->out, end > hi ? "...\n" : "\n");
	}
	mark_lo = mark_lo > lo ? mark_lo - lo + shift : shift;
	mark_hi = deed_max(mark_hi > lo ? mark_hi - lo + shift : 0, mark_lo + 1);
	put_mark(page, style, mark_lo, deed_max(deed_min(mark_hi, room), mark_lo + 1), room);
}

/* ---- stacks --------------------------------------------------------------------------------- */

static bool is_named(const struct deed_frame *frame, const char *name)
{
	return frame->function && !strcmp(frame->function, name);
}

/* Where libc starts a program or a thread: nothing of interest lies further out. */
static bool is_start(const struct deed_frame *frame, size_t frames_after)
{
	const char *const slash = frame->module ? strrchr(frame->module, '/') : NULL;

	static const char *const names[] = { "__libc_start_call_main",
					     "__libc_start_main",
					     "__libc_start_main_impl",
					     "_start",
					     "call_init",
					     "start_thread",
					     "clone3",
					     "__clone3" };

	for (size_t i = 0; i < DEED_ARRAY_LEN(names); i++)
		if (is_named(frame, names[i]))
			return true;
	return !frame->function && frames_after < 3 && slash && !strncmp(slash, "/libc.so.", 9);
}

static size_t count_interesting(const struct deed_frames *frames)
{
	for (size_t i = 0; i < frames->count; i++) {
		if (i && is_start(&frames->frame[i], frames->count - 1 - i))
			return i;
		if (is_named(&frames->frame[i], "main"))
			return i + 1;
	}
	return frames->count;
}

/* The debug information of one compiler has relative paths where another's has absolute ones. Where
 * it is known below which directory the program was compiled, both look alike. */
static const char *short_path(const struct page *page, const char *path)
{
	const struct deed_source *const source = &page->rendering->source;

	if (source->root_len && !strncmp(path, source->root, source->root_len) &&
	    path[source->root_len] == '/')
		return path + source->root_len + 1;
	return path;
}

static void put_frame(const struct page *page, size_t number, const struct deed_frame *frame)
{
	deed_put_repeat(page->out, ' ', note_column(page) + 2);
	deed_put_format(page->out, "#%zu ", number);
	deed_put_text(page->out, frame->function);
	if (frame->file) {
		deed_put_text(page->out, frame->function ? " at " : "at ");
		deed_put_text(page->out, short_path(page, frame->file));
		deed_put_format(page->out, ":%u", frame->line);
	} else if (frame->module) {
		deed_put_text(page->out, frame->function ? " in " : "in ");
		deed_put_text(page->out, frame->module);
		deed_put_format(page->out, "+0x%zx", (size_t)frame->offset);
	} else {
		deed_put_format(page->out, "at 0x%zx", (size_t)frame->address);
	}
	deed_put_text(page->out, frame->is_inlined ? " (inlined)\n" : "\n");
}

/* A path as a word of a shell. */
static void put_shell_word(struct deed_writer *out, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "/._-+,:@%";

	if (!path[strspn(path, plain)]) {
		deed_put_text(out, path);
		return;
	}
	deed_put_text(out, "'");
	for (; *path; path++)
		deed_put(out, *path == '\'' ? "'\\''" : path, *path == '\'' ? 4 : 1);
	deed_put_text(out, "'");
}

/* For frames without a line: what resolves them, once per module. */
static void put_commands(const struct page *page, size_t count)
{
	const struct deed_frame *const frame = page->rendering->frames.frame;

	for (size_t i = 0; i < count; i++) {
		bool is_first = frame[i].module && !frame[i].file;

		for (size_t j = 0; j < i && is_first; j++)
			is_first = frame[j].file || !frame[j].module ||
				   strcmp(frame[j].module, frame[i].module) != 0;
		if (!is_first)
			continue;
		put_note_mark(page);
		deed_put_text(page->out, "for lines: addr2line -e ");
		put_shell_word(page->out, frame[i].module);
		deed_put_text(page->out, " -fip");
		for (size_t j = i; j < count; j++)
			if (!frame[j].file && frame[j].module &&
			    !strcmp(frame[j].module, frame[i].module))
				deed_put_format(page->out, " 0x%zx", (size_t)frame[j].offset);
		deed_put_text(page->out, "\n");
	}
}

static void put_stack(const struct page *page, const struct deed_report_site *site)
{
	const struct deed_frames *const frames = &page->rendering->frames;
	size_t count;

	if (!site->stack_len)
		return;
	deed_render_stack(page->rendering, site);
	count = count_interesting(frames);
	if (!count || (count == 1 && site->site && site->site->function &&
		       is_named(&frames->frame[0], site->site->function)))
		return;
	put_note_mark(page);
	deed_put_text(page->out, "stack:\n");
	for (size_t i = 0; i < count; i++)
		put_frame(page, i, &frames->frame[i]);
	put_commands(page, count);
}

/* ---- places --------------------------------------------------------------------------------- */

static bool is_about_holders(enum deed_fault fault)
{
	return (fault >= DEED_E06 && fault <= DEED_E09) || fault == DEED_E13 || fault == DEED_E17 ||
	       fault == DEED_E19 || fault == DEED_E20;
}

/* Which elements a loan covers, and, in a conflict, which of them both want. */
static void put_elements(const struct page *page, struct deed_writer *words,
			 const struct deed_report_site *site)
{
	size_t range, common;

	if (!deed_site_has_range(site))
		return;
	deed_put_text(words, "covers ");
	range = words->bytes;
	deed_put_range(words, site);
	if (page->report->fault != DEED_E09)
		return;
	common = words->bytes;
	if (!deed_put_common(words, page->report->sites, site))
		return;
	if (words->bytes - common == common - range &&
	    !memcmp(words->text + common, words->text + range, common - range)) {
		words->bytes = common;
		deed_put_text(words, ", all of which are asked for again");
	} else {
		words->bytes = common;
		deed_put_text(words, ", and both cover ");
		deed_put_common(words, page->report->sites, site);
	}
}

static void put_loan_note(const struct page *page, const struct deed_report_site *site)
{
	struct deed_writer *const words = new_words(page);

	put_elements(page, words, site);
	if (site->has_ended) {
		deed_put_text(words, words->bytes ? "; " : "");
		deed_put_text(words, "ended meanwhile, while this report was being made");
	} else if (is_about_holders(page->report->fault)) {
		deed_put_text(words, words->bytes ? "; " : "");
		deed_put_text(words, site->is_guard ? "lasts until the end of its block"
						    : "lasts until deed_end() ends it");
	}
	if (words->bytes)
		put_note(page);
}

static void put_arrow(const struct page *page)
{
	deed_put_repeat(page->out, ' ', page->gutter);
	put_painted(page, FRAME_LINES, "--> ");
}

/* A place whose story made room for a younger one. */
static void put_forgotten(const struct page *page, const struct deed_report_site *site)
{
	struct deed_writer *words;

	put_arrow(page);
	if (site->role == DEED_ROLE_HERE) {
		deed_put_text(page->out, "at a place that is not known\n");
		return;
	}
	deed_put_format(page->out, "forgotten (history=%u)\n", deed_options.history);
	words = new_words(page);
	deed_put_text(words, "where it was ");
	deed_put_text(words, deed_role_name(site->role));
	deed_put_text(words, " is forgotten: DEED_OPTIONS=history=N keeps the stories of N ended "
			     "buffers");
	put_note(page);
}

static void put_site(const struct page *page, const struct deed_report_site *site)
{
	const enum style style = site->role != DEED_ROLE_HERE		      ? OTHER_MARK
				 : page->report->fault >= DEED_ADVISORY_FIRST ? ADVICE
									      : FAULT;
	if (!site->site) {
		put_forgotten(page, site);
		return;
	}
	put_arrow(page);
	put_place(page->out, site->site);
	if (page->has_threads && site->thread)
		deed_put_format(page->out, ", on thread %u", site->thread);
	deed_put_text(page->out, "\n");
	if (deed_render_source(page->rendering, site)) {
		deed_render_label(page->rendering, site);
		put_source(page, style);
	} else {
		struct deed_writer *const words = new_words(page);

		if (site->site->text && *site->site->text) {
			deed_put_name(words, site->site->text);
			deed_put_text(words, ": ");
		}
		deed_put_label(words, page->report, site);
		put_note(page);
	}
	if (deed_role_is_loan(site->role)) {
		put_loan_note(page, site);
	} else if (site->role == DEED_ROLE_HERE && page->report->fault != DEED_E15 &&
		   deed_site_has_range(site)) {
		struct deed_writer *const words = new_words(page);

		deed_put_text(words, page->report->fault == DEED_E13 ? "uses " : "asks for ");
		deed_put_range(words, site);
		put_note(page);
	}
	put_stack(page, site);
}

static void put_sites(const struct page *page)
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
		put_site(page, site);
		buffers_shown = buffers;
		bytes_shown = bytes;
	}
	if (places_left) {
		deed_put_format(new_words(page), "and at %zu places more: %zu buffers, %zu bytes",
				places_left, buffers - buffers_shown, bytes - bytes_shown);
		put_note(page);
	}
	if (places > 1) {
		deed_put_format(new_words(page),
				"total: %zu buffers, %zu bytes, allocated at %zu places", buffers,
				bytes, places);
		put_note(page);
	}
}

/* ---- the buffer ----------------------------------------------------------------------------- */

static const char *kind_in_words(const char *kind)
{
	if (!strcmp(kind, "foreign"))
		return "foreign memory";
	if (!strcmp(kind, "static"))
		return "static data";
	if (!strcmp(kind, "raw"))
		return "memory lent by its address";
	return strcmp(kind, "dead") != 0 ? kind : "";
}

static void put_word(struct deed_writer *out, const char *word)
{
	if (word && *word) {
		deed_put_text(out, ", ");
		deed_put_text(out, word);
	}
}

static void put_buffer(const struct page *page)
{
	const struct deed_report_buffer *const buffer = &page->report->buffer;
	struct deed_writer *const words = new_words(page);

	if (!buffer->id && !buffer->base)
		return;
	deed_put_format(words, "buffer %llu: ", (unsigned long long)buffer->id);
	if (buffer->name && *buffer->name) {
		deed_put_name(words, buffer->name);
		deed_put_text(words, ", ");
	}
	if (buffer->type && *buffer->type)
		deed_put_format(words, "%.64s[%zu]", buffer->type, buffer->count);
	else
		deed_put_format(words, "%zu element%s of %zu byte%s", buffer->count,
				buffer->count == 1 ? "" : "s", buffer->element_bytes,
				buffer->element_bytes == 1 ? "" : "s");
	deed_put_format(words, ", %zu byte%s", buffer->bytes, buffer->bytes == 1 ? "" : "s");
	if (buffer->align)
		deed_put_format(words, ", aligned to %zu", buffer->align);
	put_word(words, buffer->kind ? kind_in_words(buffer->kind) : NULL);
	put_word(words, buffer->state);
	if (buffer->base)
		deed_put_format(words, ", at 0x%zx", (size_t)(uintptr_t)buffer->base);
	put_note(page);
}

static bool is_shown(const struct deed_report *report, const struct deed_report_site *event)
{
	for (size_t i = 0; report->sites && i < report->site_count; i++)
		if (report->sites[i].site == event->site && report->sites[i].role == event->role)
			return true;
	return false;
}

/* Whether an event is about other elements than the fault. */
static bool is_unrelated(const struct page *page, const struct deed_report_site *event)
{
	const struct deed_report *const report = page->report;
	bool meets;

	if (report->fault != DEED_E09 || !report->site_count || !report->sites ||
	    !deed_site_has_range(event) || !deed_site_has_range(report->sites))
		return false;
	meets = deed_put_common(new_words(page), report->sites, event);
	return !meets;
}

static void put_event_name(struct deed_writer *out, const struct deed_report_site *event)
{
	deed_put_text(out, deed_role_name(event->role));
	if (event->target && *event->target) {
		deed_put_text(out, " to ");
		deed_put_name(out, event->target);
	}
	if (deed_site_has_range(event)) {
		deed_put_text(out, ", ");
		deed_put_range(out, event);
	}
}

static void put_event(const struct page *page, const struct deed_report_site *event, size_t width)
{
	struct deed_writer *const words = new_words(page);

	put_event_name(words, event);
	deed_put_repeat(page->out, ' ', note_column(page) + 2);
	deed_put_text(page->out, words->text);
	deed_put_repeat(page->out, ' ', width - deed_min(width, words->bytes) + 2);
	if (event->site)
		put_place(page->out, event->site);
	else
		deed_put_format(page->out, "forgotten (history=%u)", deed_options.history);
	if (page->has_threads && event->thread)
		deed_put_format(page->out, ", on thread %u", event->thread);
	deed_put_text(page->out, "\n");
}

static void put_events(const struct page *page)
{
	const struct deed_report *const report = page->report;
	size_t width = 0;
	bool is_news = false;

	if (!report->events)
		return;
	for (size_t i = 0; i < report->event_count; i++) {
		struct deed_writer *words;

		if (is_unrelated(page, &report->events[i]))
			continue;
		words = new_words(page);
		put_event_name(words, &report->events[i]);
		width = deed_max(width, words->bytes);
		is_news |= !is_shown(report, &report->events[i]);
	}
	if (!is_news)
		return;
	put_note_mark(page);
	deed_put_text(page->out, "what happened to the buffer, in this order:\n");
	for (size_t i = 0; i < report->event_count; i++)
		if (!is_unrelated(page, &report->events[i]))
			put_event(page, &report->events[i], width);
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* "deed: E03 use after move" */
static void put_name(const struct page *page)
{
	deed_put_text(page->out, "deed: ");
	deed_put_text(page->out, deed_fault_id(page->report->fault));
	deed_put_text(page->out, " ");
	deed_put_text(page->out, deed_fault_name(page->report->fault));
}

static void put_title(const struct page *page)
{
	const bool is_advice = page->report->fault >= DEED_ADVISORY_FIRST;
	size_t column;

	paint(page, is_advice ? ADVICE : FAULT);
	column = page->out->bytes;
	put_name(page);
	column = page->out->bytes - column + 2;
	paint(page, PLAIN);
	paint(page, STRONG);
	deed_put_text(page->out, ": ");
	deed_put_message(new_words(page), page->report);
	put_wrapped(page, page->rendering->words.text, column, 4);
	paint(page, PLAIN);
	deed_put_text(page->out, "\n");
}

static void put_summary(const struct page *page)
{
	const struct deed_site *const site = deed_site_of_report(page->report);

	put_name(page);
	if (site) {
		deed_put_text(page->out, ": ");
		put_place(page->out, site);
	}
	deed_put_text(page->out, "\n");
}

void deed_text_report(struct deed_rendering *rendering)
{
	struct page page = { .rendering = rendering,
			     .out = &rendering->out,
			     .report = rendering->report };
	struct deed_writer *words;

	measure(&page);
	put_title(&page);
	put_sites(&page);
	put_buffer(&page);
	put_events(&page);
	if (page.has_threads) {
		words = new_words(&page);
		deed_put_text(words,
			      "threads are numbered in the order of their first use of deed");
		put_note(&page);
	}
	words = new_words(&page);
	deed_put_text(words, "help: ");
	deed_put_text(words, deed_fault_help(page.report->fault));
	put_note(&page);
	put_summary(&page);
}
