/* SPDX-License-Identifier: MIT
 *
 * lib/trap/page.c - the look of a report for people: the gutter, notes, colours, line breaks.
 *
 *     14 |     deed_drop(&xs);        gutter, then source
 *        |               ^^^          the gutter alone
 *        = help: ...                 a note, broken between words and indented
 */
#include "page.h"

#include <string.h>

#include "label.h"

void deed_paint(const struct deed_page *page, enum deed_style style)
{
	static const char *const codes[] = {
		[DEED_STYLE_PLAIN] = "\033[0m",	    [DEED_STYLE_FAULT] = "\033[1;31m",
		[DEED_STYLE_ADVICE] = "\033[1;33m", [DEED_STYLE_STRONG] = "\033[1m",
		[DEED_STYLE_FRAME] = "\033[1;34m",  [DEED_STYLE_OTHER] = "\033[1;36m",
	};

	if (page->rendering->is_coloured)
		deed_put_text(page->out, codes[style]);
}

void deed_put_painted(const struct deed_page *page, enum deed_style style, const char *text)
{
	deed_paint(page, style);
	deed_put_text(page->out, text);
	deed_paint(page, DEED_STYLE_PLAIN);
}

void deed_put_wrapped(const struct deed_page *page, const char *text, size_t column, size_t indent)
{
	while (text && *text) {
		const size_t blanks = strspn(text, " ");
		const size_t word = strcspn(text + blanks, " ");

		if (column > indent && column + blanks + word > DEED_PAGE_WIDTH) {
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

size_t deed_digits(uint32_t number)
{
	size_t count = 1;

	for (; number >= 10; number /= 10)
		count++;
	return count;
}

void deed_page_measure(struct deed_page *page)
{
	const struct deed_report *const report = page->report;
	unsigned thread = 0;

	page->gutter = 2;
	for (size_t i = 0; report->sites && i < report->site_count; i++) {
		const struct deed_report_site *const site = &report->sites[i];

		if (!site->site)
			continue;
		page->gutter = deed_max(page->gutter, deed_digits(site->site->line));
		if (deed_site_is_in_task(site))
			continue; /* which thread happened to work on it tells nothing */
		page->has_threads |= thread && site->thread && site->thread != thread;
		thread = thread ? thread : site->thread;
	}
}

void deed_put_gutter(const struct deed_page *page, uint32_t line)
{
	deed_paint(page, DEED_STYLE_FRAME);
	if (line)
		deed_put_format(page->out, "%*u |", (int)page->gutter, line);
	else
		deed_put_format(page->out, "%*s |", (int)page->gutter, "");
	deed_paint(page, DEED_STYLE_PLAIN);
}

void deed_put_note_mark(const struct deed_page *page)
{
	deed_paint(page, DEED_STYLE_FRAME);
	deed_put_repeat(page->out, ' ', page->gutter + 1);
	deed_put_text(page->out, "= ");
	deed_paint(page, DEED_STYLE_PLAIN);
}

size_t deed_note_column(const struct deed_page *page)
{
	return page->gutter + 3;
}

void deed_put_note(const struct deed_page *page)
{
	deed_put_note_mark(page);
	deed_put_wrapped(page, page->rendering->words.text, deed_note_column(page),
			 deed_note_column(page) + 2);
	deed_put_text(page->out, "\n");
}

struct deed_writer *deed_new_words(const struct deed_page *page)
{
	struct deed_writer *const words = &page->rendering->words;

	deed_writer_reset(words);
	deed_put_text(words, "");
	return words;
}

void deed_put_place(struct deed_writer *out, const struct deed_site *site)
{
	if (site->file && !*site->file && *site->function) { /* of a verb that says no place */
		deed_put_format(out, "a call of %s()", site->function);
		return;
	}
	if (site->file && !*site->file) { /* deed_block_site */
		deed_put_text(out, "a caller that only the stack names");
		return;
	}
	deed_put_text(out, site->file ? site->file : "?");
	deed_put_format(out, ":%u", site->line);
	if (site->function && *site->function) {
		deed_put_text(out, " in ");
		deed_put_text(out, site->function);
	}
}
