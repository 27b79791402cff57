/* SPDX-License-Identifier: MIT
 *
 * lib/trap/plain.h - names as sentences need them.
 */
#ifndef DEED_PLAIN_H
#define DEED_PLAIN_H

#include <string.h>

#include "../base.h"

/* deed_plain - how a text such as "&xs" or "(&s->xs)" is named in a sentence: "xs", "s->xs". */
struct deed_plain {
	char text[64];
};
struct deed_plain deed_plain(const char *text);

/* Whether a text may stand in code that is advised: short, and without effects of its own. */
static inline bool deed_is_simple(const char *text)
{
	return text && *text && strlen(text) <= 48 && !strpbrk(text, "(=?;\"'") &&
	       !strstr(text, "++") && !strstr(text, "--");
}

/* Whether the text of a place is that of deed_part_scratch(), whose arena ends with a part. */
static inline bool deed_is_part_scratch(const char *text)
{
	static const char call[] = "deed_part_scratch(";

	return text && !strncmp(text, call, sizeof call - 1);
}

/* When what no line of the program's does is done: of a guard, or a scratch, declared by `text`. */
static inline const char *deed_end_of_block(const char *text)
{
	return deed_is_part_scratch(text) ? "at the end of its part" : "at the end of its block";
}

/* What a function's name lacks in a sentence: in C++ it has its parameters already. */
static inline const char *deed_parentheses(const char *function)
{
	return strchr(function, '(') ? "" : "()";
}

#endif
