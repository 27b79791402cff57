/* SPDX-License-Identifier: MIT
 *
 * examples/filestat.c - how random is a file? Prints what ent(1) prints, digit for digit.
 *
 *     cc -O2 filestat.c $(pkg-config --cflags --libs deed) -lm            release
 *     cc -O2 -g filestat.c $(pkg-config --cflags --libs deed-trap) -lm    trap
 *     cc -O2 -DFILESTAT_RAW filestat.c -pthread -lm                       raw C, to compare with
 *
 * The file is mapped, and the mapping is adopted: deed owns it from then on, and gives it
 * to unmap() at the end. What cannot be mapped (a pipe, a device, standard input that is
 * not a file) is read into a buffer that grows. Either way the rest sees an owner of
 * bytes, lends it once, and shares that loan out to the parts that the bytes are cut into.
 * Each part walks over slices of its own, and gathers into a tally of its own; a pool works
 * on as many parts at a time as -j says.
 *
 *     bytes    |------------ part ------------|------------ part ------------|-- rest --|
 *              |- BLOCK -|- BLOCK -| ...
 *     slice    [ deed_histogram_u8() ]
 *              [ deed_data(): one check, then raw loops ]
 *     loop     |abc def|abc def| ...   six bytes, a point of the Monte Carlo experiment
 *
 * One pass gathers integers: how often each byte occurs, the sum of the products of
 * neighbours, and how many points lie in the circle. All six figures follow from those
 * and the length. Integers are exact, in whatever order they are added up: so the figures
 * are the same for every -j. ent adds the same numbers as doubles, which are exact too up
 * to 2^53, that is 128 GiB of bytes. From there on the formulas are evaluated in ent's
 * order, because a printed digit can hang on the last bit.
 */
#ifdef FILESTAT_RAW
#include "filestat_raw.h"
#define FLAVOUR "raw C"
#else
#include <deed.h>
#include <deed/kernels.h>
#include <deed/reduce.h>
#include <deed/share.h>
#define FLAVOUR (DEED_TRAP ? "trap" : "release")
#endif

#include <endian.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A point of the Monte Carlo experiment is two 24-bit numbers, high byte first. */
#define POINT 6
#define RADIUS 0xffffffu

/* Whole points, so that none spans two blocks; small enough for the second cache, and for 32 bits
 * to hold the products of all neighbours, large enough that what a block costs does not show. */
#define BLOCK ((size_t)60 * 1024)
_Static_assert(BLOCK % POINT == 0, "a point must not span two blocks");
_Static_assert(BLOCK * 255 * 255 <= UINT32_MAX, "the products of a block must not overflow");

/* Parts are whole blocks, and large enough that a tally of 2 KiB for each does not show; and no
 * more than keeps all tallies in the second cache. */
#define PART_MIN (16 * BLOCK)
#define PARTS_MAX ((size_t)256)

/* What has to be held in memory because it cannot be mapped: endless devices end here. */
#define READ_FIRST ((size_t)64 * 1024)
#define READ_MAX ((size_t)1 << 30)

/* Files that take less than a moment need no progress line. */
#define PROGRESS_MIN ((size_t)256 << 20)

enum { EXIT_USAGE = 2 };

/* ---- gathering ------------------------------------------------------------------------------ */

struct tally {
	uint64_t count[256];
	uint64_t pairs; /* the sum of the products of neighbours */
	uint64_t points, inside;
	unsigned first, last; /* byte; before there is one, 0, which adds nothing to `pairs` */
};

struct job {
	deed_u8_borrowed bytes;
	size_t done;
	bool is_slow;
};

/* gcc vectorises as much as it can at -O3 only, clang at -O2. */
#ifndef __clang__
#pragma GCC push_options
#pragma GCC optimize("O3")
#endif
static uint32_t products_of_neighbours(const uint8_t *byte, size_t count)
{
	uint32_t sum = 0;

	for (size_t i = 1; i < count; i++)
		sum += (uint32_t)(byte[i - 1] * byte[i]);
	return sum;
}
#ifndef __clang__
#pragma GCC pop_options
#endif

