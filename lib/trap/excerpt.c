/* SPDX-License-Identifier: MIT
 *
 * lib/trap/excerpt.c - lines of source, with a mark and a label under them.
 *
 * Tabs are expanded and the indentation is cut down, so that there is room for the label.
 * Of a line that is too long the part around the mark is shown. Source may hold anything:
 * what is no printable character becomes a question mark.
 */
#include "page.h"

#include <string.h>

#define TAB 8
/* Of the indentation of the source, as much is kept as shows that there is one. */
#define INDENT_KEPT 4
/* Of a call of many lines, the first is shown, and as many before the mark. */
#define LINES_KEPT 3
/* Of a line that is too long, as much is kept before the mark. */
#define BEFORE_MARK 30

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
static void put_columns(const struct deed_page *page, const char *line, size_t lo, size_t hi)
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
static void put_mark(const struct deed_page *page, enum deed_style style, size_t lo, size_t hi,
		     size_t room)
{
	const struct deed_writer *const label = &page->rendering->words;
	const bool is_behind = hi + 1 + label->bytes <= room;

	deed_put_gutter(page, 0);
	deed_put_repeat(page->out, ' ', 1 + lo);
	deed_paint(page, style);
	deed_put_repeat(page->out, '^', hi - lo);
	if (is_behind) {
		deed_put_text(page->out, " ");
	} else {
		size_t indent = room > label->bytes ? room - label->bytes : 0;

		indent = deed_min(indent, lo);
		deed_paint(page, DEED_STYLE_PLAIN);
		deed_put_text(page->out, "\n");
		deed_put_gutter(page, 0);
		deed_put_repeat(page->out, ' ', 1 + indent);
		deed_paint(page, style);
	}
	deed_put_text(page->out, label->text);
	deed_paint(page, DEED_STYLE_PLAIN);
	deed_put_text(page->out, "\n");
}

void deed_put_excerpt(const struct deed_page *page, enum deed_style style)
{
	static const char cut[] = "...";
	const struct deed_source *const source = &page->rendering->source;
	const char *const marked = source->lines[source->mark_line];
	const size_t indent = indentation(source);
	const size_t room = DEED_PAGE_WIDTH - page->gutter - 3;
	size_t lo = indent > INDENT_KEPT ? indent - INDENT_KEPT : 0, shift = 0;
	size_t mark_lo = column_of(marked, source->mark);
	size_t mark_hi = column_of(marked, source->mark + source->mark_len);

	if (mark_hi - lo > room && mark_lo > lo + BEFORE_MARK) {
		lo = mark_lo - BEFORE_MARK;
		shift = sizeof cut - 1;
	}
	mark_lo = mark_lo > lo ? mark_lo - lo + shift : shift;
	mark_hi = deed_max(mark_hi > lo ? mark_hi - lo + shift : 0, mark_lo + 1);
	deed_put_gutter(page, 0);
	deed_put_text(page->out, "\n");
	for (size_t i = 0; i < source->line_count; i++) {
		const char *const line = source->lines[i];
		const size_t end = column_of(line, strlen(line)), hi = lo + room - shift;

		if (i == 1 && source->line_count > LINES_KEPT + 2 &&
		    (!source->mark_line || source->mark_line >= source->line_count - LINES_KEPT)) {
			i = source->line_count - LINES_KEPT - 1;
			deed_put_text(page->out, "...\n");
			continue;
		}
		deed_put_gutter(page, source->first_line + (uint32_t)i);
		deed_put_text(page->out, " ");
		if (end > lo)
			deed_put_text(page->out, shift ? cut : "");
		put_columns(page, line, lo, end > hi ? hi - (sizeof cut - 1) : hi);
		deed_put_text(page->out, end > hi ? "...\n" : "\n");
		if (i == source->mark_line)
			put_mark(page, style, mark_lo,
				 deed_max(deed_min(mark_hi, room), mark_lo + 1), room);
	}
}
