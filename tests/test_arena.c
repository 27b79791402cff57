/* SPDX-License-Identifier: MIT
 *
 * tests/test_arena.c - arenas under the ledger: what is promised of every flavour, and the
 * faults.
 */
#include "trapped.h"

#include "arena_model.h"
#include "deed/pool.h"
#include "trap/options.h"

#include <limits.h>

TestSuite(arena, .init = trapped_begin, .fini = trapped_end, .timeout = 120);

/* ---- what every flavour promises ------------------------------------------------------------ */

Test(arena, keeps_every_byte_that_it_gave_out)
{
	uint64_t figures = 0;

	for (uint64_t seed = 1; seed <= 30; seed++) {
		const char *const broken = arena_play(seed, 2000, NULL);

		cr_assert(!broken, "seed %d: %s", (int)seed, broken);
	}
	cr_assert_null(arena_play(ARENA_GAME_SEED, ARENA_GAME_STEPS, &figures));
	cr_expect(figures == ARENA_GAME_FIGURES, "0x%llx", (unsigned long long)figures);
}

static void *play(void *seed)
{
	return (void *)(uintptr_t)arena_play((uintptr_t)seed, 2000, NULL);
}

Test(arena, is_any_threads_own)
{
	enum { THREADS = 4 };
	pthread_t threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		cr_assert(!pthread_create(&threads[i], NULL, play, (void *)(i + 100)));
	for (int i = 0; i < THREADS; i++) {
		void *broken;

		cr_assert(!pthread_join(threads[i], &broken));
		cr_expect(!broken, "%s", (const char *)broken);
	}
}

Test(arena, refuses_what_it_cannot_be)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	static const size_t wrong[] = { 1, 8, 24, 8192 };
	static const volatile size_t no_alignments[] = { 0, 3, 24, 8192 };
	static _Alignas(64) char block[256];
	deed_f64 xs = DEED_EMPTY;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		cr_expect(deed_arena_open(&arena, &(struct deed_arena_options){
							  .align = wrong[i] }) == -EINVAL);
	cr_expect(deed_arena_open_over(&arena, NULL, 100) == -EINVAL);
	cr_expect(deed_arena_open_over(&arena, block, 63) == -EINVAL);
	cr_expect(deed_arena_open_over(&arena, block + 1, 126) == -EINVAL);
	cr_expect(deed_arena_open_over(&arena, block + 1, 127) == 0);
	cr_expect(deed_arena_alloc(&arena, 64) == block + 64);
	cr_expect_null(deed_arena_alloc(&arena, 0));
	deed_arena_close(&arena);
	for (size_t i = 0; i < ARRAY_LEN(no_alignments); i++)
		cr_expect_null(deed_arena_alloc_aligned(&arena, 8, no_alignments[i]));
	cr_expect_null(deed_arena_alloc(&arena, SIZE_MAX));
	cr_expect_null(deed_arena_alloc(&arena, SIZE_MAX - 63));
	cr_expect_null(deed_arena_alloc(&arena, PTRDIFF_MAX));
	cr_expect_null(deed_arena_new(&arena, double, SIZE_MAX / 8 + 2));
	cr_expect(deed_new_in(&xs, &arena, SIZE_MAX / 8 + 2) == -EOVERFLOW);
	cr_expect(deed_new_in(&xs, &arena, SIZE_MAX / 16) == -ENOMEM);
	cr_expect(!deed_owns(&xs) && deed_arena_stats(&arena).reserved == 0);
	deed_arena_close(&arena);
}

Test(arena, holds_a_limit_to_the_byte)
{
	enum { LIMIT = 100000 };
	struct deed_arena arena = DEED_ARENA_EMPTY;
	size_t count = 0;
	int err = deed_arena_open(
		&arena, &(struct deed_arena_options){ .limit_bytes = LIMIT, .chunk_bytes = 4096 });

	cr_assert(err == 0);
	for (int round = 0; round < 3; round++) {
		size_t now = 0;

		while (deed_arena_alloc(&arena, 64))
			now++;
		cr_expect(deed_arena_stats(&arena).reserved <= LIMIT);
		cr_expect(deed_arena_stats(&arena).reserved > LIMIT - 64 - 32);
		cr_expect(!round || now == count, "%zu, %zu before", now, count);
		count = now;
		/* Chunks that are spare, and too small, make room for a large one. */
		deed_arena_reset(&arena);
		cr_expect_not_null(deed_arena_alloc(&arena, LIMIT - 4096 - 128));
		cr_expect(deed_arena_stats(&arena).reserved <= LIMIT);
		deed_arena_close(&arena);
		err = deed_arena_open(&arena, &(struct deed_arena_options){ .limit_bytes = LIMIT,
									    .chunk_bytes = 4096 });
		cr_assert(err == 0);
	}
	deed_arena_close(&arena);
}

Test(arena, gives_a_large_request_a_chunk_and_wastes_none)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	const char *const before = deed_arena_alloc(&arena, 64);
	const char *const large = deed_arena_alloc(&arena, 1 << 20);
	const struct deed_arena_mark mark = deed_arena_mark(&arena);
	const size_t chunks = deed_arena_stats(&arena).chunks;

	cr_assert(before && large && chunks == 2);
	while (deed_arena_stats(&arena).chunks == chunks)
		cr_assert_not_null(deed_arena_alloc(&arena, 64));
	cr_expect(deed_arena_stats(&arena).used > (1 << 20) + (60 << 10));
	deed_arena_rewind(&arena, mark);
	cr_expect(deed_arena_stats(&arena).used == (1 << 20) + 64);
	deed_arena_close(&arena);
}

