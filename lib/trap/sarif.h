/* SPDX-License-Identifier: MIT
 *
 * lib/trap/sarif.h - a report for code scanners: SARIF 2.1.0.
 */
#ifndef DEED_SARIF_H
#define DEED_SARIF_H

#include "render.h"

/* deed_sarif_report - puts a whole SARIF log into rendering->out, with the report as its only
 * result. That result is the bytes [*ret_from, *ret_to). */
void deed_sarif_report(struct deed_rendering *rendering, size_t *ret_from, size_t *ret_to);

/* deed_sarif_add - makes the log in `text`, as above, a part of the file `file`: writes all of it
 * to an empty file, and to one that holds a log adds the result, in one write over the closing
 * brackets. So the file is a valid log after every report. The caller has locked the file.
 *
 * Returns 0; -EEXIST, and the file as it was, if it holds something else; -errno.
 */
int deed_sarif_add(int file, const char *text, size_t bytes, size_t from, size_t to);

#endif
