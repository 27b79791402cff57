/* SPDX-License-Identifier: MIT
 *
 * tests/test_deliver.c - a report reaches somebody, whatever state the program is in.
 *
 * Most of it is tested in children, because it is about the end of a process, its
 * descriptors and its log. This program counts its allocations, to show that a report
 * takes none.
 */
#include "trapped.h"

#include <sys/stat.h>

#include "os.h"
#include "trap/deliver.h"
#include "trap/options.h"

#define NOINLINE __attribute__((noinline))

static char log_name[64];

static void name_log(void)
{
	snprintf(log_name, sizeof log_name, "/tmp/deed_deliver_%d.log", (int)getpid());
	unlink(log_name);
}

static void remove_log(void)
{
	unlink(log_name);
}

TestSuite(deliver, .init = name_log, .fini = remove_log, .timeout = 120);

/* ---- helpers -------------------------------------------------------------------------------- */

/* One fault, E05, with three places. */
DEED_UNCHECKED static NOINLINE void double_drop(void)
{
	deed_f32 xs = DEED_EMPTY;

	require(!deed_new(&xs, 10));
	deed_drop(&xs);
	deed_drop(&xs);
	__asm__ volatile("" ::: "memory");
}

/* DEED_OPTIONS with the log of this test in it. */
static const char *to_log(const char *options)
{
	static char text[512];

	snprintf(text, sizeof text, "%s:log=%s", options, log_name);
	return text;
}

static const char *read_file(const char *path)
{
	static char text[1 << 18];
	const int file = open(path, O_RDONLY | O_CLOEXEC);
	const ssize_t got = file < 0 ? -1 : read(file, text, sizeof text - 1);

	if (file >= 0)
		close(file);
	text[got > 0 ? got : 0] = '\0';
	return text;
}

#define TITLE "deed: E05 double drop: `xs`"
#define HELP                                                                                       \
	"delete one of the two; where it may have been dropped before, `deed_settle(&xs)` drops "  \
	"only what is still owned\n"
#define SUMMARY "deed: E05 double drop: tests/test_deliver.c:"

/* How many whole reports, one after another and nothing else, `text` is; SIZE_MAX if it is not. */
static size_t whole_reports(const char *text)
{
	size_t count = 0;

	while (*text) {
		const char *const title = strstr(text, TITLE);
		const char *const end = strstr(text, "\n" SUMMARY);

		if (title != text || !end ||
		    (strstr(text + 1, TITLE) && strstr(text + 1, TITLE) < end))
			return SIZE_MAX;
		if (!strstr(text, "dropped here again") || !strstr(text, "dropped here first") ||
		    !strstr(text, "allocated here") || !strstr(text, "= help: "))
			return SIZE_MAX;
		text = strchr(end + 1, '\n') + 1;
		count++;
	}
	return count;
}

/* One past the JSON value at `at`; null if there is none. RFC 8259, without the meaning. */
static const char *skip_json(const char *at)
{
	if (*at == '{' || *at == '[') {
		const char close = *at == '{' ? '}' : ']';
		const bool is_object = *at == '{';

		at++;
		if (*at == close)
			return at + 1;
		for (;; at++) {
			at += strspn(at, " \n");
			if (is_object) {
				if (*at != '"' || !(at = skip_json(at)) || *at++ != ':')
					return NULL;
			}
			at = skip_json(at);
			if (!at)
				return NULL;
			at += strspn(at, " \n");
			if (*at == close)
				return at + 1;
			if (*at != ',')
				return NULL;
		}
	}
	if (*at == '"') {
		for (at++; *at != '"'; at++) {
			if ((unsigned char)*at < ' ')
				return NULL;
			if (*at == '\\' && !strchr("\"\\nrtbfu/", *++at))
				return NULL;
		}
		return at + 1;
	}
	if (!strncmp(at, "true", 4) || !strncmp(at, "null", 4))
		return at + 4;
	if (!strncmp(at, "false", 5))
		return at + 5;
	if (*at == '-' || (*at >= '0' && *at <= '9'))
		return at + 1 + strspn(at + 1, "0123456789.eE+-");
	return NULL;
}

/* How many lines, each a JSON value, `text` is; SIZE_MAX if it is not. */
static size_t json_lines(const char *text)
{
	size_t count = 0;

	for (; *text; text++, count++) {
		text = skip_json(text);
		if (!text || *text != '\n')
			return SIZE_MAX;
	}
	return count;
}

