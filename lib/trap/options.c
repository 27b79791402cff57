/* SPDX-License-Identifier: MIT
 *
 * lib/trap/options.c - DEED_OPTIONS: the grammar of ASAN_OPTIONS.
 *
 *     DEED_OPTIONS=on_fault=continue:stack_depth=8,log='/tmp/my log.%p' ./a.out
 *
 * Pairs key=value, separated by colons, commas or white space. A value may stand in
 * single or double quotes, and then hold separators. A key alone means key=1. The last
 * of equal keys counts. What is not understood is named in one line on stderr and
 * otherwise ignored: a misspelt option must not stop a program.
 *
 * One table has all: name, field, values, help. help=1 prints it.
 *
 * A program that runs with more rights than its caller (set-user-id) does not look at
 * DEED_OPTIONS at all: log= would write wherever the caller likes.
 */
#define _GNU_SOURCE
#include "options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../os.h"
#include "stack.h"
#include "writer.h"

#define DEFAULTS                                                                                   \
	{                                                                                          \
		.on_fault = DEED_FAULT_ABORT, .format = DEED_FORMAT_TEXT,                          \
		.colour = DEED_COLOUR_AUTO, .stack = DEED_STACK_AUTO, .stack_depth = 16,           \
		.loan_stacks = false, .history = 65536, .quarantine = 16 << 20, .guard = false,    \
		.fill = true, .leaks = true, .advice = true, .pin_handles = false, .tsan = true,   \
		.source = true, .schedule = 0, .log = "stderr",                                    \
	}

struct deed_options deed_options = DEFAULTS;
static const struct deed_options defaults = DEFAULTS;

enum kind { KIND_WORD, KIND_NUMBER, KIND_BYTES, KIND_SWITCH, KIND_PATH, KIND_HELP };

struct key {
	const char *name;
	enum kind kind;
	size_t offset;
	const char *words; /* of KIND_WORD, in the order of the enum, a space between */
	uint64_t max;	   /* of KIND_NUMBER and KIND_BYTES */
	const char *help;
};

#define AT(name) offsetof(struct deed_options, name)

static const struct key keys[] = {
	{ "on_fault", KIND_WORD, AT(on_fault), "abort continue", 0,
	  "what follows a report: abort (SIGABRT), or continue" },
	{ "format", KIND_WORD, AT(format), "text json sarif", 0,
	  "how reports are written: text, json (one object a line), or sarif (2.1.0)" },
	{ "colour", KIND_WORD, AT(colour), "auto always never", 0,
	  "auto colours text on a terminal, unless NO_COLOR is set; also color=" },
	{ "stack", KIND_WORD, AT(stack), "auto frames unwind none", 0,
	  "how call stacks are taken: frames (frame pointers), unwind (libunwind), none" },
	{ "stack_depth", KIND_NUMBER, AT(stack_depth), NULL, DEED_STACK_MAX,
	  "frames kept of each call stack, at most 64" },
	{ "loan_stacks", KIND_SWITCH, AT(loan_stacks), NULL, 0,
	  "keep a call stack of every loan too: slower" },
	{ "history", KIND_NUMBER, AT(history), NULL, UINT32_MAX,
	  "how many ended buffers keep their story for later reports; those in quarantine always "
	  "do" },
	{ "quarantine", KIND_BYTES, AT(quarantine), NULL, (uint64_t)1 << 40,
	  "how much ended memory waits before it is used again; k, m or g may follow" },
	{ "guard", KIND_SWITCH, AT(guard), NULL, 0,
	  "end each buffer, but for its alignment, at a page that may not be touched: stops "
	  "there" },
	{ "fill", KIND_SWITCH, AT(fill), NULL, 0,
	  "fill fresh and ended memory with patterns that a debugger shows" },
	{ "leaks", KIND_SWITCH, AT(leaks), NULL, 0, "report what is still owned at exit" },
	{ "advice", KIND_SWITCH, AT(advice), NULL, 0,
	  "report what is slow in hot regions (A01 to A06)" },
	{ "pin_handles", KIND_SWITCH, AT(pin_handles), NULL, 0,
	  "report an owner used at another address than it was made at (E16)" },
	{ "tsan", KIND_SWITCH, AT(tsan), NULL, 0,
	  "show loans, and uses of handles, to ThreadSanitizer where it is in the program" },
	{ "source", KIND_SWITCH, AT(source), NULL, 0, "show source lines in reports" },
	{ "schedule", KIND_NUMBER, AT(schedule), NULL, UINT32_MAX,
	  "work on one part at a time, in an order drawn from this number; 0: all at once" },
	{ "log", KIND_PATH, AT(log), NULL, 0,
	  "where reports go: stderr, stdout, or a file; %p in its name is the process id" },
	{ "help", KIND_HELP, 0, NULL, 0, "list these options on stderr" },
};