static uint32_t four_bytes(const uint8_t *byte)
{
	uint32_t four;

	memcpy(&four, byte, sizeof four);
	return be32toh(four);
}

static size_t points_inside(const uint8_t *byte, size_t points)
{
	size_t inside = 0;

	for (const uint8_t *const end = byte + points * POINT; byte < end; byte += POINT) {
		const uint64_t x = four_bytes(byte) >> 8;
		const uint64_t y = four_bytes(byte + 2) & RADIUS;

		inside += x * x + y * y <= (uint64_t)RADIUS * RADIUS;
	}
	return inside;
}

static void tally_block(struct tally *tally, deed_u8_borrowed block)
{
	const uint8_t *const byte = deed_data(block);
	const size_t count = deed_len(block), points = count / POINT;

	tally->pairs += tally->last * byte[0] + products_of_neighbours(byte, count);
	tally->points += points;
	tally->inside += points_inside(byte, points);
	tally->last = byte[count - 1];
}

static void show_progress(size_t done, size_t total)
{
	static size_t shown;
	const size_t percent = 100 * (done >> 10) / (total >> 10);

	if (percent == shown)
		return;
	shown = percent;
	if (percent < 100)
		(void)fprintf(stderr, "\rfilestat: %2zu %%", percent);
	else
		(void)fputs("\r               \r", stderr);
}

static void tally_part(struct deed_part *part, void *partial, void *context)
{
	struct job *const job = context;
	struct tally *const tally = partial;
	const deed_u8_borrowed bytes = deed_part_borrowed(part, &job->bytes);
	const size_t len = deed_len(bytes);
	DEED_LEND(counts, tally->count, 256);

	tally->first = deed_data(bytes)[0];
	for (size_t lo = 0; lo < len; lo += BLOCK) {
		const size_t hi = len - lo < BLOCK ? len : lo + BLOCK;
		const deed_u8_borrowed block = deed_slice(bytes, lo, hi);
		size_t done;

		deed_histogram_u8(counts, block);
		tally_block(tally, block);
		if (!job->is_slow)
			continue;
		done = __atomic_add_fetch(&job->done, hi - lo, __ATOMIC_RELAXED);
		if (part->worker == 0) /* the thread that started the others */
			show_progress(done, deed_len(job->bytes));
	}
}

/* `from` is what comes behind `into` in the file. */
static void merge_tallies(void *into, const void *from, void *context)
{
	struct tally *const left = into;
	const struct tally *const right = from;

	(void)context;
	for (int i = 0; i < 256; i++)
		left->count[i] += right->count[i];
	left->pairs += right->pairs + (uint64_t)left->last * right->first;
	left->points += right->points;
	left->inside += right->inside;
	left->last = right->last;
}

static int tally_bytes(struct deed_pool *pool, deed_u8_borrowed bytes, struct tally *ret)
{
	const size_t len = deed_len(bytes), blocks = len / BLOCK / PARTS_MAX + 1;
	struct job job = { .bytes = bytes,
			   .is_slow = len >= PROGRESS_MIN && isatty(STDERR_FILENO) };
	struct deed_plan plan;
	int err;

	deed_plan_chunks(&plan, len, blocks * BLOCK < PART_MIN ? PART_MIN : blocks * BLOCK);
	deed_share_borrowed(&plan, &job.bytes, DEED_BY_INDEX);
	err = deed_reduce(pool, &plan, tally_part, merge_tallies, &job, ret, sizeof *ret);
	if (job.is_slow)
		show_progress(len, len);
	return err;
}

/* ---- figures -------------------------------------------------------------------------------- */

struct figures {
	uint64_t bytes;
	uint64_t count[256];
	double entropy;	   /* bits per byte */
	int compression;   /* percent */
	double chi_square; /* against every byte equally often */
	double exceedance; /* the chance that random bytes have a larger one */
	double mean;
	double pi;
	double correlation; /* of each byte with the next one, the last with the first */
};

/* What ent calls the correlation of a file whose bytes are all equal. */
#define UNDEFINED (-100000.0)

