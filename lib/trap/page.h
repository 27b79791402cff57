/* SPDX-License-Identifier: MIT
 *
 * lib/trap/page.h - what the text of a report is put together from.
 */
#ifndef DEED_PAGE_H
#define DEED_PAGE_H

#include "render.h"

/* Lines are no longer where names and paths let them. */
#define DEED_PAGE_WIDTH 100

enum deed_style {
	DEED_STYLE_PLAIN,
	DEED_STYLE_FAULT,
	DEED_STYLE_ADVICE,
	DEED_STYLE_STRONG,
	DEED_STYLE_FRAME,
	DEED_STYLE_OTHER, /* a mark that is not the fault's own */
};

struct deed_page {
	struct deed_rendering *rendering;
	struct deed_writer *out; /* the rendering's */
	const struct deed_report *report;
	size_t gutter; /* digits of the longest line number */
	bool has_threads;
	struct deed_site caller; /* line 0: of no interest, or not known */
	char caller_file[512], caller_function[128];
};

size_t deed_digits(uint32_t number);
/* Sets gutter and has_threads. */
void deed_page_measure(struct deed_page *page);

/* Changes the colour, if there are any. */
void deed_paint(const struct deed_page *page, enum deed_style style);
void deed_put_painted(const struct deed_page *page, enum deed_style style, const char *text);
/* Puts `text`, which begins at `column`, and breaks it between words so that it fits. */
void deed_put_wrapped(const struct deed_page *page, const char *text, size_t column, size_t indent);
/* "   |", or "14 |" for line 14: what stands before a line of source. */
void deed_put_gutter(const struct deed_page *page, uint32_t line);
/* The beginning of a line that belongs to a place or to the report as a whole, and the column that
 * it leads to. */
void deed_put_note_mark(const struct deed_page *page);
size_t deed_note_column(const struct deed_page *page);

/* The rendering's words, empty; and what is in them, as a note. */
struct deed_writer *deed_new_words(const struct deed_page *page);
void deed_put_note(const struct deed_page *page);

/* "demo.c:14 in main" */
void deed_put_place(struct deed_writer *out, const struct deed_site *site);

/* The source lines in rendering->source, with the label in rendering->words under the mark. */
void deed_put_excerpt(const struct deed_page *page, enum deed_style style);
/* Where the function of the fault was called, if that is what the report is about: sets caller, and
 * gutter. */
void deed_page_find_caller(struct deed_page *page);
/* The stack of a site, unless it says nothing that the site does not. */
void deed_put_trace(const struct deed_page *page, const struct deed_report_site *site);
/* The last events of the buffer, unless they were all shown. */
void deed_put_events(const struct deed_page *page);

#endif
