/* SPDX-License-Identifier: MIT
 *
 * bench/bench_pool.c - the pool against pthreadpool, libgomp, libomp and TBB: the same work, on
 * as many workers as there are cores, in the same run.
 *
 * bench: release
 *
 * Each pool is a process of its own, and stopped between its turns: some look for work for a
 * long time before they sleep. The clock is the one on the wall. What the machine itself can do is
 * a side, too: plain threads, made and joined in each turn, that read or compute with nothing to
 * coordinate.
 */
#include "bench.h"

#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>
#include <dlfcn.h>
#include <pthread.h>
#include <sys/mman.h>

#include "pool_peer.h"

enum side { DEED, PTHREADPOOL, LIBGOMP, LIBOMP, TBB, PEERS_END, THREADS = PEERS_END, SIDES };
static const char *const side_names[SIDES] = { "deed",	 "pthreadpool", "libgomp",
					       "libomp", "TBB",		"plain threads" };

enum work { FORK_JOIN, COMPUTE, MEMORY, UNEVEN, IDLE, WORKS };

enum { WORKERS_MAX = 256, HUGE_PAGE = 2 << 20 };

static unsigned cores(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set))
		bench_die("sched_getaffinity", errno);
	return (unsigned)(CPU_COUNT(&set) < WORKERS_MAX ? CPU_COUNT(&set) : WORKERS_MAX);
}

/* ---- the work ------------------------------------------------------------------------------- */

/* Parts of the sum are whole blocks of the kernel's tree. */
enum { COMPUTED = 1 << 24, COMPUTE_PART = 1 << 18, SUMMED = 1 << 26, SUM_PART = 1 << 18 };
enum { UNEVEN_PARTS = 1024, STEPS = 48 };

static float *elements;
static struct {
	double value;
	char pad[56];
} found[SUMMED / SUM_PART + WORKERS_MAX];

/* What libm does, a polynomial, some fifty operations an element. */
static void compute(float *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		float y = x[i];

		for (int step = 0; step < STEPS; step++)
			y = y * 0.75F + 0.25F;
		x[i] = y;
	}
}

static void compute_part(void *context, size_t part)
{
	(void)context;
	compute(elements + part * COMPUTE_PART, COMPUTE_PART);
}

static void sum_part(void *context, size_t part)
{
	(void)context;
	found[part].value = (double)deed_kernels->sum_f32(elements + part * SUM_PART, SUM_PART);
}

/* Steps that wait for each other: as long on every machine as they are many. */
static void uneven_part(void *context, size_t part)
{
	uint64_t x = part;

	(void)context;
	for (size_t i = 0; i < part * 4; i++) {
		x = x * 6364136223846793005U + 1;
		keep_number(x);
	}
	found[part % WORKERS_MAX].value = (double)x;
}

static void trivial_part(void *context, size_t part)
{
	(void)context;
	*(volatile double *)&found[part].value = (double)part;
}

struct shape {
	size_t parts;
	bool is_dynamic;
	pool_part run;
	size_t elements, passes;
};

static struct shape shape_of(enum work work, unsigned workers)
{
	switch (work) {
	case FORK_JOIN: /* milliseconds: at first two threads may have one processor core */
		return (struct shape){ workers, false, trivial_part, 0, 40000 };
	case COMPUTE:
		return (struct shape){ COMPUTED / COMPUTE_PART, false, compute_part, COMPUTED, 1 };
	case MEMORY:
		return (struct shape){ SUMMED / SUM_PART, false, sum_part, SUMMED, 4 };
	default:
		return (struct shape){ UNEVEN_PARTS, true, uneven_part, 0, 1 };
	}
}

/* ---- deed ----------------------------------------------------------------------------------- */

struct call {
	pool_part run;
	void *context;
};

static void run_part(struct deed_part *part, void *context)
{
	const struct call *const call = context;

	call->run(call->context, part->index);
}