/* How many results the SARIF log `text` has; SIZE_MAX if it is none. */
static size_t sarif_results(const char *text)
{
	const char *const end = skip_json(text);

	if (!end || strcmp(end, "\n") != 0 || !strstr(text, "\"version\":\"2.1.0\"") ||
	    times_in(text, "\"runs\":") != 1)
		return SIZE_MAX;
	return times_in(text, "\"ruleId\":");
}

/* ---- the end of the process ------------------------------------------------------------------ */

CHILD(faults)
{
	double_drop();
	_exit(7);
}

Test(deliver, a_fault_ends_the_process_with_sigabrt_and_one_report)
{
	const struct child_result *const result = child_run("faults", "", "");

	cr_expect_eq(result->signal, SIGABRT);
	cr_expect(whole_reports(result->err) == 1, "%s", result->err);
	cr_expect_str_empty(result->out);
}

Test(deliver, the_last_line_alone_says_what_and_where)
{
	const struct child_result *const result = child_run("faults", "", "");
	const char *last = result->err + strlen(result->err) - 1;

	while (last > result->err && last[-1] != '\n')
		last--;
	cr_expect(!strncmp(last, SUMMARY, strlen(SUMMARY)), "%s", last);
	cr_expect(strstr(last, " in double_drop\n"), "%s", last);
}

CHILD(faults_three_times)
{
	for (int i = 0; i < 3; i++)
		double_drop();
	_exit(7);
}

Test(deliver, continue_goes_on)
{
	const struct child_result *const result =
		child_run("faults_three_times", "", "on_fault=continue");

	cr_expect(result->signal == 0 && result->code == 7);
	cr_expect(whole_reports(result->err) == 3, "%s", result->err);
}

Test(deliver, stdout_may_have_it)
{
	const struct child_result *const result =
		child_run("faults_three_times", "", "on_fault=continue:log=stdout");

	cr_expect_eq(whole_reports(result->out), 3);
	cr_expect_str_empty(result->err);
}

static pthread_barrier_t barrier;

static void *fault_with_others(void *argument)
{
	(void)argument;
	pthread_barrier_wait(&barrier);
	double_drop();
	return NULL;
}

CHILD(eight_threads_fault)
{
	pthread_t threads[8];

	pthread_barrier_init(&barrier, NULL, ARRAY_LEN(threads));
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		require(!pthread_create(&threads[i], NULL, fault_with_others, NULL));
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	_exit(7);
}

/* A few rounds each: test_threads.c looks for what is rare, and compares the text. */
Test(deliver, eight_threads_at_once_are_one_report_and_sigabrt)
{
	for (int round = 0; round < 3; round++) {
		const struct child_result *const result = child_run("eight_threads_fault", "", "");

		cr_expect_eq(result->signal, SIGABRT);
		cr_expect(whole_reports(result->err) == 1, "%s", result->err);
	}
}

/* All want the same buffer, and end the process as soon as they are refused it. */
static void *end_unless_resized(void *owner)
{
	pthread_barrier_wait(&barrier);
	if (deed_resize((deed_u8 *)owner, 20))
		_exit(9);
	return NULL;
}

CHILD(eight_threads_want_a_lent_buffer)
{
	pthread_t threads[8];
	deed_u8 xs = DEED_EMPTY;

	require(deed_new(&xs, 10) == 0);
	(void)deed_borrow(&xs);
	pthread_barrier_init(&barrier, NULL, ARRAY_LEN(threads));
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		require(!pthread_create(&threads[i], NULL, end_unless_resized, &xs));
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	_exit(7);
}

Test(deliver, a_thread_does_not_go_on_while_another_tells_of_the_same_buffer)
{
	for (int round = 0; round < 3; round++) {
		const struct child_result *const result =
			child_run("eight_threads_want_a_lent_buffer", "", "");
		const char *const report = strstr(result->err, "deed: E07 resize while lent");

		cr_expect_eq(result->signal, SIGABRT, "code %d", result->code);
		cr_assert_eq(report, result->err, "%s", result->err);
		cr_expect_null(strstr(report + 1, "deed: E07 resize while lent: `"));
	}
}

Test(deliver, eight_threads_at_once_are_eight_whole_reports)
{
	for (int round = 0; round < 3; round++) {
		const struct child_result *const result =
			child_run("eight_threads_fault", "", "on_fault=continue");

		cr_expect(result->signal == 0 && result->code == 7);
		cr_expect(whole_reports(result->err) == 8, "%s", result->err);
	}
}

static jmp_buf land;

static void say_and_end(int signal)
{
	(void)signal;
	require(write(STDOUT_FILENO, "handled\n", 8) == 8);
	_exit(8);
}

