/* SPDX-License-Identifier: MIT
 *
 * tests/kernels/rungs.c - every rung of this machine against the scalar one, bit for bit.
 *
 *     rungs [NAME]                    every kernel, or those whose name begins with NAME
 *     rungs quick                     the highest rung only, at fewer placements
 *     rungs broken                    the names of the broken kernels (broken.h)
 *     rungs broken NAME               the scalar rung with that one in it: must fail
 *     rungs isa                       what deed_isa_name() says
 *
 * Says a line for each kernel, its name and a hash of what the scalar rung computed: the same for
 * every compiler and processor, `quick` or not. What differs is said too, and the exit status is 1
 * then.
 *
 * A trial is a kernel, a count, and data. The scalar rung computes what is expected on plain
 * memory; then each rung, and the scalar one once more, has to compute the same at several
 * placements of the operands: at every misalignment, ending where a page ends that may not be
 * touched, and beginning where one begins. Nothing but what is written may change: ground.h.
 *
 * Two NaN are the same here. Nothing else that differs in a bit is.
 *
 * The rungs are those from the lowest to deed_kernels: what DEED_ISA allows.
 */
#include "flavours.h"
#include "ground.h"
#include "shapes.h"

#include <signal.h>

#include "kernels/rungs.h"

#include "broken.h"

#define ARRAY_LEN(array) (sizeof(array) / sizeof *(array))

static const struct deed_kernels *const ladder[] = {
	&deed_kernels_scalar,
#if defined __x86_64__
	&deed_kernels_sse2,
	&deed_kernels_avx2,
	&deed_kernels_avx512,
#elif defined __aarch64__
	&deed_kernels_neon,
#endif
};

/* ---- a trial ----------------------------------------------------------------------------------
 */

static struct ground grounds[MOST_OPERANDS];
/* What the scalar rung made of them. */
static void *expected[MOST_OPERANDS];

static struct trial {
	const struct kernel *kernel;
	const struct deed_kernels *rung;
	enum flavour flavour;
	bool mixed;	  /* the operands are of different flavours */
	struct call call; /* of the scalar rung, with its result */
	size_t operand_count;
	const unsigned char *sources[MOST_OPERANDS];
	char letters[MOST_OPERANDS + 1];
	enum kind kinds[MOST_OPERANDS];
	size_t counts[MOST_OPERANDS];
	size_t placement;
} trial;

static bool failed;

/* What a signal handler may say too. */
static void describe(char *line, size_t size)
{
	const int misaligned = (int)((uintptr_t)grounds[0].operand % 64);

	snprintf(line, size, "FAIL: %s, %s: %zu %s%s elements, the first operand at 64 k + %d",
		 trial.kernel->name, trial.rung->isa, trial.call.count,
		 flavour_names[trial.flavour], trial.mixed ? " and other" : "", misaligned);
}

static void die(int signal_number)
{
	char line[256];

	(void)signal_number;
	describe(line, sizeof line);
	strncat(line, ": touches what it may not\n", sizeof line - strlen(line) - 1);
	if (write(STDOUT_FILENO, line, strlen(line)) < 0)
		_exit(2);
	_exit(1);
}

/* Says how the trial failed. False. */
static bool fail(const char *how)
{
	char line[256];

	describe(line, sizeof line);
	printf("%s: %s\n", line, how);
	failed = true;
	return false;
}

/* Whether `count` elements are those of `model`. */
static bool alike(const void *model, const void *elements, enum kind kind, size_t count,
		  const char *what)
{
	char how[160];

	if (memcmp(model, elements, count * kind_size[kind]) == 0)
		return true;
	for (size_t i = 0; i < count; i++) {
		if (load_bits(model, kind, i) == load_bits(elements, kind, i))
			continue;
		snprintf(how, sizeof how, "%s[%zu] is %#llx, not %#llx", what, i,
			 (unsigned long long)load_bits(elements, kind, i),
			 (unsigned long long)load_bits(model, kind, i));
		return fail(how);
	}
	return true;
}

/* The bytes of an operand's element. */
static size_t size_of(size_t operand)
{
	return kind_size[trial.kinds[operand]];
}

/* Where an operand lies: at a misalignment up to 63 bytes, for each operand its own unless the
 * placement is even; at the end; at the beginning. */
static unsigned char *place(size_t operand, size_t misalignments)
{
	const struct ground *const ground = &grounds[operand];
	const size_t bytes = trial.counts[operand] * size_of(operand);
	size_t step = trial.placement;

	if (trial.placement == misalignments)
		return ground->end - bytes;
	if (trial.placement == misalignments + 1)
		return ground->begin;
	if (trial.call.count & 1)
		step = step * (2 * operand + 1) + operand * trial.call.count / 2;
	return ground->begin + 2 * GROUND_MARGIN + step * size_of(operand) % 64;
}

