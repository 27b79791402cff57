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

/* Whether there is somebody to show it to: once, when the options have been read. */
void deed_show_init(void);

/* Out of line, for where it is. `frame` is that of the function that the verb is written in, for
 * the report to say its line; null where nobody knows. */
void deed_shows_read(const void *address, size_t bytes, const void *frame);
void deed_shows_write(const void *address, size_t bytes, const void *frame);

static inline void deed_show_read(const void *address, size_t bytes, const void *frame)
{
	if (DEED_UNLIKELY(deed_options.tsan))
		deed_shows_read(address, bytes, frame);
}

static inline void deed_show_write(const void *address, size_t bytes, const void *frame)
{
	if (DEED_UNLIKELY(deed_options.tsan))
		deed_shows_write(address, bytes, frame);
}

/* The elements of a loan that begins: the region's, but from `first` on. No lock is held: what
 * ThreadSanitizer finds, it reports at once. */
static inline void deed_show_loan(const void *first, struct deed_region region, bool is_inout,
				  const void *frame)
{
	if (DEED_LIKELY(!deed_options.tsan) || !region.width)
		return;
	for (size_t row = 0; row < region.rows; row++)
		(is_inout ? deed_shows_write : deed_shows_read)(
			(const char *)first + row * region.pitch, region.width, frame);
}

#endif