static void *deed_open(unsigned workers)
{
	struct deed_pool *pool = NULL;

	bench_must(deed_pool_new(&pool, workers), "deed_pool_new");
	return pool;
}

static void deed_each(void *team, bool is_dynamic, size_t parts, pool_part run, void *context)
{
	struct call call = { run, context };
	struct deed_plan plan;

	deed_plan_chunks(&plan, parts, 1);
	if (is_dynamic)
		deed_plan_dynamic(&plan);
	bench_must(deed_parallel_for(team, &plan, run_part, &call), "deed_parallel_for");
}

/* ---- plain threads -------------------------------------------------------------------------- */

static void (*loop_read)(const float *, size_t);

struct piece {
	pthread_t thread;
	enum work work;
	float *from;
	size_t count, first, end;
};

static void *work_on_piece(void *context)
{
	struct piece *const piece = context;

	if (piece->work == MEMORY)
		loop_read(piece->from, piece->count);
	else
		for (size_t part = piece->first; part < piece->end; part++)
			shape_of(piece->work, 1).run(NULL, part);
	return NULL;
}

/* Each has a part of the elements, or of the parts. */
static void plain_threads(enum work work, unsigned workers)
{
	static struct piece pieces[WORKERS_MAX];
	const struct shape shape = shape_of(work, workers);

	for (unsigned i = 0; i < workers; i++) {
		struct piece *const piece = &pieces[i];

		piece->work = work;
		piece->count = shape.elements / workers;
		piece->from = elements + i * piece->count;
		piece->first = shape.parts * i / workers;
		piece->end = shape.parts * (i + 1) / workers;
		if (i)
			bench_must(-pthread_create(&piece->thread, NULL, work_on_piece, piece),
				   "pthread_create");
	}
	(void)work_on_piece(&pieces[0]);
	for (unsigned i = 1; i < workers; i++)
		(void)pthread_join(pieces[i].thread, NULL);
}

/* ---- a side, in its process ----------------------------------------------------------------- */

struct turn {
	enum side side;
	enum work work;
	unsigned workers;
	void *team;
	const struct pool_peer *peer;
};

static double idle_seconds(void)
{
	struct timespec used;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (double)used.tv_sec + (double)used.tv_nsec * 1e-9;
}

/* Nanoseconds of one pass; of an idle pool, the processor time of a second. */
static double take_turn(void *context)
{
	const struct turn *const turn = context;
	const struct shape shape = shape_of(turn->work, turn->workers);
	double start;

	if (turn->work == IDLE) {
		const struct timespec second = { 1, 0 };

		turn->peer->each(turn->team, false, turn->workers, trivial_part, NULL);
		start = idle_seconds();
		(void)nanosleep(&second, NULL);
		return (idle_seconds() - start) * 1e9;
	}
	if (turn->side == THREADS) {
		start = bench_wall_ns();
		for (size_t i = 0; i < shape.passes; i++)
			plain_threads(turn->work, turn->workers);
		return (bench_wall_ns() - start) / (double)shape.passes;
	}
	for (size_t i = 0; i < shape.passes / 4; i++) /* awake */
		turn->peer->each(turn->team, shape.is_dynamic, shape.parts, shape.run, NULL);
	start = bench_wall_ns();
	for (size_t i = 0; i < shape.passes; i++)
		turn->peer->each(turn->team, shape.is_dynamic, shape.parts, shape.run, NULL);
	return (bench_wall_ns() - start) / (double)shape.passes;
}

static char *peer_path(enum side side)
{
	const char *const folder = getenv("BENCH_PEERS");
	char *path;

	if (asprintf(&path, "%s/pool_%s.so", folder ? folder : ".", side_names[side]) < 0)
		bench_die("no memory", 0);
	return path;
}

static void *symbol(const char *path, const char *name)
{
	void *const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	void *const found_there = library ? dlsym(library, name) : NULL;

	if (!found_there)
		bench_die(dlerror(), 0);
	return found_there;
}

