/* SPDX-License-Identifier: MIT
 *
 * tests/test_exit.c - the end of the program: leaks, guards, exit codes, and where reports go.
 *
 * Everything here happens in a child, and is told by its exit status, its two outputs and
 * its log. Texts are only searched for what the law says that they hold; their exact words
 * are the golden reports' business.
 */
#include "trapped.h"

#include <sys/resource.h>
#include <sys/stat.h>

TestSuite(exits, .init = trapped_begin, .fini = trapped_end, .timeout = 120);

static const struct child_result *run(const char *name, const char *argument, const char *options)
{
	return child_run(name, argument, options);
}

static void expect_end(const struct child_result *result, int signal, int code, size_t reports,
		       const char *fault)
{
	size_t seen = 0;
	char begin[32];

	/* Where the id begins a line, after "deed: "; the closing summary has it as well. */
	snprintf(begin, sizeof begin, "deed: %s", fault);
	for (const char *at = result->err; (at = strstr(at, begin)); at++)
		seen++;
	cr_expect(result->signal == signal && result->code == code,
		  "signal %d, code %d instead of %d, %d: %s", result->signal, result->code, signal,
		  code, result->err);
	cr_expect((seen + 1) / 2 == reports, "%zu times %s instead of %zu: %s", (seen + 1) / 2,
		  fault, reports, result->err);
}

/* ---- leaks ---------------------------------------------------------------------------------- */

static void make(deed_u8 *ret, size_t count)
{
	require(deed_new(ret, count) == 0);
}

CHILD(drops_all)
{
	deed_u8 xs = DEED_EMPTY;

	make(&xs, 10);
	deed_drop(&xs);
	printf("the program's output");
	exit(argument[0] ? atoi(argument) : 0);
}

Test(exits, a_program_that_drops_all_says_nothing)
{
	const struct child_result *result = run("drops_all", "", "");

	expect_clean_exit(result);
	cr_expect(!strcmp(result->out, "the program's output"));
	result = run("drops_all", "7", "");
	cr_expect(result->code == 7 && !result->err[0]);
}

CHILD(leaks)
{
	static deed_u8 xs[1000];

	for (size_t i = 0; i < 1000; i++)
		make(&xs[i], 3);
	printf("the program's output");
	exit(argument[0] ? atoi(argument) : 0);
}

Test(exits, a_thousand_buffers_of_one_site_are_one_record)
{
	const struct child_result *const result = run("leaks", "", "");

	expect_end(result, SIGABRT, -1, 1, "E17");
	cr_expect(strstr(result->err, "1000") && strstr(result->err, "3000"), "%s", result->err);
	cr_expect(strstr(result->err, "test_exit.c") != NULL);
	/* What the program wrote before is not lost, though it sat in a stdio buffer. */
	cr_expect(!strcmp(result->out, "the program's output"), "%s", result->out);
}

Test(exits, in_continue_mode_a_leak_keeps_the_exit_code)
{
	expect_end(run("leaks", "", "on_fault=continue"), 0, 0, 1, "E17");
	expect_end(run("leaks", "7", "on_fault=continue"), 0, 7, 1, "E17");
}

Test(exits, leaks_can_be_switched_off)
{
	const struct child_result *const result = run("leaks", "3", "leaks=0");

	cr_expect(result->signal == 0 && result->code == 3 && !result->err[0], "%s", result->err);
}

static void leak_report(const struct deed_report *report, void *context)
{
	(void)context;
	/* To stdout, which an exit handler may still write. */
	printf("%s %zu sites:", report->id, report->site_count);
	for (size_t i = 0; i < report->site_count; i++)
		if (report->sites[i].repeats > 0 && report->sites[i].bytes > 0)
			printf(" %zu of %zu bytes;", report->sites[i].repeats,
			       report->sites[i].bytes);
	printf("\n");
	fflush(stdout);
}

CHILD(leaks_of_three_sites)
{
	static deed_u8 xs[60], ys[7], zs[1], kept[5];

	deed_on_fault(leak_report, NULL);
	for (size_t i = 0; i < 60; i++)
		require(deed_new(&xs[i], 10) == 0);
	for (size_t i = 0; i < 7; i++)
		require(deed_new_zeroed(&ys[i], 1000) == 0);
	for (size_t i = 0; i < 5; i++) {
		require(deed_new(&kept[i], 9) == 0);
		deed_drop(&kept[i]);
	}
	require(deed_clone(&zs[0], &xs[0]) == 0);
	for (size_t i = 0; i < 20; i++)
		deed_drop(&xs[3 * i]);
}