Test(arena, may_be_moved)
{
	struct deed_arena arena = DEED_ARENA_EMPTY, moved;
	char *const text = deed_arena_alloc(&arena, 6);

	memcpy(text, "hello", 6);
	moved = arena;
	cr_expect_not_null(deed_arena_alloc(&moved, 100));
	cr_expect_str_eq(text, "hello");
	deed_arena_close(&moved);
}

Test(arena, is_an_allocator)
{
	struct deed_arena arena = DEED_ARENA_EMPTY, inner = DEED_ARENA_EMPTY;
	const struct deed_allocator allocator = deed_arena_allocator(&arena);
	deed_f32 xs = DEED_EMPTY;
	int err = deed_new_with(&xs, &allocator, 100);

	cr_assert(err == 0);
	err = deed_resize(&xs, 200);
	cr_expect(err == 0);
	expect_silent(deed_drop(&xs));
	/* An arena in an arena. */
	err = deed_arena_open(&inner, &(struct deed_arena_options){ .allocator = &allocator });
	cr_assert(err == 0);
	for (int i = 0; i < 10000; i++)
		memset(deed_arena_alloc(&inner, 40), i, 40);
	expect_silent(deed_arena_close(&inner));
	expect_silent(deed_arena_close(&arena));
}

Test(arena, blocks_that_it_gave_are_looked_after)
{
	static _Alignas(64) uint8_t memory[8192];
	struct deed_arena arena = DEED_ARENA_EMPTY;
	const struct deed_allocator allocator = deed_arena_allocator(&arena);
	deed_u8 adopted = DEED_EMPTY;
	uint8_t *block, *other;
	int err;

	for (int round = 0; round < 6; round++) {
		if (round % 2) {
			err = deed_arena_open_over(&arena, memory, sizeof memory);
			cr_assert(err == 0);
		}
		block = allocator.alloc(100, 64, 1, &arena);
		other = allocator.alloc(0, 16, 0, &arena);
		cr_assert(block && other && !block[99]);
		expect_silent({
			DEED_LEND(all, block, 100);
			deed_fill(all, 1);
		});
		expect_silent(err = deed_adopt(&adopted, block, 50, NULL, NULL));
		cr_assert(err == 0);
		expect_silent({
			DEED_INOUT(half, &adopted);
			deed_fill(half, 2);
		});
		expect_silent(deed_drop(&adopted));
		expect_silent(allocator.free(NULL, 10, 16, &arena));
		expect_silent(allocator.free(other, 0, 16, &arena));
		if (round < 2)
			expect_fault(DEED_E05, allocator.free(other, 0, 16, &arena));
		else if (round < 4)
			expect_fault(DEED_E08, {
				DEED_LEND(all, block, 100);
				allocator.free(block, 100, 64, &arena);
				(void)deed_len(all);
			});
		else
			expect_fault(DEED_E18, allocator.free(&arena, 100, 64, &arena));
		expect_silent(allocator.free(block, 100, 64, &arena));
		block = allocator.alloc(100, 64, 0, &arena);
		expect_silent(deed_arena_reset(&arena));
		expect_fault(DEED_E21, allocator.free(block, 100, 64, &arena));
		expect_silent(deed_arena_close(&arena));
	}
}

/* ---- owners --------------------------------------------------------------------------------- */

DEED_UNCHECKED Test(arena, owners_move_and_are_lent_as_all_others)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY, copy = DEED_EMPTY;
	int err = deed_new_in(&xs, &arena, 100);

	cr_assert(err == 0);
	expect_silent({
		DEED_INOUT(v, &xs);
		DEED_INOUT_PART(left, &v, 0, 50);

		deed_fill(left, 1.0f);
	});
	{
		deed_f32_inout part = deed_inout_part(&xs, 50, 100);

		cr_expect(deed_len(part) == 50);
		deed_fill(part, 2.0f);
		expect_silent(deed_end(&xs, &part));
	}
	expect_fault(DEED_E15, (void)deed_inout_part(&xs, 50, 101));
	deed_move(&ys, &xs);
	deed_swap(&xs, &ys);
	err = deed_clone(&copy, &xs);
	cr_assert(err == 0);
	deed_arena_reset(&arena);
	{
		DEED_BORROWED(r, &copy);

		cr_expect(deed_at(r, 49) == 1.0f && deed_at(r, 50) == 2.0f);
	}
	deed_drop(&copy);
	deed_arena_close(&arena);
}

Test(arena, an_owner_may_be_dropped_settled_and_leave)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	DEED_AUTO(deed_i32, automatic);
	deed_i32 dropped = DEED_EMPTY, settled = DEED_EMPTY, left = DEED_EMPTY, raw = DEED_EMPTY;
	int32_t *pointer;
	int err = deed_new_in(&automatic, &arena, 10);

	err |= deed_new_in(&dropped, &arena, 10);
	err |= deed_new_in(&settled, &arena, 10);
	err |= deed_new_in(&left, &arena, 10);
	err |= deed_new_in(&raw, &arena, 0);
	cr_assert(err == 0);
	expect_silent(deed_drop(&dropped));
	expect_silent(deed_settle(&settled));
	pointer = deed_release(&raw);
	cr_expect_not_null(pointer);
	{
		DEED_INOUT(all, &left);

		deed_fill(all, 7);
	}
	err = deed_resize(&left, 1000);
	cr_assert(err == 0);
	expect_silent(deed_arena_reset(&arena));
	{
		DEED_BORROWED(all, &left);

		cr_expect(deed_at(all, 9) == 7);
	}
	deed_drop(&left);
	expect_silent(deed_settle(&automatic));
	expect_silent(deed_arena_close(&arena));
}

