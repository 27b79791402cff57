/* SPDX-License-Identifier: MIT
 *
 * deed/hot.h - code that is meant to be fast says so, and is told what makes it slow.
 *
 *     #include <deed.h>
 *     #include <deed/hot.h>
 *     ...
 *     void step(deed_f32 *xs)
 *     {
 *             DEED_HOT("step");                   a region, until the closing brace
 *             DEED_INOUT(v, xs);
 *             advance(deed_data(v), deed_len(v));
 *     }
 *
 * Trap builds report, as advisories, what happens on this thread inside the region:
 *
 *     A01   an owner or a block is made or resized, or a loan waits for another thread, which
 *           lends of the same buffer or gives back at that moment
 *     A04   elements are opened for use (deed_data(), deed_copy(), deed_fill(), deed_claim(),
 *           the kernels of deed/kernels.h) that are not aligned to 64 bytes, the cache
 *           line and the widest SIMD register
 *     A03   two parts of what is shared out inout (deed/share.h) write to one cache line
 *     A05   the parts of a deed_parallel_for() take less than a microsecond each
 *
 * To carve from an arena (deed/arena.h) is no allocation, nor is deed_adopt() of memory that is
 * there already.
 *
 * An advisory is no fault. Each is reported once per place, with the region and the stack,
 * to where faults are reported and in the same form (deed/report.h). Then the program goes
 * on, whatever DEED_OPTIONS=on_fault= says, and its exit status is what it would have been.
 * At exit A01 comes once more for each region that had any, with their number.
 * DEED_OPTIONS=advice=0 turns all of it off.
 *
 * Release builds have nothing of it.
 */
#ifndef DEED_HOT_H
#define DEED_HOT_H

#include "deed/config.h"
#include "deed/trap.h"

/* DEED_HOT - declares that its block is hot, from here to the closing brace.
 *
 * A declaration; `name` is a string literal, which reports show. It belongs to the thread:
 * what its callees do is inside, what other threads do is not. Regions nest, also by recursion:
 * a report names the innermost, and each counts what happens inside it. More than 128 open at
 * once on one thread are not told apart: the outer 128 are.
 *
 * Whatever leaves the block ends the region: its end, return, break, goto, and an exception or
 * pthread_exit() where clean-ups run. A region that longjmp() left ends with the function
 * that it is in, or when deed_loans_unwind() ends what began after its mark. The child of a
 * fork() stays in the regions of its thread, and counts for itself. On a coroutine that may go
 * on on another thread a region does not belong.
 *
 * What counts for A04 is what is promised, not what an address happens to be: a buffer of
 * deed_new() is aligned to 16 bytes, wherever it lies. Of foreign memory the address is all that
 * is known. Elements that do not reach over the edge of a cache line are fine.
 *
 * Cannot fail; never a fault. Cost: none in release builds; in trap builds about a loan's, and
 * none for loans inside it that wait for nobody.
 */
#define DEED_HOT(name) DEED_HOT_AS(name, __COUNTER__)

/* ---- inline bodies -------------------------------------------------------------------------- */

/* A number, and not the line, which may have two regions: a macro's. */
#define DEED_HOT_AS(name, number) DEED_HOT_AS_(name, deed_hot_, number)
#define DEED_HOT_AS_(name, prefix, number) DEED_HOT_IN(name, prefix##number##_)
#define DEED_HOT_IN(name, variable)                                                                \
	DEED_CLEANUP(deed_hot_end_)                                                                \
	struct deed_hot variable = deed_hot_begin_(&variable, DEED_HERE("" name, (const char *)0))

/* The variable's address is what tells the open regions of a thread apart. */
struct deed_hot {
	const struct deed_site *at;
};

DEED_BEGIN_C

/* `self` is not const, or gcc takes it for a read of what is only about to be made. */
DEED_INLINE struct deed_hot deed_hot_begin_(struct deed_hot *self, const struct deed_site *at)
{
	const struct deed_hot hot = { at };

	if (DEED_TRAP)
		deed_trap_hot_begin(self, DEED_FRAME, at);
	return hot;
}

DEED_INLINE void deed_hot_end_(const struct deed_hot *self)
{
	if (DEED_TRAP)
		deed_trap_hot_end(self);
}

DEED_END_C

#endif