CHILD(handles_sigabrt)
{
	signal(SIGABRT, say_and_end);
	double_drop();
}

Test(deliver, the_programs_own_sigabrt_handler_runs)
{
	const struct child_result *const result = child_run("handles_sigabrt", "", "");

	cr_expect_eq(result->code, 8);
	cr_expect_str_eq(result->out, "handled\n");
	cr_expect_eq(whole_reports(result->err), 1);
}

static void jump_away(int signal)
{
	(void)signal;
	siglongjmp(land, 1);
}

static NOINLINE void double_drop_deeper(int levels)
{
	volatile char room[512];

	room[0] = (char)levels;
	if (levels)
		double_drop_deeper(levels - 1);
	else
		double_drop();
	__asm__ volatile("" ::"m"(room));
}

CHILD(jumps_out_of_sigabrt)
{
	volatile int round = 0;

	signal(SIGABRT, jump_away);
	(void)sigsetjmp(land, 1);
	if (round++ < 6)
		double_drop_deeper(round % 2 ? 2 * round : 0);
	_exit(9);
}

Test(deliver, a_jump_out_of_abort_leaves_nothing_locked)
{
	const struct child_result *const result = child_run("jumps_out_of_sigabrt", "", "");

	cr_expect(result->signal == 0 && result->code == 9, "signal %d, code %d", result->signal,
		  result->code);
	cr_expect(whole_reports(result->err) == 6, "%zu:\n%s", whole_reports(result->err),
		  result->err);
}

static void fault_again(int signal)
{
	(void)signal;
	double_drop();
}

CHILD(faults_while_it_aborts)
{
	signal(SIGABRT, fault_again);
	double_drop();
}

Test(deliver, a_fault_of_a_thread_that_aborts_is_one_line)
{
	const struct child_result *const result = child_run("faults_while_it_aborts", "", "");

	cr_expect_eq(result->signal, SIGABRT);
	cr_expect_eq(times_in(result->err, "= help: "), 1);
	cr_expect_eq(times_in(result->err, "(while another report of this thread was written)\n"),
		     1);
}

static void fork_here(int signal)
{
	const pid_t child = fork();
	int status;

	(void)signal;
	if (!child)
		_exit(3);
	require(child > 0 && waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 3);
}

CHILD(forks_while_it_aborts)
{
	signal(SIGABRT, fork_here);
	double_drop();
}

Test(deliver, a_crash_handler_may_fork)
{
	const struct child_result *const result = child_run("forks_while_it_aborts", "", "");

	cr_expect_eq(result->signal, SIGABRT);
	cr_expect_eq(whole_reports(result->err), 1);
}

/* ---- handlers ------------------------------------------------------------------------------- */

static struct {
	unsigned calls, is_whole;
	char text[16384];
	void *context;
	size_t number;
	const char *id;
} handled;

static void count_call(const struct deed_report *report, void *context)
{
	handled.calls++;
	handled.context = context;
	handled.number = report->number;
	handled.id = report->id;
	snprintf(handled.text, sizeof handled.text, "%.*s", (int)report->text_bytes, report->text);
	handled.is_whole = strlen(report->text) == report->text_bytes &&
			   report->text[report->text_bytes - 1] == '\n';
}

Test(deliver, a_handler_gets_each_report_once_and_nothing_is_written)
{
	deed_on_fault(count_call, &handled);
	for (unsigned i = 1; i <= 3; i++) {
		double_drop();
		cr_expect_eq(handled.calls, i);
		cr_expect_eq(handled.number, i);
		cr_expect(handled.is_whole);
		cr_expect_eq(handled.context, (void *)&handled);
		cr_expect_str_eq(handled.id, "E05");
		cr_expect_eq(whole_reports(handled.text), 1);
	}
	cr_expect_eq(deed_stats().reports, 3);
}

static void print_help(const struct deed_report *report, void *context)
{
	(void)context;
	puts(report->help);
	puts(strstr(report->text, report->help) ? "as written" : "wrapped");
}

CHILD(handler_prints_help)
{
	deed_on_fault(print_help, NULL);
	double_drop();
}

Test(deliver, the_help_that_a_handler_gets_is_of_the_very_case)
{
	static const char *const formats[] = { "text", "json", "sarif" };

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		char options[64];

		snprintf(options, sizeof options, "format=%s", formats[i]);
		cr_expect_str_eq(child_run("handler_prints_help", "", options)->out,
				 i ? HELP "as written\n" : HELP "wrapped\n", "%s", formats[i]);
	}
}

