/* SPDX-License-Identifier: MIT
 *
 * tests/kernels/ground.h - where operands lie, so that a touch outside of them shows.
 *
 *     | no access | pattern ... pattern  operand  pattern ... pattern | no access |
 *
 * Each operand has a ground of its own, between two pages that may not be touched. An operand at
 * the end of it ends where the last page begins; so a read behind it ends the process. Elsewhere
 * the pattern around it shows what was written there; and with GROUND_IS_POISONED, AddressSanitizer
 * lets nobody touch it who was built with that: the kernels, not the test.
 */
#ifndef DEED_TEST_GROUND_H
#define DEED_TEST_GROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef GROUND_IS_POISONED
#include <sanitizer/asan_interface.h>
#define ground_poison(begin, size) __asan_poison_memory_region(begin, size)
#define ground_unpoison(begin, size) __asan_unpoison_memory_region(begin, size)
#else
#define ground_poison(begin, size) ((void)(begin), (void)(size))
#define ground_unpoison(begin, size) ((void)(begin), (void)(size))
#endif

/* How far around an operand is looked: four of the widest registers. */
#define GROUND_MARGIN ((size_t)256)

struct ground {
	unsigned char *begin, *end;
	unsigned char *operand;
	size_t size; /* of the operand */
};

/* The pattern is the same every GROUND_MARGIN bytes; twice it, so that any of its phases is here
 * as a whole. */
static unsigned char ground_pattern[2 * GROUND_MARGIN];

static inline void ground_lay(unsigned char *begin, unsigned char *end)
{
	while (begin < end) {
		const size_t left = (size_t)(end - begin);
		const size_t size = left < GROUND_MARGIN ? left : GROUND_MARGIN;

		memcpy(begin, ground_pattern + (uintptr_t)begin % GROUND_MARGIN, size);
		begin += size;
	}
}

static inline void ground_init(struct ground *ground, size_t size_max)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t size = (size_max + 4 * GROUND_MARGIN + page) / page * page;
	unsigned char *const all = mmap(NULL, size + 2 * page, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (all == MAP_FAILED || mprotect(all, page, PROT_NONE) ||
	    mprotect(all + page + size, page, PROT_NONE)) {
		perror("mmap");
		exit(2);
	}
	for (size_t i = 0; i < sizeof ground_pattern; i++)
		ground_pattern[i] = (unsigned char)((i % GROUND_MARGIN + 1) * 167);
	ground->begin = all + page;
	ground->end = all + page + size;
	ground_lay(ground->begin, ground->end);
}

/* The two ends of what the margins are, around the operand. */
static inline unsigned char *ground_before(const struct ground *ground)
{
	return (size_t)(ground->operand - ground->begin) < GROUND_MARGIN
		       ? ground->begin
		       : ground->operand - GROUND_MARGIN;
}

static inline unsigned char *ground_behind(const struct ground *ground)
{
	unsigned char *const end = ground->operand + ground->size;

	return (size_t)(ground->end - end) < GROUND_MARGIN ? ground->end : end + GROUND_MARGIN;
}

/* Puts an operand at `at`, and fences it in. */
static inline void ground_put(struct ground *ground, unsigned char *at, const void *operand,
			      size_t size)
{
	ground->operand = at;
	ground->size = size;
	memcpy(at, operand, size);
	ground_poison(ground_before(ground), (size_t)(at - ground_before(ground)));
	ground_poison(at + size, (size_t)(ground_behind(ground) - (at + size)));
}

/* Takes the fence down. True if nothing was written around the operand. */
static inline bool ground_untouched(const struct ground *ground)
{
	unsigned char *const before = ground_before(ground), *const behind = ground_behind(ground);
	unsigned char *const end = ground->operand + ground->size;

	ground_unpoison(before, (size_t)(behind - before));
	return memcmp(before, ground_pattern + (uintptr_t)before % GROUND_MARGIN,
		      (size_t)(ground->operand - before)) == 0 &&
	       memcmp(end, ground_pattern + (uintptr_t)end % GROUND_MARGIN,
		      (size_t)(behind - end)) == 0;
}

/* As if the operand had never been there. */
static inline void ground_clear(const struct ground *ground)
{
	ground_lay(ground_before(ground), ground_behind(ground));
}

#endif
