/* SPDX-License-Identifier: MIT
 *
 * tests/test_threads.c - the ledger under threads, fork and signals.
 *
 * Two threads race for loans of one small buffer, a million times, while an oracle that
 * knows only bytes counts who holds which: a reader adds one to its bytes, a writer takes
 * a thousand from them, and whoever finds something else there has found an overlap that
 * was admitted. A buffer is reported once and then its faults are counted, so a thread
 * that was refused can be told neither by the handler nor by its view; it looks at the
 * count of faults instead. Where another thread was refused in the same moment it cannot
 * tell, and marks nothing: that hides no violation and invents none.
 */
#include "trapped.h"

#include <link.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

#include "deed/kernels.h"

TestSuite(threads, .init = trapped_begin, .fini = trapped_end, .timeout = 300);

static deed_i32 filled(size_t count)
{
	deed_i32 xs = DEED_EMPTY;

	cr_assert(deed_new_zeroed(&xs, count) == 0);
	return xs;
}

static size_t faults(void)
{
	const struct deed_statistics stats = deed_stats();

	return stats.reports + stats.follow_ons;
}

/* ---- two threads against the bytes ---------------------------------------------------------- */

enum { ELEMENTS = 24, ROUNDS = 500000, WRITER = 1000 };

static deed_i32 shared = DEED_EMPTY;
static atomic_int held[ELEMENTS];
static atomic_size_t violations, admitted, unknown;

static void mark(size_t lo, size_t hi, bool writes, bool ends)
{
	for (size_t i = lo; i < hi; i++) {
		int was;

		if (ends) {
			atomic_fetch_add(&held[i], writes ? WRITER : -1);
			continue;
		}
		was = writes ? atomic_fetch_sub(&held[i], WRITER) : atomic_fetch_add(&held[i], 1);
		if (writes ? was != 0 : was < 0)
			atomic_fetch_add(&violations, 1);
	}
}

/* A loan of some kind, as the elements that it covers. */
struct claim {
	size_t pitch, y, x, rows, width; /* rows of width; contiguous if rows == 1 */
	bool writes, is_tile, is_child;
};

static void mark_claim(const struct claim *claim, bool ends)
{
	for (size_t row = 0; row < claim->rows; row++) {
		const size_t lo = (claim->y + row) * claim->pitch + claim->x;

		mark(lo, lo + claim->width, claim->writes, ends);
	}
}

static struct claim random_claim(uint64_t *state)
{
	struct claim claim = { .pitch = ELEMENTS, .rows = 1, .width = ELEMENTS };
	const size_t kind = random_below(state, 8);

	claim.writes = random_below(state, 2);
	if (kind < 2)
		return claim; /* whole */
	if (kind < 5) {
		claim.x = random_below(state, ELEMENTS);
		claim.width = 1 + random_below(state, ELEMENTS - claim.x);
		claim.is_child = kind == 4;
		return claim;
	}
	claim.is_tile = true;
	claim.pitch = 4 + 2 * random_below(state, 2); /* 4 or 6 */
	claim.x = random_below(state, claim.pitch);
	claim.width = 1 + random_below(state, claim.pitch - claim.x);
	claim.y = random_below(state, ELEMENTS / claim.pitch);
	claim.rows = 1 + random_below(state, ELEMENTS / claim.pitch - claim.y);
	return claim;
}

/* What was taken; which member is in use, the claim says. */
struct taken {
	deed_i32_inout inout, child;
	deed_i32_borrowed borrowed;
	deed_i32_tile_inout tile_inout;
	deed_i32_tile_borrowed tile_borrowed;
};

static void take(const struct claim *claim, struct taken *taken)
{
	const size_t lo = claim->x, hi = claim->x + claim->width;

	if (claim->is_tile && claim->writes)
		taken->tile_inout = deed_tile_inout(&shared, claim->pitch, claim->y, claim->x,
						    claim->rows, claim->width);
	else if (claim->is_tile)
		taken->tile_borrowed = deed_tile_borrow(&shared, claim->pitch, claim->y, claim->x,
							claim->rows, claim->width);
	else if (claim->width == ELEMENTS && claim->writes)
		taken->inout = deed_inout(&shared);
	else if (claim->width == ELEMENTS)
		taken->borrowed = deed_borrow(&shared);
	else if (claim->writes)
		taken->inout = deed_inout_part(&shared, lo, hi);
	else
		taken->borrowed = deed_borrow_part(&shared, lo, hi);
}

static void give_back(const struct claim *claim, struct taken *taken)
{
	if (claim->is_tile && claim->writes)
		deed_end(&shared, &taken->tile_inout);
	else if (claim->is_tile)
		deed_end(&shared, &taken->tile_borrowed);
	else if (claim->writes)
		deed_end(&shared, &taken->inout);
	else
		deed_end(&shared, &taken->borrowed);
}

static void count_only(const struct deed_report *report, void *context)
{
	(void)context;
	if (report->fault != DEED_E09) {
		fprintf(stderr, "a race reports %s", report->text);
		atomic_fetch_add(&violations, 1);
	}
}

