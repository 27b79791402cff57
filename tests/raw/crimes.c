/* SPDX-License-Identifier: MIT
 *
 * tests/raw/crimes.c - what a raw pointer can do to a buffer, once it has escaped: each crime by
 * its name. Who sees which is in run.sh.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <deed.h>
#include <deed/arena.h>

enum { COUNT = 12 }; /* 48 bytes: nothing lies between their end and what guards it */

static deed_f32 xs = DEED_EMPTY;
static deed_u8 page = DEED_EMPTY;
static float *raw;
static struct deed_arena arena = DEED_ARENA_EMPTY;

/* Whoever has the pointer, no loan is live any more. */
static void make(size_t count)
{
	if (deed_new(&xs, count))
		exit(2);
	DEED_INOUT(v, &xs);
	raw = deed_data(v);
	deed_fill(v, 1.0f);
}

static __attribute__((noinline)) void put(void *at, ptrdiff_t offset)
{
	((volatile unsigned char *)at)[offset] = 0x2a;
}

static __attribute__((noinline)) int get(const void *at, ptrdiff_t offset)
{
	return ((const volatile unsigned char *)at)[offset];
}

static void write_one_behind(void)
{
	put(raw, COUNT * sizeof *raw);
}

static void write_eight_behind(void)
{
	memset(raw + COUNT, 0, 8 + (size_t)(get(raw, 0) * 0));
}

static void write_far_behind(void)
{
	put(raw, COUNT * sizeof *raw + 1000);
}

static void write_slack(void)
{
	deed_drop(&xs);
	make(1);
	put(raw, sizeof *raw);
}

static void write_before(void)
{
	put(raw, -1);
}

static void read_behind(void)
{
	(void)get(raw, COUNT * sizeof *raw);
}

static void write_after_drop(void)
{
	deed_drop(&xs);
	put(raw, 5);
}

/* What was there must be gone. */
static void read_after_drop(void)
{
	deed_drop(&xs);
	puts(raw[3] == 1.0f ? "old bytes" : "no old bytes");
}

static void write_after_resize(void)
{
	if (deed_resize(&xs, 2 * COUNT))
		exit(2);
	put(raw, 5);
}

/* The same in an arena, after one of its neighbours. */
static void carve(void)
{
	deed_drop(&xs);
	if (!deed_arena_alloc(&arena, COUNT) || deed_new_in(&xs, &arena, COUNT))
		exit(2);
	DEED_INOUT(v, &xs);
	raw = deed_data(v);
	deed_fill(v, 1.0f);
}

static void write_behind_carved(void)
{
	carve();
	put(raw, COUNT * sizeof *raw);
}

static void write_before_carved(void)
{
	carve();
	put(raw, -1);
}

static void write_carved_after_drop(void)
{
	carve();
	deed_drop(&xs);
	put(raw, 5);
}

/* AR01 */
static void write_after_rewind(void)
{
	const struct deed_arena_mark mark = deed_arena_mark(&arena);

	carve();
	deed_arena_rewind(&arena, mark);
	put(raw, 5);
}

static void read_after_reset(void)
{
	carve();
	deed_arena_reset(&arena);
	(void)get(raw, 5);
}

/* The arena lies in a buffer, which may be touched itself. */
static void write_after_reset_over_buffer(void)
{
	uint8_t *block;

	if (deed_new(&page, 4096))
		exit(2);
	{
		DEED_INOUT(v, &page);
		block = deed_data(v);
	}
	if (deed_arena_open_over(&arena, block, 4096))
		exit(2);
	carve();
	deed_arena_reset(&arena);
	put(raw, 5);
}

static void free_it(void)
{
	free(raw);
}

/* IX21, IX41: a write to a lent buffer that is inside of it. */
static void write_under_borrow(void)
{
	DEED_BORROWED(r, &xs);
	put(raw, 5);
	(void)deed_at(r, 0);
}

/* IX65: the loan that it came from still lives, and nobody else's. */
static void write_under_inout(void)
{
	DEED_INOUT(v, &xs);
	{
		DEED_BORROWED(r, &v);
		(void)deed_at(r, 0);
	}
	put(deed_data(v), 5);
}

static const struct crime {
	const char *name;
	void (*commit)(void);
} crimes[] = {
	{ "write_one_behind", write_one_behind },
	{ "write_eight_behind", write_eight_behind },
	{ "write_far_behind", write_far_behind },
	{ "write_slack", write_slack },
	{ "write_before", write_before },
	{ "read_behind", read_behind },
	{ "write_after_drop", write_after_drop },
	{ "read_after_drop", read_after_drop },
	{ "write_after_resize", write_after_resize },
	{ "write_behind_carved", write_behind_carved },
	{ "write_before_carved", write_before_carved },
	{ "write_carved_after_drop", write_carved_after_drop },
	{ "write_after_rewind", write_after_rewind },
	{ "read_after_reset", read_after_reset },
	{ "write_after_reset_over_buffer", write_after_reset_over_buffer },
	{ "free_it", free_it },
	{ "write_under_borrow", write_under_borrow },
	{ "write_under_inout", write_under_inout },
};

int main(int count, char **arguments)
{
	for (size_t i = 0; i < sizeof crimes / sizeof *crimes; i++) {
		if (count < 2 || strcmp(crimes[i].name, arguments[1]) != 0)
			continue;
		make(COUNT);
		crimes[i].commit();
		printf("went on\n");
		fflush(stdout);
		deed_settle(&xs);
		deed_arena_close(&arena);
		deed_settle(&page);
		return 0;
	}
	return 2;
}
