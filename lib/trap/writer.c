/* SPDX-License-Identifier: MIT
 *
 * lib/trap/writer.c - a text in mapped pages, doubled when it is full.
 *
 * A report is some kilobytes and a leak report may be a megabyte, so the text moves at
 * most a handful of times. The one thing from libc is vsnprintf() of integers and short
 * strings, which needs no memory.
 */
#include "writer.h"

#include <stdio.h>
#include <string.h>

#include "../os.h"

/* Most reports fit: no second mapping. */
#define FIRST_ROOM ((size_t)16 << 10)
/* Beyond this a text was exceptional, and its pages are not kept for the next one. */
#define ROOM_KEPT ((size_t)256 << 10)

void deed_writer_reset(struct deed_writer *writer)
{
	if (writer->room > ROOM_KEPT)
		deed_writer_done(writer);
	writer->bytes = 0;
	writer->is_cut = false;
}

void deed_writer_cut(struct deed_writer *writer, size_t bytes)
{
	if (bytes >= writer->bytes)
		return;
	writer->bytes = bytes;
	writer->text[bytes] = '\0';
}

void deed_writer_done(struct deed_writer *writer)
{
	if (writer->room)
		deed_os_unmap(writer->text, writer->room);
	*writer = (struct deed_writer){ 0 };
}

/* Room for `bytes` more and a null; false if there is none. */
static bool grow(struct deed_writer *writer, size_t bytes)
{
	size_t room = writer->room ? writer->room : FIRST_ROOM;
	char *text;

	if (bytes < writer->room - writer->bytes)
		return true;
	while (bytes >= room - writer->bytes)
		if (__builtin_mul_overflow(room, 2, &room))
			return false;
	text = deed_os_map(room);
	if (!text)
		return false;
	if (writer->bytes)
		memcpy(text, writer->text, writer->bytes);
	if (writer->room)
		deed_os_unmap(writer->text, writer->room);
	writer->text = text;
	writer->room = room;
	return true;
}

void deed_put(struct deed_writer *writer, const char *text, size_t bytes)
{
	if (writer->is_cut || !grow(writer, bytes)) {
		writer->is_cut = true;
		return;
	}
	if (bytes)
		memcpy(writer->text + writer->bytes, text, bytes);
	writer->bytes += bytes;
	writer->text[writer->bytes] = '\0';
}

void deed_put_text(struct deed_writer *writer, const char *text)
{
	if (text)
		deed_put(writer, text, strlen(text));
}

void deed_put_repeat(struct deed_writer *writer, char character, size_t count)
{
	while (count--)
		deed_put(writer, &character, 1);
}

void deed_put_format(struct deed_writer *writer, const char *format, ...)
{
	char text[256];
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (len > 0)
		deed_put(writer, text, deed_min((size_t)len, sizeof text - 1));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Whether the parenthesis that `text` begins with is closed by its last character. */
static bool is_enclosed(const char *text, size_t len)
{
	size_t open = 0;

	if (len < 2 || text[0] != '(')
		return false;
	for (size_t i = 0; i < len; i++) {
		open += text[i] == '(';
		open -= text[i] == ')';
		if (!open)
			return i + 1 == len;
	}
	return false;
}

const char *deed_bare_name(const char *text, size_t *ret_len)
{
	size_t len = text ? strlen(text) : 0;
	size_t before = len + 1;

	while (len && len != before) {
		before = len;
		if (is_blank(text[0]) || text[0] == '&') {
			text++;
			len--;
		} else if (is_blank(text[len - 1])) {
			len--;
		} else if (is_enclosed(text, len)) {
			text++;
			len -= 2;
		}
	}
	*ret_len = len;
	return text;
}

void deed_put_name(struct deed_writer *writer, const char *text)
{
	size_t len;
	const char *const name = deed_bare_name(text, &len);

	deed_put_text(writer, "`");
	deed_put(writer, name, len);
	deed_put_text(writer, "`");
}

/* The table of well-formed sequences in the Unicode standard, section 3.9: the second byte's range
 * depends on the first, which rules out overlong forms, surrogates, and what lies above U+10FFFF.
 */
size_t deed_utf8_len(const char *text, size_t left)
{
	const unsigned char *const at = (const unsigned char *)text;
	unsigned char lo = 0x80, hi = 0xbf;
	size_t len;

	if (!left)
		return 0;
	if (at[0] < 0x80)
		return 1;
	if (at[0] >= 0xc2 && at[0] <= 0xdf)
		len = 2;
	else if (at[0] >= 0xe0 && at[0] <= 0xef)
		len = 3;
	else if (at[0] >= 0xf0 && at[0] <= 0xf4)
		len = 4;
	else
		return 0;
	lo = at[0] == 0xe0 ? 0xa0 : at[0] == 0xf0 ? 0x90 : lo;
	hi = at[0] == 0xed ? 0x9f : at[0] == 0xf4 ? 0x8f : hi;
	if (left < len || at[1] < lo || at[1] > hi)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (at[i] < 0x80 || at[i] > 0xbf)
			return 0;
	return len;
}

size_t deed_character_count(const char *text, size_t bytes)
{
	size_t count = 0;

	for (size_t i = 0; i < bytes; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}
