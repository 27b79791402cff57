/* SPDX-License-Identifier: MIT
 *
 * bench/bench_arena.c - the promise: 64 bytes of an arena cost at most 2 ns, a fifth of the
 * fastest malloc() and free(), and no more than those of the fastest peer; and a reset costs
 * the same however much it ends.
 *
 * bench: release
 *
 * Each side gives out a thousand blocks and then ends them all, in its own way, over and
 * over, so that all of it stays in the cache, and every chunk is there already. Allocators
 * that take malloc()'s place are workers, preloaded; arenas of others are opened by name when
 * they are here. What is missing is said.
 */
#include "bench.h"

#include <deed.h>
#include <deed/arena.h>
#include <dlfcn.h>
#include <obstack.h>

#define ROUNDS 101
#define BLOCKS 1000
#define BYTES 64
#define TURNS 200

/* ---- allocators ----------------------------------------------------------------------------- */

static double by_malloc(void *context)
{
	static void *blocks[BLOCKS];
	const double start_ns = bench_now_ns();

	(void)context;
	for (int turn = 0; turn < TURNS; turn++) {
		for (int i = 0; i < BLOCKS; i++) {
			blocks[i] = malloc(BYTES);
			keep(blocks[i]);
		}
		for (int i = 0; i < BLOCKS; i++)
			free(blocks[i]);
	}
	return (bench_now_ns() - start_ns) / (TURNS * BLOCKS);
}

/* One at a time: the least that an allocator can do. */
static double by_malloc_in_pairs(void *context)
{
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < TURNS * BLOCKS; i++) {
		void *const block = malloc(BYTES);

		keep(block);
		free(block);
	}
	return (bench_now_ns() - start_ns) / (TURNS * BLOCKS);
}

/* ---- arenas --------------------------------------------------------------------------------- */

static double by_arena(void *context)
{
	struct deed_arena *const arena = context;
	const double start_ns = bench_now_ns();

	for (int turn = 0; turn < TURNS; turn++) {
		for (int i = 0; i < BLOCKS; i++)
			keep(deed_arena_alloc(arena, BYTES));
		deed_arena_reset(arena);
	}
	return (bench_now_ns() - start_ns) / (TURNS * BLOCKS);
}

#define obstack_chunk_alloc malloc
#define obstack_chunk_free free

static double by_obstack(void *context)
{
	struct obstack *const obstack = context;
	const double start_ns = bench_now_ns();

	for (int turn = 0; turn < TURNS; turn++) {
		void *const first = obstack_alloc(obstack, BYTES);

		for (int i = 1; i < BLOCKS; i++)
			keep(obstack_alloc(obstack, BYTES));
		obstack_free(obstack, first);
	}
	return (bench_now_ns() - start_ns) / (TURNS * BLOCKS);
}

/* As its headers have it, which need not be here. */
static struct {
	int (*initialize)(void);
	int (*pool_create)(void **pool, void *parent, void *abort_fn, void *allocator);
	void *(*palloc)(void *pool, size_t bytes);
	void (*pool_clear)(void *pool);
	void *pool;
} apr;

static double by_apr(void *context)
{
	const double start_ns = bench_now_ns();

	(void)context;
	for (int turn = 0; turn < TURNS; turn++) {
		for (int i = 0; i < BLOCKS; i++)
			keep(apr.palloc(apr.pool, BYTES));
		apr.pool_clear(apr.pool);
	}
	return (bench_now_ns() - start_ns) / (TURNS * BLOCKS);
}

static struct {
	void *(*pool)(const void *context, size_t bytes);
	void *(*named)(const void *context, size_t bytes, const char *name);
	void (*free_children)(void *context);
	void *context;
} talloc;

static double by_talloc(void *context)
{
	const double start_ns = bench_now_ns();

	(void)context;
	for (int turn = 0; turn < TURNS; turn++) {
		for (int i = 0; i < BLOCKS; i++)
			keep(talloc.named(talloc.context, BYTES, "block"));
		talloc.free_children(talloc.context);
	}
	return (bench_now_ns() - start_ns) / (TURNS * BLOCKS);
}

