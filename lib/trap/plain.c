/* SPDX-License-Identifier: MIT
 *
 * lib/trap/plain.c - how what stands between a verb's parentheses is named in a sentence.
 */
#include "plain.h"

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

struct deed_plain deed_plain(const char *text)
{
	struct deed_plain plain = { "" };
	size_t len = text ? strlen(text) : 0;

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