CHILD(handler_comes_and_goes)
{
	deed_on_fault(count_call, NULL);
	double_drop();
	require(handled.calls == 1);
	deed_on_fault(NULL, NULL);
	double_drop();
}

Test(deliver, without_its_handler_a_program_stops_again)
{
	const struct child_result *const result = child_run("handler_comes_and_goes", "", "");

	cr_expect_eq(result->signal, SIGABRT);
	cr_expect_eq(whole_reports(result->err), 1);
}

static void jump_out(const struct deed_report *report, void *context)
{
	(void)context;
	count_call(report, NULL);
	handled.calls += 999;
	longjmp(land, 1);
}

static size_t mapped_pages(void)
{
	const char *const text = read_file("/proc/self/statm");

	return (size_t)strtoul(text, NULL, 10);
}

/* A report from `levels` calls further in, over a hole in the stack that is as deep as a delivery,
 * so that what an earlier one left there stays. */
static NOINLINE void deliver_deeper(int levels)
{
	volatile char hole[512];

	hole[0] = (char)levels;
	if (levels) {
		deliver_deeper(levels - 1);
	} else {
		struct deed_report report = { .fault = DEED_E05 };

		deed_deliver(&report);
	}
	__asm__ volatile("" ::"m"(hole));
}

static NOINLINE void deliver_and_land(int round)
{
	static const int levels[] = { 0, 1, 16 };

	if (!setjmp(land))
		deliver_deeper(round % 3 == 1 ? round % 64 : levels[round % 3]);
}

Test(deliver, a_handler_may_jump_out_for_ever)
{
	size_t most[2] = { 0, 0 };

	deed_on_fault(jump_out, NULL);
	for (int round = 0; round < 6000; round++) {
		size_t *const most_now = &most[round >= 1000];
		size_t pages;

		handled.calls = 0;
		deliver_and_land(round);
		cr_assert(handled.calls == 1000, "round %d: %u", round, handled.calls);
		pages = mapped_pages();
		*most_now = pages > *most_now ? pages : *most_now;
	}
	cr_expect(most[1] < most[0] + 64, "%zu pages, then %zu", most[0], most[1]);
}

static NOINLINE void fault_and_land(int round)
{
	if (!setjmp(land))
		double_drop_deeper(round % 3 ? round % 64 : 0);
}

Test(deliver, a_handler_may_jump_out_of_verbs)
{
	deed_on_fault(jump_out, NULL);
	for (int round = 0; round < 1000; round++) {
		handled.calls = 0;
		fault_and_land(round);
		cr_assert(handled.calls == 1000, "round %d: %u", round, handled.calls);
	}
}

static void fault_in_handler(const struct deed_report *report, void *context)
{
	(void)report;
	(void)context;
	handled.calls++;
	double_drop();
}

CHILD(faults_in_its_handler)
{
	deed_on_fault(fault_in_handler, NULL);
	double_drop();
	double_drop();
	require(handled.calls == 2);
	_exit(7);
}

Test(deliver, a_fault_inside_the_handler_is_written_and_the_program_goes_on)
{
	const struct child_result *const result = child_run("faults_in_its_handler", "", "");

	cr_expect_eq(result->code, 7, "signal %d, code %d: %s", result->signal, result->code,
		     result->err);
	cr_expect_eq(times_in(result->err, "deed: this fault happened inside the fault handler"),
		     2);
	cr_expect_eq(times_in(result->err, "\n" SUMMARY), 2);
}

static atomic_uint wrong_pairs;

static void check_pair(const struct deed_report *report, void *context)
{
	(void)report;
	if (context != &handled)
		atomic_fetch_add(&wrong_pairs, 1);
}

static void check_other_pair(const struct deed_report *report, void *context)
{
	(void)report;
	if (context != &barrier)
		atomic_fetch_add(&wrong_pairs, 1);
}

static void *change_pairs(void *argument)
{
	const atomic_bool *const is_over = argument;

	while (!atomic_load(is_over)) {
		deed_on_fault(check_pair, &handled);
		deed_on_fault(check_other_pair, &barrier);
	}
	return NULL;
}

Test(deliver, a_handler_and_its_context_are_always_a_pair)
{
	static atomic_bool is_over;
	pthread_t thread;

	deed_on_fault(check_pair, &handled);
	cr_assert(!pthread_create(&thread, NULL, change_pairs, &is_over));
	for (int i = 0; i < 2000; i++)
		double_drop();
	atomic_store(&is_over, true);
	pthread_join(thread, NULL);
	cr_expect_eq(atomic_load(&wrong_pairs), 0);
}

/* ---- logs ----------------------------------------------------------------------------------- */