/* ---- who is here ---------------------------------------------------------------------------- */

/* A function of a library; false if it has none. */
static bool find(void *library, const char *name, void *ret, size_t size)
{
	void *const found = library ? dlsym(library, name) : NULL;

	memcpy(ret, &found, size);
	return found;
}

#define FIND(library, name, function) find(library, name, &(function), sizeof(function))

static bool has_apr(void)
{
	void *const library = dlopen("libapr-1.so.0", RTLD_NOW | RTLD_LOCAL);

	return FIND(library, "apr_initialize", apr.initialize) &&
	       FIND(library, "apr_pool_create_ex", apr.pool_create) &&
	       FIND(library, "apr_palloc", apr.palloc) &&
	       FIND(library, "apr_pool_clear", apr.pool_clear) && !apr.initialize() &&
	       !apr.pool_create(&apr.pool, NULL, NULL, NULL);
}

static bool has_talloc(void)
{
	void *const library = dlopen("libtalloc.so.2", RTLD_NOW | RTLD_LOCAL);

	if (!FIND(library, "talloc_pool", talloc.pool) ||
	    !FIND(library, "talloc_named_const", talloc.named) ||
	    !FIND(library, "talloc_free_children", talloc.free_children))
		return false;
	talloc.context = talloc.pool(NULL, (size_t)4 * BLOCKS * BYTES);
	return talloc.context;
}

/* Starts a worker with a library in malloc()'s place; false if it is not here. */
static bool is_preloaded(struct bench_worker *worker, const char *library)
{
	const char *const folders[] = { "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
					"/usr/lib64", "/usr/lib", "/usr/local/lib" };
	char path[256];

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", folders[i], library);
		if (access(path, R_OK))
			continue;
		(void)setenv("LD_PRELOAD", path, 1);
		(void)bench_ask(worker);
		(void)unsetenv("LD_PRELOAD");
		return true;
	}
	return false;
}

/* ---- sides ---------------------------------------------------------------------------------- */

enum { MAX_SIDES = 10 };

struct peers {
	struct bench_side sides[MAX_SIDES];
	const char *names[MAX_SIDES];
	size_t count, first_arena; /* 0 is deed's own; then allocators, then arenas */
	char missing[120];
};

static void add(struct peers *peers, bool is_here, const char *name, double (*run)(void *),
		void *context)
{
	if (!is_here) {
		const size_t len = strlen(peers->missing);

		(void)snprintf(peers->missing + len, sizeof peers->missing - len, "%s%s",
			       len ? ", " : "", name);
		return;
	}
	peers->sides[peers->count].run = run;
	peers->sides[peers->count].context = context;
	peers->names[peers->count++] = name;
}

static size_t fastest(const struct peers *peers, size_t from, size_t to)
{
	size_t best = from;

	for (size_t i = from; i < to; i++)
		if (bench_time(&peers->sides[i]).median < bench_time(&peers->sides[best]).median)
			best = i;
	return best;
}

static void list(const struct peers *peers, struct bench_row *row, size_t from, size_t to)
{
	size_t len = 0;

	for (size_t i = from; i < to; i++)
		len += (size_t)snprintf(row->beside + len, sizeof row->beside - len, "%s%s %.1f ns",
					len ? ", " : "", peers->names[i],
					bench_time(&peers->sides[i]).median);
}