static int serve(char **arguments)
{
	static const struct pool_peer own = { deed_open, deed_each };
	struct turn turn = { .side = (enum side)atoi(arguments[0]),
			     .work = (enum work)atoi(arguments[1]),
			     .workers = (unsigned)atoi(arguments[2]) };
	const size_t bytes = shape_of(turn.work, turn.workers).elements * sizeof *elements;

	if (bytes) {
		elements = aligned_alloc(HUGE_PAGE, bytes);
		if (!elements)
			bench_die("no memory", 0);
		/* In the same pages everywhere: which ones a process gets is worth some percent. */
		(void)madvise(elements, bytes, MADV_HUGEPAGE);
		for (size_t i = 0; i < bytes / sizeof *elements; i++)
			elements[i] = (float)(i & 1023) * 0x1p-10F;
	}
	if (turn.side == DEED) {
		turn.peer = &own;
	} else if (turn.side == THREADS) {
		*(void **)&loop_read = symbol(bench_peer("kernel_loops.so"), "loop_read");
	} else {
		const struct pool_peer *(*entry)(void);

		*(void **)&entry = symbol(peer_path(turn.side), "pool_peer");
		turn.peer = entry();
	}
	if (turn.peer) {
		turn.team = turn.peer->open(turn.workers);
		if (!turn.team)
			bench_die(side_names[turn.side], 0);
	}
	return bench_serve(take_turn, &turn);
}

/* ---- the rows ------------------------------------------------------------------------------- */

enum { CAST_MAX = 12, NUMBERS = 3 };

struct cast {
	size_t count;
	enum side who[CAST_MAX];
	struct bench_side sides[CAST_MAX];
	struct bench_worker workers[CAST_MAX];
	char arguments[CAST_MAX][NUMBERS][12];
};

static bool is_there(enum side side)
{
	char *const path = peer_path(side);
	const bool is = !access(path, R_OK);

	free(path);
	return is;
}

static void add(struct cast *cast, char *self, enum side side, enum work work, unsigned workers)
{
	const size_t at = cast->count++;
	const int numbers[NUMBERS] = { (int)side, (int)work, (int)workers };

	cast->who[at] = side;
	cast->workers[at] = (struct bench_worker){ .program = self, .is_wide = true };
	for (int i = 0; i < NUMBERS; i++) {
		(void)snprintf(cast->arguments[at][i], sizeof cast->arguments[at][i], "%d",
			       numbers[i]);
		cast->workers[at].arguments[i] = cast->arguments[at][i];
	}
	cast->sides[at] = (struct bench_side){ .run = bench_ask, .context = &cast->workers[at] };
}

static void play(struct cast *cast, const char *what, size_t rounds)
{
	bench_progress(what);
	bench_take_turns(cast->sides, cast->count, rounds);
	for (size_t i = 0; i < cast->count; i++)
		bench_dismiss(&cast->workers[i]);
}

/* deed first, then the peers that there are. */
static void add_pools(struct cast *cast, char *self, enum work work, unsigned workers)
{
	add(cast, self, DEED, work, workers);
	for (enum side side = PTHREADPOOL; side < PEERS_END; side++)
		if (is_there(side))
			add(cast, self, side, work, workers);
}

/* The side of the least median among the peers; 0 if there is none. */
static size_t fastest_peer(const struct cast *cast)
{
	size_t best = 0;

	for (size_t i = 1; i < cast->count; i++)
		if (cast->who[i] < PEERS_END &&
		    (!best ||
		     bench_time(&cast->sides[i]).median < bench_time(&cast->sides[best]).median))
			best = i;
	return best;
}

/* What every side took. */
static void say_all(struct bench_row *row, const struct cast *cast, double scale, const char *unit)
{
	size_t used = 0;

	for (size_t i = 0; i < cast->count && used < sizeof row->beside; i++)
		used += (size_t)snprintf(row->beside + used, sizeof row->beside - used, "%s%s %.4g",
					 i ? ", " : "", side_names[cast->who[i]],
					 bench_time(&cast->sides[i]).median * scale);
	if (used < sizeof row->beside)
		(void)snprintf(row->beside + used, sizeof row->beside - used, " %s", unit);
}

