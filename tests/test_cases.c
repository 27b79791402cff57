/* SPDX-License-Identifier: MIT
 *
 * tests/test_cases.c - every acceptance case, in both modes, and what reports must say.
 *
 * The cases are one program (tests/cases/), which is started once for each case, shape and
 * mode; DEED_CASES names it, else it lies one folder above this test. Its reports go to a
 * file of their own as JSON, its standard error must stay empty, and on its standard output
 * it tells where the crime will be:
 *
 *              abort                                continue
 *     trap     one report, of the expected fault,   the same report, and exit 0
 *              at the line of the crime; SIGABRT
 *     clean    no report, exit 0                    no report, exit 0
 *
 * One report means one: neither something before the crime, nor a leak after it.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases/json.h"

/* Longer than the slowest case under the slowest sanitizer; what takes longer hangs. */
enum { SECONDS_MAX = 60 };

enum { PATH_SIZE = 512, TEXT_SIZE = 256 * 1024, REPORTS_MAX = 64 };

/* How a case ended, and what it said. */
struct run {
	char folder[64];
	int status;
	char out[TEXT_SIZE], err[TEXT_SIZE], log[TEXT_SIZE];
	const char *reports[REPORTS_MAX]; /* the lines of the log, in place */
	size_t report_count;
};

static struct run run; /* Criterion runs every test in a process of its own */

/* ---- running one case ----------------------------------------------------------------------- */

static const char *program(void)
{
	static char path[PATH_SIZE + 16];
	char self[PATH_SIZE] = { 0 };

	if (getenv("DEED_CASES"))
		return getenv("DEED_CASES");
	cr_assert(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
	snprintf(path, sizeof path, "%s/cases", dirname(dirname(self)));
	return path;
}

static void in_folder(char *ret, size_t size, const char *name)
{
	snprintf(ret, size, "%s/%s", run.folder, name);
}

static void redirect(int fd, const char *name)
{
	char path[PATH_SIZE];
	int file;

	in_folder(path, sizeof path, name);
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || dup2(file, fd) != fd)
		_exit(126);
	close(file);
}

/* In the child: never returns. An alarm outlives exec, so that a hanging case dies by SIGALRM. */
static void become_case(const char *id, int shape, const char *options)
{
	const struct rlimit no_core = { 0, 0 };
	char number[16], all_options[2 * PATH_SIZE];

	snprintf(number, sizeof number, "%d", shape);
	snprintf(all_options, sizeof all_options, "log=%s/log:%s", run.folder, options);
	setenv("DEED_OPTIONS", all_options, 1);
	/* deed's own leak report is what is looked at here. */
	setenv("ASAN_OPTIONS", "abort_on_error=1:detect_leaks=0", 1);
	setrlimit(RLIMIT_CORE, &no_core);
	redirect(STDOUT_FILENO, "out");
	redirect(STDERR_FILENO, "err");
	signal(SIGABRT, SIG_DFL);
	alarm(SECONDS_MAX);
	execl(program(), "cases", id, number, (char *)NULL);
	_exit(127);
}

static void collect(char *ret, const char *name)
{
	char path[PATH_SIZE];
	ssize_t got = 0;
	size_t bytes = 0;
	int file;

	in_folder(path, sizeof path, name);
	file = open(path, O_RDONLY);
	while (file >= 0 && bytes < TEXT_SIZE - 1 &&
	       (got = read(file, ret + bytes, TEXT_SIZE - 1 - bytes)) > 0)
		bytes += (size_t)got;
	ret[bytes] = 0;
	if (file >= 0)
		close(file);
	unlink(path);
}

/* `options` are DEED_OPTIONS without the log. */
static void run_case(const char *id, int shape, const char *options)
{
	pid_t child;

	cr_assert(access(program(), X_OK) == 0, "no program %s: DEED_CASES names it", program());
	strcpy(run.folder, "/tmp/deed-case-XXXXXX");
	cr_assert(mkdtemp(run.folder));
	child = fork();
	cr_assert(child >= 0);
	if (child == 0)
		become_case(id, shape, options);
	cr_assert_eq(waitpid(child, &run.status, 0), child);
	collect(run.out, "out");
	collect(run.err, "err");
	collect(run.log, "log");
	rmdir(run.folder);
}