Test(exits, leaks_are_grouped_by_site_with_counts_and_bytes)
{
	const struct child_result *const result = run("leaks_of_three_sites", "", "");

	cr_expect(result->code == 0 && !result->err[0], "%s", result->err);
	cr_expect(strstr(result->out, "40 of 400 bytes;"), "%s", result->out);
	cr_expect(strstr(result->out, "7 of 7000 bytes;"), "%s", result->out);
	cr_expect(strstr(result->out, "1 of 10 bytes;"), "%s", result->out);
	cr_expect(!strstr(result->out, "of 45 bytes"), "%s", result->out);
}

/* Forty places, each of which makes as many bytes as its number says. */
#define LEAK_1(i) require(deed_new(&places[(i)-1], (i)) == 0)
#define LEAK_4(i) LEAK_1(i), LEAK_1((i) + 1), LEAK_1((i) + 2), LEAK_1((i) + 3)
#define LEAK_20(i) LEAK_4(i), LEAK_4((i) + 4), LEAK_4((i) + 8), LEAK_4((i) + 12), LEAK_4((i) + 16)

CHILD(leaks_of_forty_places)
{
	static deed_u8 places[40];

	LEAK_20(1), LEAK_20(21);
}

static size_t count_of(const char *text, const char *word)
{
	size_t count = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		count++;
	return count;
}

Test(exits, a_report_shows_the_largest_leaks_and_counts_the_others)
{
	const struct child_result *result = run("leaks_of_forty_places", "", "");

	expect_end(result, SIGABRT, -1, 1, "E17");
	cr_expect(strstr(result->err, "40 buffers, 820 bytes together, are still owned at exit"));
	cr_expect(count_of(result->err, "1 buffer, ") == 32, "%s", result->err);
	cr_expect(strstr(result->err, "1 buffer, 9 bytes, ") != NULL);
	cr_expect(strstr(result->err, "and at 8 places more: 8 buffers, 36 bytes\n") != NULL);
	cr_expect(strstr(result->err, "total: 40 buffers, 820 bytes, allocated at 40 places\n"));
	/* Programs that read reports get all of them. */
	result = run("leaks_of_forty_places", "", "format=json");
	cr_expect(count_of(result->err, "\"leaked_bytes\":") == 40, "%s", result->err);
}

CHILD(moved_and_leaked)
{
	static deed_u8 a, b;

	make(&a, 10);
	deed_move(&b, &a);
}

Test(exits, a_leak_is_told_by_where_it_was_made_and_where_it_went)
{
	expect_end(run("moved_and_leaked", "", ""), SIGABRT, -1, 1, "E17");
}

CHILD(immortals)
{
	static deed_u8 xs, ys;
	deed_u8_borrowed r;

	make(&xs, 10);
	deed_immortal(&xs);
	deed_move(&ys, &xs); /* the buffer is immortal, not the handle */
	require(deed_resize(&ys, 20) == 0);
	r = deed_borrow(&ys);
	(void)r;
}

Test(exits, an_immortal_buffer_is_no_leak_wherever_it_went)
{
	expect_clean_exit(run("immortals", "", ""));
}

CHILD(leaks_while_lent)
{
	static deed_u8 xs;
	deed_u8_borrowed r;

	make(&xs, 10);
	r = deed_borrow(&xs);
	(void)r;
}

Test(exits, a_leak_that_is_lent_is_one_report_with_its_holder)
{
	const struct child_result *const result = run("leaks_while_lent", "", "");

	expect_end(result, SIGABRT, -1, 1, "E17");
	cr_expect(strstr(result->err, "deed_borrow") != NULL, "%s", result->err);
}

CHILD(self_referential)
{
	/* Owners inside each other's memory: reachable from nowhere. */
	struct link {
		deed_u8 other;
	};
	deed_u8 a = DEED_EMPTY, b = DEED_EMPTY;
	struct link *in_a, *in_b;

	make(&a, sizeof(struct link));
	make(&b, sizeof(struct link));
	{
		DEED_INOUT(v, &a);
		DEED_INOUT(w, &b);
		in_a = (struct link *)(void *)deed_data(v);
		in_b = (struct link *)(void *)deed_data(w);
	}
	memset(in_a, 0, sizeof *in_a);
	memset(in_b, 0, sizeof *in_b);
	deed_move(&in_a->other, &b);
	deed_move(&in_b->other, &a);
}