DEED_UNCHECKED Test(arena, a_resize_stays_in_the_arena)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_u8 xs = DEED_EMPTY, ys = DEED_EMPTY, stale;
	size_t used;
	int err = deed_new_in(&xs, &arena, 64);

	cr_assert(err == 0);
	used = deed_arena_stats(&arena).used;
	stale = xs;
	err = deed_resize_in(&xs, &arena, 1000);
	cr_assert(err == 0);
	cr_expect(deed_arena_stats(&arena).used == used + 1024 - 64, "in place, as in release");
	expect_fault(DEED_E04, (void)deed_len(stale));
	err = deed_new_in(&ys, &arena, 1);
	cr_assert(err == 0);
	expect_fault(DEED_E07, {
		DEED_BORROWED(r, &ys);
		cr_expect(deed_resize_in(&ys, &arena, 2000) == -EPERM);
	});
	cr_expect(deed_resize_in(&xs, &arena, SIZE_MAX) == -EOVERFLOW);
	cr_expect(deed_resize_in(&xs, &arena, SIZE_MAX / 4) == -ENOMEM);
	cr_expect(deed_len(xs) == 1000);
	deed_arena_close(&arena);
}

Test(arena, only_what_is_in_it_is_resized_in_it)
{
	struct deed_arena arena = DEED_ARENA_EMPTY, other = DEED_ARENA_EMPTY;
	deed_u8 heap = DEED_EMPTY, far = DEED_EMPTY;
	int err = deed_new(&heap, 10);

	err |= deed_new_in(&far, &other, 10);
	cr_assert(err == 0);
	expect_fault(DEED_E18, cr_expect(deed_resize_in(&heap, &arena, 20) == -EPERM));
	expect_fault(DEED_E18, cr_expect(deed_resize_in(&far, &arena, 20) == -EPERM));
	deed_drop(&heap);
	deed_arena_close(&other);
	deed_arena_close(&arena);
}

/* ---- faults --------------------------------------------------------------------------------- */

Test(arena, nothing_ends_while_anything_is_lent)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	const struct deed_arena_mark mark = deed_arena_mark(&arena);
	int err = deed_new_in(&xs, &arena, 10);

	err |= deed_new_in(&ys, &arena, 10);
	cr_assert(err == 0);
	{
		const size_t used = deed_arena_stats(&arena).used;
		DEED_BORROWED(r, &xs);
		DEED_INOUT(v, &ys);

		expect_fault(DEED_E08, deed_arena_reset(&arena));
		cr_expect(trapped_sites(DEED_ROLE_LENT_BORROWED, 0) == 1);
		cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, 0) == 1);
		cr_expect(fault_count(deed_arena_rewind(&arena, mark)) == 1);
		cr_expect(fault_count(deed_arena_close(&arena)) == 1);
		cr_expect(deed_arena_stats(&arena).used == used);
		deed_fill(v, 1.0f);
	}
	expect_silent(deed_arena_reset(&arena));
	deed_arena_close(&arena);
}

Test(arena, a_raw_lend_of_a_carving_holds_it)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	static _Alignas(64) char block[4096];
	int err = deed_arena_open_over(&arena, block, sizeof block);

	cr_assert(err == 0);
	for (int round = 0; round < 2; round++) {
		float *const xs = deed_arena_new(&arena, float, 10);

		{
			DEED_LEND(v, xs, 10);
			deed_fill(v, 1.0f);
			expect_fault(DEED_E08, deed_arena_reset(&arena));
		}
		expect_silent(deed_arena_close(&arena));
	}
}

/* Its bytes, which nothing holds any more. */
static uint8_t *bytes_of(deed_u8 *owner)
{
	DEED_INOUT(all, owner);

	return deed_data(all);
}

DEED_UNCHECKED Test(arena, holds_the_buffer_that_it_lies_over)
{
	static const enum deed_fault expected[] = { DEED_E08, DEED_E07, DEED_E09, DEED_E09,
						    DEED_E09 };

	for (size_t round = 0; round < ARRAY_LEN(expected); round++) {
		struct deed_arena arena = DEED_ARENA_EMPTY, second = DEED_ARENA_EMPTY;
		deed_u8 bytes = DEED_EMPTY;
		uint8_t *block;
		float *xs;
		int err = deed_new(&bytes, 4096);

		cr_assert(err == 0);
		block = bytes_of(&bytes);
		err = deed_arena_open_over(&arena, block + 64, 2048);
		cr_assert(err == 0);
		xs = deed_arena_new(&arena, float, 10);
		expect_silent({
			DEED_LEND(x, xs, 10);
			deed_fill(x, 1.0f);
		});
		expect_silent({
			DEED_INOUT_PART(rest, &bytes, 2112, 4096);
			deed_fill(rest, 1);
		});
		expect_silent(deed_arena_reset(&arena));
		expect_fault(expected[round], {
			if (round == 0)
				deed_drop(&bytes);
			else if (round == 1)
				cr_expect(deed_resize(&bytes, 10) == -EPERM);
			else if (round == 2)
				(void)deed_borrow(&bytes);
			else if (round == 3)
				cr_expect(deed_arena_open_over(&second, block, 128) == -EPERM);
			else
				cr_expect(deed_arena_open_over(&second, block + 1024, 128) ==
					  -EPERM);
		});
		cr_expect(deed_arena_stats(&second).reserved == 0);
		err = deed_arena_open_over(&second, block + 2112, 512);
		cr_assert(err == 0);
		expect_silent(deed_arena_close(&arena));
		expect_silent(deed_arena_close(&second));
		expect_silent(deed_drop(&bytes));
	}
}

