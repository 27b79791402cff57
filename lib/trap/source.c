/* SPDX-License-Identifier: MIT
 *
 * lib/trap/source.c - finding a call in its source file.
 *
 * A site knows its file, one line, and the text of the verb's argument, as the
 * preprocessor spells it. There is no column. So the text is looked for:
 *
 *     14 |         deed_move(&ys,       one compiler says 14, another 15, for the same call:
 *     15 |                   &xs);      parentheses tell where it begins and ends
 *
 * Of several occurrences the best is taken: one that is an argument of its own, between
 * a parenthesis or comma and the next, counts more than a part of an expression, and one
 * inside the parentheses of a deed_ or DEED_ name more than one outside. If it is known
 * which verbs can have done what happened, one inside theirs counts most:
 *
 *     { DEED_LEND(v, p, 8); deed_free(p); }     lent there, freed here
 *
 * White space is no difference, because the preprocessor does not keep it. Where the text
 * is not found (a macro of the program's own may have made it) the verb is marked, else
 * the first word.
 *
 * Paths are as the compiler was given them. A relative one that leads nowhere is tried below
 * the directory that the debug information tells of, or that the program lies in.
 *
 * The file may have changed since it was compiled, may be huge, or may be no file at all:
 * a line is only shown, nothing depends on it.
 */
#include "source.h"

#include <string.h>

#include "../os.h"
#include "writer.h"

/* Directories that are looked at: build/flavour/bin is deep enough for most. */
#define LEVELS 5

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (unsigned char)c >= 0x80;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == '\r' || c == '\n';
}

/* ---- reading -------------------------------------------------------------------------------- */

static bool is_absolute(const char *path)
{
	return path[0] == '/';
}

/* Opens `path` below the first `len` bytes of source->chunk, which are a directory. */
static int open_below(struct deed_source *source, size_t len, const char *path)
{
	const size_t path_len = strlen(path);

	if (len + 1 + path_len >= sizeof source->chunk)
		return -1;
	source->chunk[len] = '/';
	memcpy(source->chunk + len + 1, path, path_len + 1);
	return deed_os_open_regular(source->chunk);
}

/* The directories that the program lies in, from the inside out: one of them is likely the one that
 * it was compiled in. */
static int open_near_program(struct deed_source *source, const char *path)
{
	size_t len = deed_os_program_path(source->chunk, sizeof source->chunk);
	int file = -1;

	for (int level = 0; level < LEVELS && len && file < 0; level++) {
		while (len && source->chunk[len - 1] != '/')
			len--;
		if (len)
			len--;
		if (len)
			file = open_below(source, len, path);
	}
	if (file >= 0 && len < sizeof source->root) {
		memcpy(source->root, source->chunk, len);
		source->root[len] = '\0';
		source->root_len = len;
	}
	return file;
}

static int open_source(struct deed_source *source, const char *path)
{
	const int file = deed_os_open_regular(path);

	if (file >= 0 || is_absolute(path))
		return file;
	if (!source->root_len)
		return open_near_program(source, path);
	memcpy(source->chunk, source->root, source->root_len);
	return open_below(source, source->root_len, path);
}

void deed_source_learn_root(struct deed_source *source, const char *absolute, const char *name)
{
	const size_t len = absolute ? strlen(absolute) : 0;
	const size_t tail = name ? strlen(name) : 0;

	if (source->root_len || !tail || len <= tail + 1 || !is_absolute(absolute) ||
	    absolute[len - tail - 1] != '/' || strcmp(absolute + len - tail, name) != 0 ||
	    len - tail - 1 >= sizeof source->root)
		return;
	source->root_len = len - tail - 1;
	memcpy(source->root, absolute, source->root_len);
	source->root[source->root_len] = '\0';
}

/* Reads the lines [first, first + DEED_SOURCE_LINES) into source->text: how many there are. */
static size_t read_lines(struct deed_source *source, int file, uint32_t first)
{
	uint32_t line = 1;
	size_t count = 0, width = 0;
	ptrdiff_t got;

	while ((got = deed_os_read(file, source->chunk, sizeof source->chunk)) > 0)
		for (ptrdiff_t i = 0; i < got; i++) {
			const char c = source->chunk[i];

			if (line < first) {
				line += c == '\n';
				continue;
			}
			if (c != '\n') {
				if (width < DEED_SOURCE_WIDTH - 1 && c)
					source->text[count][width++] = c;
				continue;
			}
			source->text[count++][width] = '\0';
			width = 0;
			if (count == DEED_SOURCE_LINES)
				return count;
		}
	if (width)
		source->text[count++][width] = '\0';
	return count;
}