static const struct key colour_alias = {
	"color", KIND_WORD, AT(colour), "auto always never", 0, ""
};

/* What a parse says, line by line; and whether help=1 was there. */
struct parse {
	struct deed_writer out;
	size_t complaints;
	bool wants_help;
};

struct span {
	const char *text;
	size_t len;
};

static bool span_is(struct span span, const char *word)
{
	return strlen(word) == span.len && !memcmp(span.text, word, span.len);
}

/* ---- spelling ------------------------------------------------------------------------------- */

/* How many letters must be changed, put in or left out to make `word` of `span`. */
static size_t distance(struct span span, const char *word)
{
	enum { LONGEST = 24 };
	const size_t word_len = strlen(word);
	size_t row[LONGEST + 1];

	if (span.len > LONGEST || word_len > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= word_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= span.len; i++) {
		size_t corner = row[0]++;

		for (size_t j = 1; j <= word_len; j++) {
			const size_t change = corner + (span.text[i - 1] != word[j - 1]);

			corner = row[j];
			row[j] = deed_min(change, deed_min(row[j - 1], row[j]) + 1);
		}
	}
	return row[word_len];
}

static const struct key *find_key(struct span name)
{
	for (size_t i = 0; i < DEED_ARRAY_LEN(keys); i++)
		if (span_is(name, keys[i].name))
			return &keys[i];
	return span_is(name, colour_alias.name) ? &colour_alias : NULL;
}

/* The key that was probably meant: at most a third of its letters are wrong. */
static const struct key *nearest_key(struct span name)
{
	const struct key *best = NULL;
	size_t best_distance = SIZE_MAX;

	for (size_t i = 0; i < DEED_ARRAY_LEN(keys); i++) {
		const size_t far = distance(name, keys[i].name);

		if (far < best_distance && 3 * far <= strlen(keys[i].name)) {
			best = &keys[i];
			best_distance = far;
		}
	}
	return best;
}

/* ---- complaints ----------------------------------------------------------------------------- */

static void say_unknown(struct parse *parse, struct span name)
{
	const struct key *const near = nearest_key(name);

	deed_put_text(&parse->out, "deed: DEED_OPTIONS: unknown key `");
	deed_put(&parse->out, name.text, name.len);
	if (near) {
		deed_put_text(&parse->out, "`: did you mean `");
		deed_put_text(&parse->out, near->name);
		deed_put_text(&parse->out, "`? help=1 lists them\n");
	} else {
		deed_put_text(&parse->out, "`; help=1 lists them\n");
	}
	parse->complaints++;
}

static void say_bad_value(struct parse *parse, const struct key *key, struct span value)
{
	struct deed_writer *const out = &parse->out;

	deed_put_text(out, "deed: DEED_OPTIONS: `");
	deed_put(out, value.text, value.len);
	deed_put_text(out, "` is no value of `");
	deed_put_text(out, key->name);
	switch (key->kind) {
	case KIND_WORD:
		deed_put_text(out, "`: it is one of ");
		for (const char *at = key->words; *at; at++)
			deed_put(out, *at == ' ' ? ", " : at, *at == ' ' ? 2 : 1);
		break;
	case KIND_NUMBER:
		deed_put_format(out, "`: it is a number from 0 to %llu",
				(unsigned long long)key->max);
		break;
	case KIND_BYTES:
		deed_put_text(out, "`: it is a number of bytes, at most 1024g; k, m or g may "
				   "follow");
		break;
	case KIND_PATH:
		deed_put_format(out, "`: it is stderr, stdout, or a path of 1 to %zu bytes",
				sizeof deed_options.log - 1);
		break;
	case KIND_SWITCH:
	case KIND_HELP:
		deed_put_text(out, "`: it is 0 or 1");
		break;
	}
	deed_put_text(out, "\n");
	parse->complaints++;
}

