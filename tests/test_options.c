/* SPDX-License-Identifier: MIT
 *
 * tests/test_options.c - DEED_OPTIONS: its grammar, its values, and what it says of mistakes.
 */
#include "trapped.h"

#include "trap/options.h"

/* A program that uses deed at all reads them before main(). */
static void use_deed(void)
{
	(void)deed_stats();
}

TestSuite(options, .init = use_deed, .timeout = 60);

/* What a parse left behind. */
struct case_ {
	const char *text;
	size_t complaints;
	enum deed_on_fault on_fault;
	enum deed_format format;
	uint32_t stack_depth;
	const char *log;
};

static const struct case_ cases[] = {
	{ "", 0, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "stderr" },
	{ " ,:\t\n", 0, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "stderr" },
	{ "on_fault=continue", 0, DEED_FAULT_CONTINUE, DEED_FORMAT_TEXT, 16, "stderr" },
	{ "on_fault=continue:format=json", 0, DEED_FAULT_CONTINUE, DEED_FORMAT_JSON, 16, "stderr" },
	{ "on_fault=continue,format=json", 0, DEED_FAULT_CONTINUE, DEED_FORMAT_JSON, 16, "stderr" },
	{ "on_fault=continue format=sarif\n", 0, DEED_FAULT_CONTINUE, DEED_FORMAT_SARIF, 16,
	  "stderr" },
	{ "::format=json,,", 0, DEED_FAULT_ABORT, DEED_FORMAT_JSON, 16, "stderr" },
	{ "format=json:format=text", 0, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "stderr" },
	{ "stack_depth=0", 0, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 0, "stderr" },
	{ "stack_depth=64", 0, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 64, "stderr" },
	{ "stack_depth=65", 1, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "stderr" },
	{ "stack_depth=-1", 1, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "stderr" },
	{ "stack_depth=", 1, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "stderr" },
	{ "stack_depth=8x", 1, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "stderr" },
	{ "stack_depth=99999999999999999999999999", 1, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16,
	  "stderr" },
	{ "log=/tmp/x", 0, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "/tmp/x" },
	{ "log='/tmp/a b:c,d':format=json", 0, DEED_FAULT_ABORT, DEED_FORMAT_JSON, 16,
	  "/tmp/a b:c,d" },
	{ "log=\"/tmp/it's\"", 0, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "/tmp/it's" },
	{ "log='/tmp/never closed", 0, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16,
	  "/tmp/never closed" },
	{ "log=", 1, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "stderr" },
	{ "log=''", 1, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "stderr" },
	{ "on_fault=Abort", 1, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "stderr" },
	{ "on_fault=abor", 1, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "stderr" },
	{ "on_fault", 1, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "stderr" },
	{ "=json", 1, DEED_FAULT_ABORT, DEED_FORMAT_TEXT, 16, "stderr" },
	{ "foo=1:bar:format=json", 2, DEED_FAULT_ABORT, DEED_FORMAT_JSON, 16, "stderr" },
};

/* Complaints go to stderr, which a test must not fill. */
static size_t parse(const char *text)
{
	const int err = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	size_t complaints;

	dup2(null, STDERR_FILENO);
	complaints = deed_options_parse(text);
	dup2(err, STDERR_FILENO);
	close(err);
	close(null);
	return complaints;
}

Test(options, the_grammar_is_that_of_asan_options)
{
	const struct deed_options defaults = deed_options;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct case_ *const c = &cases[i];
		size_t complaints;

		deed_options = defaults;
		complaints = parse(c->text);
		cr_expect(complaints == c->complaints, "\"%s\": %zu complaints", c->text,
			  complaints);
		cr_expect(deed_options.on_fault == c->on_fault, "\"%s\"", c->text);
		cr_expect(deed_options.format == c->format, "\"%s\"", c->text);
		cr_expect(deed_options.stack_depth == c->stack_depth, "\"%s\": stack_depth %u",
			  c->text, deed_options.stack_depth);
		cr_expect_str_eq(deed_options.log, c->log, "\"%s\": log %s", c->text,
				 deed_options.log);
	}
}

Test(options, no_text_is_no_options)
{
	cr_expect_eq(deed_options_parse(NULL), 0);
}