/* Cuts the log into reports, each of which must be one whole JSON object on a line. */
static void read_reports(void)
{
	char *line, *rest = run.log;

	run.report_count = 0;
	while ((line = strsep(&rest, "\n"))) {
		const char *const end = json_skip(line);

		if (!*line && !rest)
			break; /* what follows the last newline */
		cr_assert(*line == '{' && end && !*end, "not one JSON object: %s", line);
		cr_assert(run.report_count < REPORTS_MAX);
		run.reports[run.report_count++] = line;
	}
}

static int ended_by(int signal_number)
{
	return WIFSIGNALED(run.status) && WTERMSIG(run.status) == signal_number;
}

/* The case says so itself, so that a program that does nothing passes for none. */
static int ended_well(void)
{
	return WIFEXITED(run.status) && WEXITSTATUS(run.status) == 0 && strstr(run.out, "ended: ");
}

/* All that a failing test has to show. */
#define SEEN                                                                                       \
	"%s, shape %d: status %#x\n--- stdout\n%s--- stderr\n%s--- reports\n%s", id, shape,        \
		run.status, run.out, run.err, run.log

/* ---- what the case told on its standard output ---------------------------------------------- */

/* The first line "WORD: rest"; false if there is none. Goes on from *at. */
static int told(const char **at, const char *word, char *ret, size_t size)
{
	const size_t len = strlen(word);

	while (**at) {
		const char *const line = *at;
		const size_t line_len = strcspn(line, "\n");

		*at += line_len + (line[line_len] == '\n');
		if (strncmp(line, word, len) != 0 || strncmp(line + len, ": ", 2) != 0)
			continue;
		snprintf(ret, size, "%.*s", (int)(line_len - len - 2), line + len + 2);
		return 1;
	}
	return 0;
}

/* The name of a variable out of the text that it was given by: "&a", "(&a)". */
static void plain(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (!strchr("&() ", *text))
			*to++ = *text;
	*to = 0;
}

static void check_place(const char *id, int shape, const char *report)
{
	char crime[PATH_SIZE], seen[PATH_SIZE], place[PATH_SIZE + 32];
	const char *at = run.out;

	cr_assert(told(&at, "crime", crime, sizeof crime), SEEN);
	json_text(json_get(report, "sites[0].file"), seen, sizeof seen);
	snprintf(place, sizeof place, "%s:%ld", seen,
		 json_number(json_get(report, "sites[0].line")));
	cr_assert_str_eq(place, crime);
}

static void check_words(const char *id, int shape, const char *report)
{
	char wanted[PATH_SIZE], seen[4 * PATH_SIZE];
	const char *at = run.out;

	while (told(&at, "about", wanted, sizeof wanted)) {
		json_text(json_get(report, "buffer.name"), seen, sizeof seen);
		plain(seen);
		cr_assert_str_eq(seen, wanted);
	}
	at = run.out;
	while (told(&at, "says", wanted, sizeof wanted)) {
		json_text(json_get(report, "message"), seen, sizeof seen);
		cr_assert(strstr(seen, wanted), SEEN);
	}
}

/* ---- the verdicts --------------------------------------------------------------------------- */

static void expect_trap(const char *id, const char *fault, int shapes, const char *more,
			const char *mode)
{
	const int continues = strcmp(mode, "continue") == 0;
	char options[PATH_SIZE];

	/* Naming the functions of stacks takes longer than all the rest; one mode does it. */
	snprintf(options, sizeof options, "on_fault=%s:format=json%s%s%s", mode,
		 continues ? ":stack=none" : "", *more ? ":" : "", more);
	for (int shape = 0; shape < shapes; shape++) {
		run_case(id, shape, options);
		read_reports();
		cr_assert(run.report_count == 1, SEEN);
		cr_assert(json_is(json_get(run.reports[0], "id"), fault), SEEN);
		cr_assert(*run.err == 0, SEEN);
		cr_assert(continues ? ended_well() : ended_by(SIGABRT), SEEN);
		check_place(id, shape, run.reports[0]);
		check_words(id, shape, run.reports[0]);
	}
}

static void expect_clean(const char *id, const char *mode)
{
	const int shape = 0;
	char options[PATH_SIZE];

	snprintf(options, sizeof options, "on_fault=%s:format=json", mode);
	run_case(id, shape, options);
	cr_assert(ended_well(), SEEN);
	cr_assert(*run.log == 0 && *run.err == 0, SEEN);
}

