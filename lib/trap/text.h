/* SPDX-License-Identifier: MIT
 *
 * lib/trap/text.h - a report for people.
 */
#ifndef DEED_TEXT_H
#define DEED_TEXT_H

#include "render.h"

/* Puts the whole report into rendering->out. */
void deed_text_report(struct deed_rendering *rendering);

#endif