Test(exits, two_buffers_that_own_each_other_are_leaks)
{
	expect_end(run("self_referential", "", ""), SIGABRT, -1, 1, "E17");
}

/* ---- threads that still run ----------------------------------------------------------------- */

static deed_u8 parcel;
static pthread_barrier_t taken;

static void *run_for_ever(void *argument)
{
	deed_u8 mine = DEED_EMPTY;

	(void)argument;
	deed_move(&mine, &parcel);
	pthread_barrier_wait(&taken);
	for (;;)
		pause();
	return NULL;
}

CHILD(exits_with_a_buffer_in_flight)
{
	pthread_t thread;

	pthread_barrier_init(&taken, NULL, 2);
	make(&parcel, 10);
	require(pthread_create(&thread, NULL, run_for_ever, NULL) == 0);
	pthread_barrier_wait(&taken);
	if (argument[0]) {
		static deed_u8 mine;

		make(&mine, 20);
	}
}

Test(exits, a_buffer_in_flight_to_a_running_thread_is_counted_not_reported)
{
	expect_clean_exit(run("exits_with_a_buffer_in_flight", "", ""));
	/* The exiting thread's own is a leak all the same. */
	expect_end(run("exits_with_a_buffer_in_flight", "1", ""), SIGABRT, -1, 1, "E17");
}

static void *leave_a_buffer(void *argument)
{
	static deed_u8 left;

	(void)argument;
	make(&left, 10);
	return NULL;
}

CHILD(a_thread_left_a_buffer)
{
	pthread_t thread;

	require(pthread_create(&thread, NULL, leave_a_buffer, NULL) == 0);
	pthread_join(thread, NULL);
}

Test(exits, what_an_ended_thread_left_is_a_leak)
{
	expect_end(run("a_thread_left_a_buffer", "", ""), SIGABRT, -1, 1, "E17");
}

DEED_UNCHECKED static void *drop_twice(void *argument)
{
	deed_u8 xs = DEED_EMPTY;

	make(&xs, 10);
	deed_drop(&xs);
	deed_drop(&xs);
	return argument;
}

static void wait_for_ever(const struct deed_report *report, void *context)
{
	(void)context;
	(void)!write(STDOUT_FILENO, report->id, strlen(report->id));
	for (;;)
		pause();
}

static void pause_for_ever(int number)
{
	(void)number;
	for (;;)
		pause();
}

/* `argument`: "handler", "abort" or none: who has the report when the process exits. */
DEED_UNCHECKED CHILD(exits_while_a_thread_tells)
{
	pthread_t thread;

	alarm(60);
	if (!strcmp(argument, "handler"))
		deed_on_fault(wait_for_ever, NULL);
	if (!strcmp(argument, "abort"))
		signal(SIGABRT, pause_for_ever);
	require(pthread_create(&thread, NULL, drop_twice, NULL) == 0);
	while (!deed_stats().reports)
		sched_yield();
	exit(9);
}

/* To read debug information takes milliseconds: the report would be gone with the process. */
Test(exits, what_another_thread_tells_is_told_before_the_process_ends)
{
	for (int i = 0; i < 5; i++) {
		expect_end(run("exits_while_a_thread_tells", "", ""), SIGABRT, -1, 1, "E05");
		expect_end(run("exits_while_a_thread_tells", "", "on_fault=continue"), 0, 9, 1,
			   "E05");
	}
}

Test(exits, a_handler_that_does_not_return_keeps_no_process_from_its_end)
{
	const struct child_result *const result = run("exits_while_a_thread_tells", "handler", "");

	cr_expect(result->signal == 0 && result->code == 9 && !result->err[0], "%d, %d: %s",
		  result->signal, result->code, result->err);
	expect_end(run("exits_while_a_thread_tells", "abort", ""), 0, 9, 1, "E05");
}

/* ---- ways to end ---------------------------------------------------------------------------- */

CHILD(exits_inside_a_guard)
{
	deed_u8 xs = DEED_EMPTY;

	make(&xs, 10);
	deed_immortal(&xs);
	{
		DEED_INOUT(v, &xs);
		DEED_BORROWED_PART(r, &v, 0, 2);

		(void)r;
		exit(5);
	}
}

Test(exits, exit_inside_a_guards_block_is_silent_about_the_guard)
{
	const struct child_result *const result = run("exits_inside_a_guard", "", "");

	cr_expect(result->signal == 0 && result->code == 5 && !result->err[0], "code %d: %s",
		  result->code, result->err);
}