/* ---- values --------------------------------------------------------------------------------- */

/* The place of `value` in a list of words; -1 if it is not there. */
static int word_index(const char *words, struct span value)
{
	int index = 0;

	while (*words) {
		const size_t len = strcspn(words, " ");

		if (len == value.len && !memcmp(words, value.text, len))
			return index;
		words += len + (words[len] == ' ');
		index++;
	}
	return -1;
}

static bool read_number(struct span value, uint64_t max, uint64_t *ret)
{
	uint64_t number = 0;

	if (!value.len)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (value.text[i] < '0' || value.text[i] > '9' || number > max)
			return false;
		number = number * 10 + (uint64_t)(value.text[i] - '0');
	}
	*ret = number;
	return number <= max;
}

static bool read_switch(struct span value, bool *ret)
{
	/* Even places are no, odd places are yes. */
	const int index = word_index("0 1 false true no yes off on", value);

	*ret = index & 1;
	return index >= 0;
}

static bool set_word(const struct key *key, struct span value, char *field)
{
	const int index = word_index(key->words, value);
	const unsigned as_enum = (unsigned)index;

	_Static_assert(sizeof(enum deed_on_fault) == sizeof as_enum &&
			       sizeof(enum deed_format) == sizeof as_enum &&
			       sizeof(enum deed_colour) == sizeof as_enum &&
			       sizeof(enum deed_stack_how) == sizeof as_enum,
		       "an enum's bytes are an unsigned int's");
	if (index < 0)
		return false;
	memcpy(field, &as_enum, sizeof as_enum);
	return true;
}

static bool set_number(const struct key *key, struct span value, char *field)
{
	uint64_t number;
	uint32_t narrow;

	if (!read_number(value, key->max, &number))
		return false;
	narrow = (uint32_t)number;
	memcpy(field, &narrow, sizeof narrow);
	return true;
}

/* "16m": the letter multiplies. */
static bool set_bytes(const struct key *key, struct span value, char *field)
{
	static const char letters[] = "kmg";
	const char *const letter =
		value.len ? memchr(letters, value.text[value.len - 1], sizeof letters - 1) : NULL;
	const unsigned shift = letter ? 10 * (unsigned)(letter - letters + 1) : 0;
	uint64_t number;

	value.len -= letter != NULL;
	if (!read_number(value, key->max >> shift, &number))
		return false;
	number <<= shift;
	memcpy(field, &number, sizeof number);
	return true;
}

static bool set_path(struct span value, char *field)
{
	if (!value.len || value.len >= sizeof deed_options.log)
		return false;
	memcpy(field, value.text, value.len);
	field[value.len] = '\0';
	return true;
}

static void set(struct parse *parse, const struct key *key, struct span value)
{
	char *const field = (char *)&deed_options + key->offset;
	bool is_on = false, is_good = false;

	switch (key->kind) {
	case KIND_WORD:
		is_good = set_word(key, value, field);
		break;
	case KIND_NUMBER:
		is_good = set_number(key, value, field);
		break;
	case KIND_BYTES:
		is_good = set_bytes(key, value, field);
		break;
	case KIND_PATH:
		is_good = set_path(value, field);
		break;
	case KIND_SWITCH:
		is_good = read_switch(value, &is_on);
		if (is_good)
			memcpy(field, &is_on, sizeof is_on);
		break;
	case KIND_HELP:
		is_good = read_switch(value, &is_on);
		parse->wants_help |= is_on;
		break;
	}
	if (!is_good)
		say_bad_value(parse, key, value);
}

/* ---- the grammar ---------------------------------------------------------------------------- */

#define SEPARATORS ":, \t\r\n"

