/* SPDX-License-Identifier: MIT
 *
 * tests/test_stack.c - taking stacks from any stack there is, and keeping each once.
 *
 * What a stack must be is known without asking deed: every function here notes its own
 * return address, and that is what the frame after it must be.
 */
#include "trapped.h"

#include <sys/resource.h>
#include <ucontext.h>

#include "os.h"
#include "trap/depot.h"
#include "trap/module.h"
#include "trap/options.h"
#include "trap/stack.h"

extern int unw_backtrace(void **buffer, int size) __attribute__((weak));

#define NOINLINE __attribute__((noinline))

/* The bounds of this thread's stack, as the ledger knows them. */
static _Thread_local uintptr_t lo, hi;

static void know_bounds(void)
{
	deed_os_stack_bounds(&lo, &hi);
}

TestSuite(stack, .init = know_bounds, .timeout = 60);

/* As a verb does it: out of line, with the frame of the function that it is written in. */
static NOINLINE size_t take(const void *frame, uintptr_t *ret)
{
	const size_t count = deed_stack_take(frame, lo, hi, ret);

	__asm__ volatile("" ::: "memory");
	return count;
}

static NOINLINE uint32_t keep(const void *frame)
{
	const uint32_t id = deed_stack_keep(frame, lo, hi);

	__asm__ volatile("" ::: "memory");
	return id;
}

/* What three nested functions know of themselves. */
static struct {
	uintptr_t frames[DEED_STACK_MAX];
	size_t count;
	uintptr_t returns[3];
	uint32_t id;
} nest;

static NOINLINE void innermost(void)
{
	nest.returns[0] = (uintptr_t)__builtin_return_address(0);
	nest.count = take(__builtin_frame_address(0), nest.frames);
	nest.id = keep(__builtin_frame_address(0));
	__asm__ volatile("" ::: "memory");
}

static NOINLINE void middle(void)
{
	nest.returns[1] = (uintptr_t)__builtin_return_address(0);
	innermost();
	__asm__ volatile("" ::: "memory");
}

static NOINLINE void outermost(void)
{
	nest.returns[2] = (uintptr_t)__builtin_return_address(0);
	middle();
	__asm__ volatile("" ::: "memory");
}

static bool is_inside(uintptr_t address, void (*function)(void))
{
	return address > (uintptr_t)function && address < (uintptr_t)function + 1024;
}

static void expect_the_nest(const uintptr_t *frames, size_t count)
{
	cr_assert(count >= 4, "%zu frames", count);
	cr_expect(is_inside(frames[0], innermost), "the innermost frame is not the caller's");
	for (size_t i = 0; i < 3; i++)
		cr_expect_eq(frames[i + 1], nest.returns[i], "frame %zu", i + 1);
}

/* ---- taking --------------------------------------------------------------------------------- */

Test(stack, begins_in_the_function_that_asked_and_leads_outwards)
{
	static const enum deed_stack_how ways[] = { DEED_STACK_AUTO, DEED_STACK_FRAMES,
						    DEED_STACK_UNWIND };

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		const uintptr_t *kept;
		size_t kept_count;

		deed_options.stack = ways[i];
		outermost();
		expect_the_nest(nest.frames, nest.count);
		kept_count = deed_stack_get(nest.id, &kept);
		expect_the_nest(kept, kept_count);
	}
}

Test(stack, none_and_depth_zero_take_nothing)
{
	deed_options.stack = DEED_STACK_NONE;
	outermost();
	cr_expect(nest.count == 0 && nest.id == 0);
	deed_options.stack = DEED_STACK_AUTO;
	deed_options.stack_depth = 0;
	outermost();
	cr_expect(nest.count == 0 && nest.id == 0);
}

Test(stack, is_cut_at_its_depth)
{
	for (uint32_t depth = 1; depth <= 4; depth++) {
		deed_options.stack_depth = depth;
		outermost();
		cr_expect_eq(nest.count, depth);
		cr_expect(is_inside(nest.frames[0], innermost));
		for (size_t i = 0; i + 1 < depth && i < 3; i++)
			cr_expect_eq(nest.frames[i + 1], nest.returns[i]);
	}
}

static NOINLINE size_t descend(unsigned levels, uintptr_t *ret)
{
	const size_t count =
		levels ? descend(levels - 1, ret) : take(__builtin_frame_address(0), ret);

	__asm__ volatile("" ::: "memory");
	return count;
}