static void *racer(void *argument)
{
	uint64_t state = (uint64_t)(uintptr_t)argument * 0x9e3779b97f4a7c15u + 1;

	for (int round = 0; round < ROUNDS; round++) {
		const struct claim claim = random_claim(&state);
		struct taken taken = { .inout = { .h = { 0 } } };
		const size_t before = faults();

		take(&claim, &taken);
		if (faults() != before) {
			/* Refused, or the other thread was meanwhile. */
			atomic_fetch_add(&unknown, 1);
			give_back(&claim, &taken);
			continue;
		}
		mark_claim(&claim, false);
		if (claim.is_child && claim.writes) {
			/* A child of the loan: nobody else may be in it either. */
			taken.child = deed_inout(&taken.inout);
			deed_end(&taken.inout, &taken.child);
		}
		mark_claim(&claim, true);
		give_back(&claim, &taken);
		atomic_fetch_add(&admitted, 1);
	}
	return NULL;
}

Test(threads, two_threads_never_hold_what_overlaps_in_a_million_rounds)
{
	pthread_t thread[2];
	deed_i32_inout v;

	shared = filled(ELEMENTS);
	deed_on_fault(count_only, NULL);
	for (uintptr_t i = 0; i < 2; i++)
		cr_assert(pthread_create(&thread[i], NULL, racer, (void *)(i + 7)) == 0);
	for (size_t i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	deed_on_fault(trapped_handler, NULL);
	printf("test_threads: %zu admitted, %zu refused or beside a refusal\n",
	       atomic_load(&admitted), atomic_load(&unknown));
	cr_expect(atomic_load(&violations) == 0, "%zu overlaps were admitted",
		  atomic_load(&violations));
	cr_expect(atomic_load(&admitted) > ROUNDS / 10);
	for (size_t i = 0; i < ELEMENTS; i++)
		cr_expect(atomic_load(&held[i]) == 0);
	/* At rest nothing is held. */
	cr_expect(deed_stats().live_loans == 0);
	expect_silent(v = deed_inout(&shared));
	expect_silent(deed_end(&shared, &v));
	expect_silent(deed_drop(&shared));
}

/* Disjoint halves, so that every refusal is a false alarm: the permissive side of the race. */
static void *half_racer(void *argument)
{
	const size_t lo = argument ? ELEMENTS / 2 : 0, hi = lo + ELEMENTS / 2;
	uint64_t state = lo + 3;

	for (int round = 0; round < ROUNDS / 2; round++) {
		const size_t a = lo + random_below(&state, hi - lo);
		const size_t b = a + 1 + random_below(&state, hi - a);
		deed_i32_inout v = deed_inout_part(&shared, a, b), c;

		c = deed_inout(&v);
		deed_at(c, 0) += 1;
		if (round & 1)
			deed_end(&v, &c);
		deed_end(&shared, &v);
	}
	return NULL;
}

Test(threads, threads_in_disjoint_parts_never_meet)
{
	pthread_t thread[2];

	shared = filled(ELEMENTS);
	expect_silent({
		for (uintptr_t i = 0; i < 2; i++)
			cr_assert(pthread_create(&thread[i], NULL, half_racer, (void *)i) == 0);
		for (size_t i = 0; i < 2; i++)
			pthread_join(thread[i], NULL);
	});
	cr_expect(deed_stats().live_loans == 0);
	deed_drop(&shared);
}

/* Owners and their loans, each of one thread: slots and rows are shared, buffers are not. */
static void *own_racer(void *argument)
{
	uint64_t state = (uint64_t)(uintptr_t)argument + 1;
	deed_i32 xs[8];

	memset(xs, 0, sizeof xs);
	for (int round = 0; round < ROUNDS / 4; round++) {
		deed_i32 *const x = &xs[random_below(&state, 8)];
		deed_i32 *const y = &xs[random_below(&state, 8)];
		int err = 0;

		if (!deed_owns(x)) {
			err = deed_new(x, 1 + random_below(&state, 50));
		} else if (!deed_owns(y)) {
			deed_move(y, x);
		} else if (round % 3 == 0) {
			deed_drop(x);
		} else if (round % 3 == 1) {
			err = deed_resize(x, 1 + random_below(&state, 50));
		} else {
			DEED_INOUT(v, x);
			DEED_INOUT_PART(c, &v, 0, 1);
			deed_at(c, 0) = round;
		}
		if (err)
			return (void *)1;
	}
	for (size_t i = 0; i < 8; i++)
		deed_settle(&xs[i]);
	return NULL;
}

Test(threads, threads_with_buffers_of_their_own_never_meet)
{
	pthread_t thread[4];
	void *failed;

	expect_silent({
		for (uintptr_t i = 0; i < 4; i++)
			cr_assert(pthread_create(&thread[i], NULL, own_racer, (void *)i) == 0);
		for (size_t i = 0; i < 4; i++) {
			pthread_join(thread[i], &failed);
			cr_expect(failed == NULL);
		}
	});
	cr_expect(deed_stats().live_buffers == 0 && deed_stats().live_loans == 0);
}

/* ---- hand-over ------------------------------------------------------------------------------ */

struct parcel {
	deed_i32 owner, *source;
	deed_i32_inout view;
	deed_i32_borrowed reader;
	int step;
};

static void *recipient(void *argument)
{
	struct parcel *const parcel = argument;

	switch (parcel->step) {
	case 0: /* a view that was lent elsewhere is used and ended here */
		deed_at(parcel->view, 3) = 3;
		deed_end(parcel->source, &parcel->view);
		break;
	case 1: /* begun here, ended elsewhere */
		parcel->view = deed_inout_part(parcel->source, 2, 5);
		break;
	case 2: /* an owner comes by move, and is dropped here */
		deed_drop(&parcel->owner);
		break;
	case 3: /* made here, dropped elsewhere */
		parcel->step = deed_new(&parcel->owner, 77) == 0 ? 4 : -1;
		break;
	default: /* a borrowed view is read by all */
		for (int i = 0; i < 10000; i++)
			if (deed_at(parcel->reader, (size_t)i % 10) != (int)((size_t)i % 10))
				return (void *)1;
		return NULL;
	}
	return NULL;
}

static void on_a_thread(void *(*run)(void *), void *argument)
{
	pthread_t thread;
	void *failed = NULL;

	cr_assert(pthread_create(&thread, NULL, run, argument) == 0);
	pthread_join(thread, &failed);
	cr_expect(failed == NULL);
}

DEED_UNCHECKED Test(threads, views_are_used_and_ended_on_any_thread)
{
	deed_i32 xs = filled(10);
	struct parcel parcel = { .source = &xs };

	expect_silent({
		parcel.view = deed_inout(&xs);
		on_a_thread(recipient, &parcel);
		cr_expect(deed_stats().live_loans == 0);
		parcel.step = 1;
		on_a_thread(recipient, &parcel);
	});
	/* Its thread has ended; the loan, which is no guard, has not. */
	expect_fault(DEED_E09, {
		deed_i32_inout v = deed_inout(&xs);
		(void)v;
	});
	expect_silent(deed_at(parcel.view, 0) = 1);
	expect_silent(deed_end(&xs, &parcel.view));
	expect_silent(deed_drop(&xs));
}

DEED_UNCHECKED Test(threads, owners_move_between_threads)
{
	struct parcel parcel = { .step = 2 };
	deed_i32 xs = filled(10);

	expect_silent({
		deed_move(&parcel.owner, &xs);
		on_a_thread(recipient, &parcel);
		cr_expect(!deed_owns(&parcel.owner) && deed_stats().live_buffers == 0);
		parcel.step = 3;
		on_a_thread(recipient, &parcel);
		cr_expect(deed_len(parcel.owner) == 77);
		deed_drop(&parcel.owner);
	});
	expect_fault(DEED_E03, (void)deed_borrow(&xs)); /* the sender's is moved */
}

Test(threads, a_borrowed_view_is_read_by_many)
{
	deed_i32 xs = filled(10);
	pthread_t thread[8];
	struct parcel parcel = { .step = 9 };
	void *failed;

	{
		DEED_INOUT(v, &xs);
		for (size_t i = 0; i < 10; i++)
			deed_at(v, i) = (int)i;
	}
	parcel.reader = deed_borrow(&xs);
	expect_silent({
		for (size_t i = 0; i < 8; i++)
			cr_assert(pthread_create(&thread[i], NULL, recipient, &parcel) == 0);
		for (size_t i = 0; i < 8; i++) {
			pthread_join(thread[i], &failed);
			cr_expect(failed == NULL);
		}
	});
	deed_end(&xs, &parcel.reader);
	deed_drop(&xs);
}

Test(threads, a_conflict_across_threads_names_the_holders_thread)
{
	deed_i32 xs = filled(10);
	struct parcel parcel = { .source = &xs, .step = 1 };
	bool named = false;

	on_a_thread(recipient, &parcel);
	expect_fault(DEED_E09, {
		deed_i32_inout v = deed_inout(&xs);
		(void)v;
	});
	for (size_t i = 1; i < trapped.report.site_count; i++)
		named |= trapped.report.sites[i].role == DEED_ROLE_LENT_INOUT &&
			 trapped.report.sites[i].thread != trapped.report.sites[0].thread;
	cr_expect(named, "%s", trapped.report.text);
	deed_end(&xs, &parcel.view);
	deed_drop(&xs);
}

/* ---- churn ---------------------------------------------------------------------------------- */

static void *make_and_drop(void *argument)
{
	deed_i32 xs = DEED_EMPTY;

	(void)argument;
	for (int i = 0; i < 5; i++) {
		if (deed_new(&xs, 100))
			return (void *)1;
		{
			DEED_INOUT(v, &xs);
			DEED_BORROWED_PART(r, &v, 5, 10);
			(void)deed_at(r, 0);
		}
		deed_drop(&xs);
	}
	return NULL;
}

/* A history of a few buffers, and no quarantine, or it would grow by the stories of those that the
 * threads made. */
CHILD(many_threads)
{
	size_t after_hundred = 0, after_all;
	pthread_t thread;
	void *failed;

	for (int i = 0; i < 1000; i++) {
		require(pthread_create(&thread, NULL, make_and_drop, NULL) == 0);
		pthread_join(thread, &failed);
		require(!failed);
		if (i == 100)
			after_hundred = deed_stats().ledger_bytes;
	}
	after_all = deed_stats().ledger_bytes;
	require(deed_stats().live_buffers == 0 && deed_stats().live_loans == 0);
	printf("%zu bytes after 100 threads, %zu after 1000", after_hundred, after_all);
	require(after_all <= after_hundred + after_hundred / 4);
}

Test(threads, a_thousand_threads_come_and_go_without_growing_the_ledger)
{
	const struct child_result *const result =
		child_run("many_threads", "", "history=16:quarantine=0");

	cr_expect(result->code == 0, "%s: %s", result->out, result->err);
}

/* ---- eight at once -------------------------------------------------------------------------- */

enum { AT_ONCE = 8, TRAPS_EACH = 20 };

static pthread_barrier_t line_up;
static bool one_by_one;

DEED_UNCHECKED static __attribute__((noinline)) void use_after_drop(void)
{
	deed_i32 xs = DEED_EMPTY;
	deed_i32_borrowed r;
	int err = deed_new(&xs, 10);

	if (err)
		return;
	deed_drop(&xs);
	r = deed_borrow(&xs);
	(void)r;
}

static void *trap(void *argument)
{
	(void)argument;
	for (int i = 0; i < TRAPS_EACH; i++) {
		if (!one_by_one)
			pthread_barrier_wait(&line_up);
		use_after_drop();
	}
	return NULL;
}

CHILD(eight_trap)
{
	pthread_t thread[AT_ONCE];

	one_by_one = argument[0] == '1';
	pthread_barrier_init(&line_up, NULL, AT_ONCE);
	for (size_t i = 0; i < AT_ONCE; i++) {
		require(pthread_create(&thread[i], NULL, trap, NULL) == 0);
		if (one_by_one)
			pthread_join(thread[i], NULL);
	}
	for (size_t i = 0; i < AT_ONCE && !one_by_one; i++)
		pthread_join(thread[i], NULL);
}

/* What differs from run to run (numbers, addresses, the room that they take) becomes one sign, so
 * that two reports of one fault are equal. */
static void normalise(char *text)
{
	char *to = text;

	for (const char *from = text; *from;) {
		if ((*from >= '0' && *from <= '9')) {
			const bool is_hex = from[0] == '0' && from[1] == 'x';

			from += is_hex ? 2 : 0;
			while ((*from >= '0' && *from <= '9') ||
			       (is_hex && *from >= 'a' && *from <= 'f'))
				from++;
			*to++ = '#';
		} else if (*from == ' ') {
			while (*from == ' ')
				from++;
			*to++ = ' ';
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Cuts a log into its reports, each normalised. They begin as the first one does, up to its id, and
 * so does the summary that each ends with. */
static size_t cut_reports(char *log, char **reports, size_t limit)
{
	const char *const id = strstr(log, "E04");
	char start[64];
	size_t count = 0;

	cr_assert(id && (size_t)(id - log) < sizeof start - 4, "no report begins: %.200s", log);
	snprintf(start, sizeof start, "%.*s", (int)(id - log + 3), log);
	for (char *at = log, *next; at && count < limit; at = next) {
		reports[count++] = at;
		next = at;
		for (int lines = 0; next && lines < 2; lines++)
			do
				next = strstr(next + 1, start);
			while (next && next[-1] != '\n');
		if (next)
			next[-1] = '\0';
	}
	for (size_t i = 0; i < count; i++) {
		const size_t len = strlen(reports[i]);

		if (len && reports[i][len - 1] == '\n')
			reports[i][len - 1] = '\0';
		normalise(reports[i]);
	}
	qsort(reports, count, sizeof *reports, by_text);
	return count;
}

static char *read_whole(const char *path)
{
	static char text[2][1 << 20];
	static int which;
	char *const to = text[which++ % 2];
	FILE *const file = fopen(path, "r");
	size_t bytes;

	cr_assert(file != NULL, "%s is not there", path);
	bytes = fread(to, 1, sizeof *text - 1, file);
	to[bytes] = '\0';
	fclose(file);
	return to;
}

Test(threads, eight_threads_that_trap_at_once_give_whole_reports)
{
	static char *serial[2 * AT_ONCE * TRAPS_EACH], *at_once[2 * AT_ONCE * TRAPS_EACH];
	char path[2][128], options[2][320];
	size_t count[2];

	for (int i = 0; i < 2; i++) {
		const struct child_result *result;

		snprintf(path[i], sizeof *path, "/tmp/deed-test-threads-%d-%d", (int)getpid(), i);
		snprintf(options[i], sizeof *options, "on_fault=continue:log=%s", path[i]);
		unlink(path[i]);
		result = child_run("eight_trap", i ? "0" : "1", options[i]);
		cr_expect(result->code == 0 && !result->err[0], "code %d, signal %d: %s",
			  result->code, result->signal, result->err);
	}
	count[0] = cut_reports(read_whole(path[0]), serial, ARRAY_LEN(serial));
	count[1] = cut_reports(read_whole(path[1]), at_once, ARRAY_LEN(at_once));
	cr_expect(count[0] == AT_ONCE * TRAPS_EACH, "%zu reports one by one", count[0]);
	cr_expect(count[1] == AT_ONCE * TRAPS_EACH, "%zu reports at once", count[1]);
	for (size_t i = 0; i < count[0] && i < count[1]; i++)
		if (strcmp(serial[i], at_once[i]) != 0) {
			cr_expect_fail("a report is not whole:\n%s\ninstead of\n%s", at_once[i],
				       serial[i]);
			break;
		}
	unlink(path[0]);
	unlink(path[1]);
}

Test(threads, eight_threads_that_trap_at_once_abort_after_one_whole_report)
{
	static char *one[4], *of_eight[AT_ONCE * TRAPS_EACH];
	static char text[2][1 << 18];
	size_t count;

	snprintf(text[0], sizeof *text, "%s", child_run("eight_trap", "1", "")->err);
	cut_reports(text[0], one, ARRAY_LEN(one));
	for (int round = 0; round < 20; round++) {
		const struct child_result *const result = child_run("eight_trap", "0", "");

		cr_expect(result->signal == SIGABRT, "code %d, signal %d", result->code,
			  result->signal);
		snprintf(text[1], sizeof *text, "%s", result->err);
		count = cut_reports(text[1], of_eight, ARRAY_LEN(of_eight));
		cr_expect(count == 1, "%zu reports", count);
		cr_expect(!strcmp(one[0], of_eight[0]), "not whole:\n%s\ninstead of\n%s",
			  of_eight[0], one[0]);
	}
}

/* ---- fork ----------------------------------------------------------------------------------- */

static deed_i32 forked, others_buffer;
static deed_i32_inout mine_view, others_view;
static pthread_barrier_t lent, forked_already;

static void *hold(void *argument)
{
	(void)argument;
	others_view = deed_inout(&others_buffer);
	pthread_barrier_wait(&lent);
	pthread_barrier_wait(&forked_already);
	deed_end(&others_buffer, &others_view);
	return NULL;
}

static enum deed_fault last_fault;
static size_t fault_reports;

static void note(const struct deed_report *report, void *context)
{
	(void)context;
	last_fault = report->fault;
	fault_reports++;
}

/* What the process that fork() made may do. */
static void be_forked(const char *what)
{
	deed_i32 own = DEED_EMPTY;
	deed_i32_inout v;

	if (!strcmp(what, "nothing"))
		return; /* and nothing of the parent's is a leak */
	deed_on_fault(note, NULL);
	deed_at(mine_view, 0) = 1; /* its own thread's loan lives */
	require(!fault_reports);
	v = deed_inout(&forked);
	require(last_fault == DEED_E09 && fault_reports == 1);
	(void)v;
	deed_end(&forked, &mine_view);
	v = deed_inout(&others_buffer); /* the other thread's loan is over */
	require(fault_reports == 1);
	deed_at(v, 0) = 1;
	deed_end(&others_buffer, &v);
	require(deed_stats().live_loans == 0);
	deed_drop(&others_buffer);
	deed_drop(&forked);
	require(fault_reports == 1);
	require(deed_new(&own, 10) == 0);
	deed_on_fault(NULL, NULL);
	if (!strcmp(what, "leak"))
		return;
	deed_drop(&own);
}

CHILD(forks)
{
	pthread_t thread;
	int status = 0;
	pid_t pid;

	pthread_barrier_init(&lent, NULL, 2);
	pthread_barrier_init(&forked_already, NULL, 2);
	require(deed_new(&forked, 10) == 0 && deed_new(&others_buffer, 10) == 0);
	mine_view = deed_inout(&forked);
	require(pthread_create(&thread, NULL, hold, NULL) == 0);
	pthread_barrier_wait(&lent);
	pid = fork();
	require(pid >= 0);
	if (!pid) {
		be_forked(argument);
		exit(0);
	}
	pthread_barrier_wait(&forked_already);
	pthread_join(thread, NULL);
	require(waitpid(pid, &status, 0) == pid);
	printf("signal %d code %d", WIFSIGNALED(status) ? WTERMSIG(status) : 0,
	       WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	/* The parent goes on as if nothing were. */
	deed_at(mine_view, 0) = 2;
	deed_end(&forked, &mine_view);
	deed_drop(&forked);
	deed_drop(&others_buffer);
}

Test(threads, fork_leaves_the_child_its_own_threads_loans_and_no_leaks)
{
	const struct child_result *result;

	result = child_run("forks", "nothing", "");
	expect_clean_exit(result);
	cr_expect(!strcmp(result->out, "signal 0 code 0"), "%s", result->out);
	result = child_run("forks", "work", "");
	expect_clean_exit(result);
	cr_expect(!strcmp(result->out, "signal 0 code 0"), "%s", result->out);
}

Test(threads, a_forked_childs_own_leak_is_told)
{
	const struct child_result *const result = child_run("forks", "leak", "");

	cr_expect(!strcmp(result->out, "signal 6 code -1"), "%s", result->out);
	cr_expect(strstr(result->err, "E17") != NULL, "%s", result->err);
	/* Nobody may ask the dynamic linker there; where the frames lie is told all the same. */
	cr_expect(strstr(result->err, "addr2line -e /") != NULL, "%s", result->err);
}

static atomic_bool stop;

/* What AddressSanitizer's malloc() locks stays locked in a child: there, no memory is asked for. */
static int make_four(deed_i32 *ret, int32_t *elements)
{
	return TRAPPED_SANITIZED ? deed_adopt(ret, elements, 4, NULL, NULL) : deed_new(ret, 4);
}

static void *keep_busy(void *argument)
{
	deed_i32 xs = DEED_EMPTY;
	int32_t elements[4];

	(void)argument;
	while (!atomic_load(&stop)) {
		if (make_four(&xs, elements))
			return (void *)1;
		{
			DEED_INOUT_PART(v, &xs, 1, 2);
			deed_at(v, 0) = 1;
		}
		deed_drop(&xs);
		if (deed_adopt(&xs, elements, 4, NULL, NULL))
			return (void *)1;
		deed_drop(&xs);
	}
	return NULL;
}

static void *change_handlers(void *argument)
{
	while (!atomic_load(&stop))
		deed_on_fault(NULL, NULL);
	return argument;
}

/* Whatever lock the busy threads hold at that moment, the child must find all of them free. */
CHILD(forks_among_busy_threads)
{
	pthread_t thread[3];
	pid_t pid;
	int status;

	for (size_t i = 0; i < 3; i++)
		require(pthread_create(&thread[i], NULL, i ? keep_busy : change_handlers, NULL) ==
			0);
	for (int round = 0; round < 200; round++) {
		pid = fork();
		require(pid >= 0);
		if (!pid) {
			deed_i32 xs = DEED_EMPTY;
			int32_t elements[4];

			alarm(10); /* a deadlock must not outlive the test */
			deed_on_fault(NULL, NULL);
			require(make_four(&xs, elements) == 0);
			{
				DEED_INOUT_PART(v, &xs, 0, 1);
				deed_at(v, 0) = 1;
			}
			deed_drop(&xs);
			require(deed_adopt(&xs, elements, 4, NULL, NULL) == 0);
			deed_drop(&xs);
			exit(0);
		}
		require(waitpid(pid, &status, 0) == pid);
		require(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < 3; i++)
		pthread_join(thread[i], NULL);
}

Test(threads, fork_at_any_moment_finds_the_ledger_whole)
{
	expect_clean_exit(child_run("forks_among_busy_threads", "", ""));
}

static int hold_for_a_while(struct dl_phdr_info *info, size_t size, void *is_held)
{
	(void)info;
	(void)size;
	atomic_store((atomic_bool *)is_held, true);
	usleep(200000);
	return 1;
}

/* As dlopen() does, and whoever unwinds. */
static void *hold_the_linkers_lock(void *is_held)
{
	dl_iterate_phdr(hold_for_a_while, is_held);
	return NULL;
}

CHILD(forks_while_the_linkers_lock_is_held)
{
	static atomic_bool is_held;
	pthread_t thread;
	int status = -1;
	pid_t pid;

	(void)argument;
	require(pthread_create(&thread, NULL, hold_the_linkers_lock, &is_held) == 0);
	while (!atomic_load(&is_held))
		sched_yield();
	pid = fork();
	if (!pid) {
		deed_i32 xs = filled(4);

		deed_drop(&xs);
		exit(0); /* past the destructors of deed.h, too */
	}
	for (int i = 0; i < 100 && waitpid(pid, &status, WNOHANG) == 0; i++)
		usleep(50000);
	if (status == -1)
		kill(pid, SIGKILL);
	pthread_join(thread, NULL);
	require(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

Test(threads, a_forked_child_waits_for_no_thread_that_it_does_not_have)
{
	expect_clean_exit(child_run("forks_while_the_linkers_lock_is_held", "", ""));
}

static deed_i32 lent_by_handler;

static void lend_in_handler(int number)
{
	deed_i32_borrowed part = deed_borrow_part(&lent_by_handler, 1, 3);

	(void)number;
	deed_end(&lent_by_handler, &part);
}

/* The program's own thread does nothing but fork, so whatever the handler interrupts is that. */
CHILD(forks_among_signals)
{
	enum { FORKS = 1000 };
	struct itimerval often = { { 0, 300 }, { 0, 300 } };

	alarm(100);
	lent_by_handler = filled(10);
	lend_in_handler(0);
	signal(SIGPROF, lend_in_handler);
	require(setitimer(ITIMER_PROF, &often, NULL) == 0);
	for (int i = 0; i < FORKS; i++) {
		const pid_t pid = fork();
		int status;

		if (!pid)
			_exit(0);
		while (waitpid(pid, &status, 0) < 0)
			require(errno == EINTR);
		require(status == 0);
	}
	often = (struct itimerval){ { 0, 0 }, { 0, 0 } };
	require(setitimer(ITIMER_PROF, &often, NULL) == 0);
	deed_drop(&lent_by_handler);
}

Test(threads, a_fork_is_no_trap_for_a_handler_that_lends)
{
	expect_clean_exit(child_run("forks_among_signals", "", ""));
}

/* ---- owners that change while they are lent ------------------------------------------------- */

enum { CHANGES = 2000, CHANGED_BYTES = 1 << 16 };

static deed_u8 changing, changing_copy;
static deed_u8_borrowed changing_view;
static atomic_int change_turn;

/* The two threads meet only if both run; so it spins. But if they have one processor, for a
 * fraction of a time slice. */
static void wait_for_turn(const atomic_int *turn, int value)
{
	for (unsigned spins = 1; atomic_load(turn) != value; spins++)
		if (spins % 100000 == 0)
			sched_yield();
}

static void *borrow_while_it_changes(void *unused)
{
	for (int i = 1; i <= CHANGES; i++) {
		wait_for_turn(&change_turn, 2 * i - 1);
		for (volatile int wait = i % 50 * 20; wait; wait--)
			;
		changing_view = deed_borrow(&changing_copy);
		atomic_store(&change_turn, 2 * i);
	}
	return unused;
}

/* Either the loan comes first, and the change is refused; or it comes after, and is. */
Test(threads, a_loan_and_a_change_of_its_owner_never_both_pass)
{
	pthread_t thread;

	deed_on_fault(count_only, NULL);
	cr_assert(pthread_create(&thread, NULL, borrow_while_it_changes, NULL) == 0);
	for (int i = 1; i <= CHANGES; i++) {
		const size_t before = faults();
		bool has_changed;
		int err = deed_new(&changing, CHANGED_BYTES);

		cr_assert(!err);
		changing_copy = changing;
		atomic_store(&change_turn, 2 * i - 1);
		if (i % 2) {
			has_changed = deed_resize(&changing, CHANGED_BYTES + 1) == 0;
		} else {
			deed_drop(&changing);
			has_changed = !deed_owns(&changing);
		}
		wait_for_turn(&change_turn, 2 * i);
		cr_assert(faults() == before + 1, "round %d: %zu faults", i, faults() - before);
		if (!has_changed)
			deed_end(&changing, &changing_view);
		deed_settle(&changing);
	}
	pthread_join(thread, NULL);
	deed_on_fault(NULL, NULL);
}

/* ---- a guard that another thread ends ------------------------------------------------------- */

static deed_i32 guarded;
static deed_i32_inout guard_copy;
static atomic_int guard_turn;

static void *end_guard_of_other(void *unused)
{
	for (int i = 1; i <= CHANGES; i++) {
		wait_for_turn(&guard_turn, 2 * i - 1);
		for (volatile int wait = i % 50 * 4; wait; wait--)
			;
		deed_end(&guarded, &guard_copy);
		atomic_store(&guard_turn, 2 * i);
	}
	return unused;
}

static void lend_for_a_block(int i)
{
	DEED_INOUT(v, &guarded);

	guard_copy = v;
	atomic_store(&guard_turn, 2 * i - 1);
	for (volatile int wait = 100; wait; wait--)
		;
}

/* Whoever comes second is told, and nothing of the guard is left. */
Test(threads, a_guard_that_another_thread_ends_is_one_fault)
{
	pthread_t thread;

	deed_on_fault(count_only, NULL);
	guarded = filled(4);
	cr_assert(pthread_create(&thread, NULL, end_guard_of_other, NULL) == 0);
	for (int i = 1; i <= CHANGES; i++) {
		const size_t before = faults();

		lend_for_a_block(i);
		wait_for_turn(&guard_turn, 2 * i);
		cr_assert(faults() == before + 1, "round %d: %zu faults", i, faults() - before);
		cr_assert(deed_stats().live_loans == 0);
	}
	pthread_join(thread, NULL);
	deed_drop(&guarded);
	deed_on_fault(NULL, NULL);
}

/* ---- signals -------------------------------------------------------------------------------- */

/* A hundred thousand by a timer, at any instruction of a loop that does little but deed's verbs;
 * and some by another thread, which come where the kernel lets them in. How long that takes is the
 * machine's business: after SECONDS_MAX those that came are enough. */
enum { SIGNALS_BY_TIMER = 100000, SIGNALS_BY_THREAD = 3000, SECONDS_MAX = 40 };

static deed_i32 signal_buffer;
static atomic_size_t signals_seen, reentered, other_faults;
static pthread_t interrupted;
static atomic_bool enough;
static bool by_timer;
static timer_t timer;

static void note_in_signal(const struct deed_report *report, void *context)
{
	(void)context;
	if (report->fault == DEED_E24) {
		atomic_fetch_add(&reentered, 1);
	} else {
		atomic_fetch_add(&other_faults, 1);
		fprintf(stderr, "%s", report->text);
	}
}

/* One shot, set again by the handler: a timer that repeats could leave the program no time between
 * two handlers. In another moment each time, from the next instruction to the next turn of the
 * loop. */
static void set_timer(void)
{
	const long delay_ns = 1000 + (long)(atomic_load(&signals_seen) * 7919 % 15000);
	const struct itimerspec once = { { 0, 0 }, { 0, delay_ns } };

	timer_settime(timer, 0, &once, NULL);
}

/* Uses deed, whatever it interrupts. It makes no buffer: malloc() is no signal-safe function. */
static void use_in_signal(int number)
{
	deed_i32_inout v, c;
	deed_i32_borrowed r;

	(void)number;
	v = deed_inout_part(&signal_buffer, 2, 5);
	c = deed_inout(&v);
	deed_at(c, 0) = 1;
	deed_end(&v, &c);
	deed_end(&signal_buffer, &v);
	r = deed_borrow(&signal_buffer);
	(void)deed_data(r);
	(void)deed_sum_i32(r);
	deed_end(&signal_buffer, &r);
	(void)deed_owns(&signal_buffer);
	if (atomic_fetch_add(&signals_seen, 1) + 1 < SIGNALS_BY_TIMER && by_timer)
		set_timer();
}

static void *send_signals(void *argument)
{
	(void)argument;
	for (size_t i = 0; i < SIGNALS_BY_THREAD && !atomic_load(&enough); i++) {
		/* One at a time, or they would be folded into one. */
		while (atomic_load(&signals_seen) < i && !atomic_load(&enough))
			sched_yield();
		if (pthread_kill(interrupted, SIGUSR1))
			break;
	}
	return NULL;
}

static void be_interrupted(size_t times)
{
	const time_t begin = time(NULL);
	deed_i32 xs = DEED_EMPTY, ys = DEED_EMPTY;

	while (atomic_load(&signals_seen) < times && time(NULL) - begin < SECONDS_MAX) {
		deed_i32_inout v, c;

		require(deed_new(&xs, 20) == 0);
		v = deed_inout(&xs);
		c = deed_reborrow(&v, 3, 7);
		deed_at(c, 0) = 1;
		deed_end(&v, &c);
		deed_end(&xs, &v);
		{
			DEED_BORROWED(r, &xs);
			DEED_BORROWED_PART(part, &r, 0, 5);
			(void)deed_data(part);
			(void)deed_sum_i32(part);
			require(deed_claim(part, part));
		}
		require(deed_resize(&xs, 21) == 0);
		deed_move(&ys, &xs);
		deed_drop(&ys);
		require(atomic_load(&other_faults) == 0);
	}
	atomic_store(&enough, true);
}

CHILD(is_interrupted)
{
	struct sigaction action;
	pthread_t sender;

	alarm(2 * SECONDS_MAX); /* a deadlock is what this is about */
	by_timer = !strcmp(argument, "timer");
	require(deed_new(&signal_buffer, 10) == 0);
	deed_on_fault(note_in_signal, NULL);
	memset(&action, 0, sizeof action);
	action.sa_handler = use_in_signal;
	action.sa_flags = SA_RESTART;
	require(sigaction(SIGUSR1, &action, NULL) == 0);
	interrupted = pthread_self();
	if (by_timer) {
		struct sigevent event;

		memset(&event, 0, sizeof event);
		event.sigev_notify = SIGEV_SIGNAL;
		event.sigev_signo = SIGUSR1;
		require(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
		set_timer();
		be_interrupted(SIGNALS_BY_TIMER);
		timer_delete(timer);
	} else {
		require(pthread_create(&sender, NULL, send_signals, NULL) == 0);
		be_interrupted(SIGNALS_BY_THREAD);
		pthread_join(sender, NULL);
	}
	signal(SIGUSR1, SIG_IGN);
	require(atomic_load(&other_faults) == 0);
	require(deed_stats().live_loans == 0);
	require(deed_stats().live_buffers == 1);
	deed_on_fault(NULL, NULL);
	deed_drop(&signal_buffer);
	printf("%zu signals by %s, %zu reported and %zu counted as re-entered\n",
	       atomic_load(&signals_seen), argument, atomic_load(&reentered),
	       deed_stats().follow_ons);
}

static void check_signals(const char *sender)
{
	const struct child_result *const result =
		child_run("is_interrupted", sender, "stack=none:source=0");

	expect_clean_exit(result);
	printf("test_threads: %s", result->out);
	/* Of so many, some must have hit the ledger. */
	cr_expect(!strstr(result->out, " 0 reported"), "%s", result->out);
}

Test(threads, a_signal_handler_works_or_is_told_that_it_re_entered)
{
	check_signals("timer");
}

Test(threads, a_signal_from_another_thread_does_too)
{
	check_signals("thread");
}

static void drop_in_handler(const struct deed_report *report, void *context)
{
	(void)report;
	deed_drop((deed_i32 *)context);
}

DEED_UNCHECKED Test(threads, a_fault_handler_may_use_deed)
{
	deed_i32 xs = filled(3), dropped = filled(3);

	deed_drop(&dropped);
	deed_on_fault(drop_in_handler, &xs);
	deed_drop(&dropped);
	deed_on_fault(trapped_handler, NULL);
	cr_expect(!deed_owns(&xs));
}

/* The dynamic linker's lock, in the hands of another thread until the handler has reported. */
static pthread_barrier_t linker_is_held;
static atomic_bool linker_may_go;
static deed_i32 read_by_handler;

static int hold_linker(struct dl_phdr_info *info, size_t size, void *argument)
{
	(void)info;
	(void)size;
	(void)argument;
	pthread_barrier_wait(&linker_is_held);
	while (!atomic_load(&linker_may_go))
		sched_yield();
	return 1;
}

static void *hold_linker_on_thread(void *unused)
{
	(void)dl_iterate_phdr(hold_linker, NULL);
	return unused;
}

static void tell(const struct deed_report *report, void *unused)
{
	(void)unused;
	(void)!write(STDOUT_FILENO, report->text, report->text_bytes);
}

static void read_after_crash(int signal)
{
	deed_i32_borrowed r = deed_borrow(&read_by_handler);

	(void)r;
	_exit(signal != SIGSEGV);
}

/* Crashes in a verb, which may have any lock of the ledger. */
CHILD(crashes_while_linker_is_held)
{
	deed_i32 *const unmapped = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t thread;

	(void)argument;
	alarm(20);
	require(unmapped != MAP_FAILED && deed_new(&read_by_handler, 10) == 0);
	pthread_barrier_init(&linker_is_held, NULL, 2);
	require(pthread_create(&thread, NULL, hold_linker_on_thread, NULL) == 0);
	pthread_barrier_wait(&linker_is_held);
	deed_on_fault(tell, NULL);
	require(signal(SIGSEGV, read_after_crash) != SIG_ERR);
	require(deed_new(unmapped, 10) == 0);
}

Test(threads, a_handler_that_re_enters_is_told_though_the_linker_is_busy)
{
	const struct child_result *const result = child_run("crashes_while_linker_is_held", "", "");

	cr_expect(result->code == 0, "code %d, signal %d: %s", result->code, result->signal,
		  result->err);
	cr_expect(strstr(result->out, "E24") != NULL, "%s", result->out);
	cr_expect(strstr(result->out, "addr2line -e /") != NULL, "%s", result->out);
}
