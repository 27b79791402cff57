/* SPDX-License-Identifier: MIT
 *
 * tests/partitions/main.c - runs the partition programs.
 *
 *     partitions [SEEDS] [NAME]     SEEDS orders of the parts, 100 unless given
 *
 * Each program with 1, 2 and 8 workers, as they come and in each order that
 * DEED_OPTIONS=schedule has for a seed; thousands of runs, so all in one process: the handler
 * notes what it is told, and the program goes on. What a run was told is compared with its entry
 * of list.def, and after a clean one the ledger must be as it was before. Then come programs that
 * are drawn by lot (drawn.c).
 */
#include "partition.h"

#include <unistd.h>

#include "trap/options.h"

#undef RACY
#undef CLEAN

static const struct entry {
	const char *name, *faults; /* of a clean one none */
	void (*run)(struct deed_pool *pool);
} entries[] = {
#define RACY(name, ...) { #name, #__VA_ARGS__, racy_##name },
#define CLEAN(name) { #name, "", clean_##name },
#include "list.def"
};

enum {
	ENTRIES = sizeof entries / sizeof *entries,
	AS_THEY_COME = 8, /* runs without an order: what happens then is luck */
	DRAWN_EACH = 20,  /* programs by lot for each seed */
	SECONDS_MAX = 60,
};

static const unsigned worker_counts[] = { 0, 1, 2, 8 };

/* What the run was told: a bit for each fault, and the first sentence. */
static atomic_ullong told;
static pthread_mutex_t text_lock = PTHREAD_MUTEX_INITIALIZER;
static char text[512];

static const char *current = "";

static void note(const struct deed_report *report, void *unused)
{
	(void)unused;
	if (!atomic_fetch_or(&told, 1ull << report->fault)) {
		pthread_mutex_lock(&text_lock);
		snprintf(text, sizeof text, "%s: %s", report->id, report->message);
		pthread_mutex_unlock(&text_lock);
	}
}

static unsigned long long faults_of(const char *words)
{
	unsigned long long faults = 0;

#define WORD(id, name, help) faults |= strstr(words, #id) ? 1ull << DEED_##id : 0;
	DEED_FAULT_TABLE(WORD)
#undef WORD
	return faults;
}

/* Null if the run was as it must be. */
static const char *wrong(const struct entry *entry, const struct deed_statistics *before)
{
	static char why[1024];
	const unsigned long long faults = atomic_load(&told), expected = faults_of(entry->faults);
	const struct deed_statistics now = deed_stats();

	if (!faults && expected)
		return "nothing is told";
	if (faults & ~expected) {
		snprintf(why, sizeof why, "expected %s, told %s",
			 *entry->faults ? entry->faults : "nothing", text);
		return why;
	}
	if (expected)
		return NULL;
	if (now.follow_ons != before->follow_ons)
		return "something is told, and counted under an earlier report";
	return now.live_loans != before->live_loans	  ? "loans are left"
	       : now.live_buffers != before->live_buffers ? "buffers are left"
							  : NULL;
}

void begin_run(unsigned seed)
{
	char option[32];

	snprintf(option, sizeof option, "schedule=%u", seed);
	CHECK(deed_options_parse(option) == 0);
	atomic_store(&told, 0);
}

unsigned long long told_of_run(void)
{
	return atomic_load(&told);
}

static const char *run_once(const struct entry *entry, struct deed_pool *pool, unsigned seed)
{
	const struct deed_statistics before = deed_stats();

	begin_run(seed);
	entry->run(pool);
	return wrong(entry, &before);
}

/* How many runs were wrong; the first of them is told. */
static unsigned run_all(const struct entry *entry, struct deed_pool *pool, unsigned workers,
			unsigned seeds, unsigned *runs)
{
	unsigned bad = 0;

	for (unsigned run = 0; run < AS_THEY_COME + seeds; run++) {
		const unsigned seed = run < AS_THEY_COME ? 0 : run - AS_THEY_COME + 1;
		const char *const why = run_once(entry, pool, seed);

		++*runs;
		if (why && !bad++)
			printf("FAIL: partitions/%s, %u workers, schedule=%u: %s\n", entry->name,
			       workers, seed, why);
	}
	return bad;
}

/* A program that hangs says which it is. */
static void on_alarm(int unused)
{
	static const char head[] = "FAIL: partitions: hangs: ";

	(void)unused;
	(void)!write(STDOUT_FILENO, head, sizeof head - 1);
	(void)!write(STDOUT_FILENO, current, strlen(current));
	_exit(1);
}

int main(int argc, char **argv)
{
	const unsigned seeds = argc > 1 ? (unsigned)atoi(argv[1]) : 100;
	struct deed_pool *pools[sizeof worker_counts / sizeof *worker_counts] = { NULL };
	unsigned runs = 0, bad_programs = 0, programs = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	CHECK(signal(SIGALRM, on_alarm) != SIG_ERR);
	deed_on_fault(note, NULL);
	for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
		CHECK(!worker_counts[i] || deed_pool_new(&pools[i], worker_counts[i]) == 0);
	for (const struct entry *entry = entries; entry < entries + ENTRIES; entry++) {
		unsigned bad = 0;

		if (argc > 2 && strcmp(argv[2], entry->name) != 0)
			continue;
		current = entry->name;
		alarm(SECONDS_MAX);
		for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
			bad += run_all(entry, pools[i], worker_counts[i],
				       worker_counts[i] ? seeds : 0, &runs);
		if (bad)
			printf("FAIL: partitions/%s: %u runs were wrong\n", entry->name, bad);
		bad_programs += bad != 0;
		programs++;
	}
	if (argc < 3) {
		current = "drawn";
		bad_programs += !run_drawn(pools, sizeof pools / sizeof *pools, seeds * DRAWN_EACH);
		programs++;
	}
	for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
		CHECK(deed_pool_free(&pools[i]) == 0);
	deed_on_fault(NULL, NULL);
	printf("%u runs\n%u passed, %u failed, 0 skipped\n", runs, programs - bad_programs,
	       bad_programs);
	return bad_programs != 0;
}