Test(stack, deeper_than_the_store_is_cut_and_not_corrupted)
{
	uintptr_t frames[DEED_STACK_MAX + 1];

	frames[DEED_STACK_MAX] = 0x5a5a;
	deed_options.stack_depth = 100000; /* whatever it says */
	for (int way = 0; way < (unw_backtrace ? 2 : 1); way++) {
		deed_options.stack = way ? DEED_STACK_UNWIND : DEED_STACK_FRAMES;
		cr_expect_eq(descend(200, frames), DEED_STACK_MAX);
		cr_expect_eq(frames[DEED_STACK_MAX], 0x5a5a);
		/* All but the first are one call of descend() by itself. */
		for (size_t i = 2; i < DEED_STACK_MAX; i++)
			cr_expect_eq(frames[i], frames[1]);
	}
}

/* ---- stacks that are no thread's own -------------------------------------------------------- */

static ucontext_t main_context, other_context;
static volatile size_t other_count; /* a signal handler writes it */
static uintptr_t other_frames[DEED_STACK_MAX];

static void on_the_other_stack(void)
{
	other_count = take(__builtin_frame_address(0), other_frames);
}

/* A stack that ends where nothing is mapped: whoever walks off it crashes. */
static void *new_stack(size_t bytes)
{
	char *const pages = mmap(NULL, bytes + 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	cr_assert(pages != MAP_FAILED && !mprotect(pages + 4096, bytes, PROT_READ | PROT_WRITE));
	return pages + 4096;
}

static NOINLINE void run_coroutine(void)
{
	enum { BYTES = 256 << 10 };

	cr_assert_eq(getcontext(&other_context), 0);
	other_context.uc_stack.ss_sp = new_stack(BYTES);
	other_context.uc_stack.ss_size = BYTES;
	other_context.uc_link = &main_context;
	makecontext(&other_context, on_the_other_stack, 0);
	cr_assert_eq(swapcontext(&main_context, &other_context), 0);
}

Test(stack, of_a_coroutine_is_the_one_frame_that_is_certain)
{
	for (int way = 0; way < 3; way++) {
		deed_options.stack = (enum deed_stack_how)way;
		other_count = 99;
		run_coroutine();
		cr_expect_eq(other_count, 1);
		cr_expect(is_inside(other_frames[0], on_the_other_stack));
	}
}

static void on_signal(int signal)
{
	(void)signal;
	other_count = take(__builtin_frame_address(0), other_frames);
}

Test(stack, of_a_signal_handler_is_safe_on_both_kinds_of_stack)
{
	const stack_t alternate = { .ss_sp = new_stack(256 << 10), .ss_size = 256 << 10 };
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	cr_expect(other_count >= 1);
	cr_assert_eq(sigaltstack(&alternate, NULL), 0);
	action.sa_flags = SA_ONSTACK;
	sigaction(SIGUSR1, &action, NULL);
	other_count = 99;
	raise(SIGUSR1);
	cr_expect_eq(other_count, 1);
}

Test(stack, bounds_that_nobody_knows_cost_all_frames_but_one)
{
	lo = hi = 0;
	outermost();
	cr_expect_eq(nest.count, 1);
	cr_expect(is_inside(nest.frames[0], innermost));
}

/* ---- programs without frame pointers -------------------------------------------------------- */

/* Leaves the register of the frame pointer as such a program may: with anything. */
static NOINLINE size_t take_with_garbage(uintptr_t garbage, uintptr_t *ret)
{
	uintptr_t chain[4] = { garbage, 0, 0, 0 };

	__asm__ volatile("" : "+m"(chain));
	return deed_stack_take(chain, lo, hi, ret);
}

Test(stack, of_a_broken_chain_ends_and_never_crashes)
{
	uintptr_t frames[DEED_STACK_MAX];
	const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	const uintptr_t garbage[] = {
		0,	1,	8,    here,	      here + 1,	      lo,	lo - 8, hi, hi - 8,
		hi - 1, hi + 8, ~0ul, 0x7ffffffffff8, 0xdead0000beef, here - 64
	};

	deed_options.stack = DEED_STACK_FRAMES;
	for (size_t i = 0; i < ARRAY_LEN(garbage); i++) {
		cr_expect(take_with_garbage(garbage[i], frames) <= DEED_STACK_MAX);
		cr_expect(deed_stack_take((const void *)garbage[i], lo, hi, frames) <=
			  DEED_STACK_MAX);
		cr_expect(deed_stack_take((const void *)garbage[i], 0, 0, frames) <= 1);
	}
}

/* As in a thread whose first function was called by one that keeps anything in the register of the
 * frame pointer: here the address of two words, of which the second is no return address. */
static NOINLINE uint32_t keep_before(uintptr_t *beyond, uintptr_t *ret, size_t *ret_count)
{
	uintptr_t *const frame = __builtin_frame_address(0);
	const uintptr_t next = frame[0];
	uint32_t id;

	frame[0] = (uintptr_t)beyond;
	__asm__ volatile("" ::: "memory");
	id = keep(frame);
	*ret_count = take(frame, ret);
	frame[0] = next;
	__asm__ volatile("" ::: "memory");
	return id;
}

__attribute__((no_sanitize_address)) static NOINLINE uint32_t keep_with(uintptr_t word,
									uintptr_t *frames,
									size_t *count)
{
	uintptr_t beyond[2] = { 0, word };

	return keep_before(beyond, frames, count);
}

Test(stack, ends_where_code_does)
{
	uintptr_t frames[DEED_STACK_MAX];
	const uintptr_t *kept;
	size_t count, before = 0;
	struct deed_loaded loaded;
	uint32_t first = 0;

	if (deed_module_loaded((uintptr_t)keep_with, &loaded) < 0)
		cr_skip_test("nobody tells what code is");
	deed_options.stack = DEED_STACK_FRAMES;
	for (uintptr_t word = 1; word < 100; word++) {
		const uint32_t id = keep_with(word, frames, &count);

		cr_assert_eq(count, 2);
		cr_assert_eq(deed_stack_get(id, &kept), 2);
		cr_assert_eq(kept[1], frames[1]);
		if (word == 1) {
			first = id;
			before = deed_stack_count();
		}
		cr_assert_eq(id, first);
	}
	cr_expect_eq(deed_stack_count(), before);
}

static uintptr_t sorter_returns[1];
static uint32_t sorter_id;

static int compare(const void *a, const void *b)
{
	if (!sorter_id)
		sorter_id = keep(__builtin_frame_address(0));
	return *(const int *)a - *(const int *)b;
}

static NOINLINE void sort(void)
{
	int numbers[] = { 3, 1, 2, 5, 4 };

	sorter_returns[0] = (uintptr_t)__builtin_return_address(0);
	qsort(numbers, ARRAY_LEN(numbers), sizeof *numbers, compare);
	__asm__ volatile("" ::"m"(numbers));
}

/* libc's qsort() has no frame pointer, so the walk from the comparison misses sort() or worse. */
Test(stack, auto_asks_the_unwinder_where_frame_pointers_are_missing)
{
	const uintptr_t *frames;
	size_t count;
	bool is_found = false;

	if (!unw_backtrace)
		cr_skip_test("no libunwind");
	sort();
	count = deed_stack_get(sorter_id, &frames);
	for (size_t i = 0; i < count; i++)
		is_found |= frames[i] == sorter_returns[0];
	cr_expect(is_found, "sort()'s caller is not among %zu frames", count);
	/* And from now on, for everybody. */
	outermost();
	expect_the_nest(nest.frames, nest.count);
}

/* ---- keeping -------------------------------------------------------------------------------- */

Test(stack, equal_stacks_have_equal_ids_and_others_do_not)
{
	uint32_t ids[3];
	size_t count;

	deed_options.stack_depth = 1; /* further out every call here is another stack */
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		outermost();
		ids[i] = nest.id;
	}
	cr_expect(ids[0] && ids[0] == ids[1] && ids[1] == ids[2]);
	count = deed_stack_count();
	cr_expect_neq(keep(__builtin_frame_address(0)), ids[0]);
	cr_expect_eq(deed_stack_count(), count + 1);
	cr_expect(deed_stack_bytes() > 0);
}