#define TRAP_SHAPES(id, fault, shapes, options)                                                    \
	Test(cases, id##_trap_##fault##_abort)                                                     \
	{                                                                                          \
		expect_trap(#id, #fault, shapes, options, "abort");                                \
	}                                                                                          \
	Test(cases, id##_trap_##fault##_continue)                                                  \
	{                                                                                          \
		expect_trap(#id, #fault, shapes, options, "continue");                             \
	}
#define TRAP(id, fault) TRAP_SHAPES(id, fault, 1, "")
#define CLEAN(id)                                                                                  \
	Test(cases, id##_clean_abort)                                                              \
	{                                                                                          \
		expect_clean(#id, "abort");                                                        \
	}                                                                                          \
	Test(cases, id##_clean_continue)                                                           \
	{                                                                                          \
		expect_clean(#id, "continue");                                                     \
	}
#define REPORT(id, fault) /* each has tests of its own below */
#include "cases/list.def"
#undef TRAP_SHAPES
#undef TRAP
#undef CLEAN
#undef REPORT

/* ---- what some of them must say besides ----------------------------------------------------- */

static const char *one_report(const char *id, int shape, const char *options)
{
	run_case(id, shape, options);
	read_reports();
	cr_assert(run.report_count == 1, SEEN);
	return run.reports[0];
}

/* The value of a member of the report's i-th place. */
static const char *of_site(const char *report, size_t i, const char *member)
{
	char path[64];

	snprintf(path, sizeof path, "sites[%zu].%s", i, member);
	return json_get(report, path);
}

/* The index of the first place with this role; -1 if there is none. */
static long site_of_role(const char *report, const char *role)
{
	for (size_t i = 0; json_element(json_get(report, "sites"), i); i++)
		if (json_is(of_site(report, i, "role"), role))
			return (long)i;
	return -1;
}

/* Whether the stack of the report's i-th place names these functions one after the other. */
static int stack_begins(const char *report, size_t i, const char *const functions[], size_t count)
{
	const char *const stack = of_site(report, i, "stack");

	for (size_t k = 0; k < count; k++)
		if (!json_is(json_member(json_element(stack, k), "function", strlen("function")),
			     functions[k]))
			return 0;
	return 1;
}

/* A double drop four calls deep: the calls of both drops, not of the second one alone. */
Test(cases, DF19_shows_both_call_chains)
{
	static const char *const chain[] = { "ddd", "ccc", "bbb", "aaa" };
	const char *const report = one_report("DF19", 0, "on_fault=continue:format=json");
	const long dropped = site_of_role(report, "dropped");

	cr_assert(stack_begins(report, 0, chain, 4), "%s", report);
	cr_assert(dropped > 0 && stack_begins(report, (size_t)dropped, chain, 4), "%s", report);
}

/* What the places of a leak stand for together: buffers or bytes. */
static long leaked(const char *report, const char *member, size_t *ret_places)
{
	long sum = 0;

	*ret_places = 0;
	for (size_t i = 0; json_element(json_get(report, "sites"), i); i++)
		if (json_is(of_site(report, i, "role"), "allocated")) {
			sum += json_number(of_site(report, i, member));
			++*ret_places;
		}
	return sum;
}

/* A thousand leaks of one line are one place, and none of them is left out. */
Test(cases, LK19_is_one_place_of_a_thousand)
{
	const char *const report = one_report("LK19", 0, "on_fault=continue:format=json");
	size_t places;

	cr_assert_eq(leaked(report, "buffers", &places), 1000, "%s", report);
	cr_assert_eq(places, 1, "%s", report);
	cr_assert_eq(leaked(report, "leaked_bytes", &places), 1000, "%s", report);
}

/* What is immortal is no part of the leak beside it. */
Test(cases, LK21_leaves_out_the_immortal)
{
	const char *const report = one_report("LK21", 0, "on_fault=continue:format=json");
	size_t places;

	cr_assert_eq(leaked(report, "buffers", &places), 1, "%s", report);
	cr_assert_eq(leaked(report, "leaked_bytes", &places), 400, "%s", report);
}

/* Two buffers that own each other are both in the report. */
Test(cases, LK15_counts_both)
{
	const char *const report = one_report("LK15", 0, "on_fault=continue:format=json");
	size_t places;

	cr_assert_eq(leaked(report, "buffers", &places), 2, "%s", report);
}

/* ---- reports -------------------------------------------------------------------------------- */

/* RP01: the functions of the second drop, of the first, of the maker, in this order. */
Test(cases, RP01_report_names_three_functions)
{
	const char *const report = one_report("RP01", 0, "on_fault=abort:format=json");
	static const char *const functions[] = { "drop_in_three", "drop_in_two", "make_in_one" };
	static const char *const roles[] = { "here", "dropped", "allocated" };
	const char *at;

	cr_assert(ended_by(SIGABRT));
	cr_assert(json_is(json_get(report, "id"), "E05"));
	for (size_t i = 0; i < 3; i++) {
		cr_assert(json_is(of_site(report, i, "function"), functions[i]), "%s", report);
		cr_assert(json_is(of_site(report, i, "role"), roles[i]), "%s", report);
	}
	run_case("RP01", 0, "on_fault=abort:format=text");
	at = run.log;
	for (size_t i = 0; i < 3; i++) {
		at = strstr(at, functions[i]);
		cr_assert(at, "no %s in\n%s", functions[i], run.log);
	}
}

/* RP03: stacks deeper than what is kept are cut: neither empty nor wrong. */
Test(cases, RP03_report_cuts_deep_stacks)
{
	enum { KEPT = 10 };
	const char *const report =
		one_report("RP03", 0, "on_fault=continue:format=json:stack_depth=10");
	static const char *const drops[] = { "drop_deep", "drop_deep", "drop_deep" };
	static const char *const makes[] = { "make_deep", "make_deep", "make_deep" };
	const long made = site_of_role(report, "allocated");

	cr_assert(ended_well());
	for (size_t i = 0; i < 3; i++) {
		const size_t count = json_count(of_site(report, i, "stack"));

		cr_assert(count >= 3 && count <= KEPT, "%zu frames\n%s", count, report);
	}
	cr_assert(stack_begins(report, 0, drops, 3) && stack_begins(report, 1, drops, 3));
	cr_assert(made > 0 && stack_begins(report, (size_t)made, makes, 3), "%s", report);
}

/* RP05: as many reports as there are broken buffers, each about one of its own. */
Test(cases, RP05_report_is_one_per_buffer)
{
	enum { BUFFERS = 20 };

	run_case("RP05", 0, "on_fault=continue:format=json");
	read_reports();
	cr_assert(ended_well());
	cr_assert_eq(run.report_count, BUFFERS);
	for (size_t i = 0; i < BUFFERS; i++) {
		cr_assert(json_is(json_get(run.reports[i], "id"), "E05"));
		cr_assert_eq(json_number(json_get(run.reports[i], "buffer.count")), 10 + (long)i);
	}
}

/* RP07: eight threads at once: whole reports, and always the same end. (test_threads.c does it more
 * often, and compares the text.) */
Test(cases, RP07_report_is_whole_from_eight_threads)
{
	enum { THREADS = 8, TIMES = 3 };
	const char *const id = "RP07";
	const int shape = 0;

	for (int i = 0; i < TIMES; i++) {
		run_case(id, shape, "on_fault=abort:format=json");
		read_reports();
		cr_assert(ended_by(SIGABRT), SEEN);
		cr_assert(run.report_count >= 1 && run.report_count <= THREADS, SEEN);
		run_case(id, shape, "on_fault=continue:format=json");
		read_reports();
		cr_assert(ended_well(), SEEN);
		cr_assert(run.report_count == THREADS, SEEN);
		run_case(id, shape, "on_fault=abort:format=text");
		cr_assert(ended_by(SIGABRT), SEEN);
		cr_assert(strncmp(run.log, "deed: E05 ", strlen("deed: E05 ")) == 0, SEEN);
		cr_assert(run.log[strlen(run.log) - 1] == '\n', SEEN);
	}
}

/* RP09: the last line alone says what, and where. */
Test(cases, RP09_report_ends_with_a_summary)
{
	char place[PATH_SIZE], summary[2 * PATH_SIZE];
	const char *at = run.out, *end;

	run_case("RP09", 0, "on_fault=abort:format=text");
	cr_assert(told(&at, "crime", place, sizeof place));
	snprintf(summary, sizeof summary, "\ndeed: E05 double drop: %s in drop_again\n", place);
	end = strstr(run.log, summary);
	cr_assert(end && end[strlen(summary)] == 0, "no %s in\n%s", summary, run.log);
}

/* RP11: a program without a standard error still gets its report into the log. */
Test(cases, RP11_report_survives_a_closed_stderr)
{
	for (int continues = 0; continues < 2; continues++) {
		const char *const report = one_report("RP11", 0,
						      continues ? "on_fault=continue:format=json"
								: "on_fault=abort:format=json");

		cr_assert(json_is(json_get(report, "id"), "E05"));
		cr_assert(continues ? ended_well() : ended_by(SIGABRT));
		check_place("RP11", 0, report);
	}
}

/* RP13: a handler gets the whole text, once; nothing is written and nothing stops. The case itself
 * looks at what it gets. */
Test(cases, RP13_report_goes_to_the_handler_once)
{
	static const char *const options[] = { "on_fault=abort:format=text",
					       "on_fault=continue:format=json" };
	const char *const id = "RP13";
	const int shape = 0;

	for (size_t i = 0; i < 2; i++) {
		run_case(id, shape, options[i]);
		cr_assert(ended_well() && *run.log == 0 && *run.err == 0, SEEN);
	}
}

/* RP15: both sides of a conflict, each with its kind and its line. */
Test(cases, RP15_report_shows_both_sides)
{
	const char *const report = one_report("RP15", 0, "on_fault=abort:format=json");
	const long line = json_number(of_site(report, 0, "line"));
	char text[PATH_SIZE];

	check_place("RP15", 0, report);
	cr_assert(json_is(of_site(report, 1, "role"), "lent_inout"), "%s", report);
	cr_assert_eq(json_number(of_site(report, 1, "line")), line - 2);
	cr_assert(strstr(json_text(json_get(report, "message"), text, sizeof text), "borrowed"));
	cr_assert(strstr(json_text(of_site(report, 1, "label"), text, sizeof text), "inout"));
}

/* RP17: the ranges to the element, and no loan that has nothing to do with it. */
Test(cases, RP17_report_names_the_exact_range)
{
	const char *const report = one_report("RP17", 0, "on_fault=abort:format=json");

	check_place("RP17", 0, report);
	cr_assert_eq(json_number(of_site(report, 0, "range.lo")), 5);
	cr_assert_eq(json_number(of_site(report, 0, "range.hi")), 9);
	cr_assert(json_is(of_site(report, 1, "role"), "lent_inout"), "%s", report);
	cr_assert_eq(json_number(of_site(report, 1, "range.lo")), 3);
	cr_assert_eq(json_number(of_site(report, 1, "range.hi")), 7);
	cr_assert_eq(site_of_role(report, "lent_borrowed"), -1);
	run_case("RP17", 0, "on_fault=abort:format=text");
	cr_assert(strstr(run.log, "[5, 9)") && strstr(run.log, "[3, 7)"), "%s", run.log);
	cr_assert(!strstr(run.log, "[50, 60)") && !strstr(run.log, "[0, 10)"), "%s", run.log);
}

/* Whether the places or the events of a report have this role at this line. */
static int names_place(const char *report, const char *role, long line)
{
	static const char *const lists[] = { "sites", "events" };

	for (size_t l = 0; l < 2; l++) {
		const char *const list = json_get(report, lists[l]), *place;

		for (size_t i = 0; (place = json_element(list, i)); i++)
			if (json_is(json_get(place, "role"), role) &&
			    json_number(json_get(place, "line")) == line)
				return 1;
	}
	return 0;
}

/* RP19: memory that a resize made is shown with the resize; at the same length nothing was made. */
Test(cases, RP19_report_names_the_resize)
{
	for (int shape = 0; shape < 3; shape++) {
		const char *const report = one_report("RP19", shape, "on_fault=abort:format=json");
		const long line = json_number(of_site(report, 0, "line"));

		check_place("RP19", shape, report);
		cr_assert(json_is(json_get(report, "id"), "E15"));
		cr_assert(names_place(report, "allocated", line - 3), "%s", report);
		cr_assert(names_place(report, "resized", line - 2) == (shape > 0), "%s", report);
	}
}

/* RP21: long after the drop the fault is found as ever, and what is not known is not invented. What
 * is in quarantine keeps its story, whatever the history is. */
Test(cases, RP21_report_says_forgotten)
{
	const char *const report =
		one_report("RP21", 0, "on_fault=continue:format=json:history=16:quarantine=0");

	cr_assert(ended_well());
	cr_assert(json_is(json_get(report, "id"), "E04"), "%s", report);
	check_place("RP21", 0, report);
	run_case("RP21", 0, "on_fault=abort:format=text:history=16:quarantine=0");
	cr_assert(strstr(run.log, "forgotten"), "%s", run.log);
	run_case("RP21", 0, "on_fault=abort:format=text:history=16");
	cr_assert(!strstr(run.log, "forgotten"), "%s", run.log);
	run_case("RP21", 0, "on_fault=abort:format=text");
	cr_assert(!strstr(run.log, "forgotten"), "%s", run.log);
}

/* RP23: the drop that was too deep to be kept whole is shown from its inner end. */
Test(cases, RP23_report_keeps_the_inner_end)
{
	static const char *const drops[] = { "drop_deep", "drop_deep" };
	const char *const report = one_report("RP23", 0, "on_fault=abort:format=json");
	const long dropped = site_of_role(report, "dropped");

	cr_assert(json_is(json_get(report, "id"), "E04"));
	check_place("RP23", 0, report);
	cr_assert(dropped > 0 && stack_begins(report, (size_t)dropped, drops, 2), "%s", report);
}

/* ---- all of them ---------------------------------------------------------------------------- */

static const char *const listed[] = {
#define TRAP_SHAPES(id, fault, shapes, options) #id,
#define TRAP(id, fault) #id,
#define CLEAN(id) #id,
#define REPORT(id, fault) #id,
#include "cases/list.def"
#undef TRAP_SHAPES
#undef TRAP
#undef CLEAN
#undef REPORT
};

static const char *const numbered[] = {
#define ID(id) #id,
#include "cases/ids.def"
#undef ID
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* `name` is the case, or a second telling of it: its number and a letter. */
static int is_told_by(const char *number, const char *name)
{
	const size_t len = strlen(number);

	return strncmp(name, number, len) == 0 &&
	       (!name[len] || (name[len] >= 'a' && name[len] <= 'z' && !name[len + 1]));
}

static int is_program(const char *number)
{
	for (size_t i = 0; i < COUNT(listed); i++)
		if (is_told_by(number, listed[i]))
			return 1;
	return 0;
}

static const char *beside_this_file(const char *format, const char *number)
{
	static char path[2 * PATH_SIZE];
	char self[PATH_SIZE] = __FILE__;
	const int len = snprintf(path, sizeof path, "%s/", dirname(self));

	snprintf(path + len, sizeof path - (size_t)len, format, number);
	return path;
}

/* Whether the last table of the cases' README has the number in its first column. */
static int is_explained(const char *number)
{
	static char text[64 * 1024];
	FILE *const file = fopen(beside_this_file("cases/README.md%.0s", number), "r");
	const char *line;

	cr_assert(file, "run this from the root of the source tree");
	text[fread(text, 1, sizeof text - 1, file)] = 0;
	fclose(file);
	line = strstr(text, "\n## Cases that are no program here\n");
	cr_assert(line);
	while ((line = strstr(line, "\n| "))) {
		const char *const end = strstr(line += 3, " |");
		const char *const found = strstr(line, number);

		if (found && end && found < end)
			return 1;
	}
	return 0;
}

/* Every case is a program, or a program that does not compile, or it is said why not; and one only.
 */
Test(cases, every_case_is_accounted_for)
{
	for (size_t i = 0; i < COUNT(numbered); i++) {
		const char *const number = numbered[i];
		const int refused =
			access(beside_this_file("compile/fail_case_%s.c", number), R_OK) == 0;

		cr_assert_eq(is_program(number) + refused + is_explained(number), 1, "%s", number);
	}
}

/* No case is listed that has no number. */
Test(cases, every_program_has_a_number)
{
	for (size_t i = 0; i < COUNT(listed); i++) {
		int found = 0;

		for (size_t n = 0; n < COUNT(numbered); n++)
			found += is_told_by(numbered[n], listed[i]);
		cr_assert_eq(found, 1, "%s", listed[i]);
	}
}