/* The chance that a chi-square variable of 255 degrees of freedom is larger than `chi_square`:
 *
 *     e^-a * sum over k = 1/2, 3/2 .. 253/2 of a^k / gamma(k + 1)    with a = chi_square / 2
 *
 * and a Gaussian tail. This is ACM Algorithm 299 (Hill and Pike, 1967), with the sum taken in
 * logarithms and terms below e^-20 left out, as in Perlman's well known program, which ent uses.
 * The tail is below 1e-9 from 40 on, and before that the chance differs from 1 by less than 1e-60.
 */
static double exceedance_of(double chi_square)
{
	const double a = chi_square / 2, log_a = log(a);
	double log_gamma = 0.5723649429247000870717135; /* of 1/2: the logarithm of sqrt(pi) */
	double sum = 0;

	if (isnan(chi_square))
		return fabs(chi_square);
	if (chi_square <= 40)
		return 1;
	for (int i = 0; i < 127; i++) {
		const double k = i + 0.5;
		double log_term;

		log_gamma += log(k);
		log_term = k * log_a - a - log_gamma;
		if (log_term >= -20)
			sum += exp(log_term);
	}
	return sum;
}

/* ent's way to log2(x), which may differ from log2(x) in the last bit. */
#define LOG2_OF_10 3.32192809488736234787

/* An empty file divides zero by zero, and has the figures that come of it, as in ent. */
static struct figures figures_of(const struct tally *tally, deed_u8_borrowed bytes)
{
	struct figures of = { .bytes = deed_len(bytes) };
	const double len = (double)of.bytes, expected = len / 256;
	double sum = 0, squares = 0, pairs = (double)tally->pairs, spread;

	for (int i = 0; i < 256; i++) {
		double count, excess, share;

		of.count[i] = tally->count[i];
		count = (double)of.count[i];
		excess = count - expected;
		share = count / len;
		of.chi_square += excess * excess / expected;
		if (share > 0)
			of.entropy += share * (LOG2_OF_10 * log10(1 / share));
		sum += i * count;
		squares += i * i * count;
	}
	of.compression = (int)(100 * (8 - of.entropy) / 8);
	of.exceedance = exceedance_of(of.chi_square);
	of.mean = sum / len;
	of.pi = 4 * ((double)tally->inside / (double)tally->points);
	if (of.bytes)
		pairs += tally->last * (double)*deed_data(bytes);
	spread = len * squares - sum * sum;
	of.correlation = spread == 0 ? UNDEFINED : (len * pairs - sum * sum) / spread;
	return of;
}

/* ---- printing ------------------------------------------------------------------------------- */

static void print_counts(const struct figures *of)
{
	(void)puts("Value Char Occurrences Fraction");
	for (int i = 0; i < 256; i++) {
		const bool is_graphic = (i > ' ' && i < 127) || i > 160; /* of ISO 8859-1 */

		if (of->count[i])
			(void)printf("%3d   %c   %10" PRIu64 "   %f\n", i, is_graphic ? i : ' ',
				     of->count[i], (double)of->count[i] / (double)of->bytes);
	}
	(void)printf("\nTotal:    %10" PRIu64 "   %f\n\n", of->bytes, 1.0);
}

static void print_text(const struct figures *of)
{
	(void)printf("Entropy = %f bits per byte.\n\n", of->entropy);
	(void)printf("Optimum compression would reduce the size\n"
		     "of this %" PRIu64 " byte file by %d percent.\n\n",
		     of->bytes, of->compression);
	(void)printf("Chi square distribution for %" PRIu64 " samples is %1.2f, and randomly\n",
		     of->bytes, of->chi_square);
	if (of->exceedance < 0.0001)
		(void)puts("would exceed this value less than 0.01 percent of the times.\n");
	else if (of->exceedance > 0.9999) /* "than than" is ent's, and ent is what we agree with */
		(void)puts("would exceed this value more than than 99.99 percent of the times.\n");
	else
		(void)printf("would exceed this value %1.2f percent of the times.\n\n",
			     of->exceedance * 100);
	(void)printf("Arithmetic mean value of data bytes is %1.4f (127.5 = random).\n", of->mean);
	(void)printf("Monte Carlo value for Pi is %1.9f (error %1.2f percent).\n", of->pi,
		     100 * (fabs(M_PI - of->pi) / M_PI));
	if (of->correlation > UNDEFINED)
		(void)printf("Serial correlation coefficient is %1.6f "
			     "(totally uncorrelated = 0.0).\n",
			     of->correlation);
	else
		(void)puts("Serial correlation coefficient is undefined (all values equal!).");
}