Test(deliver, a_log_begins_anew_and_then_grows)
{
	FILE *const file = fopen(log_name, "w");

	fputs("what an earlier run left\n", file);
	fclose(file);
	for (int run = 0; run < 2; run++) {
		const struct child_result *const result =
			child_run("faults_three_times", "", to_log("on_fault=continue"));

		cr_expect_str_empty(result->err);
		cr_expect_eq(whole_reports(read_file(log_name)), 3);
	}
}

CHILD(does_nothing)
{
}

Test(deliver, a_run_without_reports_leaves_the_log_alone)
{
	cr_expect_eq(child_run("does_nothing", "", to_log(""))->code, 0);
	cr_expect_neq(access(log_name, F_OK), 0);
}

CHILD(both_sides_of_a_fork_fault)
{
	const bool child_first = argument[0] == 'c';
	pid_t child;
	int status;

	if (!child_first)
		double_drop();
	child = fork();
	require(child >= 0);
	double_drop();
	if (!child)
		_exit(7);
	require(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
	double_drop();
	_exit(7);
}

Test(deliver, parent_and_child_share_a_log)
{
	const struct child_result *result =
		child_run("both_sides_of_a_fork_fault", "p", to_log("on_fault=continue"));

	cr_expect_eq(result->code, 7);
	cr_expect_eq(whole_reports(read_file(log_name)), 4);
	result = child_run("both_sides_of_a_fork_fault", "c", to_log("on_fault=continue"));
	cr_expect_eq(result->code, 7);
	cr_expect_eq(whole_reports(read_file(log_name)), 3);
}

CHILD(each_side_has_its_log)
{
	const pid_t child = fork();
	char path[128];
	int status;

	double_drop();
	double_drop();
	if (!child)
		_exit(7);
	require(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
	snprintf(path, sizeof path, "%s.%d", argument, (int)child);
	require(whole_reports(read_file(path)) == 2);
	unlink(path);
	snprintf(path, sizeof path, "%s.%d", argument, (int)getpid());
	require(whole_reports(read_file(path)) == 2);
	unlink(path);
	_exit(7);
}

Test(deliver, percent_p_is_the_process)
{
	char options[256];
	const struct child_result *result;

	snprintf(options, sizeof options, "on_fault=continue:log=%s.%%p", log_name);
	result = child_run("each_side_has_its_log", log_name, options);
	cr_expect_eq(result->code, 7, "%s", result->err);
}

Test(deliver, what_cannot_be_written_goes_to_stderr_with_the_reason)
{
	static const char *const logs[][2] = {
		{ "log=/no/such/dir/x", "deed: cannot write to the log `/no/such/dir/x`: "
					"No such file or directory (errno 2)\n" },
		{ "log=/dev/full", "deed: cannot write to the log `/dev/full`: No space left on "
				   "device (errno 28)\n" },
		{ "log=/", "deed: cannot write to the log `/`: Is a directory (errno 21)\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(logs); i++) {
		const struct child_result *const result = child_run("faults", "", logs[i][0]);

		cr_expect_eq(result->signal, SIGABRT);
		cr_expect(!strncmp(result->err, logs[i][1], strlen(logs[i][1])), "%s", result->err);
		cr_expect_eq(whole_reports(result->err + strlen(logs[i][1])), 1);
	}
}

CHILD(closes_everything)
{
	for (int file = 0; file < 1024; file++)
		close(file);
	double_drop();
}

Test(deliver, closed_descriptors_do_not_keep_a_report_from_its_log)
{
	const struct child_result *result = child_run("closes_everything", "", to_log(""));

	cr_expect_eq(result->signal, SIGABRT);
	cr_expect_eq(whole_reports(read_file(log_name)), 1);
	/* And without a log there is nowhere to go, but the end is the same. */
	cr_expect_eq(child_run("closes_everything", "", "")->signal, SIGABRT);
}

CHILD(nobody_reads_its_pipe)
{
	int ends[2];

	require(!pipe(ends));
	dup2(ends[1], STDERR_FILENO);
	close(ends[0]);
	double_drop();
}

Test(deliver, a_broken_pipe_is_no_sigpipe)
{
	cr_expect_eq(child_run("nobody_reads_its_pipe", "", "")->signal, SIGABRT);
}

static void *read_slowly(void *argument)
{
	const int from = *(const int *)argument;
	static char text[1 << 16];
	size_t len = 0;
	ssize_t got;

	while (len + 4096 < sizeof text && (got = read(from, text + len, 4096)) > 0) {
		len += (size_t)got;
		usleep(1000);
	}
	require(whole_reports(text) == 3);
	return NULL;
}

CHILD(writes_to_a_full_pipe)
{
	static const char filler[4096];
	int ends[2];
	pthread_t reader;
	static char skipped[1 << 16];
	size_t filled = 0;

	require(!pipe2(ends, O_NONBLOCK));
	while (write(ends[1], filler, sizeof filler) > 0)
		filled += sizeof filler;
	require(dup2(ends[1], STDERR_FILENO) == STDERR_FILENO && !close(ends[1]));
	/* Room for a part of a report. */
	require(read(ends[0], skipped, sizeof filler) == sizeof filler);
	filled -= sizeof filler;
	for (size_t left = filled; left;) {
		const ssize_t got = read(ends[0], skipped, left);

		require(got > 0);
		left -= (size_t)got;
	}
	fcntl(ends[0], F_SETFL, 0);
	require(fcntl(ends[0], F_SETPIPE_SZ, 4096) == 4096);
	require(!pthread_create(&reader, NULL, read_slowly, &ends[0]));
	for (int i = 0; i < 3; i++)
		double_drop();
	close(STDERR_FILENO);
	pthread_join(reader, NULL);
	_exit(7);
}

Test(deliver, a_pipe_that_does_not_wait_gets_all_of_it)
{
	const struct child_result *const result =
		child_run("writes_to_a_full_pipe", "", "on_fault=continue");

	cr_expect(result->code == 7, "signal %d, code %d", result->signal, result->code);
}

CHILD(goes_elsewhere)
{
	require(!chdir("/"));
	double_drop();
}

Test(deliver, a_relative_log_stays_where_the_program_started)
{
	char here[512];
	const struct child_result *result;

	cr_assert_not_null(getcwd(here, sizeof here));
	cr_assert(!chdir("/tmp"));
	snprintf(log_name, sizeof log_name, "deed_deliver_%d.log", (int)getpid());
	result = child_run("goes_elsewhere", "", to_log(""));
	cr_expect_eq(result->signal, SIGABRT);
	cr_expect(strstr(read_file(log_name), "deed: E05 double drop: "));
	remove_log();
	cr_assert(!chdir(here));
}

/* ---- machines ------------------------------------------------------------------------------- */

Test(deliver, json_is_one_object_a_line)
{
	const struct child_result *const result =
		child_run("faults_three_times", "", "on_fault=continue:format=json");

	cr_expect_eq(json_lines(result->err), 3, "%s", result->err);
	cr_expect_eq(times_in(result->err, "\"id\":\"E05\""), 3);
	cr_expect_eq(times_in(result->err, "\"report\":3,"), 1);
	cr_expect_eq(times_in(result->err, "\"role\":\"dropped\""), 6); /* 3 sites, 3 events */
}

Test(deliver, a_sarif_log_is_valid_after_every_report)
{
	const struct child_result *result = child_run("faults", "", to_log("format=sarif"));

	cr_expect_eq(result->signal, SIGABRT);
	cr_expect_eq(sarif_results(read_file(log_name)), 1);
	result = child_run("eight_threads_fault", "", to_log("format=sarif:on_fault=continue"));
	cr_expect_eq(result->code, 7);
	cr_expect_str_empty(result->err);
	cr_expect_eq(sarif_results(read_file(log_name)), 8);
	result = child_run("both_sides_of_a_fork_fault", "c",
			   to_log("format=sarif:on_fault=continue"));
	cr_expect_eq(result->code, 7);
	cr_expect_eq(sarif_results(read_file(log_name)), 3);
}

Test(deliver, sarif_on_a_stream_is_a_log_per_report)
{
	const struct child_result *const result = child_run("faults", "", "format=sarif");

	cr_expect_eq(sarif_results(result->err), 1);
}

CHILD(spoils_its_log)
{
	int file;

	double_drop();
	file = open(argument, O_WRONLY | O_APPEND | O_CLOEXEC);
	require(write(file, "scribble", 8) == 8);
	close(file);
	double_drop();
	_exit(7);
}

Test(deliver, a_log_that_is_no_sarif_is_left_alone)
{
	const struct child_result *const result =
		child_run("spoils_its_log", log_name, to_log("format=sarif:on_fault=continue"));
	const char *const line = strchr(result->err, '\n');

	cr_expect_eq(result->code, 7);
	cr_expect(strstr(result->err, "it holds something else than a SARIF log of deed\n"));
	cr_assert_not_null(line);
	cr_expect_eq(sarif_results(line + 1), 1);
	cr_expect_eq(times_in(read_file(log_name), "\"ruleId\":"), 1);
}

CHILD(dumps)
{
	deed_f32 xs = DEED_EMPTY;

	require(!deed_new(&xs, 10));
	deed_dump(&xs);
	deed_drop(&xs);
}

Test(deliver, dumps_go_where_reports_go_and_spoil_no_format)
{
	cr_expect(strstr(child_run("dumps", "", "")->err, "`xs`"));
	child_run("dumps", "", to_log(""));
	cr_expect(strstr(read_file(log_name), "`xs`"));
	cr_expect_eq(json_lines(child_run("dumps", "", "format=json")->err), 1);
	cr_expect(strstr(child_run("dumps", "", to_log("format=sarif"))->err, "`xs`"));
}

/* Everything that a name could do to a string. */
CHILD(has_odd_names)
{
	static const struct deed_site site = { .file = "/no such dir/\"quoted\"\\ \xff\xc3\xa9.c",
					       .function = "f<\"\x01\x1f\x7f\n\t\xe2\x82\">",
					       .text = "&\\\"xs\xed\xa0\x80",
					       .type = "",
					       .line = 1 };
	const struct deed_report_site sites[] = {
		{ .role = DEED_ROLE_HERE, .site = &site },
		{ .role = DEED_ROLE_MOVED, .site = &site, .target = "\xf0\x9f\x98\x80\xf0\x9f" },
		{ .role = DEED_ROLE_LENT_INOUT,
		  .site = NULL,
		  .lo = 1,
		  .hi = 2,
		  .rows = 3,
		  .pitch = 4 },
	};
	struct deed_report report = { .fault = DEED_E03,
				      .message = "\xfe\xff",
				      .buffer = { .id = UINT64_MAX, .name = "\x80" },
				      .sites = sites,
				      .site_count = 3,
				      .events = sites,
				      .event_count = 3 };

	deed_deliver(&report);
	_exit(7);
}

Test(deliver, odd_names_do_not_break_a_format)
{
	const struct child_result *result =
		child_run("has_odd_names", "", "format=json:on_fault=continue");

	cr_expect_eq(json_lines(result->err), 1, "%s", result->err);
	cr_expect(strstr(result->err, "\\ufffd") && strstr(result->err, "\xc3\xa9") &&
		  strstr(result->err, "\\u0001\\u001f\\u007f\\n\\t"));
	for (const char *at = result->err; *at;) { /* it is UTF-8 */
		const unsigned char c = (unsigned char)*at;
		const size_t len = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

		cr_assert(c < 0x80 || c >= 0xc2);
		for (size_t i = 1; i < len; i++)
			cr_assert(((unsigned char)at[i] & 0xc0) == 0x80);
		at += len;
	}
	result = child_run("has_odd_names", "", "format=sarif:on_fault=continue");
	cr_expect_eq(sarif_results(result->err), 1, "%s", result->err);
	cr_expect(strstr(result->err, "file:///no%20such%20dir/%22quoted%22%5C%20%FF%C3%A9.c"));
	result = child_run("has_odd_names", "", "on_fault=continue");
	cr_expect_eq(result->code, 7);
}

/* ---- what else there is --------------------------------------------------------------------- */

CHILD(is_advised)
{
	struct deed_report report = { .fault = DEED_A01, .message = "slow" };

	deed_deliver(&report);
	_exit(7);
}

Test(deliver, advice_stops_nobody)
{
	const struct child_result *const result = child_run("is_advised", "", "");

	cr_expect_eq(result->code, 7);
	cr_expect(strstr(result->err, "deed: advisory A01 allocation in a hot region: slow\n"));
}

static void *fault_when_cancelled(void *argument)
{
	int state;

	(void)argument;
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
	pthread_cancel(pthread_self());
	double_drop(); /* must come back: a report is no place to end a thread */
	require(write(STDOUT_FILENO, "", 0) != 1);
	_exit(8); /* not reached: write() is where it ends */
}

CHILD(faults_when_cancelled)
{
	pthread_t thread;
	void *result;

	require(!pthread_create(&thread, NULL, fault_when_cancelled, NULL));
	require(!pthread_join(thread, &result) && result == PTHREAD_CANCELED);
	double_drop(); /* and nothing stays locked */
	_exit(7);
}

Test(deliver, a_cancelled_thread_reports_before_it_ends)
{
	const struct child_result *result;

#ifdef __clang__
	/* What an unwound frame has poisoned stays so, and clang's library trips over it itself. */
	if (TRAPPED_SANITIZED)
		cr_skip_test("AddressSanitizer does not bear a cancelled thread");
#endif
	result = child_run("faults_when_cancelled", "", "on_fault=continue");
	cr_expect(result->code == 7, "signal %d, code %d", result->signal, result->code);
	cr_expect(whole_reports(result->err) == 2, "%s", result->err);
}

static void *fault_on_a_small_stack(void *argument)
{
	(void)argument;
	double_drop();
	return NULL;
}

CHILD(has_small_stacks)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	/* A thread's own variables lie on its stack: those of the tests are not deed's. */
	require(!pthread_attr_setstacksize(&attributes, (64 << 10) + sizeof trapped));
	require(!pthread_create(&thread, &attributes, fault_on_a_small_stack, NULL));
	pthread_join(thread, NULL);
	_exit(7);
}

Test(deliver, a_stack_of_64_kib_is_enough)
{
	const struct child_result *result;

	if (TRAPPED_SANITIZED)
		cr_skip_test("instrumented frames are larger");
	result = child_run("has_small_stacks", "", "on_fault=continue");
	cr_expect(result->code == 7, "signal %d", result->signal);
	cr_expect_eq(whole_reports(result->err), 1);
}

DEED_UNCHECKED CHILD(keeps_errno)
{
	deed_f32 xs = DEED_EMPTY;

	require(!deed_new(&xs, 10));
	deed_drop(&xs);
	errno = 1234;
	deed_drop(&xs);
	require(errno == 1234);
	_exit(7);
}

Test(deliver, errno_is_the_programs)
{
	cr_expect_eq(child_run("keeps_errno", "", "on_fault=continue")->code, 7);
	cr_expect_eq(child_run("keeps_errno", "", "on_fault=continue:log=/no/such/dir/x")->code, 7);
}

/* ---- the allocator -------------------------------------------------------------------------- */

#if !TRAPPED_SANITIZED && defined(__GLIBC__)
#define COUNTS_ALLOCATIONS 1

static atomic_bool is_counting;
static atomic_uint allocations;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);
void *malloc(size_t bytes);
void *calloc(size_t count, size_t bytes);
void *realloc(void *old, size_t bytes);
void *aligned_alloc(size_t align, size_t bytes);
int posix_memalign(void **ret, size_t align, size_t bytes);
void free(void *old);

static void count_allocation(void)
{
	if (atomic_load(&is_counting))
		atomic_fetch_add(&allocations, 1);
}

void *malloc(size_t bytes)
{
	count_allocation();
	return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
	count_allocation();
	return __libc_calloc(count, bytes);
}

void *realloc(void *old, size_t bytes)
{
	count_allocation();
	return __libc_realloc(old, bytes);
}

void *aligned_alloc(size_t align, size_t bytes)
{
	count_allocation();
	return __libc_memalign(align, bytes);
}

int posix_memalign(void **ret, size_t align, size_t bytes)
{
	count_allocation();
	*ret = __libc_memalign(align, bytes);
	return *ret ? 0 : ENOMEM;
}

void free(void *old)
{
	if (old)
		count_allocation();
	__libc_free(old);
}
#else
#define COUNTS_ALLOCATIONS 0
static atomic_bool is_counting;
static atomic_uint allocations;
#endif

/* Faults, and only that: the buffer is made and dropped before the count. */
DEED_UNCHECKED static NOINLINE void fault_without_allocating(void)
{
	deed_f32 xs = DEED_EMPTY;

	require(!deed_new(&xs, 10));
	deed_drop(&xs);
	atomic_store(&is_counting, true);
	deed_drop(&xs);
	atomic_store(&is_counting, false);
}

CHILD(counts_its_allocations)
{
	for (int i = 0; i < 3; i++)
		fault_without_allocating();
	require(atomic_load(&allocations) == 0);
	_exit(7);
}

Test(deliver, a_report_takes_nothing_from_the_programs_allocator)
{
	static const char *const options[] = {
		"on_fault=continue",
		"on_fault=continue:format=json",
		"on_fault=continue:format=sarif",
		"on_fault=continue:stack=unwind",
		"on_fault=continue:colour=always",
		"on_fault=continue:log=/no/such/dir/x",
	};

	if (!COUNTS_ALLOCATIONS)
		cr_skip_test("the allocator cannot be counted here");
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		const struct child_result *const result =
			child_run("counts_its_allocations", "", options[i]);

		cr_expect(result->code == 7, "%s: %s", options[i], result->err);
	}
	cr_expect_eq(child_run("counts_its_allocations", "", to_log("on_fault=continue"))->code, 7);
	cr_expect_eq(
		child_run("counts_its_allocations", "", to_log("on_fault=continue:format=sarif"))
			->code,
		7);
}