/* ---- finding -------------------------------------------------------------------------------- */

/* One past the string or character that begins at `at`, or `at` if none does. */
static const char *skip_quoted(const char *at)
{
	const char quote = *at;

	if (quote != '"' && quote != '\'')
		return at;
	for (at++; *at && *at != quote; at++)
		if (*at == '\\' && at[1])
			at++;
	return at + !!*at;
}

/* How many more parentheses a line opens than it closes. */
static int balance(const char *line)
{
	int open = 0;

	while (*line && !(line[0] == '/' && line[1] == '/')) {
		const char *const past = skip_quoted(line);

		open += (*line == '(') - (*line == ')');
		line = past > line ? past : line + 1;
	}
	return open;
}

/* The lines [*ret_lo, *ret_hi] of the call around line `home` of `count`. */
static void find_call(const struct deed_source *source, size_t count, size_t home, size_t *ret_lo,
		      size_t *ret_hi)
{
	int open = balance(source->text[home]);
	size_t lo = home, hi = home;

	while (open < 0 && lo > 0)
		open += balance(source->text[--lo]);
	if (open < 0) /* it begins out of reach */
		lo = home;
	while (open > 0 && hi + 1 < count)
		open += balance(source->text[++hi]);
	*ret_lo = lo;
	*ret_hi = hi;
}

/* The bytes of `line` at `at` that spell `text`, white space aside; 0 if they do not. */
static size_t match(const char *at, const char *text)
{
	const char *const start = at;
	const char *end = at;

	for (; *text; text++) {
		if (is_blank(*text))
			continue;
		while (is_blank(*at))
			at++;
		if (*at != *text)
			return 0;
		end = ++at;
	}
	return (size_t)(end - start);
}

