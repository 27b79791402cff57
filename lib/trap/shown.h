/* SPDX-License-Identifier: MIT
 *
 * lib/trap/shown.h - what ThreadSanitizer is shown of the program's verbs.
 *
 * It does not see into the ledger (unseen.h), so it is told what a verb means for the
 * program's memory: a loan reads or writes its elements when it begins, and a verb reads or
 * writes the handle that it is given. So two loans of one buffer that only by luck never
 * met in time are a race, and so are two threads that use one handle with nothing between
 * them. The ledger orders neither: what the program does to order them counts.
 *
 * DEED_OPTIONS=tsan=0 leaves it out: a loan of a large buffer costs a look at all of its
 * shadow memory. Without ThreadSanitizer it is out, and costs the test of a byte.
 */
#ifndef DEED_SHOWN_H
#define DEED_SHOWN_H

#include "../base.h"
#include "options.h"
#include "region.h"

/* Under names of our own: compilers have ideas of the types of theirs. Null without it. */
extern void deed_tsan_read(const void *address, size_t bytes) __asm__("__tsan_read_range")
	__attribute__((weak));
extern void deed_tsan_write(const void *address, size_t bytes) __asm__("__tsan_write_range")
	__attribute__((weak));

static inline void deed_show_init(void)
{
	deed_options.tsan = deed_options.tsan && deed_tsan_read && deed_tsan_write;
}

static inline void deed_show_read(const void *address, size_t bytes)
{
	if (DEED_UNLIKELY(deed_options.tsan))
		deed_tsan_read(address, bytes);
}

static inline void deed_show_write(void *address, size_t bytes)
{
	if (DEED_UNLIKELY(deed_options.tsan))
		deed_tsan_write(address, bytes);
}

/* The elements of a loan that begins: the region's, but from `first` on. No lock is held: what
 * ThreadSanitizer finds, it reports at once. */
static inline void deed_show_loan(void *first, struct deed_region region, bool is_inout)
{
	if (DEED_LIKELY(!deed_options.tsan) || !region.width)
		return;
	for (size_t row = 0; row < region.rows; row++)
		if (is_inout)
			deed_tsan_write((char *)first + row * region.pitch, region.width);
		else
			deed_tsan_read((char *)first + row * region.pitch, region.width);
}

#endif