static void allocation_rows(const char *self)
{
	static struct bench_worker jemalloc, mimalloc;
	static struct deed_arena arena;
	static struct obstack obstack;
	static struct peers peers;
	struct bench_row row = { .name = "arena allocation of 64 bytes",
				 .unit = "ns",
				 .target = 2 };

	jemalloc.program = self;
	mimalloc.program = self;
	obstack_init(&obstack);
	obstack_alignment_mask(&obstack) = 15;
	add(&peers, true, "deed", by_arena, &arena);
	add(&peers, true, "glibc", by_malloc, NULL);
	add(&peers, true, "glibc in pairs", by_malloc_in_pairs, NULL);
	add(&peers, is_preloaded(&jemalloc, "libjemalloc.so.2"), "jemalloc", bench_ask, &jemalloc);
	add(&peers, is_preloaded(&mimalloc, "libmimalloc.so.2"), "mimalloc", bench_ask, &mimalloc);
	peers.first_arena = peers.count;
	add(&peers, true, "obstack", by_obstack, &obstack);
	add(&peers, has_apr(), "APR pools", by_apr, NULL);
	add(&peers, has_talloc(), "talloc", by_talloc, NULL);
	bench_take_turns(peers.sides, peers.count, ROUNDS);

	row.figure = bench_time(&peers.sides[0]);
	if (*peers.missing)
		bench_beside(&row, "not found here: %s", peers.missing);
	bench_row(&row);
	row = (struct bench_row){
		.name = "arena / fastest malloc + free",
		.unit = "x",
		.target = 0.2,
		.bound = "the fastest takes blocks from a list and puts them back"
	};
	row.figure =
		bench_ratio(&peers.sides[0], &peers.sides[fastest(&peers, 1, peers.first_arena)]);
	list(&peers, &row, 1, peers.first_arena);
	bench_row(&row);
	row = (struct bench_row){
		.name = "arena / fastest peer arena", .unit = "x", .target = 1, .within_noise = true
	};
	row.figure = bench_ratio(&peers.sides[0],
				 &peers.sides[fastest(&peers, peers.first_arena, peers.count)]);
	list(&peers, &row, peers.first_arena, peers.count);
	bench_row(&row);
	bench_dismiss(&jemalloc);
	bench_dismiss(&mimalloc);
	deed_arena_close(&arena);
}

/* ---- resets --------------------------------------------------------------------------------- */

#define ARENAS 8

struct full {
	struct deed_arena arenas[ARENAS];
	size_t blocks;
};

/* A reset of each, full. */
static double by_reset(void *context)
{
	struct full *const full = context;
	double start_ns;

	for (int i = 0; i < ARENAS; i++)
		for (size_t k = 0; k < full->blocks; k++)
			keep(deed_arena_alloc(&full->arenas[i], 16));
	for (int i = 0; i < ARENAS; i++)
		keep(&full->arenas[i]);
	for (int i = 0; i < 3; i++) /* the clock itself has grown cold */
		start_ns = bench_now_ns();
	for (int i = 0; i < ARENAS; i++) {
		deed_arena_reset(&full->arenas[i]);
		keep(&full->arenas[i]);
	}
	return (bench_now_ns() - start_ns) / ARENAS;
}

static void reset_row(void)
{
	static struct full few = { .blocks = 1000 }, many = { .blocks = 1000000 };
	struct bench_side sides[] = { { .run = by_reset, .context = &many },
				      { .run = by_reset, .context = &few } };
	struct bench_row row = { .name = "reset of 10^6 buffers / of 10^3",
				 .unit = "x",
				 .target = 2,
				 .within_noise = true };

	bench_progress("resets");
	for (int i = 0; i < ARENAS; i++) {
		const struct deed_arena_options options = { .align = 16 };

		bench_must(deed_arena_open(&few.arenas[i], &options), "deed_arena_open");
		bench_must(deed_arena_open(&many.arenas[i], &options), "deed_arena_open");
	}
	bench_take_turns(sides, 2, 31);
	row.figure = bench_ratio(&sides[0], &sides[1]);
	bench_beside(&row, "%.0f ns and %.0f ns, an eighth of reading the clock included",
		     bench_time(&sides[0]).median, bench_time(&sides[1]).median);
	bench_row(&row);
	for (int i = 0; i < ARENAS; i++) {
		deed_arena_close(&few.arenas[i]);
		deed_arena_close(&many.arenas[i]);
	}
}

int main(int argc, char **argv)
{
	if (bench_is_worker(argc, argv))
		return bench_serve(by_malloc_in_pairs, NULL);
	bench_progress("arenas");
	allocation_rows(argv[0]);
	reset_row();
	return EXIT_SUCCESS;
}