Test(options, a_switch_has_many_spellings)
{
	static const char *const on[] = { "leaks", "leaks=1", "leaks=true", "leaks=on",
					  "leaks=yes" };
	static const char *const off[] = { "leaks=0", "leaks=false", "leaks=off", "leaks=no" };

	for (size_t i = 0; i < ARRAY_LEN(on); i++) {
		deed_options.leaks = false;
		cr_expect(parse(on[i]) == 0 && deed_options.leaks, "%s", on[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(off); i++) {
		deed_options.leaks = true;
		cr_expect(parse(off[i]) == 0 && !deed_options.leaks, "%s", off[i]);
	}
	deed_options.leaks = true;
	cr_expect(parse("leaks=2") == 1 && deed_options.leaks);
}

Test(options, every_key_sets_its_own_field)
{
	cr_expect_eq(
		parse("on_fault=continue:format=sarif:colour=never:stack=unwind:stack_depth=3:"
		      "loan_stacks=1:history=7:leaks=0:pin_handles=1:source=0:schedule=4294967295:"
		      "log=stdout"),
		0);
	cr_expect(deed_options.on_fault == DEED_FAULT_CONTINUE);
	cr_expect(deed_options.format == DEED_FORMAT_SARIF);
	cr_expect(deed_options.colour == DEED_COLOUR_NEVER);
	cr_expect(deed_options.stack == DEED_STACK_UNWIND);
	cr_expect_eq(deed_options.stack_depth, 3);
	cr_expect(deed_options.loan_stacks && deed_options.pin_handles);
	cr_expect(!deed_options.leaks && !deed_options.source);
	cr_expect_eq(deed_options.history, 7);
	cr_expect_eq(deed_options.schedule, UINT32_MAX);
	cr_expect_str_eq(deed_options.log, "stdout");
	cr_expect_eq(parse("color=always"), 0);
	cr_expect(deed_options.colour == DEED_COLOUR_ALWAYS);
}

Test(options, a_path_may_have_all_the_room_and_not_more)
{
	char text[sizeof deed_options.log + 8] = "log=";

	memset(text + 4, 'x', sizeof deed_options.log - 1);
	cr_expect_eq(parse(text), 0);
	cr_expect_eq(strlen(deed_options.log), sizeof deed_options.log - 1);
	text[4 + sizeof deed_options.log - 1] = 'x';
	cr_expect_eq(parse(text), 1);
	cr_expect_eq(strlen(deed_options.log), sizeof deed_options.log - 1);
}

/* ---- what is said --------------------------------------------------------------------------- */

CHILD(does_nothing)
{
	puts("went on");
	fflush(stdout);
}

Test(options, an_unknown_key_is_named_and_the_program_goes_on)
{
	const struct child_result *const result = child_run("does_nothing", "", "xyzzy=1");

	cr_expect_str_eq(result->err,
			 "deed: DEED_OPTIONS: unknown key `xyzzy`; help=1 lists them\n");
	cr_expect_str_eq(result->out, "went on\n");
	cr_expect(result->signal == 0 && result->code == 0);
}

Test(options, a_misspelt_key_is_guessed)
{
	static const char *const pairs[][2] = {
		{ "on_falt=abort", "`on_fault`" }, { "stackdepth=3", "`stack_depth`" },
		{ "fromat=json", "`format`" },	   { "histroy=1", "`history`" },
		{ "colours=auto", "`colour`" },
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		const struct child_result *const result =
			child_run("does_nothing", "", pairs[i][0]);

		cr_expect(strstr(result->err, "did you mean") && strstr(result->err, pairs[i][1]),
			  "%s: %s", pairs[i][0], result->err);
	}
}

Test(options, a_bad_value_is_named_with_the_good_ones)
{
	const struct child_result *result = child_run("does_nothing", "", "stack=banana");

	cr_expect_str_eq(result->err, "deed: DEED_OPTIONS: `banana` is no value of `stack`: it is "
				      "one of auto, frames, unwind, none\n");
	result = child_run("does_nothing", "", "stack_depth=100");
	cr_expect_str_eq(result->err, "deed: DEED_OPTIONS: `100` is no value of `stack_depth`: it "
				      "is a number from 0 to 64\n");
}

Test(options, each_mistake_has_its_line)
{
	const struct child_result *const result =
		child_run("does_nothing", "", "one=1:leaks=maybe:two");

	cr_expect_eq(times_in(result->err, "deed: DEED_OPTIONS: "), 3);
	cr_expect_eq(times_in(result->err, "\n"), 3);
}

Test(options, help_lists_every_key_with_its_default)
{
	static const char *const lines[] = {
		"  on_fault     abort    ", "  format       text     ", "  colour       auto     ",
		"  stack        auto     ", "  stack_depth  16       ", "  loan_stacks  0        ",
		"  history      65536    ", "  quarantine   16m      ", "  guard        0        ",
		"  fill         1        ", "  leaks        1        ", "  advice       1        ",
		"  pin_handles  0        ", "  tsan         1        ", "  source       1        ",
		"  schedule     0        ", "  log          stderr   ", "  help         0        ",
	};
	const struct child_result *const result =
		child_run("does_nothing", "", "stack_depth=3:help=1");

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		cr_expect(strstr(result->err, lines[i]), "no \"%s\" in\n%s", lines[i], result->err);
	cr_expect_eq(times_in(result->err, "\n"), ARRAY_LEN(lines) + 3);
	cr_expect(strstr(result->err, "no and yes"), "%s", result->err);
	cr_expect_str_eq(result->out, "went on\n");
}

/* ---- what is around them -------------------------------------------------------------------- */

CHILD(shows_log)
{
	puts(deed_options.log);
	fflush(stdout);
}

Test(options, a_relative_log_is_where_the_program_started)
{
	char folder[256], path[512];
	const struct child_result *const result = child_run("shows_log", "", "log=x.%p.log");

	cr_assert_not_null(getcwd(folder, sizeof folder));
	snprintf(path, sizeof path, "%s/x.%%p.log\n", folder);
	cr_expect_str_eq(result->out, path);
	cr_expect_str_eq(child_run("shows_log", "", "log=stdout")->out, "stdout\n");
	cr_expect_str_eq(child_run("shows_log", "", "log=/a/b")->out, "/a/b\n");
}

CHILD(shows_colour)
{
	printf("%d\n", (int)deed_options.colour);
	fflush(stdout);
}

Test(options, no_color_and_a_dumb_terminal_turn_auto_off)
{
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	cr_expect_str_eq(child_run("shows_colour", "", "")->out, "0\n");
	setenv("NO_COLOR", "", 1);
	cr_expect_str_eq(child_run("shows_colour", "", "")->out, "0\n");
	setenv("NO_COLOR", "1", 1);
	cr_expect_str_eq(child_run("shows_colour", "", "")->out, "2\n");
	cr_expect_str_eq(child_run("shows_colour", "", "colour=always")->out, "1\n");
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	cr_expect_str_eq(child_run("shows_colour", "", "")->out, "2\n");
}
