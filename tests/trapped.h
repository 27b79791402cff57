/* SPDX-License-Identifier: MIT
 *
 * tests/trapped.h - the fixture of the ledger's tests: faults as values, and children.
 *
 *     cr_expect(fault_of(deed_drop(&a)) == DEED_E05);
 *     expect_fault(DEED_E05, deed_drop(&a));          the same, with a message
 *     expect_silent(deed_drop(&b));
 *
 * A suite that names trapped_begin and trapped_end as its init and fini has every fault
 * handed to a handler here. Inside fault_of() the handler keeps a copy of the first
 * report in `trapped.report` and returns, so that the program goes on as it does with
 * on_fault=continue; fault_jumped() jumps out instead. A report outside of both is
 * unexpected, and fails the test at its end. So do loans and buffers that it leaves,
 * unless it says that it leaves them on purpose (trapped_leaves).
 *
 * The law has one report per buffer: a second fault of one buffer is only counted. So a
 * test that wants an id takes a fresh buffer, and one that wants many verdicts asks
 * fault_count(), which sees both.
 *
 * What is decided before main() (DEED_OPTIONS), or ends the process (abort, exit), is
 * tested in a child: the test's own program, started again, that runs one CHILD() and
 * exits. Its constructor runs before main(), so Criterion never hears of it.
 */
#ifndef TRAPPED_H
#define TRAPPED_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deed.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TRAPPED_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TRAPPED_SANITIZED 1
#endif
#endif
#ifndef TRAPPED_SANITIZED
#define TRAPPED_SANITIZED 0
#endif

/* Under AddressSanitizer: what no machine has is an error as it is elsewhere, and a leak fails the
 * test. What ASAN_OPTIONS says goes over this. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1:abort_on_error=1";
}

#define ARRAY_LEN(array) (sizeof(array) / sizeof *(array))
#define MAYBE_UNUSED __attribute__((unused))

/* ---- faults as values ----------------------------------------------------------------------- */

enum {
	/* More than any test has holders, so that "every holder is named" can be told from
	 * "as many as fit". */
	TRAPPED_SITES = 160,
	TRAPPED_WORD = 96,
};

struct trapped_site {
	enum deed_role role;
	unsigned line, thread;
	size_t lo, hi, rows, pitch, repeats, bytes;
	int is_guard, has_ended;
	char file[TRAPPED_WORD], text[TRAPPED_WORD];
};

/* A report as it was: what it points to lives only until the handler returns. */
struct trapped_report {
	enum deed_fault fault;
	char message[512], name[TRAPPED_WORD], kind[16], state[16];
	uint64_t buffer;
	size_t count, bytes;
	struct trapped_site sites[TRAPPED_SITES];
	size_t site_count;
	char text[16384];
};

/* Of one thread: the handler runs on the thread that broke the rule. */
struct trapped {
	unsigned armed, jumps, count;
	size_t follow_ons;
	jmp_buf land;
	struct trapped_report report;
};

MAYBE_UNUSED static _Thread_local struct trapped trapped;
MAYBE_UNUSED static atomic_uint trapped_unexpected;
MAYBE_UNUSED static bool trapped_leaves;

MAYBE_UNUSED static void trapped_copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

MAYBE_UNUSED static void trapped_keep(struct trapped_report *to, const struct deed_report *from)
{
	to->fault = from->fault;
	trapped_copy(to->message, sizeof to->message, from->message);
	trapped_copy(to->name, sizeof to->name, from->buffer.name);
	trapped_copy(to->kind, sizeof to->kind, from->buffer.kind);
	trapped_copy(to->state, sizeof to->state, from->buffer.state);
	trapped_copy(to->text, sizeof to->text, from->text);
	to->buffer = from->buffer.id;
	to->count = from->buffer.count;
	to->bytes = from->buffer.bytes;
	to->site_count = from->site_count;
	for (size_t i = 0; i < from->site_count && i < TRAPPED_SITES; i++) {
		const struct deed_report_site *const site = &from->sites[i];
		struct trapped_site *const kept = &to->sites[i];

		*kept = (struct trapped_site){
			.role = site->role,
			.line = site->site ? site->site->line : 0,
			.thread = site->thread,
			.lo = site->lo,
			.hi = site->hi,
			.rows = site->rows,
			.pitch = site->pitch,
			.repeats = site->repeats,
			.bytes = site->bytes,
			.is_guard = site->is_guard,
			.has_ended = site->has_ended,
		};
		trapped_copy(kept->file, sizeof kept->file, site->site ? site->site->file : "");
		trapped_copy(kept->text, sizeof kept->text, site->site ? site->site->text : "");
	}
}