static void print_terse(const struct figures *of)
{
	(void)puts("0,File-bytes,Entropy,Chi-square,Mean,Monte-Carlo-Pi,Serial-Correlation");
	(void)printf("1,%" PRIu64 ",%f,%f,%f,%f,%f\n", of->bytes, of->entropy, of->chi_square,
		     of->mean, of->pi, of->correlation);
}

static void print_terse_counts(const struct figures *of)
{
	(void)puts("2,Value,Occurrences,Fraction");
	for (int i = 0; i < 256; i++)
		(void)printf("3,%d,%" PRIu64 ",%f\n", i, of->count[i],
			     (double)of->count[i] / (double)of->bytes);
}

/* ---- getting at the bytes ------------------------------------------------------------------- */

/* What is mapped now, for on_bus_error(). */
static struct {
	const char *path;
	const char *data;
	size_t size_bytes;
} mapped;

static void say(const char *text)
{
	const ssize_t written = write(STDERR_FILENO, text, strlen(text));

	(void)written; /* there is nowhere left to say that it failed */
}

/* A page of the mapping that the file no longer has, or that cannot be read, raises SIGBUS. */
static void on_bus_error(int signal, siginfo_t *info, void *context)
{
	const size_t offset = (uintptr_t)info->si_addr - (uintptr_t)mapped.data;

	(void)context;
	if (!mapped.data || offset >= mapped.size_bytes) {
		(void)sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
		return; /* not ours: it is raised again, and ends the process as ever */
	}
	say("filestat: ");
	say(mapped.path);
	say(": the file was cut short, or failed, while it was read\n");
	_exit(EXIT_FAILURE);
}

static void unmap(void *data, size_t size_bytes, void *context)
{
	(void)context;
	mapped.data = NULL;
	(void)munmap(data, size_bytes);
}

static int map(deed_u8 *ret, int file, size_t size_bytes, const char *path)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO, .sa_sigaction = on_bus_error };
	void *const data = mmap(NULL, size_bytes, PROT_READ, MAP_PRIVATE, file, 0);
	int err;

	if (data == MAP_FAILED)
		return -errno;
	err = deed_adopt(ret, data, size_bytes, unmap, NULL);
	if (err) {
		(void)munmap(data, size_bytes);
		return err;
	}
	mapped.path = path;
	mapped.data = data;
	mapped.size_bytes = size_bytes;
	(void)sigaction(SIGBUS, &action, NULL);
	(void)posix_madvise(data, size_bytes, POSIX_MADV_SEQUENTIAL);
	return 0;
}

static int read_all(deed_u8 *ret, int file)
{
	DEED_AUTO(deed_u8, bytes);
	size_t len = 0;
	int err = deed_new(&bytes, READ_FIRST);

	while (!err) {
		ssize_t got;

		if (len == deed_len(bytes)) {
			err = len < READ_MAX ? deed_resize(&bytes, 2 * len) : -EFBIG;
			continue;
		}
		DEED_INOUT_PART(room, &bytes, len, deed_len(bytes));
		got = read(file, deed_data(room), deed_len(room));
		if (got == 0)
			break;
		if (got > 0)
			len += (size_t)got;
		else if (errno != EINTR)
			err = -errno;
	}
	if (!err)
		err = deed_resize(&bytes, len);
	if (!err)
		deed_move(ret, &bytes);
	return err;
}

/* Some files say that they are empty and are not: those of /proc. Reading tells. */
static int load(deed_u8 *ret, int file, const char *path)
{
	struct stat about;

	if (fstat(file, &about))
		return -errno;
	if (S_ISDIR(about.st_mode))
		return -EISDIR;
	if (S_ISREG(about.st_mode) && about.st_size > 0 && lseek(file, 0, SEEK_CUR) == 0)
		return map(ret, file, (size_t)about.st_size, path);
	return read_all(ret, file);
}