/* What it lies over is lent to whoever opened it, and not for as long as the arena lasts. */
Test(arena, outlives_no_loan_that_it_lies_over)
{
	for (int round = 0; round < 4; round++) {
		struct deed_arena arena = DEED_ARENA_EMPTY, second = DEED_ARENA_EMPTY;
		deed_u8 bytes = DEED_EMPTY;
		int err = deed_new(&bytes, 4096);

		cr_assert(err == 0);
		expect_fault(DEED_E08, {
			if (round == 0) {
				DEED_INOUT(v, &bytes);
				err = deed_arena_open_over(&arena, deed_data(v), 1024);
			} else if (round == 1) {
				deed_u8_inout v = deed_inout(&bytes);
				err = deed_arena_open_over(&arena, deed_data(v), 1024);
				deed_end(&bytes, &v);
			} else if (round == 2) {
				DEED_INOUT(v, &bytes);
				DEED_INOUT_PART(part, &v, 64, 4096);
				uint8_t *const raw = deed_data(part);
				err = deed_arena_open_over(&arena, raw, 1024);
				err |= deed_arena_open_over(&second, raw + 1024, 1024);
			} else {
				uint8_t *const raw = bytes_of(&bytes);
				DEED_LEND(v, raw, 4096);
				err = deed_arena_open_over(&arena, deed_data(v), 1024);
			}
		});
		cr_assert(err == 0);
		cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, 0) == (round == 2 ? 2 : 1));
		expect_silent(deed_drop(&bytes));
		expect_silent(deed_arena_close(&arena));
		expect_silent(deed_arena_close(&second));
	}
}

Test(arena, lies_over_what_is_lent_to_its_caller)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_u8 bytes = DEED_EMPTY;
	int err = deed_new(&bytes, 4096);

	cr_assert(err == 0);
	{
		DEED_INOUT(all, &bytes);
		uint8_t *const block = deed_data(all);

		cr_assert(fault_count(err = deed_arena_open_over(&arena, block, 4096)) == 0);
		cr_assert(err == 0);
		expect_silent(cr_expect_not_null(deed_arena_alloc(&arena, 100)));
		expect_fault(DEED_E13, (void)&deed_at(all, 0));
		expect_silent(deed_arena_close(&arena));
		expect_silent(deed_at(all, 0) = 1);
	}
	expect_silent(deed_drop(&bytes));
	err = deed_new(&bytes, 4096);
	cr_assert(err == 0);
	{
		DEED_BORROWED(all, &bytes);
		uint8_t *const block = (uint8_t *)(uintptr_t)deed_data(all);

		expect_fault(DEED_E10, (void)!deed_arena_open_over(&arena, block, 4096));
	}
	expect_silent(deed_drop(&bytes));
}

Test(arena, lies_in_another_one)
{
	struct deed_arena outer = DEED_ARENA_EMPTY, inner = DEED_ARENA_EMPTY;
	const struct deed_allocator allocator = deed_arena_allocator(&outer);
	const struct deed_arena_options options = { .allocator = &allocator };

	for (int round = 0; round < 3; round++) {
		cr_assert(deed_arena_open(&inner, &options) == 0);
		for (int i = 0; i < 100; i++) /* some chunks */
			expect_silent(cr_expect_not_null(deed_arena_alloc(&inner, 5000)));
		expect_silent(deed_arena_reset(&inner));
		expect_silent(cr_expect_not_null(deed_arena_alloc(&inner, 5000)));
		if (round == 0)
			expect_fault(DEED_E08, deed_arena_reset(&outer));
		if (round == 1)
			expect_fault(DEED_E08, deed_arena_close(&outer));
		expect_silent(memset(deed_arena_alloc(&inner, 5000), 1, 5000));
		expect_silent(deed_arena_close(&inner));
		expect_silent(deed_arena_reset(&outer));
	}
	expect_silent(deed_arena_close(&outer));
}

static void *close_arena(void *arena)
{
	deed_arena_close(arena);
	return NULL;
}

Test(arena, lies_over_any_memory)
{
	enum { BYTES = 1024 };
	static uint8_t fixed[BYTES];
	uint8_t here[BYTES], *const block = malloc(BYTES);
	struct deed_arena outer = DEED_ARENA_EMPTY;
	uint8_t *const carved = deed_arena_alloc(&outer, BYTES);
	uint8_t *const all[] = { fixed, here, block, carved };
	struct deed_arena arenas[ARRAY_LEN(all)], second = DEED_ARENA_EMPTY;
	pthread_t thread;
	size_t faults;

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < ARRAY_LEN(all); i++) {
			arenas[i] = (struct deed_arena)DEED_ARENA_EMPTY;
			cr_assert(fault_count((void)!deed_arena_open_over(&arenas[i], all[i],
									  BYTES)) == 0);
			expect_silent(memset(deed_arena_alloc(&arenas[i], 100), 1, 100));
		}
		faults = fault_count((void)!deed_arena_open_over(&second, fixed, BYTES));
		cr_expect(faults == 1);
		faults = fault_count(deed_arena_reset(&outer));
		cr_expect(faults == 1);
		faults = fault_count({
			DEED_LEND(all_of_it, here, BYTES);
			(void)deed_len(all_of_it);
		});
		cr_expect(faults == 1);
		cr_assert(!pthread_create(&thread, NULL, close_arena, &arenas[0]));
		cr_assert(!pthread_join(thread, NULL));
		for (size_t i = 1; i < ARRAY_LEN(all); i++)
			expect_silent(deed_arena_close(&arenas[i]));
	}
	expect_silent(deed_arena_close(&outer));
	free(block);
}

Test(arena, what_ended_with_it_is_not_used)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_f32 used = DEED_EMPTY, moved = DEED_EMPTY, dropped = DEED_EMPTY, to = DEED_EMPTY;
	int err = deed_new_in(&used, &arena, 10);

	err |= deed_new_in(&moved, &arena, 10);
	err |= deed_new_in(&dropped, &arena, 10);
	cr_assert(err == 0);
	deed_arena_reset(&arena);
	expect_fault(DEED_E21, (void)deed_borrow(&used));
	cr_expect(trapped_sites(DEED_ROLE_RESET, 0) == 1);
	cr_expect(trapped_sites(DEED_ROLE_ALLOCATED, 0) == 1);
	cr_expect_str_eq(trapped.report.state, "reset");
	expect_fault(DEED_E21, deed_move(&to, &moved));
	expect_fault(DEED_E21, deed_drop(&dropped));
	cr_expect(!deed_owns(&used));
	/* Filled again, it is an owner as any other. */
	err = deed_new_in(&used, &arena, 10);
	cr_assert(err == 0);
	expect_silent((void)deed_len(used));
	deed_arena_close(&arena);
}