CHILD(leaves_by_underscore_exit)
{
	static deed_u8 xs;

	make(&xs, 10);
	_exit(4);
}

Test(exits, a_program_that_leaves_by_underscore_exit_is_not_looked_at)
{
	const struct child_result *const result = run("leaves_by_underscore_exit", "", "");

	cr_expect(result->signal == 0 && result->code == 4 && !result->err[0]);
}

static deed_u8 dropped_at_exit;

static void drop_at_exit(void)
{
	deed_drop(&dropped_at_exit);
}

CHILD(drops_in_atexit)
{
	require(atexit(drop_at_exit) == 0);
	make(&dropped_at_exit, 10);
}

Test(exits, what_an_exit_handler_drops_is_no_leak)
{
	expect_clean_exit(run("drops_in_atexit", "", ""));
}

DEED_UNCHECKED CHILD(faults)
{
	deed_u8 xs = DEED_EMPTY, ys = DEED_EMPTY;

	make(&xs, 10);
	make(&ys, 10);
	printf("before, ");
	deed_drop(&xs);
	deed_drop(&xs);
	deed_drop(&ys);
	deed_drop(&ys);
	printf("after");
	exit(6);
}

Test(exits, the_first_fault_aborts)
{
	const struct child_result *const result = run("faults", "", "");

	expect_end(result, SIGABRT, -1, 1, "E05");
}

Test(exits, in_continue_mode_every_buffer_is_reported_and_the_exit_code_kept)
{
	const struct child_result *const result = run("faults", "", "on_fault=continue");

	expect_end(result, 0, 6, 2, "E05");
	cr_expect(!strcmp(result->out, "before, after"), "%s", result->out);
}

static void on_abort(int number)
{
	static const char text[] = "abort handler";

	(void)number;
	(void)!write(STDOUT_FILENO, text, sizeof text - 1);
	_exit(44);
}

DEED_UNCHECKED CHILD(catches_abort)
{
	deed_u8 xs = DEED_EMPTY;

	make(&xs, 10);
	signal(SIGABRT, on_abort);
	deed_drop(&xs);
	deed_drop(&xs);
}

Test(exits, the_program_may_catch_the_abort)
{
	const struct child_result *const result = run("catches_abort", "", "");

	cr_expect(result->code == 44 && !strcmp(result->out, "abort handler"));
}

/* ---- where reports go ----------------------------------------------------------------------- */

static void log_path(char *path, size_t size, const char *name)
{
	snprintf(path, size, "/tmp/deed-test-exit-%d-%s", (int)getpid(), name);
	unlink(path);
}

static size_t read_file(const char *path, char *text, size_t size)
{
	FILE *const file = fopen(path, "r");
	size_t bytes = 0;

	if (file) {
		bytes = fread(text, 1, size - 1, file);
		fclose(file);
	}
	text[bytes] = '\0';
	return bytes;
}

Test(exits, reports_go_to_the_log_and_not_to_stderr)
{
	char path[96], options[128], text[8192];
	const struct child_result *result;

	log_path(path, sizeof path, "log");
	snprintf(options, sizeof options, "log=%s", path);
	result = run("faults", "", options);
	cr_expect(result->signal == SIGABRT && !result->err[0], "%s", result->err);
	read_file(path, text, sizeof text);
	cr_expect(strstr(text, "E05") != NULL && strstr(text, "test_exit.c") != NULL, "%s", text);
	unlink(path);

	result = run("leaks", "", options);
	cr_expect(result->signal == SIGABRT && !result->err[0], "%s", result->err);
	read_file(path, text, sizeof text);
	cr_expect(strstr(text, "E17") != NULL, "%s", text);
	unlink(path);
}

Test(exits, a_log_may_be_stdout)
{
	const struct child_result *const result = run("faults", "", "log=stdout");

	cr_expect(result->signal == SIGABRT && !result->err[0], "%s", result->err);
	cr_expect(strstr(result->out, "E05") != NULL, "%s", result->out);
}

DEED_UNCHECKED CHILD(says_its_pid)
{
	deed_u8 xs = DEED_EMPTY;

	make(&xs, 10);
	printf("%d", (int)getpid());
	fflush(stdout);
	deed_drop(&xs);
	deed_drop(&xs);
}

Test(exits, a_log_may_have_the_process_in_its_name)
{
	char path[96], options[160], expected[128], text[8192];
	const struct child_result *result;

	log_path(path, sizeof path, "pid");
	snprintf(options, sizeof options, "log=%s-%%p", path);
	result = run("says_its_pid", "", options);
	snprintf(expected, sizeof expected, "%s-%d", path, atoi(result->out));
	cr_expect(read_file(expected, text, sizeof text) && strstr(text, "E05"), "%s: %s", expected,
		  result->err);
	unlink(expected);
}

