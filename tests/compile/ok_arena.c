/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_arena.c (C, C++) - arenas, their owners, and scratch memory, which a child of
 * fork() leaves as it is.
 */
#include "deed.h"
#include "deed/arena.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int nested_scratch(int depth)
{
	DEED_SCRATCH(tmp);
	char *const text = (char *)deed_arena_alloc(tmp, 100);

	if (!text)
		return 1;
	memset(text, depth, 100);
	return (depth && nested_scratch(depth - 1)) || text[99] != depth;
}

static int in_a_child(void)
{
	const pid_t child = fork();
	int status = 0;

	if (!child)
		_exit(nested_scratch(3));
	return child < 0 || waitpid(child, &status, 0) != child || status;
}

static int rounds_of(struct deed_arena *arena)
{
	for (int round = 0; round < 10; round++) {
		deed_f64 xs = DEED_EMPTY;
		struct deed_arena_mark mark;
		double *raw;

		if (deed_new_in(&xs, arena, 100))
			return 1;
		mark = deed_arena_mark(arena);
		raw = deed_arena_new(arena, double, 100);
		if (!raw || !deed_arena_alloc_aligned(arena, 10, 4096) ||
		    deed_resize_in(&xs, arena, 200))
			return 2;
		{
			DEED_INOUT(view, &xs);
			for (size_t i = 0; i < 100; i++)
				raw[i] = deed_at(view, i) = round;
		}
		deed_drop(&xs);
		deed_arena_rewind(arena, mark);
		if (round % 2)
			deed_arena_reset(arena);
	}
	return 0;
}

int main(void)
{
	struct deed_arena arena = DEED_ARENA_EMPTY, over = DEED_ARENA_EMPTY;
	static struct deed_arena kept;
	struct deed_arena_options options;
	char block[4096];
	int wrong;

	memset(&options, 0, sizeof options);
	options.align = 16;
	if (deed_arena_open(&arena, &options) || deed_arena_open_over(&over, block, sizeof block))
		return 1;
	wrong = rounds_of(&arena) || rounds_of(&arena);
	if (!deed_arena_alloc(&over, 1000) || deed_arena_alloc(&over, 4096))
		wrong = 1;
	deed_arena_close(&over);
	deed_arena_close(&arena);

	/* What lives as long as the program, beside scratch memory that was given back. */
	deed_arena_immortal(&kept);
	if (!deed_arena_alloc(&kept, 10))
		return 2;
	return wrong || nested_scratch(5) || in_a_child();
}