MAYBE_UNUSED static void trapped_handler(const struct deed_report *report, void *context)
{
	(void)context;
	if (!trapped.armed) {
		atomic_fetch_add(&trapped_unexpected, 1);
		fprintf(stderr, "unexpected report:\n%s", report->text);
		return;
	}
	if (!trapped.count++)
		trapped_keep(&trapped.report, report);
	if (trapped.jumps)
		longjmp(trapped.land, 1);
}

MAYBE_UNUSED static void trapped_arm(unsigned jumps)
{
	trapped.armed = 1;
	trapped.jumps = jumps;
	trapped.count = 0;
	trapped.follow_ons = deed_stats().follow_ons;
	trapped.report.fault = DEED_NO_FAULT;
	trapped.report.site_count = 0;
}

MAYBE_UNUSED static enum deed_fault trapped_disarm(void)
{
	trapped.armed = 0;
	trapped.follow_ons = deed_stats().follow_ons - trapped.follow_ons;
	return trapped.report.fault;
}

/* The first fault that the statements raised, or DEED_NO_FAULT; the program goes on after each. */
#define fault_of(...)                                                                              \
	(__extension__({                                                                           \
		trapped_arm(0);                                                                    \
		__VA_ARGS__;                                                                       \
		trapped_disarm();                                                                  \
	}))

/* The same, but the handler jumps out of the statement at its first fault. */
#define fault_jumped(...)                                                                          \
	(__extension__({                                                                           \
		trapped_arm(1);                                                                    \
		if (!setjmp(trapped.land)) {                                                       \
			__VA_ARGS__;                                                               \
		}                                                                                  \
		trapped_disarm();                                                                  \
	}))

/* How many faults the statements raised, whether reported or counted under an earlier report. */
#define fault_count(...)                                                                           \
	(__extension__({                                                                           \
		trapped_arm(0);                                                                    \
		__VA_ARGS__;                                                                       \
		(void)trapped_disarm();                                                            \
		trapped.count + trapped.follow_ons;                                                \
	}))

#define expect_fault(expected, ...)                                                                \
	do {                                                                                       \
		const enum deed_fault fault_seen = fault_of(__VA_ARGS__);                          \
                                                                                                   \
		cr_expect(fault_seen == (expected), "%s: expected %s, got %s: %s", #__VA_ARGS__,   \
			  trapped_id(expected), trapped_id(fault_seen),                            \
			  fault_seen ? trapped.report.message : "");                               \
	} while (0)

#define expect_silent(...)                                                                         \
	do {                                                                                       \
		const size_t faults_seen = fault_count(__VA_ARGS__);                               \
                                                                                                   \
		cr_expect(faults_seen == 0, "%s: %zu faults, the first %s: %s", #__VA_ARGS__,      \
			  faults_seen, trapped_id(trapped.report.fault),                           \
			  trapped.count ? trapped.report.message : "");                            \
	} while (0)

MAYBE_UNUSED static const char *trapped_id(enum deed_fault fault)
{
	return fault == DEED_NO_FAULT ? "none" : deed_fault_id(fault);
}

/* How many sites of the last report have this role; `line` 0 is any line. */
MAYBE_UNUSED static size_t trapped_sites(enum deed_role role, unsigned line)
{
	size_t count = 0;

	for (size_t i = 0; i < trapped.report.site_count && i < TRAPPED_SITES; i++) {
		const struct trapped_site *const site = &trapped.report.sites[i];

		count += site->role == role && (!line || site->line == line);
	}
	return count;
}

MAYBE_UNUSED static void trapped_begin(void)
{
	deed_on_fault(trapped_handler, NULL);
}

/* By a crash: Criterion does not fail a test for a check in its end. */
MAYBE_UNUSED static void trapped_none(const char *what, size_t count)
{
	if (!count)
		return;
	(void)fprintf(stderr, "at the end of the test: %zu %s\n", count, what);
	abort();
}

MAYBE_UNUSED static void trapped_end(void)
{
	const struct deed_statistics stats = deed_stats();

	trapped_none("unexpected reports", atomic_load(&trapped_unexpected));
	if (trapped_leaves)
		return;
	trapped_none("loans left", stats.live_loans);
	trapped_none("buffers left", stats.live_buffers);
}

/* ---- random numbers ------------------------------------------------------------------------- */

/* xorshift64*: the same numbers everywhere for the same seed. */
MAYBE_UNUSED static uint64_t random_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1du;
}

MAYBE_UNUSED static size_t random_below(uint64_t *state, size_t limit)
{
	return (size_t)((random_next(state) >> 32) * limit >> 32);
}

/* ---- children ------------------------------------------------------------------------------- */

struct trapped_child {
	const char *name;
	void (*run)(const char *argument);
};

/* Defines what a child of this program does. It gets the argument of child_run(); to return is to
 * exit(0). */
