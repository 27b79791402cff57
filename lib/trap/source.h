/* SPDX-License-Identifier: MIT
 *
 * lib/trap/source.h - the source lines of a call, and where in them its argument is.
 */
#ifndef DEED_SOURCE_H
#define DEED_SOURCE_H

#include "../base.h"
#include "deed/config.h"

/* Lines that one call may spread over, before or after the line that the compiler names: gcc names
 * its first, clang its last. */
#define DEED_SOURCE_REACH 16
#define DEED_SOURCE_LINES (2 * DEED_SOURCE_REACH + 1)
/* Bytes kept of a line. */
#define DEED_SOURCE_WIDTH 512

/* A call as it stands in its file: lines[0, line_count), of which lines[mark_line] holds the bytes
 * [mark, mark + mark_len) that the site is about. 24 KiB: lives in mapped pages. Zeroed once; the
 * root is kept from one call to the next.
 */
struct deed_source {
	uint32_t first_line; /* the number of lines[0] */
	size_t line_count;
	size_t call_lines; /* as many are there, if the whole call is to be shown */
	size_t mark_line, mark, mark_len;
	const char *lines[DEED_SOURCE_LINES];
	size_t root_len; /* the directory that relative paths are below */
	char root[1024];
	char text[DEED_SOURCE_LINES][DEED_SOURCE_WIDTH];
	char chunk[4096];
};

/* deed_source_find - reads the lines of the call at `site`; false if its file or line is not there.
 * `verbs`: words that names of verbs have, a space between them; the call is rather one of those
 * verbs than of others. Null: of any. Opens regular files only. Takes no memory. */
bool deed_source_find(struct deed_source *source, const struct deed_site *site, const char *verbs);

/* deed_source_learn_root - `absolute`, from debug information, is the file `name`, from a compiler:
 * if it ends so, what stands before is where the program was compiled, and other files of relative
 * name are below it. For programs that run elsewhere. */
void deed_source_learn_root(struct deed_source *source, const char *absolute, const char *name);

#endif