Test(exits, a_log_that_cannot_be_written_is_stderr_with_the_reason)
{
	static const char *const paths[] = { "/nonexistent/directory/log", "/",
					     "/proc/self/nothing" };
	static const char *const reasons[] = { "No such file", "directory", "No such file" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		char options[128];
		const struct child_result *result;

		snprintf(options, sizeof options, "log=%s", paths[i]);
		result = run("faults", "", options);
		expect_end(result, SIGABRT, -1, 1, "E05");
		cr_expect(strstr(result->err, paths[i]) != NULL, "%s is not named: %s", paths[i],
			  result->err);
		cr_expect(strstr(result->err, reasons[i]) != NULL ||
				  strstr(result->err, "error") != NULL ||
				  strstr(result->err, "errno") != NULL,
			  "no reason: %s", result->err);
	}
}

Test(exits, a_full_log_is_stderr_with_the_reason)
{
	const struct child_result *const result = run("faults", "", "log=/dev/full");

	expect_end(result, SIGABRT, -1, 1, "E05");
	cr_expect(strstr(result->err, "/dev/full") != NULL, "%s", result->err);
}

DEED_UNCHECKED CHILD(closes_its_files)
{
	deed_u8 xs = DEED_EMPTY;

	make(&xs, 10);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	deed_drop(&xs);
	deed_drop(&xs);
}

Test(exits, a_report_reaches_the_log_though_stderr_is_closed)
{
	char path[96], options[128], text[8192];
	const struct child_result *result;

	log_path(path, sizeof path, "closed");
	snprintf(options, sizeof options, "log=%s", path);
	result = run("closes_its_files", "", options);
	cr_expect(result->signal == SIGABRT, "code %d", result->code);
	read_file(path, text, sizeof text);
	cr_expect(strstr(text, "E05") != NULL, "%s", text);
	unlink(path);
	/* Without a log there is nowhere to write; it still stops. */
	result = run("closes_its_files", "", "");
	cr_expect(result->signal == SIGABRT, "code %d", result->code);
}

DEED_UNCHECKED CHILD(uses_file_2_itself)
{
	deed_u8 xs = DEED_EMPTY;
	int file;

	make(&xs, 10);
	close(STDERR_FILENO);
	file = open(argument, O_RDWR | O_CREAT | O_TRUNC, 0600);
	require(file == STDERR_FILENO);
	(void)!write(file, "data", 4);
	deed_drop(&xs);
	deed_drop(&xs);
}

Test(exits, a_log_leaves_the_programs_own_files_alone)
{
	char path[2][96], options[128], text[8192];

	log_path(path[0], sizeof *path, "own");
	log_path(path[1], sizeof *path, "file");
	snprintf(options, sizeof options, "log=%s", path[0]);
	cr_expect(run("uses_file_2_itself", path[1], options)->signal == SIGABRT);
	read_file(path[1], text, sizeof text);
	cr_expect(!strcmp(text, "data"), "%s", text);
	read_file(path[0], text, sizeof text);
	cr_expect(strstr(text, "E05") != NULL);
	unlink(path[0]);
	unlink(path[1]);
}

DEED_UNCHECKED CHILD(has_no_memory_left)
{
	const struct rlimit none = { 0, 0 };
	deed_u8 xs = DEED_EMPTY;

	make(&xs, 10);
	deed_drop(&xs);
	/* From here on no page can be mapped. */
	require(setrlimit(RLIMIT_AS, &none) == 0);
	deed_drop(&xs);
}

Test(exits, a_fault_stops_the_program_though_there_is_no_memory)
{
	const struct child_result *result;

	if (TRAPPED_SANITIZED)
		cr_skip_test("a sanitizer's own memory is limited with the program's");
	result = run("has_no_memory_left", "", "");
	cr_expect(result->signal == SIGABRT, "signal %d, code %d", result->signal, result->code);
	/* What and where, though not the whole story. */
	cr_expect(strstr(result->err, "deed: E05 double drop: ") &&
			  strstr(result->err, "test_exit.c:") && strstr(result->err, "memory"),
		  "%s", result->err);
	result = run("has_no_memory_left", "", "on_fault=continue");
	cr_expect(!result->signal && strstr(result->err, "deed: E05 double drop: "), "%s",
		  result->err);
}