static bool is_verb(const char *word)
{
	return !strncmp(word, "deed_", 5) || !strncmp(word, "DEED_", 5);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether a name has one of the words: deed_arena_close has "close". */
static bool has_word(const char *name, const char *words)
{
	for (size_t len = 0; is_word(*name); name += len + (name[len] == '_')) {
		for (len = 0; is_word(name[len]) && name[len] != '_';)
			len++;
		for (const char *word = words; *word;) {
			const size_t word_len = strcspn(word, " ");
			size_t same = 0;

			while (same < len && same < word_len && lower(name[same]) == word[same])
				same++;
			if (same == len && same == word_len)
				return true;
			word += word_len + (word[word_len] == ' ');
		}
	}
	return false;
}

/* What parentheses belong to: a verb of deed, and one that the event is known to be of. */
enum owner { OF_NOBODY, OF_VERB, OF_WANTED };

/* The parentheses that are open where a search has come to. */
struct nest {
	const char *wanted; /* words of verbs, or null */
	size_t depth;
	size_t count[OF_WANTED + 1]; /* of each owner */
	uint8_t owner[64];	     /* of the outermost */
};

/* Whose parenthesis opens at `at` of `line`. */
static enum owner owner_of(const struct nest *nest, const char *line, size_t at)
{
	while (at && is_blank(line[at - 1]))
		at--;
	while (at && is_word(line[at - 1]))
		at--;
	if (!is_verb(line + at))
		return OF_NOBODY;
	return nest->wanted && has_word(line + at, nest->wanted) ? OF_WANTED : OF_VERB;
}

/* One character further. */
static void step(struct nest *nest, const char *line, size_t at)
{
	const bool is_known = nest->depth < sizeof nest->owner;

	if (line[at] == '(') {
		if (is_known) {
			nest->owner[nest->depth] = (uint8_t)owner_of(nest, line, at);
			nest->count[nest->owner[nest->depth]]++;
		}
		nest->depth++;
	} else if (line[at] == ')' && nest->depth) {
		nest->depth--;
		if (nest->depth < sizeof nest->owner)
			nest->count[nest->owner[nest->depth]]--;
	}
}

/* How well the `len` bytes at `at` of `line` fit an argument; 0 if they are a part of a longer
 * word. `nest` is what is open there. */
static int score(const char *line, size_t at, size_t len, const struct nest *nest)
{
	const bool is_wanted = nest->count[OF_WANTED] > 0;
	const bool is_in_verb = nest->count[OF_VERB] > 0 || is_wanted;
	size_t before = at, after = at + len;
	int points = 1;

	if ((at && is_word(line[at]) && is_word(line[at - 1])) ||
	    (is_word(line[after - 1]) && is_word(line[after])))
		return 0;
	while (before && is_blank(line[before - 1]))
		before--;
	while (is_blank(line[after]))
		after++;
	if (!before ? is_in_verb : line[before - 1] == '(' || line[before - 1] == ',')
		points += 2;
	if (line[after] == ')' || line[after] == ',' || (!line[after] && before != at))
		points += 2;
	if (is_in_verb)
		points += 4;
	if (is_wanted)
		points += 8;
	return points;
}

/* Marks the best occurrence of `text` in the lines [lo, hi], `home` before others. */
static bool find_text(struct deed_source *source, size_t lo, size_t hi, size_t home,
		      const char *text, const char *verbs)
{
	struct nest nest = { .wanted = verbs };
	int best = 0;

	if (!text || !*text)
		return false;
	for (size_t i = lo; i <= hi; i++) {
		const char *const line = source->text[i], *past = line;

		for (size_t at = 0; line[at]; at++) {
			const size_t len = is_blank(line[at]) ? 0 : match(line + at, text);
			const int points = len ? score(line, at, len, &nest) : 0;

			/* The line that the compiler names wins a tie. */
			if (points > best ||
			    (points == best && points && i == home && source->mark_line != home)) {
				best = points;
				source->mark_line = i;
				source->mark = at;
				source->mark_len = len;
			}
			if (line + at < past)
				continue;
			past = line[at] == '/' && line[at + 1] == '/' ? strchr(line, '\0')
								      : skip_quoted(line + at);
			if (past == line + at)
				step(&nest, line, at);
		}
	}
	return best > 0;
}

static void mark_word(struct deed_source *source, size_t home)
{
	const char *const line = source->text[home];
	size_t at = 0, len = 0;

	while (line[at] && (!is_verb(line + at) || (at && is_word(line[at - 1]))))
		at++;
	if (!line[at])
		for (at = 0; is_blank(line[at]);)
			at++;
	while (is_word(line[at + len]))
		len++;
	source->mark_line = home;
	source->mark = at;
	source->mark_len = len ? len : line[at] != '\0';
}

/* Of a place that is no verb's, such as an instruction's. */
static void mark_statement(struct deed_source *source, size_t home)
{
	const char *const line = source->text[home];
	size_t at = 0, end = strlen(line);

	while (is_blank(line[at]))
		at++;
	while (end > at && is_blank(line[end - 1]))
		end--;
	source->mark_line = home;
	source->mark = at;
	source->mark_len = end - at;
}

static void find(struct deed_source *source, size_t count, size_t home, const char *text,
		 const char *verbs)
{
	char name[128];
	size_t lo, hi, len;
	const char *const start = deed_bare_name(text, &len);

	find_call(source, count, home, &lo, &hi);
	source->mark_line = home;
	if (text && !*text) {
		lo = hi = home;
		mark_statement(source, home);
	} else if (!find_text(source, lo, hi, home, text, verbs)) {
		len = deed_min(len, sizeof name - 1);
		if (len)
			memcpy(name, start, len);
		name[len] = '\0';
		if (!find_text(source, lo, hi, home, name, verbs))
			mark_word(source, home);
	}
	/* What is shown begins where the call does and ends with the mark. */
	lo = deed_min(lo, source->mark_line);
	source->first_line += (uint32_t)lo;
	source->line_count = source->mark_line - lo + 1;
	source->call_lines = deed_max(hi, source->mark_line) - lo + 1;
	source->mark_line -= lo;
	for (size_t i = 0; i < source->call_lines; i++)
		source->lines[i] = source->text[lo + i];
}

bool deed_source_find(struct deed_source *source, const struct deed_site *site, const char *verbs)
{
	const uint32_t line = site ? site->line : 0;
	const uint32_t first = line > DEED_SOURCE_REACH ? line - DEED_SOURCE_REACH : 1;
	size_t count;
	int file;

	source->line_count = 0;
	if (!line || !site->file)
		return false;
	file = open_source(source, site->file);
	if (file < 0)
		return false;
	count = read_lines(source, file, first);
	deed_os_close(file);
	if (line - first >= count)
		return false;
	source->first_line = first;
	find(source, count, line - first, site->text, verbs);
	return true;
}
