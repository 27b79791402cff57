/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_two_threads.c - a second thread carves while the first one's request for a
 * chunk is on its way.
 */
#include <deed.h>
#include <deed/arena.h>
#include <pthread.h>

static struct deed_arena arena = DEED_ARENA_EMPTY;

static void *work(void *unused)
{
	(void)unused;
	return deed_arena_alloc(&arena, 64) ? &arena : NULL;
}

static void *slow_alloc(size_t bytes, size_t align, int zeroed, void *context)
{
	pthread_t thread;

	if (!pthread_create(&thread, NULL, work, NULL))
		(void)pthread_join(thread, NULL);
	return deed_heap()->alloc(bytes, align, zeroed, context);
}

static void slow_free(void *block, size_t bytes, size_t align, void *context)
{
	deed_heap()->free(block, bytes, align, context);
}

int main(void)
{
	static const struct deed_allocator slow = { .alloc = slow_alloc, .free = slow_free };

	if (deed_arena_open(&arena, &(struct deed_arena_options){ .allocator = &slow }))
		return 1;
	if (!deed_arena_alloc(&arena, 64))
		return 1;
	deed_arena_close(&arena);
	return 0;
}