static void fork_join(char *self, unsigned workers)
{
	static struct cast cast;
	struct bench_row row = { .name = "fork-join / fastest peer", .unit = "x", .target = 1 };
	size_t peer;

	add_pools(&cast, self, FORK_JOIN, workers);
	play(&cast, row.name, 41);
	peer = fastest_peer(&cast);
	row.figure = bench_ratio(&cast.sides[0], &cast.sides[peer]);
	if (!peer)
		row.target = 0;
	say_all(&row, &cast, 1, "ns");
	bench_row(&row);
}

static void uneven(char *self, unsigned workers)
{
	static struct cast cast;
	struct bench_row row = { .name = "part i costs i / best peer", .unit = "x", .target = 1.1 };
	size_t peer;

	add_pools(&cast, self, UNEVEN, workers);
	play(&cast, row.name, 41);
	peer = fastest_peer(&cast);
	row.figure = bench_ratio(&cast.sides[0], &cast.sides[peer]);
	if (!peer)
		row.target = 0;
	say_all(&row, &cast, 1e-3, "us");
	bench_row(&row);
}

/* Speed-up / cores: by the round's own time on one plain thread. */
static struct bench_figure efficiency(const struct cast *cast, size_t side, size_t alone,
				      unsigned workers)
{
	double values[BENCH_ROUNDS_MAX];
	const struct bench_side *const one = &cast->sides[alone], *const all = &cast->sides[side];

	for (size_t round = 0; round < all->rounds; round++)
		values[round] = one->took[round] / all->took[round] / workers;
	return bench_of(values, all->rounds);
}

static void computing(char *self, unsigned workers)
{
	static struct cast cast;
	struct bench_row row = {
		.name = "computing: speed-up / cores", .unit = "", .target = 0.95, .at_least = true
	};
	struct bench_row ratio = {
		.name = "computing / best peer", .unit = "x", .target = 1, .within_noise = true
	};
	size_t alone, peer, used = 0;

	add_pools(&cast, self, COMPUTE, workers);
	add(&cast, self, THREADS, COMPUTE, workers);
	alone = cast.count;
	add(&cast, self, THREADS, COMPUTE, 1);
	play(&cast, row.name, 41);
	row.figure = efficiency(&cast, 0, alone, workers);
	for (size_t i = 0; i < alone; i++)
		used += (size_t)snprintf(row.beside + used, sizeof row.beside - used, "%s%s %.3f",
					 i ? ", " : "", side_names[cast.who[i]],
					 efficiency(&cast, i, alone, workers).median);
	row.bound = "the cores, which plain threads show: they share what they share";
	bench_row(&row);
	peer = fastest_peer(&cast);
	ratio.figure = bench_ratio(&cast.sides[0], &cast.sides[peer]);
	if (!peer)
		ratio.target = 0;
	bench_row(&ratio);
}

static void reading(char *self, unsigned workers)
{
	static struct cast cast;
	struct bench_row row = { .name = "sum of 256 MiB: of the machine's reading",
				 .unit = "",
				 .target = 0.95,
				 .at_least = true };

	add_pools(&cast, self, MEMORY, workers);
	add(&cast, self, THREADS, MEMORY, workers);
	play(&cast, row.name, 41);
	row.figure = bench_ratio(&cast.sides[cast.count - 1], &cast.sides[0]);
	for (size_t i = 0, used = 0; i < cast.count; i++)
		used += (size_t)snprintf(row.beside + used, sizeof row.beside - used,
					 "%s%s %.1f GB/s", i ? ", " : "", side_names[cast.who[i]],
					 (double)SUMMED * sizeof(float) /
						 bench_time(&cast.sides[i]).median);
	bench_row(&row);
}