Test(arena, a_settle_is_silent_long_after_the_end)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_f32 kept = DEED_EMPTY, xs = DEED_EMPTY;
	int err = deed_new_in(&kept, &arena, 10);

	cr_assert(err == 0);
	/* Longer than the story is told. */
	for (int i = 0; i < 70000; i++) {
		deed_arena_reset(&arena);
		err |= deed_new_in(&xs, &arena, 10);
	}
	cr_assert(err == 0);
	expect_silent(deed_settle(&kept));
	expect_fault(DEED_E21, (void)deed_borrow(&kept));
	deed_arena_close(&arena);
}

Test(arena, marks_are_good_while_what_they_saw_is_there)
{
	struct deed_arena arena = DEED_ARENA_EMPTY, other = DEED_ARENA_EMPTY;
	const struct deed_arena_mark first = deed_arena_mark(&arena);
	const struct deed_arena_mark strange = deed_arena_mark(&other);
	struct deed_arena_mark second, third, never;
	char *a = deed_arena_alloc(&arena, 10);

	second = deed_arena_mark(&arena);
	(void)!deed_arena_alloc(&arena, 10);
	third = deed_arena_mark(&arena);
	(void)!deed_arena_alloc(&arena, 10);
	expect_silent(deed_arena_rewind(&arena, third));
	expect_silent(deed_arena_rewind(&arena, second));
	expect_silent(deed_arena_rewind(&arena, second));
	expect_fault(DEED_E21, deed_arena_rewind(&arena, third));
	memset(a, 1, 10);
	cr_expect(deed_arena_stats(&arena).used == 64);
	expect_silent(deed_arena_rewind(&arena, first));
	expect_silent(deed_arena_close(&arena));
	a = deed_arena_alloc(&arena, 10);
	cr_assert_not_null(a);
	expect_fault(DEED_E18, deed_arena_rewind(&arena, strange));
	expect_silent(deed_arena_close(&arena));
	memset(&never, 0, sizeof never);
	cr_assert_not_null(deed_arena_alloc(&arena, 10));
	expect_fault(DEED_E18, deed_arena_rewind(&arena, never));
	expect_silent(deed_arena_close(&arena));
	deed_arena_close(&other);
}

Test(arena, two_copies_are_not_both_used)
{
	struct deed_arena arena = DEED_ARENA_EMPTY, copy;

	cr_assert_not_null(deed_arena_alloc(&arena, 10));
	copy = arena;
	cr_assert_not_null(deed_arena_alloc(&arena, 10));
	expect_fault(DEED_E18, cr_expect_null(deed_arena_alloc(&copy, 10)));
	deed_arena_close(&arena);
	cr_assert_not_null(deed_arena_alloc(&arena, 10));
	copy = arena;
	deed_arena_close(&arena);
	expect_fault(DEED_E21, cr_expect_null(deed_arena_alloc(&copy, 10)));
	memset(&copy, 0x5a, sizeof copy);
	expect_fault(DEED_E18, deed_arena_reset(&copy));
}

Test(arena, an_open_one_is_not_opened_again)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	int err = deed_arena_open(&arena, NULL);

	cr_assert(err == 0);
	expect_fault(DEED_E02, err = deed_arena_open(&arena, NULL));
	cr_expect(err == -EPERM);
	deed_arena_close(&arena);
}

/* An allocator in the middle of which something else happens. */
static void *(*meanwhile)(void *);
static struct deed_arena shared;

static void *alloc_after(size_t bytes, size_t align, int zeroed, void *context)
{
	pthread_t thread;

	(void)context;
	if (meanwhile && !pthread_create(&thread, NULL, meanwhile, NULL))
		(void)pthread_join(thread, NULL);
	return deed_heap()->alloc(bytes, align, zeroed, deed_heap()->context);
}

static void free_after(void *block, size_t bytes, size_t align, void *context)
{
	(void)context;
	deed_heap()->free(block, bytes, align, deed_heap()->context);
}

static void *use_shared(void *unused)
{
	(void)unused;
	expect_fault(DEED_E09, cr_expect_null(deed_arena_alloc(&shared, 10)));
	cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, 0) == 1);
	return NULL;
}

Test(arena, two_threads_at_once_are_told)
{
	static const struct deed_allocator allocator = { .alloc = alloc_after, .free = free_after };
	int err = deed_arena_open(&shared, &(struct deed_arena_options){ .allocator = &allocator });

	cr_assert(err == 0);
	meanwhile = use_shared;
	expect_silent(cr_expect_not_null(deed_arena_alloc(&shared, 10)));
	meanwhile = NULL;
	deed_arena_close(&shared);
}

/* ---- bytes that nobody owns ----------------------------------------------------------------- */

#if !TRAPPED_SANITIZED /* AddressSanitizer stops at the very write */

Test(arena, bytes_beside_a_buffer_are_looked_at)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	char *volatile behind = deed_arena_alloc(&arena, 10);
	char *volatile front = deed_arena_alloc(&arena, 10);

	behind[10] = 1;
	front[-1] = 1;
	expect_fault(DEED_E25, cr_expect(deed_check_all() == 2));
	expect_silent(deed_check_all());
	expect_silent(deed_arena_reset(&arena));
	behind = deed_arena_alloc(&arena, 100);
	behind[100] = 1;
	expect_fault(DEED_E25, deed_arena_close(&arena));
	cr_expect(deed_arena_stats(&arena).reserved == 0);
}

