/* SPDX-License-Identifier: MIT
 *
 * deed/reduce.h - one result out of many parts, the same bits on any number of workers.
 *
 *     #include <deed.h>
 *     #include <deed/reduce.h>
 *     ...
 *     static void sum_part(struct deed_part *part, void *partial, void *context)
 *     {
 *             deed_f32_borrowed *const x = context;
 *             double *const sum = partial;
 *
 *             *sum = deed_sum_f32(deed_part_borrowed(part, x));
 *     }
 *     static void add(void *into, const void *from, void *context)
 *     {
 *             *(double *)into += *(const double *)from;
 *     }
 *     ...
 *     double sum = 0;
 *
 *     deed_share_borrowed(&plan, &x, DEED_BY_INDEX);
 *     err = deed_reduce(pool, &plan, sum_part, add, &x, &sum, sizeof sum);
 *
 * Each part works on a partial result of its own, on cache lines of its own, so that parts
 * neither wait for one another nor slow one another down. When all are done the partial results are
 * merged, by a tree over the parts' indices that nothing else decides on. So a result that depends
 * on the order, as a sum of floating-point numbers does, is the same whoever worked on what.
 */
#ifndef DEED_REDUCE_H
#define DEED_REDUCE_H

#include "deed/pool.h"

/* Works on one part: `partial` begins as a copy of the neutral value. */
typedef void (*deed_reduce_fn)(struct deed_part *part, void *partial, void *context);

/* Merges what is at `from` into what is at `into`. */
typedef void (*deed_merge_fn)(void *into, const void *from, void *context);

DEED_BEGIN_C

/* deed_reduce - deed_parallel_for() of fn(part, partial, context), and what the parts found merged
 * into *result.
 *
 * `result`: `bytes` bytes, of a type that may be moved by memcpy. It is the neutral value on entry
 * (0 for a sum), and what a plan without parts has as its result. `partial` has the bytes of
 * that value, and the alignment of a cache line; it is the part's alone until fn() returns.
 * merge(into, from, context) is called on the calling thread, after the last part, for part 0
 * first:
 *
 *     T(n) = T(p) + T(n - p)       p the largest power of two below n, + being merge()
 *
 * over the n parts in the order of their indices. `from` is not looked at any more afterwards.
 * deed_sum_f32() adds its blocks of 64 KiB by this tree: chunks of 2^k * 16384 float, each summed
 * up by it, and merged by +, have the very bits of deed_sum_f32() of all.
 *
 * Returns 0, or an error: *result is as it was. -ENOMEM, -EOVERFLOW of the partial results; else as
 * deed_parallel_for(), what deed_part_cancel() was told among them. After deed_part_cancel(part, 0)
 * the result is that of the parts that were begun.
 *
 * Faults as deed_parallel_for(). `partial` is raw memory: deed does not see a part write to that
 * of another, which it can reach only by going astray; ThreadSanitizer does.
 *
 * Cost: beside deed_parallel_for() one malloc() of all partial results, each rounded up to cache
 * lines (a million of up to 64 bytes are 64 MB), and merge() once for each part but the first. So
 * where merge() is no trifle, cut so many parts that the workers are busy, and not many more.
 */
#define deed_reduce(pool, plan, fn, merge, context, result, bytes)                                 \
	deed_reduce_((pool), (plan), (fn), (merge), (context), (result), (bytes), DEED_FRAME,      \
		     DEED_HERE(#fn, (unsigned char *)0))

/* ---- the function behind the macro ---------------------------------------------------------- */

int deed_reduce_(struct deed_pool *pool, struct deed_plan *plan, deed_reduce_fn fn,
		 deed_merge_fn merge, void *context, void *result, size_t bytes, const void *frame,
		 const struct deed_site *at) DEED_CHECK_RESULT;

DEED_END_C

#endif