static bool rung_passes(size_t misalignments)
{
	const struct shape *const shape = trial.kernel->shape;
	struct call call = trial.call;
	bool passes = true;

	memset(&call.result, 0, sizeof call.result);
	for (size_t i = 0; i < trial.operand_count; i++) {
		ground_put(&grounds[i], place(i, misalignments), trial.sources[i],
			   trial.counts[i] * size_of(i));
		call.operands[i] = grounds[i].operand;
	}
	call_kernel(trial.kernel, trial.rung, &call);
	for (size_t i = 0; i < trial.operand_count; i++) {
		const void *const model = trial.letters[i] == 'w' ? expected[i] : trial.sources[i];
		const char what[] = { "abcde"[i], 0 };

		if (!ground_untouched(&grounds[i]))
			passes = fail("wrote around an operand");
		passes = passes &&
			 alike(model, call.operands[i], trial.kinds[i], trial.counts[i], what);
		ground_clear(&grounds[i]);
	}
	return passes &&
	       alike(&trial.call.result, &call.result, shape->result, shape->results, "result");
}

static bool reversed(enum kind kind, const union number *numbers)
{
	return kind == kind_f32 ? numbers[0].f32 > numbers[1].f32 : numbers[0].f64 > numbers[1].f64;
}

/* Makes the trial's operands and numbers, and what is expected of them. */
static void prepare(const struct kernel *kernel, size_t count, enum flavour flavour, bool mixed,
		    uint64_t *state)
{
	const struct shape *const shape = kernel->shape;
	size_t numbers = 0;

	memset(&trial, 0, sizeof trial);
	trial.kernel = kernel;
	trial.rung = &deed_kernels_scalar;
	trial.flavour = flavour;
	trial.mixed = mixed;
	trial.call.count = count;
	for (const char *letter = shape->signature; *letter; letter++) {
		const size_t i = trial.operand_count;
		const enum kind kind = *letter == 'r' ? shape->read : shape->written;
		const size_t len = operand_count(kernel, *letter, count);
		const enum flavour its = mixed ? (flavour + 5 * i + numbers) % FLAVOURS : flavour;

		if (*letter == 'a') {
			memcpy(&trial.call.numbers[numbers++],
			       pool(kind, its) + draw(state) % pool_len(kind) * kind_size[kind],
			       kind_size[kind]);
			continue;
		}
		trial.letters[i] = *letter;
		trial.kinds[i] = kind;
		trial.counts[i] = len;
		trial.sources[i] = pool(kind, its) +
				   draw(state) % (pool_len(kind) - len + 1) * kind_size[kind];
		trial.call.operands[i] = expected[i];
		memcpy(expected[i], trial.sources[i], len * kind_size[kind]);
		trial.operand_count++;
	}
	/* Bounds are mostly in order. */
	if (numbers == 2 && count % 4 && reversed(shape->written, trial.call.numbers)) {
		const union number lo = trial.call.numbers[1];

		trial.call.numbers[1] = trial.call.numbers[0];
		trial.call.numbers[0] = lo;
	}
	call_kernel(kernel, &deed_kernels_scalar, &trial.call);
}

static uint64_t mix(uint64_t hash, uint64_t bits)
{
	hash = (hash ^ bits) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 31;
}

/* Adds what is expected to the hash; of long operands some. */
static uint64_t hashed(uint64_t hash)
{
	const struct shape *const shape = trial.kernel->shape;

	for (size_t operand = 0; operand < trial.operand_count; operand++) {
		const size_t step = trial.counts[operand] > 1024 ? 61 : 1;

		for (size_t i = 0; trial.letters[operand] == 'w' && i < trial.counts[operand];
		     i += step)
			hash = mix(hash, load_bits(expected[operand], trial.kinds[operand], i));
	}
	for (size_t i = 0; i < shape->results; i++)
		hash = mix(hash, load_bits(&trial.call.result, shape->result, i));
	return hash;
}

/* ---- which trials -----------------------------------------------------------------------------
 */

/* The counts at which something may end: rows, unrolled loops, blocks (16 Ki float, 8 Ki double),
 * the trees over them, the counters of a histogram (64 Ki of each of 8 bytes). */
static size_t long_count(size_t i)
{
	static const size_t others[] = { 1000,		12345,
					 3 * 8192 + 17, 5 * 8192 + 123,
					 3 * 16384 - 1, 7 * 16384 + 259,
					 8 * 65535 - 1, 8 * 65535,
					 8 * 65536 + 7, 2 * 8 * 65535 + 5 };
	const size_t powers = 3 * 8;

	if (i < powers)
		return ((size_t)128 << i / 3) + i % 3 - 1;
	return i - powers < ARRAY_LEN(others) ? others[i - powers] : 0;
}

/* Whether the kernel is tried at this count. Past 20000 elements only what has a result, or counts,
 * has anything new to do. */