Test(stack, no_id_is_no_stack)
{
	const uintptr_t *frames = (const uintptr_t *)&frames;

	cr_expect_eq(deed_stack_get(0, &frames), 0);
	cr_expect_null(frames);
	cr_expect_eq(deed_stack_get(UINT32_MAX, &frames), 0);
	cr_expect_eq(deed_stack_get(12345, &frames), 0);
}

/* Made-up stacks: the number of a stack decides its frames. */
static size_t make_up(uint32_t number, uintptr_t *frames)
{
	uint64_t state = number + 1;
	const size_t len = 1 + number % 5;

	for (size_t i = 0; i < len; i++)
		frames[i] = random_next(&state);
	return len;
}

static uint32_t keep_made_up(uint32_t number, bool *ret_is_new)
{
	uintptr_t frames[DEED_STACK_MAX];

	return deed_depot_keep(frames, make_up(number, frames), ret_is_new);
}

enum { KEEPERS = 4, KEPT = 20000 };
static uint32_t kept_ids[KEEPERS][KEPT];
static atomic_uint kept_new;

static void *keep_many(void *argument)
{
	const uintptr_t keeper = (uintptr_t)argument;

	/* Each thread in its own order, so that they meet everywhere. */
	for (uint32_t i = 0; i < KEPT; i++) {
		const uint32_t number = (i * (uint32_t)(2 * keeper + 1) * 3 + 1) % KEPT;
		bool is_new;

		kept_ids[keeper][number] = keep_made_up(number, &is_new);
		atomic_fetch_add(&kept_new, is_new);
	}
	return NULL;
}