static void idle(char *self, unsigned workers)
{
	static struct cast cast;
	struct bench_row row = { .name = "idle pool, processor time of 1 s",
				 .unit = "ms",
				 .target = 5 };

	add_pools(&cast, self, IDLE, workers);
	play(&cast, row.name, 3);
	row.figure = bench_time(&cast.sides[0]);
	row.figure.median *= 1e-6;
	row.figure.lo *= 1e-6;
	row.figure.hi *= 1e-6;
	say_all(&row, &cast, 1e-6, "ms");
	bench_row(&row);
}

/* ---- scaling -------------------------------------------------------------------------------- */

enum { POINTS_MAX = CAST_MAX - 1 };

struct curve {
	unsigned workers[POINTS_MAX];
	double speed_up[POINTS_MAX];
	size_t points;
};

/* The serial fraction whose line goes through the points: least squares of 1 / speed-up, which by
 * Amdahl is f + (1 - f) / n. */
static double serial_fraction(const struct curve *curve)
{
	double above = 0, below = 0;

	for (size_t i = 0; i < curve->points; i++) {
		const double share = 1 / (double)curve->workers[i], rest = 1 - share;

		above += (1 / curve->speed_up[i] - share) * rest;
		below += rest * rest;
	}
	return below > 0 && above > 0 ? above / below : 0;
}

static void draw(const struct curve *curve, unsigned most)
{
	const double fraction = serial_fraction(curve);
	enum { WIDTH = 48 };

	(void)printf("      workers  speed-up  Amdahl's for a serial part of %.2f %%\n",
		     fraction * 100);
	for (size_t i = 0; i < curve->points; i++) {
		const double amdahl = 1 / (fraction + (1 - fraction) / curve->workers[i]);
		const int bar = (int)(curve->speed_up[i] / most * WIDTH + 0.5);
		const int line = (int)(amdahl / most * WIDTH + 0.5);
		char drawn[WIDTH + 8];

		memset(drawn, ' ', sizeof drawn);
		memset(drawn, '=', (size_t)(bar < WIDTH + 6 ? bar : WIDTH + 6));
		drawn[line < WIDTH + 6 ? line : WIDTH + 6] = '|';
		drawn[sizeof drawn - 1] = '\0';
		(void)printf("      %7u  %8.2f  %6.2f  %s\n", curve->workers[i], curve->speed_up[i],
			     amdahl, drawn);
	}
}

static void scaling(char *self, enum work work, const char *what, unsigned most)
{
	static struct cast cast;
	struct curve curve = { .points = 0 };

	memset(&cast, 0, sizeof cast);
	add(&cast, self, THREADS, work, 1);
	for (unsigned workers = 1; curve.points < POINTS_MAX; workers *= 2) {
		curve.workers[curve.points++] = workers < most ? workers : most;
		add(&cast, self, DEED, work, workers < most ? workers : most);
		if (workers >= most)
			break;
	}
	play(&cast, what, 21);
	for (size_t i = 0; i < curve.points; i++)
		curve.speed_up[i] = 1 / bench_ratio(&cast.sides[i + 1], &cast.sides[0]).median;
	(void)printf("%s, against one plain thread:%s\n", what,
		     most <= 2 ? " this machine has 2 cores or less, and no more of a curve" : "");
	draw(&curve, most);
}

int main(int argc, char **argv)
{
	const unsigned workers = cores();

	if (bench_is_worker(argc, argv))
		return serve(argv + 2);
	(void)printf("pools of %u workers; the clock is the one on the wall\n", workers);
	for (enum side side = PTHREADPOOL; side < PEERS_END; side++)
		if (!is_there(side))
			(void)printf("      missing: %s\n", side_names[side]);
	fork_join(argv[0], workers);
	computing(argv[0], workers);
	reading(argv[0], workers);
	uneven(argv[0], workers);
	idle(argv[0], workers);
	scaling(argv[0], COMPUTE, "computing", workers);
	scaling(argv[0], MEMORY, "sum of 256 MiB", workers);
	return EXIT_SUCCESS;
}