Test(arena, bytes_in_front_of_the_first_are_looked_at)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	static _Alignas(64) char block[1000];
	char *volatile first = deed_arena_alloc(&arena, 10);
	char *volatile large;

	first[-1] = 1;
	expect_fault(DEED_E25, deed_arena_reset(&arena));
	first[-64] = 1; /* nobody's now */
	expect_silent(cr_expect_not_null(deed_arena_alloc(&arena, 10)); deed_arena_reset(&arena));
	expect_fault(DEED_E25, cr_expect_not_null(deed_arena_alloc(&arena, 10)));
	expect_silent(deed_arena_reset(&arena));
	first = deed_arena_alloc(&arena, 10);
	first[-64] = 1;
	expect_fault(DEED_E25, deed_arena_close(&arena));

	cr_expect_not_null(deed_arena_alloc(&arena, 10));
	large = deed_arena_alloc(&arena, 1 << 20); /* a chunk of its own */
	large[-8] = 1;
	expect_fault(DEED_E25, cr_expect(deed_check_all() == 2));
	expect_silent(deed_arena_reset(&arena));
	large[-8] = 1;
	expect_fault(DEED_E25, deed_arena_close(&arena));

	cr_assert(deed_arena_open_over(&arena, block + 56, 500) == 0);
	large = deed_arena_alloc(&arena, 100);
	cr_expect(large == block + 64);
	large[-8] = 1;
	expect_fault(DEED_E25, deed_arena_close(&arena));
}

Test(arena, bytes_written_after_a_drop_are_found_when_the_arena_ends)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_u8 xs[4] = { DEED_EMPTY };
	volatile uint8_t *bytes[ARRAY_LEN(xs)];

	for (int round = 0; round < 3; round++) {
		const struct deed_arena_mark mark = deed_arena_mark(&arena);

		for (size_t i = 0; i < ARRAY_LEN(xs); i++) {
			int err = deed_new_in(&xs[i], &arena, 100);

			cr_assert(err == 0);
			bytes[i] = bytes_of(&xs[i]);
		}
		deed_drop(&xs[0]);
		(void)deed_release(&xs[1]);
		cr_assert(deed_resize_in(&xs[2], &arena, 1000) == 0);
		bytes[0][99] = 1;
		bytes[1][10] = 1;
		expect_fault(DEED_E04, {
			if (round == 0)
				deed_arena_reset(&arena);
			else if (round == 1)
				deed_arena_rewind(&arena, mark);
			else
				deed_arena_close(&arena);
		});
		cr_expect(trapped_sites(DEED_ROLE_DROPPED, 0) == 1);
		cr_expect(deed_arena_stats(&arena).used == 0);
	}
}

/* What an owner left behind, which went on to the heap. */
Test(arena, bytes_that_a_resize_left_behind_are_looked_at)
{
	for (int round = 0; round < 6; round++) {
		struct deed_arena arena = DEED_ARENA_EMPTY;
		deed_u8 xs = DEED_EMPTY;
		volatile uint8_t *bytes;
		int err = deed_new_in(&xs, &arena, 100);

		cr_assert(err == 0);
		bytes = bytes_of(&xs);
		err = deed_resize(&xs, 200);
		cr_assert(err == 0 && deed_len(xs) == 200);
		if (round >= 4)
			deed_drop(&xs);
		bytes[round % 2 ? 100 : 30] = 1;
		if (round < 2)
			expect_fault(round % 2 ? DEED_E25 : DEED_E04, deed_check_all());
		expect_fault(round < 2	 ? DEED_NO_FAULT
			     : round % 2 ? DEED_E25
					 : DEED_E04,
			     deed_arena_close(&arena));
		expect_silent(deed_settle(&xs));
	}
}

Test(arena, an_owner_that_a_resize_took_away_is_the_same_buffer)
{
	const size_t live = deed_stats().live_buffers, made = deed_stats().buffers_made;
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_u8 xs = DEED_EMPTY;
	deed_u8 copy;
	int err = deed_new_in(&xs, &arena, 100);

	cr_assert(err == 0);
	memcpy(&copy, &xs, sizeof xs);
	expect_silent(err = deed_resize(&xs, 200));
	cr_assert(err == 0);
	cr_expect(deed_stats().live_buffers == live + 1);
	cr_expect(deed_stats().buffers_made == made + 1);
	expect_fault(DEED_E04, deed_len(copy));
	cr_expect(trapped_sites(DEED_ROLE_RESIZED, 0) == 1);
	expect_silent(err = deed_resize(&xs, 300));
	cr_expect(err == 0);
	expect_silent(deed_arena_close(&arena));
	copy = xs;
	expect_silent(deed_drop(&xs));
	expect_fault(DEED_E05, deed_drop(&copy));
	cr_expect(trapped_sites(DEED_ROLE_DROPPED, 0) == 1);
	cr_expect(trapped_sites(DEED_ROLE_ALLOCATED, 0) == 1);
	cr_expect(deed_stats().live_buffers == live);
}

Test(arena, bytes_of_a_dropped_owner_are_looked_at_at_any_time)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_u8 xs = DEED_EMPTY;
	volatile uint8_t *bytes;
	int err = deed_new_in(&xs, &arena, 100);

	cr_assert(err == 0);
	bytes = bytes_of(&xs);
	deed_drop(&xs);
	bytes[99] = 1;
	expect_fault(DEED_E04, deed_check_all());
	expect_silent(deed_check_all());
	expect_silent(deed_arena_close(&arena));
}