Test(stack, threads_that_keep_equal_stacks_get_equal_ids)
{
	pthread_t threads[KEEPERS];
	size_t seen = 0;

	for (uintptr_t i = 0; i < KEEPERS; i++)
		cr_assert(!pthread_create(&threads[i], NULL, keep_many, (void *)i));
	for (size_t i = 0; i < KEEPERS; i++)
		pthread_join(threads[i], NULL);
	for (uint32_t number = 0; number < KEPT; number++) {
		uintptr_t frames[DEED_STACK_MAX];
		const size_t len = make_up(number, frames);
		const uintptr_t *kept;

		if (!kept_ids[0][number])
			continue; /* no thread came by it */
		seen++;
		cr_assert_eq(deed_stack_get(kept_ids[0][number], &kept), len);
		cr_assert_arr_eq(kept, frames, len * sizeof *frames);
		for (size_t i = 1; i < KEEPERS; i++)
			cr_assert(!kept_ids[i][number] ||
				  kept_ids[i][number] == kept_ids[0][number]);
	}
	cr_expect(seen > KEPT / 4);
}

Test(stack, the_depot_is_bounded_and_keeps_what_it_has)
{
	uint32_t first = 0, last = 0, refused = 0;
	bool is_new;

	for (uint32_t number = 0; number < (1u << 20) + 1000; number++) {
		const uint32_t id = keep_made_up(number, &is_new);

		first = number ? first : id;
		last = id ? id : last;
		refused += !id;
	}
	cr_expect(refused >= 1000 && refused < 1010, "%u refused", refused);
	cr_expect(last < 1u << 20);
	cr_expect_eq(keep_made_up(0, &is_new), first);
	cr_expect(!is_new);
}

Test(stack, without_memory_there_are_no_ids)
{
	const struct rlimit none = { 1 << 20, 1 << 20 };
	uintptr_t frame = 1;
	bool is_new;

	if (TRAPPED_SANITIZED)
		cr_skip_test("sanitizers need the address space");
	cr_assert(!setrlimit(RLIMIT_AS, &none));
	cr_expect_eq(deed_depot_keep(&frame, 1, &is_new), 0);
	cr_expect(!is_new);
}

static void *note_frame(void *ret)
{
	*(uintptr_t *)ret = (uintptr_t)__builtin_frame_address(0);
	return NULL;
}

/* What a part has left is told by the thread that worked on it, where another one waits. */
Test(stack, from_a_frame_of_another_thread_there_is_none)
{
	uintptr_t frames[DEED_STACK_MAX], there;
	pthread_t thread;

	cr_assert(pthread_create(&thread, NULL, note_frame, &there) == 0);
	pthread_join(thread, NULL);
	cr_assert(there < lo || there >= hi);
	cr_expect(take((const void *)there, frames) == 0);
	cr_expect(take(__builtin_frame_address(0), frames) > 0);
}

/* ---- in words ------------------------------------------------------------------------------- */

/* With -O2 both verbs are jumped to, and find no frame of the function that they are written in. */
DEED_UNCHECKED static NOINLINE void ends_with_a_drop(deed_u8 *xs)
{
	deed_drop(xs);
}

static NOINLINE int ends_with_a_new(deed_u8 *xs)
{
	return deed_new(xs, 10);
}

DEED_UNCHECKED CHILD(ends_with_verbs)
{
	deed_u8 xs = DEED_EMPTY;

	require(ends_with_a_new(&xs) == 0);
	ends_with_a_drop(&xs);
	ends_with_a_drop(&xs);
	exit(argument[0]);
}

Test(stack, begins_in_the_function_of_the_verb_though_its_call_was_made_a_jump)
{
	const struct child_result *const result = child_run("ends_with_verbs", "", "");
	static const char *const begins[] = { "#0 ends_with_a_drop", "#0 ends_with_a_drop",
					      "#0 ends_with_a_new" };
	const char *at = result->err;

	if (strstr(at, "#0 in "))
		cr_skip_test("without libbacktrace nobody knows the names of functions");
	for (size_t i = 0; i < ARRAY_LEN(begins); i++) {
		at = strstr(at, "#0 ");
		cr_assert(at && !strncmp(at, begins[i], strlen(begins[i])), "%zu: %s", i,
			  result->err);
		at = strstr(at, "#1 ");
		cr_assert(at && !strncmp(at, "#1 child_ends_with_verbs", 24), "%zu: %s", i,
			  result->err);
	}
	cr_expect(!strstr(at, "#0 "), "%s", result->err);
}