/* ---- the program ---------------------------------------------------------------------------- */

static const char usage[] =
	"Usage: filestat [-c] [-t] [-j N] [FILE]\n"
	"Prints how random the bytes of FILE are, in the figures and words of ent(1).\n"
	"\n"
	"  -c, --counts   print how often each byte occurs\n"
	"  -t, --terse    print comma separated values\n"
	"  -j, --jobs=N   work on N parts of the file at a time, 0: one per CPU; by default 1.\n"
	"                 What is printed is the same for every N\n"
	"  -h, --help     print this and exit\n"
	"  -V, --version  print the version and exit\n"
	"\n"
	"A file is mapped. Without FILE, or if it is -, standard input is taken. What cannot be\n"
	"mapped (a pipe, a device) is read into memory first, up to 1 GiB.\n"
	"Exit status: 0, 1 if the file cannot be read, 2 if the command line is wrong.\n";

static int fail(const char *what, int err)
{
	(void)fprintf(stderr, "filestat: %s: %s\n", what, strerror(-err));
	return EXIT_FAILURE;
}

static int measure(const char *path, struct deed_pool *pool, struct figures *ret)
{
	DEED_AUTO(deed_u8, bytes);
	struct tally tally = { .pairs = 0 };
	const bool is_input = !strcmp(path, "-");
	const int file = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (file < 0)
		return -errno;
	err = load(&bytes, file, path);
	if (!is_input)
		(void)close(file);
	if (err)
		return err;

	DEED_BORROWED(view, &bytes);
	err = tally_bytes(pool, view, &tally);
	if (!err)
		*ret = figures_of(&tally, view);
	return err;
}

/* Whether `text` says how many; nothing but digits does. */
static bool jobs_of(const char *text, unsigned *ret)
{
	char *end;
	unsigned long jobs;

	errno = 0;
	jobs = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || jobs > DEED_WORKERS_MAX)
		return false;
	*ret = (unsigned)jobs;
	return true;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "counts", no_argument, NULL, 'c' },	  { "terse", no_argument, NULL, 't' },
		{ "jobs", required_argument, NULL, 'j' }, { "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },	  { NULL, 0, NULL, 0 },
	};
	bool counts = false, terse = false;
	struct figures figures = { 0 };
	struct deed_pool *pool = NULL;
	unsigned jobs = 1;
	const char *path;
	int err;

	for (int option; (option = getopt_long(argc, argv, "ctj:hV", options, NULL)) != -1;) {
		switch (option) {
		case 'c':
			counts = true;
			break;
		case 't':
			terse = true;
			break;
		case 'j':
			if (jobs_of(optarg, &jobs))
				break;
			(void)fprintf(stderr,
				      "filestat: -j takes a number from 0 to %d, not '%s'\n",
				      DEED_WORKERS_MAX, optarg);
			return EXIT_USAGE;
		case 'h':
			(void)fputs(usage, stdout);
			return EXIT_SUCCESS;
		case 'V':
			(void)printf("filestat %s (%s)\n", DEED_VERSION, FLAVOUR);
			return EXIT_SUCCESS;
		default:
			(void)fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (argc - optind > 1) {
		(void)fprintf(stderr, "filestat: one file at a time, please\n%s", usage);
		return EXIT_USAGE;
	}
	path = optind < argc ? argv[optind] : "-";

	if (jobs != 1) {
		err = deed_pool_new(&pool, jobs);
		if (err)
			return fail("starting threads", err);
	}
	err = measure(path, pool, &figures);
	(void)deed_pool_free(&pool);
	if (err)
		return fail(path, err);
	if (terse)
		print_terse(&figures);
	if (counts)
		terse ? print_terse_counts(&figures) : print_counts(&figures);
	if (!terse)
		print_text(&figures);
	if (fflush(stdout) || ferror(stdout))
		return fail("standard output", -errno);
	return EXIT_SUCCESS;
}
