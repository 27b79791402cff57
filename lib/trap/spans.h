/* SPDX-License-Identifier: MIT
 *
 * lib/trap/spans.h - ranges of one buffer that the tasks of one team have had.
 */
#ifndef DEED_SPANS_H
#define DEED_SPANS_H

#include "noted.h"

/* The functions of noted.h, of notes whose region is flat, and those by one: null is none.
 * deed_spans_meet - the note that this one meets; null if none does.
 */
struct deed_note *deed_spans_meet(struct deed_span *spans, const struct deed_note *note);
void deed_spans_put(struct deed_span **spans, struct deed_paper *paper, struct deed_note note);
void deed_spans_free(struct deed_span *spans, struct deed_paper *paper);
void deed_spans_see(struct deed_span *spans, deed_site_visitor see, void *context);

#endif
