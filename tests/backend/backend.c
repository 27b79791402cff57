/* SPDX-License-Identifier: MIT
 *
 * tests/backend/backend.c NAME - owners over whatever allocator the program has.
 *
 * deed_stats() must call it NAME. Buffers of every size and alignment are made, zeroed,
 * resized up and down, and given to free(): their alignment, their bytes, that none is lost,
 * and what errno is where there is no more are checked here; that no block meets the wrong
 * allocator is for the tool that it runs under.
 */
#include <deed.h>
#include <deed/malloc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                            \
	((condition) ? (void)0                                                                     \
		     : (fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition),    \
			exit(EXIT_FAILURE)))

static void fill(deed_u8_inout v)
{
	for (size_t i = 0; i < deed_len(v); i++)
		deed_at(v, i) = (uint8_t)(i * 7 + 1);
}

static int is_filled(deed_u8_borrowed r, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (deed_at(r, i) != (uint8_t)(i * 7 + 1))
			return 0;
	return 1;
}

static void check(deed_u8 *xs, size_t count, size_t align, size_t filled)
{
	DEED_BORROWED(r, xs);

	MUST(deed_len(r) == count);
	MUST((uintptr_t)deed_data(r) % align == 0);
	MUST(is_filled(r, filled));
}

static void resized(size_t count, size_t align)
{
	static const size_t counts[] = { 1, 7, 8, 9, 16, 17, 100, 4095, 70000, 3 };
	deed_u8 xs = DEED_EMPTY;
	size_t least;

	MUST(!deed_new_aligned(&xs, count, align));
	{
		DEED_INOUT(v, &xs);
		fill(v);
	}
	check(&xs, count, align, count);
	least = count;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		MUST(!deed_resize(&xs, counts[i]));
		least = least < counts[i] ? least : counts[i];
		check(&xs, counts[i], align, least);
	}
	/* Memory of the deed_new() family is free()'s, whatever its alignment. */
	if (count % 2)
		free(deed_release(&xs));
	else
		deed_drop(&xs);
}

static void zeroed(size_t count)
{
	deed_u8 xs = DEED_EMPTY;

	MUST(!deed_new_zeroed(&xs, count));
	{
		DEED_BORROWED(r, &xs);
		for (size_t i = 0; i < count; i++)
			MUST(!deed_at(r, i));
	}
	deed_drop(&xs);
}

/* Whatever the allocator says of it itself. */
static void refused(void)
{
	const volatile size_t too_much = SIZE_MAX / 4;

	errno = 0;
	MUST(!deed_aligned_alloc(4096, too_much));
	MUST(errno == ENOMEM);
}

int main(int argc, char **argv)
{
	MUST(argc == 2);
	if (strcmp(deed_stats().allocator, argv[1]) != 0) {
		fprintf(stderr, "the allocator is %s, not %s\n", deed_stats().allocator, argv[1]);
		return EXIT_FAILURE;
	}
	for (size_t align = 1; align <= DEED_ALIGN_MAX; align *= 4)
		for (size_t count = 1; count < 100000; count = count * 3 + 1) {
			resized(count, align);
			zeroed(count);
		}
	resized(5, 16);
	resized(8, 16);
	refused();
	return EXIT_SUCCESS;
}
