/* SPDX-License-Identifier: MIT
 *
 * lib/trap/render.h - one report being put into text, and the room that this takes.
 */
#ifndef DEED_RENDER_H
#define DEED_RENDER_H

#include "deed/report.h"
#include "source.h"
#include "symbol.h"
#include "writer.h"

/* 70 KiB: lives in mapped pages, zeroed once, and serves one report after another. */
struct deed_rendering {
	const struct deed_report *report;
	bool is_coloured;	   /* text only */
	struct deed_writer out;	   /* the result */
	struct deed_writer words;  /* a label or a sentence, before it is known where it goes */
	struct deed_source source; /* of the site at hand */
	struct deed_frames frames; /* of the site at hand */
};

/* Names the stack of a site, into rendering->frames. */
void deed_render_stack(struct deed_rendering *rendering, const struct deed_report_site *site);
/* Finds the source lines of a site, into rendering->source; false if they are not to be had, or not
 * wanted. Spoils rendering->frames. */
bool deed_render_source(struct deed_rendering *rendering, const struct deed_report_site *site);
/* The label of a site, alone in rendering->words. */
void deed_render_label(struct deed_rendering *rendering, const struct deed_report_site *site);

#endif