static bool is_tried(const struct kernel *kernel, size_t count)
{
	const struct shape *const shape = kernel->shape;

	for (const char *letter = shape->signature; *letter; letter++)
		if (*letter != 'a' &&
		    operand_count(kernel, *letter, count) >
			    pool_len(*letter == 'r' ? shape->read : shape->written))
			return false;
	return count < 20000 || shape->results > 0 || shape->written == kind_u64;
}

struct plan {
	const struct deed_kernels *rungs[ARRAY_LEN(ladder)];
	size_t rung_count;
	bool quick;
};

/* Whether every rung computes the same at both ends and at one misalignment, or at all. */
static bool passes(const struct plan *plan, size_t misalignments, bool all, size_t one)
{
	for (size_t i = 0; i < plan->rung_count; i++) {
		trial.rung = plan->rungs[i];
		for (trial.placement = 0; trial.placement < misalignments + 2; trial.placement++) {
			if (!all && trial.placement < misalignments &&
			    trial.placement != one % misalignments)
				continue;
			if (!rung_passes(misalignments))
				return false;
		}
	}
	return true;
}

static void prove(const struct kernel *kernel, const struct plan *plan)
{
	const struct shape *const shape = kernel->shape;
	const size_t written = shape->written == kind_none ? 8 : kind_size[shape->written];
	const size_t read = shape->read == kind_none ? 8 : kind_size[shape->read];
	const size_t misalignments = 64 / (written < read ? written : read);
	uint64_t hash = 0, state = 0;
	bool good = true;

	for (const char *letter = kernel->name; *letter; letter++)
		state = state * 31 + (unsigned char)*letter;
	for (size_t count = 0; count <= 16 * misalignments;
	     count += count > 4 * misalignments ? 13 : 1) {
		for (size_t i = 0; i < 2 * FLAVOURS && good; i++) {
			prepare(kernel, count, i % FLAVOURS, i >= FLAVOURS, &state);
			hash = hashed(hash);
			good = passes(plan, misalignments, !plan->quick && i < 2, count + i);
		}
	}
	for (size_t i = 0; long_count(i) > 0; i++) {
		const size_t count = long_count(i);

		if (!is_tried(kernel, count))
			continue;
		for (unsigned f = 0; f < FLAVOURS && good; f++) {
			/* The longer, the fewer; but always one whose sums round, and one that
			 * fills one counter. */
			if (count > 1024 && f != flavour_modest && f != i % FLAVOURS &&
			    (f != flavour_equal || shape->written != kind_u64))
				continue;
			prepare(kernel, count, f, false, &state);
			hash = hashed(hash);
			good = passes(plan, misalignments, false, i + f);
		}
	}
	printf("%-20s %016llx\n", kernel->name, (unsigned long long)hash);
	fflush(stdout);
}

/* The scalar rung, but for one kernel; which one is stored. */
static const struct deed_kernels *with_broken(const char *name, const char **kernel)
{
	static struct deed_kernels rung;
	size_t at = 0, i = 0;

	while (strcmp(broken[at].name, name) != 0)
		at++;
	while (strcmp(kernels[i].name, broken[at].kernel) != 0)
		i++;
	rung = deed_kernels_scalar;
	rung.isa = name;
	memcpy((char *)&rung + kernels[i].offset, &broken[at].function, sizeof broken[at].function);
	*kernel = kernels[i].name;
	return &rung;
}

int main(int count, char **words)
{
	const char *const verb = count > 1 ? words[1] : "";
	const char *name = "";
	struct plan plan = { .quick = strcmp(verb, "quick") == 0 };

	if (strcmp(verb, "isa") == 0)
		return puts(deed_isa_name()) < 0;
	if (strcmp(verb, "broken") == 0 && count == 2) {
		for (size_t i = 0; i < ARRAY_LEN(broken); i++)
			puts(broken[i].name);
		return 0;
	}
	if (strcmp(verb, "broken") == 0) {
		plan.rungs[plan.rung_count++] = with_broken(words[2], &name);
	} else if (plan.quick) {
		plan.rungs[plan.rung_count++] = deed_kernels;
	} else {
		do {
			plan.rungs[plan.rung_count] = ladder[plan.rung_count];
		} while (ladder[plan.rung_count++] != deed_kernels);
		name = verb;
	}
	signal(SIGSEGV, die);
	signal(SIGBUS, die);
	for (size_t i = 0; i < MOST_OPERANDS; i++) {
		ground_init(&grounds[i], POOL_BYTES);
		expected[i] = malloc(POOL_BYTES);
		if (!expected[i])
			return 2;
	}
	for (size_t i = 0; i < KERNEL_COUNT; i++)
		if (strncmp(kernels[i].name, name, strlen(name)) == 0)
			prove(&kernels[i], &plan);
	return failed;
}
