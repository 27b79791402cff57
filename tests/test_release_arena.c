/* SPDX-License-Identifier: MIT
 *
 * tests/test_release_arena.c - arenas in the flavour that checks nothing: the same games with the
 * same figures, and what a release build does by itself.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

#include "arena_model.h"

/* Under AddressSanitizer, what no machine has is an error as it is elsewhere. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1:abort_on_error=1";
}

TestSuite(release_arena, .timeout = 60);

_Static_assert(!DEED_TRAP, "these are the tests of the release flavour");

Test(release_arena, keeps_every_byte_that_it_gave_out)
{
	uint64_t figures = 0;

	for (uint64_t seed = 1; seed <= 100; seed++) {
		const char *const broken = arena_play(seed, 2000, NULL);

		cr_assert(!broken, "seed %d: %s", (int)seed, broken);
	}
	cr_assert_null(arena_play(ARENA_GAME_SEED, ARENA_GAME_STEPS, &figures));
	cr_expect(figures == ARENA_GAME_FIGURES, "as in trap builds, not 0x%llx",
		  (unsigned long long)figures);
}

/* Memory of a chunk comes again after a reset, in the same order: no chunk comes or goes. */
Test(release_arena, a_reset_keeps_chunks_and_order)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	static char *was[20000];
	size_t reserved = 0;

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 20000; i++) {
			char *const at = deed_arena_alloc(&arena, 1 + i % 200);

			cr_assert(!round || at == was[i]);
			was[i] = at;
		}
		cr_expect(!round || deed_arena_stats(&arena).reserved == reserved);
		reserved = deed_arena_stats(&arena).reserved;
		deed_arena_reset(&arena);
		cr_expect(deed_arena_stats(&arena).used == 0);
	}
	deed_arena_close(&arena);
}

static void *settle_in_thread(void *unused)
{
	DEED_SCRATCH(outer);
	char *const kept = deed_arena_alloc(outer, 100);

	(void)unused;
	memset(kept, 1, 100);
	for (int i = 0; i < 1000; i++) {
		DEED_SCRATCH(inner);
		char *const tmp = deed_arena_alloc(inner, 100000);
		char *const more = deed_arena_alloc(outer, 10);

		memset(tmp, 2, 100000);
		memset(more, 3, 10);
	}
	return kept[99] == 1 ? NULL : kept;
}

Test(release_arena, scratch_is_given_back_by_threads_that_end)
{
	for (int i = 0; i < 100; i++) {
		pthread_t thread;
		void *broken;

		cr_assert(!pthread_create(&thread, NULL, settle_in_thread, NULL));
		cr_assert(!pthread_join(thread, &broken));
		cr_assert_null(broken);
	}
}

Test(release_arena, an_owner_leaves_for_the_heap)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_u32 xs = DEED_EMPTY, dropped = DEED_EMPTY;
	int err = deed_new_in(&xs, &arena, 10);

	err |= deed_new_in(&dropped, &arena, 0);
	cr_assert(err == 0 && deed_len(xs) == 10 && deed_len(dropped) == 0);
	{
		DEED_INOUT(all, &xs);

		deed_fill(all, 9);
	}
	err = deed_resize(&xs, 100);
	cr_assert(err == 0);
	deed_drop(&dropped);
	deed_arena_close(&arena);
	{
		DEED_BORROWED(all, &xs);

		cr_expect(deed_at(all, 9) == 9);
	}
	deed_drop(&xs);
}

/* The newest grows in place; what lies below a mark does not. */
Test(release_arena, the_newest_is_resized_in_place)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_u8 xs = DEED_EMPTY;
	const void *at;
	int err = deed_new_in(&xs, &arena, 100);

	cr_assert(err == 0);
	at = xs.h.own;
	err = deed_resize_in(&xs, &arena, 10000);
	cr_expect(err == 0 && xs.h.own == at);
	err = deed_resize_in(&xs, &arena, 100);
	cr_expect(err == 0 && xs.h.own == at && deed_arena_stats(&arena).used == 128);
	(void)deed_arena_mark(&arena);
	err = deed_resize_in(&xs, &arena, 200);
	cr_expect(err == 0 && xs.h.own != at);
	deed_arena_close(&arena);
}