#define CHILD(name)                                                                                \
	static void child_##name(const char *argument);                                            \
	__attribute__((used, section("trapped_children"))) static const struct trapped_child       \
		child_##name##_entry = { #name, child_##name };                                    \
	static void child_##name(const char *argument MAYBE_UNUSED)

/* In a child: the reason why the test fails goes to its stderr, and its exit code is CHILD_WRONG.
 */
enum { CHILD_WRONG = 99 };
#define require(condition)                                                                         \
	((condition) ? (void)0                                                                     \
		     : (fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition),    \
			_exit(CHILD_WRONG)))

/* The bounds of the section, made by the linker; absent where no CHILD() is. */
extern const struct trapped_child __start_trapped_children[] __attribute__((weak));
extern const struct trapped_child __stop_trapped_children[] __attribute__((weak));

__attribute__((constructor)) static void trapped_be_child(void)
{
	const char *const name = getenv("TRAPPED_CHILD");
	const char *const argument = getenv("TRAPPED_ARGUMENT");

	if (!name)
		return;
	for (const struct trapped_child *child = __start_trapped_children;
	     child != __stop_trapped_children; child++)
		if (!strcmp(child->name, name)) {
			/* The grandchildren are not this child again. */
			unsetenv("TRAPPED_CHILD");
			child->run(argument ? argument : "");
			exit(EXIT_SUCCESS);
		}
	/* Going on would run all tests, and their children in turn. */
	fprintf(stderr, "%s is no child of this program\n", name);
	_exit(CHILD_WRONG);
}

/* What became of a child. `out` and `err` are what it wrote, cut at their size, with a null. */
struct child_result {
	int signal; /* that ended it, or 0 */
	int code;   /* its exit code, if it exited */
	char out[1 << 18], err[1 << 18];
};

MAYBE_UNUSED static void child_read(int file, char *to, size_t size)
{
	const ssize_t got = pread(file, to, size - 1, 0);

	to[got > 0 ? got : 0] = '\0';
	close(file);
}

/* Starts this program again as the child `name` under DEED_OPTIONS=`options`, and waits for it.
 * posix_spawn(), because fork() would run the ledger's own fork handlers. The result is good until
 * the next call. */
MAYBE_UNUSED static const struct child_result *child_run(const char *name, const char *argument,
							 const char *options)
{
	static struct child_result result;
	static char path[4096], words[4][512];
	char *argv[] = { path, NULL }, *env[512];
	const ssize_t path_len = readlink("/proc/self/exe", path, sizeof path - 1);
	const int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
	posix_spawn_file_actions_t actions;
	size_t count = 0;
	int status = 0, error;
	pid_t pid;

	cr_assert(path_len > 0 && out >= 0 && err >= 0);
	path[path_len] = '\0';
	/* BXFI_ is how Criterion tells its own workers what to be. */
	for (char **word = environ; *word && count < ARRAY_LEN(env) - 5; word++)
		if (strncmp(*word, "DEED_OPTIONS=", 13) && strncmp(*word, "ASAN_OPTIONS=", 13) &&
		    strncmp(*word, "BXFI_", 5))
			env[count++] = *word;
	snprintf(words[0], sizeof *words, "TRAPPED_CHILD=%s", name);
	snprintf(words[1], sizeof *words, "TRAPPED_ARGUMENT=%s", argument ? argument : "");
	snprintf(words[2], sizeof *words, "DEED_OPTIONS=%s", options ? options : "");
	/* What a child leaks it leaks on purpose, and deed tells it. */
	snprintf(words[3], sizeof *words, "ASAN_OPTIONS=%s:detect_leaks=0",
		 getenv("ASAN_OPTIONS") ? getenv("ASAN_OPTIONS") : "");
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		env[count++] = words[i];
	env[count] = NULL;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
	error = posix_spawn(&pid, path, &actions, NULL, argv, env);
	posix_spawn_file_actions_destroy(&actions);
	cr_assert(!error, "the child does not start: %s", strerror(error));
	while (waitpid(pid, &status, 0) < 0)
		cr_assert(errno == EINTR);
	result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	child_read(out, result.out, sizeof result.out);
	child_read(err, result.err, sizeof result.err);
	return &result;
}

/* How often `word` is in `text`. */
MAYBE_UNUSED static size_t times_in(const char *text, const char *word)
{
	size_t times = 0;

	for (const char *at = strstr(text, word); at; at = strstr(at + strlen(word), word))
		times++;
	return times;
}

#define expect_clean_exit(result)                                                                  \
	do {                                                                                       \
		const struct child_result *const child_seen = (result);                            \
                                                                                                   \
		cr_expect(child_seen->signal == 0 && child_seen->code == 0 && !child_seen->err[0], \
			  "signal %d, code %d, stderr: %s", child_seen->signal, child_seen->code,  \
			  child_seen->err);                                                        \
	} while (0)

#endif