static void parse_text(struct parse *parse, const char *text)
{
	for (;;) {
		struct span name, value = { "1", 1 };
		const struct key *key;

		text += strspn(text, SEPARATORS);
		if (!*text)
			return;
		name = (struct span){ text, strcspn(text, "=" SEPARATORS) };
		text += name.len;
		if (*text == '=') {
			const char quote = *++text;

			if (quote == '\'' || quote == '"') {
				const char *const end = strchr(++text, quote);

				value = (struct span){ text,
						       end ? (size_t)(end - text) : strlen(text) };
				text += value.len + !!end;
			} else {
				value = (struct span){ text, strcspn(text, SEPARATORS) };
				text += value.len;
			}
		}
		key = find_key(name);
		if (key)
			set(parse, key, value);
		else
			say_unknown(parse, name);
	}
}

static void put_default(struct deed_writer *out, const struct key *key)
{
	const char *const field = (const char *)&defaults + key->offset;
	const char *word = key->words;
	uint32_t number = 0;
	size_t len;

	if (key->kind == KIND_PATH) {
		deed_put_format(out, "%-9s", field);
		return;
	}
	if (key->kind == KIND_BYTES) {
		uint64_t bytes;

		memcpy(&bytes, field, sizeof bytes);
		deed_put_format(out, "%um%-6s", (unsigned)(bytes >> 20), "");
		return;
	}
	if (key->kind == KIND_SWITCH)
		number = *(const bool *)field;
	else if (key->kind != KIND_HELP)
		memcpy(&number, field, sizeof number);
	if (key->kind != KIND_WORD) {
		deed_put_format(out, "%-9u", number);
		return;
	}
	for (; number; number--)
		word += strcspn(word, " ") + 1;
	len = strcspn(word, " ");
	deed_put(out, word, len);
	deed_put_repeat(out, ' ', 9 - len);
}

static void put_help(struct deed_writer *out)
{
	deed_put_text(out,
		      "deed: DEED_OPTIONS is key=value pairs, separated by `:`, `,` or spaces.\n"
		      "deed: Where 0 or 1 is, no and yes, off and on, false and true are, too.\n"
		      "  key          default   what\n");
	for (size_t i = 0; i < DEED_ARRAY_LEN(keys); i++) {
		deed_put_format(out, "  %-13s", keys[i].name);
		put_default(out, &keys[i]);
		deed_put_text(out, " ");
		deed_put_text(out, keys[i].help);
		deed_put_text(out, "\n");
	}
}

/* Counts what was not understood, keys and values. */
size_t deed_options_parse(const char *text)
{
	struct parse parse = { .out = { 0 } };

	if (text)
		parse_text(&parse, text);
	if (parse.wants_help)
		put_help(&parse.out);
	if (parse.out.bytes)
		(void)deed_os_write(STDERR_FILENO, parse.out.text, parse.out.bytes);
	deed_writer_done(&parse.out);
	return parse.complaints;
}

/* A daemon leaves its directory before its first fault: where the program started is what the user
 * meant. A path that does not fit stays relative. */
static void make_log_absolute(void)
{
	char path[sizeof deed_options.log];
	const size_t log_len = strlen(deed_options.log);
	const size_t len = deed_os_working_directory(path, sizeof path);

	if (deed_options.log[0] == '/' || !strcmp(deed_options.log, "stderr") ||
	    !strcmp(deed_options.log, "stdout") || !len || len + 1 + log_len >= sizeof path)
		return;
	path[len] = '/';
	memcpy(path + len + 1, deed_options.log, log_len + 1);
	memcpy(deed_options.log, path, len + log_len + 2);
}

/* https://no-color.org: any value but the empty one. */
static bool is_colour_unwanted(void)
{
	const char *const no_color = secure_getenv("NO_COLOR");
	const char *const terminal = secure_getenv("TERM");

	return (no_color && *no_color) || (terminal && !strcmp(terminal, "dumb"));
}

void deed_options_read(void)
{
	(void)deed_options_parse(secure_getenv("DEED_OPTIONS"));
	make_log_absolute();
	if (deed_options.colour == DEED_COLOUR_AUTO && is_colour_unwanted())
		deed_options.colour = DEED_COLOUR_NEVER;
}
