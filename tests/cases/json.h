/* SPDX-License-Identifier: MIT
 *
 * tests/cases/json.h - reads a JSON text in place: enough for tests to ask for a value.
 *
 *     const char *line = json_get(text, "sites[0].line");
 *
 * A value is the address of its first character; null is "not there", or "not JSON", and every
 * function takes it for an answer. Nothing is allocated.
 */
#ifndef DEED_CASES_JSON_H
#define DEED_CASES_JSON_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define JSON_INLINE static inline __attribute__((unused))

JSON_INLINE const char *json_space(const char *at)
{
	return at ? at + strspn(at, " \t\r\n") : NULL;
}

/* Past a string; null if it does not end, or holds a control character. */
JSON_INLINE const char *json_skip_string(const char *at)
{
	for (at++; *at && *at != '"'; at++) {
		if ((unsigned char)*at < 0x20)
			return NULL;
		if (*at == '\\' && !*++at)
			return NULL;
	}
	return *at ? at + 1 : NULL;
}

/* Past a value and the space after it. */
JSON_INLINE const char *json_skip(const char *at)
{
	at = json_space(at);
	if (!at || !*at)
		return NULL;
	if (*at == '{' || *at == '[') {
		const char close = *at == '{' ? '}' : ']';
		const int named = *at == '{';

		at = json_space(at + 1);
		if (*at == close)
			return json_space(at + 1);
		for (;;) {
			if (named) {
				if (*at != '"')
					return NULL;
				at = json_space(json_skip_string(at));
				if (!at || *at != ':')
					return NULL;
				at++;
			}
			at = json_skip(at);
			if (!at || (*at != ',' && *at != close))
				return NULL;
			if (*at++ == close)
				return json_space(at);
			at = json_space(at);
		}
	}
	if (*at == '"')
		return json_space(json_skip_string(at));
	return json_space(strspn(at, "-+.0123456789aeflnrstuE")
				  ? at + strspn(at, "-+.0123456789aeflnrstuE")
				  : NULL);
}

/* The i-th element of an array. */
JSON_INLINE const char *json_element(const char *at, size_t i)
{
	at = json_space(at);
	if (!at || *at != '[' || !json_skip(at))
		return NULL;
	at = json_space(at + 1);
	for (; *at != ']'; at = json_space(at + 1)) {
		if (i-- == 0)
			return at;
		at = json_skip(at);
		if (*at == ']')
			break;
	}
	return NULL;
}

/* The member of an object whose name is the first `len` characters of `name`. */
JSON_INLINE const char *json_member(const char *at, const char *name, size_t len)
{
	at = json_space(at);
	if (!at || *at != '{' || !json_skip(at))
		return NULL;
	at = json_space(at + 1);
	while (*at == '"') {
		const char *const end = json_skip_string(at);
		const char *const value = json_space(json_space(end) + 1);

		if ((size_t)(end - at) == len + 2 && memcmp(at + 1, name, len) == 0)
			return value;
		at = json_skip(value);
		if (*at == ',')
			at = json_space(at + 1);
	}
	return NULL;
}

/* The value at a path: names, dots and [numbers]. */
JSON_INLINE const char *json_get(const char *at, const char *path)
{
	while (at && *path) {
		if (*path == '[') {
			char *end;

			at = json_element(at, strtoul(path + 1, &end, 10));
			path = end + 1;
		} else {
			const size_t len = strcspn(path, ".[");

			at = json_member(at, path, len);
			path += len;
		}
		if (*path == '.')
			path++;
	}
	return at;
}

JSON_INLINE size_t json_count(const char *at)
{
	size_t count = 0;

	while (json_element(at, count))
		count++;
	return count;
}

/* A number; -1 for what is none. */
JSON_INLINE long json_number(const char *at)
{
	return at && strchr("-0123456789", *at) ? strtol(at, NULL, 10) : -1;
}

/* Whether the value is the string `text`, which has no character that JSON escapes. */
JSON_INLINE int json_is(const char *at, const char *text)
{
	const size_t len = strlen(text);

	return at && *at == '"' && strncmp(at + 1, text, len) == 0 && at[len + 1] == '"';
}

/* Copies a string as it is written, without its quotes; "" for what is none. */
JSON_INLINE const char *json_text(const char *at, char *ret, size_t size)
{
	const char *const end = at && *at == '"' ? json_skip_string(at) : NULL;
	const size_t len = end ? (size_t)(end - at) - 2 : 0;

	if (len && len < size)
		memcpy(ret, at + 1, len);
	ret[len < size ? len : 0] = 0;
	return ret;
}

#endif
