/* SPDX-License-Identifier: MIT
 *
 * lib/trap/plain.c - how what stands between a verb's parentheses is named in a sentence.
 */
#include "plain.h"

#include <stdio.h>
#include <string.h>

/* Whether the first character opens a parenthesis that the last one closes. */
static bool is_wrapped(const char *text, size_t len)
{
	size_t depth = 0;

	if (len < 2 || text[0] != '(' || text[len - 1] != ')')
		return false;
	for (size_t i = 0; i < len; i++) {
		depth += text[i] == '(';
		depth -= text[i] == ')';
		if (!depth && i < len - 1)
			return false;
	}
	return true;
}

static bool is_name(const char *text)
{
	for (; *text; text++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ",
			    *text))
			return false;
	return true;
}

/* Where the field of a column begins in "&ps, x"; null in all other texts: what is no column is one
 * argument, in which a comma has a parenthesis around it. */
static const char *field_of(const char *text)
{
	const char *const comma = text ? strrchr(text, ',') : NULL;

	if (!comma || !is_name(comma + 1))
		return NULL;
	return comma + 1 + strspn(comma + 1, " ");
}

/* "&ps, x" is "ps.x", and "p, x" "p->x". */
static struct deed_plain plain_column(const char *text, const char *field)
{
	const size_t len =
		deed_min((size_t)(strrchr(text, ',') - text), sizeof(struct deed_plain) - 1);
	struct deed_plain owner = { "" }, plain;
	size_t end;

	memcpy(owner.text, text, len);
	plain = deed_plain(owner.text);
	end = strlen(plain.text);
	snprintf(plain.text + end, sizeof plain.text - end, "%s%s",
		 strchr(owner.text, '&') ? "." : "->", field);
	return plain;
}

struct deed_plain deed_plain(const char *text)
{
	struct deed_plain plain = { "" };
	size_t len = text ? strlen(text) : 0;

	if (field_of(text))
		return plain_column(text, field_of(text));

	while (len && (text[0] == '&' || text[0] == ' ' || is_wrapped(text, len))) {
		len -= text[0] == '(' ? 2 : 1;
		text++;
	}
	if (len >= sizeof plain.text) {
		memcpy(plain.text, text, sizeof plain.text - 4);
		memcpy(plain.text + sizeof plain.text - 4, "...", 4);
	} else if (len) {
		memcpy(plain.text, text, len);
	}
	return plain;
}
