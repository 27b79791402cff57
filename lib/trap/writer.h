/* SPDX-License-Identifier: MIT
 *
 * lib/trap/writer.h - text that grows in pages of its own, never in the program's allocator.
 */
#ifndef DEED_WRITER_H
#define DEED_WRITER_H

#include <stdarg.h>

#include "../base.h"

/* Begins as { 0 }. `text` has a null after its `bytes` once anything was put. When no more memory
 * is to be had the rest is left out and `is_cut` says so: no caller has to look after each put.
 */
struct deed_writer {
	char *text;
	size_t bytes, room;
	bool is_cut;
};

/* Forgets the text and keeps the pages, unless they are many. */
void deed_writer_reset(struct deed_writer *writer);
void deed_writer_done(struct deed_writer *writer);
/* Takes back all but the first `bytes`. */
void deed_writer_cut(struct deed_writer *writer, size_t bytes);

void deed_put(struct deed_writer *writer, const char *text, size_t bytes);
/* A null pointer is the empty text. */
void deed_put_text(struct deed_writer *writer, const char *text);
void deed_put_repeat(struct deed_writer *writer, char character, size_t count);
/* For numbers and short words: at most 255 bytes a call. */
void deed_put_format(struct deed_writer *writer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* deed_bare_name - what a text such as "&xs" or "&(s->xs)" names: "xs", "s->xs". Part of `text`,
 * its length in *ret_len. */
const char *deed_bare_name(const char *text, size_t *ret_len);
/* The same in backquotes, as messages show names; `text` may be null. */
void deed_put_name(struct deed_writer *writer, const char *text);

/* deed_utf8_len - how many bytes the well-formed UTF-8 character at `text` has; 0 if there is none
 * in the next `left` bytes. */
size_t deed_utf8_len(const char *text, size_t left);
/* How many characters `bytes` bytes of it are. */
size_t deed_character_count(const char *text, size_t bytes);

#endif