Test(arena, bytes_beside_blocks_and_freed_ones_are_looked_at)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	const struct deed_allocator allocator = deed_arena_allocator(&arena);
	char *volatile block = allocator.alloc(100, 16, 0, &arena);

	block[100] = 1;
	expect_fault(DEED_E25, deed_arena_reset(&arena));
	block = allocator.alloc(100, 16, 0, &arena);
	allocator.free(block, 100, 16, &arena);
	block[50] = 1;
	expect_fault(DEED_E04, deed_arena_close(&arena));
}

Test(arena, owners_in_its_blocks_end_with_it)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	const struct deed_allocator allocator = deed_arena_allocator(&arena);
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY, before = DEED_EMPTY;
	struct deed_arena_mark mark;
	int err = deed_new_with(&before, &allocator, 10);

	cr_assert(err == 0);
	mark = deed_arena_mark(&arena);
	for (int round = 0; round < 3; round++) { /* at the same address, perhaps */
		expect_silent(err = deed_new_with(&xs, &allocator, 10));
		cr_assert(err == 0);
		expect_silent(deed_drop(&xs));
		expect_silent(deed_arena_rewind(&arena, mark));
	}
	for (int round = 0; round < 4; round++) {
		deed_f32 copy;

		expect_silent(err = deed_new_with(&xs, &allocator, 10) ||
				    deed_new_with(&ys, &allocator, 10));
		cr_assert(err == 0);
		{
			DEED_BORROWED(v, &ys);

			expect_fault(DEED_E08, deed_arena_rewind(&arena, mark));
			cr_expect(trapped_sites(DEED_ROLE_LENT_BORROWED, 0) == 1);
			cr_expect(deed_len(v) == 10 && deed_owns(&xs));
		}
		expect_silent(deed_arena_rewind(&arena, mark));
		copy = xs;
		if (round == 0)
			expect_fault(DEED_E21, DEED_BORROWED(v, &xs); (void)v);
		else if (round == 1)
			expect_fault(DEED_E21, deed_drop(&xs));
		else if (round == 2)
			expect_fault(DEED_E21, err = deed_resize(&xs, 20));
		else
			expect_fault(DEED_E21, deed_drop(&copy));
		cr_expect(trapped_sites(DEED_ROLE_RESET, 0) == 1);
		cr_expect(!strcmp(trapped.report.name, "xs"));
		cr_expect(deed_stats().live_buffers == 2); /* `before`, and its block */
		xs = ys = (deed_f32)DEED_EMPTY;
	}
	expect_silent({
		DEED_INOUT(v, &before);
		deed_fill(v, 1);
	});
	deed_drop(&before);
	deed_arena_close(&arena);
}

Test(arena, bytes_written_after_the_end_are_found_when_carved_again)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	char *volatile stale = deed_arena_alloc(&arena, 100);
	const struct deed_arena_mark mark = deed_arena_mark(&arena);
	char *volatile rewound = deed_arena_alloc(&arena, 100);

	deed_arena_rewind(&arena, mark);
	rewound[3] = 1;
	expect_fault(DEED_E21, cr_expect_not_null(deed_arena_alloc(&arena, 100)));
	cr_expect(trapped_sites(DEED_ROLE_RESET, 0) == 1);
	deed_arena_reset(&arena);
	stale[99] = 1;
	expect_fault(DEED_E21, deed_arena_close(&arena));
}

/* Of one chunk, after a reset or a rewind to the beginning: who reads the old place reads what is
 * dead, and who writes it is told of. */
Test(arena, what_a_round_leaves_is_dead_for_the_next_one)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	const struct deed_arena_mark mark = deed_arena_mark(&arena);
	const volatile char *places[2] = { NULL, NULL };
	struct deed_arena_statistics stats = { 0, 0, 0, 0 };
	char *volatile stale;

	for (int round = 0; round < 100; round++) {
		volatile char *const at = deed_arena_alloc(&arena, 100);

		cr_assert_not_null(at);
		for (int i = 0; i < 100; i++) {
			if (round)
				cr_assert_neq(places[(round + 1) & 1][i], 'x');
			at[i] = 'x';
		}
		cr_assert(round < 2 || at == places[round & 1], "round %d", round);
		places[round & 1] = at;
		if (!round)
			stats = deed_arena_stats(&arena);
		cr_assert(deed_arena_stats(&arena).reserved == stats.reserved &&
			  deed_arena_stats(&arena).chunks == 1);
		if (round & 1)
			deed_arena_reset(&arena);
		else
			deed_arena_rewind(&arena, mark);
	}
	stale = deed_arena_alloc(&arena, 100);
	deed_arena_reset(&arena);
	deed_arena_reset(&arena); /* nothing has ended: nothing changes places */
	cr_assert_not_null(deed_arena_alloc(&arena, 100));
	stale[5] = 'y';
	deed_arena_reset(&arena);
	expect_fault(DEED_E21, cr_expect_not_null(deed_arena_alloc(&arena, 100)));
	stale = deed_arena_alloc(&arena, 100);
	deed_arena_reset(&arena);
	stale[5] = 'y';
	expect_fault(DEED_E21, deed_arena_close(&arena)); /* what rests is looked at, too */
}

Test(arena, what_may_not_wait_is_used_again_at_once)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	char *volatile first;

	deed_options_parse("quarantine=0");
	first = deed_arena_alloc(&arena, 100);
	deed_arena_reset(&arena);
	cr_expect_eq(deed_arena_alloc(&arena, 100), first);
	deed_arena_close(&arena);
}

Test(arena, far_beyond_a_buffer_is_told_as_such)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	char *volatile at = deed_arena_alloc(&arena, 64);

	at[300] = 1;
	expect_fault(DEED_E25, deed_arena_close(&arena));
}

#endif

/* ---- scratch -------------------------------------------------------------------------------- */

