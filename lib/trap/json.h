/* SPDX-License-Identifier: MIT
 *
 * lib/trap/json.h - a report for machines: one JSON object on one line.
 */
#ifndef DEED_JSON_H
#define DEED_JSON_H

#include "render.h"

/* Puts the whole report into rendering->out. */
void deed_json_report(struct deed_rendering *rendering);

/* deed_put_json - a string literal; null is the empty one. What is not UTF-8 becomes U+FFFD. */
void deed_put_json(struct deed_writer *out, const char *text, size_t bytes);
void deed_put_json_text(struct deed_writer *out, const char *text);

/* deed_put_member - `"name":` with a comma before it, unless it is the first of its object, which
 * begins as *is_first == true. */
void deed_put_member(struct deed_writer *out, bool *is_first, const char *name);
void deed_put_member_text(struct deed_writer *out, bool *is_first, const char *name,
			  const char *text);
void deed_put_member_number(struct deed_writer *out, bool *is_first, const char *name,
			    size_t number);

#endif