static char *leave_in(struct deed_arena *out, int depth)
{
	DEED_SCRATCH(own);
	char *const mine = deed_arena_alloc(own, 1000);
	char *const result = deed_arena_alloc(out, 100);

	memset(mine, 0x33, 1000);
	memset(result, depth, 100);
	if (depth)
		memset(leave_in(own, depth - 1), 0x44, 100);
	for (int i = 0; i < 1000; i++)
		cr_assert(mine[i] == 0x33);
	return result;
}

static void *leave_in_thread(void *unused)
{
	DEED_SCRATCH(top);

	(void)unused;
	for (int i = 0; i < 10; i++)
		cr_expect(leave_in(top, 20)[99] == 20);
	return NULL;
}

Test(arena, scratch_blocks_nest_and_outer_results_stay)
{
	DEED_SCRATCH(top);
	char *const first = leave_in(top, 5), *const second = leave_in(top, 6);
	pthread_t thread;

	cr_expect(first[0] == 5 && first[99] == 5 && second[0] == 6);
	cr_assert(!pthread_create(&thread, NULL, leave_in_thread, NULL));
	cr_assert(!pthread_join(thread, NULL));
}

static void lend_out_of_scratch(deed_f32_inout *ret, deed_f32 *owner)
{
	DEED_SCRATCH(tmp);
	const int err = deed_new_in(owner, tmp, 10);

	cr_assert(err == 0);
	*ret = deed_inout(owner);
}

Test(arena, scratch_is_not_lent_beyond_its_block)
{
	deed_f32 xs = DEED_EMPTY;
	deed_f32_inout v;

	expect_fault(DEED_E08, lend_out_of_scratch(&v, &xs));
	deed_end(&xs, &v);
	trapped_leaves = true; /* the arena that could not be reset */
}

/* ---- the end of the program ----------------------------------------------------------------- */

CHILD(forgets_to_close)
{
	static struct deed_arena forgotten, kept, empty;

	require(deed_arena_alloc(&forgotten, 100));
	require(deed_arena_alloc(&kept, 100));
	deed_arena_immortal(&kept);
	require(!deed_arena_open(&empty, NULL));
}

CHILD(leaves_scratch_and_blocks)
{
	static char block[1000];
	static struct deed_arena over;
	DEED_SCRATCH(tmp);

	require(deed_arena_alloc(tmp, 100));
	require(!deed_arena_open_over(&over, block, sizeof block));
	require(deed_arena_alloc(&over, 100));
	exit(0);
}

static void close_scratch_of_part(struct deed_part *part, void *unused)
{
	struct deed_arena *const own = deed_part_scratch(part);

	(void)unused;
	require(deed_arena_alloc(own, 100));
	deed_arena_close(own);
	require(deed_arena_stats(own).reserved == 0);
	require(deed_arena_alloc(own, 100));
}

/* The second of each is the block's, or the part's, as the first was. */
CHILD(closes_scratch)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 5, 1);
	require(deed_parallel_for(NULL, &plan, close_scratch_of_part, NULL) == 0);
	for (int i = 0; i < 3; i++) {
		DEED_SCRATCH(tmp);
		DEED_SCRATCH(more);

		require(deed_arena_alloc(tmp, 100));
		deed_arena_close(tmp);
		require(deed_arena_stats(tmp).reserved == 0);
		require(deed_arena_alloc(tmp, 100) && deed_arena_alloc(more, 100));
		if (i == 2)
			exit(0);
	}
}

Test(arena, scratch_may_be_closed_and_used_again)
{
	struct deed_arena_mark mark;
	deed_f32 xs = DEED_EMPTY;
	DEED_SCRATCH(tmp);

	cr_assert(deed_arena_alloc(tmp, 100) && deed_new_in(&xs, tmp, 10) == 0);
	deed_arena_reset(tmp);
	mark = deed_arena_mark(tmp);
	deed_arena_close(tmp);
	expect_silent(deed_arena_close(tmp));
	expect_fault(DEED_E21, deed_drop(&xs));
	expect_fault(DEED_E21, deed_arena_rewind(tmp, mark)); /* it lies in memory that is gone */
	mark = deed_arena_mark(tmp);
	cr_assert(deed_arena_alloc(tmp, 100));
	expect_silent(deed_arena_rewind(tmp, mark));
}

Test(arena, scratch_that_was_closed_is_no_leak)
{
	const struct child_result *const result = child_run("closes_scratch", "", "");

	cr_expect(!result->signal && !result->code && !*result->err, "%s", result->err);
}

Test(arena, forgotten_ones_are_leaks)
{
	const struct child_result *result = child_run("forgets_to_close", "", "");

	cr_expect(result->signal == SIGABRT);
	cr_expect_not_null(strstr(result->err, "`forgotten` still holds"), "%s", result->err);
	cr_expect_null(strstr(result->err, "`kept`"));
	result = child_run("leaves_scratch_and_blocks", "", "");
	cr_expect(!result->signal && !result->code && !*result->err, "%s", result->err);
}

CHILD(forks)
{
	DEED_SCRATCH(tmp);
	struct deed_arena arena = DEED_ARENA_EMPTY;
	char *const text = deed_arena_alloc(tmp, 6);
	int status;
	pid_t pid;

	memcpy(text, "hello", 6);
	require(deed_arena_alloc(&arena, 10));
	pid = fork();
	require(pid >= 0);
	if (!pid) {
		require(deed_arena_alloc(tmp, 10) && !strcmp(text, "hello"));
		require(deed_arena_alloc(&arena, 10));
		exit(0);
	}
	require(waitpid(pid, &status, 0) == pid && !status);
	deed_arena_close(&arena);
}

Test(arena, a_child_keeps_them)
{
	const struct child_result *const result = child_run("forks", "", "");

	cr_expect(!result->signal && !result->code && !*result->err, "%s", result->err);
}
