/* SPDX-License-Identifier: MIT
 *
 * deed/kernels.h - operations on whole views: SIMD, exact, the same bits on every machine.
 *
 *     #include <deed.h>
 *     #include <deed/kernels.h>
 *     ...
 *     deed_axpy_f32(y, 0.5f, x);                y += 0.5 x
 *     float total = deed_sum_f32(y);
 *
 * Each claims its operands, as deed/claim.h says, and calls the kernel of its name in
 * deed/simd.h. In a release build the call is all that there is.
 *
 *   operands  views of any family whose elements have the type in the name: _f32 float, _f64
 *             double, _i32 int32_t, _i64 int64_t. What is written comes first and is inout;
 *             what is read is borrowed or inout. All have one length, where nothing else is
 *             said, and may be empty. A tile is no view: take its rows,
 *                 for (size_t i = 0; i < deed_tile_rows(t); i++)
 *                         deed_scale_f32_by(deed_tile_row(t, i), 2.0f);
 *   faults    E11 and E13 by the rights of each view; E15 unless the lengths fit each other;
 *             E26 if what is written overlaps another operand - NAME_by() is the form that
 *             works in place, and has a body of its own. What is only read may overlap. Let
 *             go on after a fault, the operation does nothing, and returns its result of
 *             nothing. No stack is taken unless there is a fault.
 *   bits      Every rung (deed_isa_name()), every alignment and every compiler gives the same,
 *             in the default floating-point environment. Only which NaN a NaN is, is not said.
 *             -0 and +0 are different bits. Nothing is contracted: each operation that is
 *             written here is rounded by itself, to nearest even.
 *   threads   any number at once; no kernel allocates, locks, or fails.
 *   cost      of release builds: the kernel's. Every kernel reads and writes each element once
 *             unless it says otherwise. They are fast where views are aligned to a cache line,
 *             which those of arenas and deed_new_aligned() are, and A04 tells, in a hot
 *             region, of those that are not.
 *
 * A kernel of your own is a plain C function of pointers and a count, and a claim in front:
 *
 *     static void mix_raw(float *restrict y, const float *restrict x, float a, size_t count)
 *     {
 *             for (size_t i = 0; i < count; i++)
 *                     y[i] = y[i] * (1 - a) + x[i] * a;
 *     }
 *     void mix(deed_f32_inout y, deed_f32_borrowed x, float a)
 *     {
 *             if (deed_claim(y, x))
 *                     mix_raw(deed_data(y), deed_data(x), a, deed_len(y));
 *     }
 *
 * `restrict` is what lets a compiler vectorise it, and the claim is what makes the promise
 * true (examples/own_kernel.c).
 */
#ifndef DEED_KERNELS_H
#define DEED_KERNELS_H

#include "deed/claim.h"
#include "deed/simd.h"

/* ---- element by element --------------------------------------------------------------------- */

/* deed_fill_f32, deed_fill_f64 - y = a, in every element.
 *
 * The bits of `a`, of a NaN too. What deed_fill() does, at the speed of memset(): deed_fill() is a
 * loop that the compiler makes what it can of, for elements of any type.
 */
#define deed_fill_f32(y, a) deed_fill_f32_(DEED_WRITTEN(float, y, #y), (a))
#define deed_fill_f64(y, a) deed_fill_f64_(DEED_WRITTEN(double, y, #y), (a))

/* deed_copy_f32, deed_copy_f64 - y = x.
 *
 * Bits are moved, those of NaN too. What deed_copy() does for elements of any type, which is one
 * memcpy(). From 32 MiB on, past most caches, this one does not read the lines that it fills.
 */
#define deed_copy_f32(y, x) deed_copy_f32_(DEED_WRITTEN(float, y, #y), DEED_READ(float, x, #x))
#define deed_copy_f64(y, x) deed_copy_f64_(DEED_WRITTEN(double, y, #y), DEED_READ(double, x, #x))

/* deed_scale_f32, deed_scale_f64 - y = x * a. _by: y *= a.
 *
 * One rounding. Zeros, infinities, NaN and overflow as the machine multiplies: 0 times an infinity
 * is NaN.
 */
#define deed_scale_f32(y, x, a)                                                                    \
	deed_scale_f32_(DEED_WRITTEN(float, y, #y), DEED_READ(float, x, #x), (a), ", " #a)
#define deed_scale_f32_by(y, a) deed_scale_f32_by_(DEED_WRITTEN(float, y, #y), (a))
#define deed_scale_f64(y, x, a)                                                                    \
	deed_scale_f64_(DEED_WRITTEN(double, y, #y), DEED_READ(double, x, #x), (a), ", " #a)
#define deed_scale_f64_by(y, a) deed_scale_f64_by_(DEED_WRITTEN(double, y, #y), (a))

/* deed_offset_f32, deed_offset_f64 - y = x + a. _by: y += a.
 *
 * One rounding; special values as the machine adds: -0 + 0 is +0, and infinities of two signs make
 * NaN.
 */
#define deed_offset_f32(y, x, a)                                                                   \
	deed_offset_f32_(DEED_WRITTEN(float, y, #y), DEED_READ(float, x, #x), (a), ", " #a)
#define deed_offset_f32_by(y, a) deed_offset_f32_by_(DEED_WRITTEN(float, y, #y), (a))
#define deed_offset_f64(y, x, a)                                                                   \
	deed_offset_f64_(DEED_WRITTEN(double, y, #y), DEED_READ(double, x, #x), (a), ", " #a)
#define deed_offset_f64_by(y, a) deed_offset_f64_by_(DEED_WRITTEN(double, y, #y), (a))

/* deed_add_f32, deed_add_f64 - z = x + y. _by(y, x): y += x.
 * deed_sub_f32, deed_sub_f64 - z = x - y. _by(y, x): y -= x.
 * deed_mul_f32, deed_mul_f64 - z = x * y. _by(y, x): y *= x.
 *
 * One rounding; special values as the machine computes. x and y may be one view: deed_mul_f32(z, x,
 * x) squares.
 */
#define deed_add_f32(z, x, y)                                                                      \
	deed_add_f32_(DEED_WRITTEN(float, z, #z), DEED_READ(float, x, #x), DEED_READ(float, y, #y))
#define deed_add_f32_by(y, x) deed_add_f32_by_(DEED_WRITTEN(float, y, #y), DEED_READ(float, x, #x))
#define deed_add_f64(z, x, y)                                                                      \
	deed_add_f64_(DEED_WRITTEN(double, z, #z), DEED_READ(double, x, #x),                       \
		      DEED_READ(double, y, #y))
#define deed_add_f64_by(y, x)                                                                      \
	deed_add_f64_by_(DEED_WRITTEN(double, y, #y), DEED_READ(double, x, #x))
#define deed_sub_f32(z, x, y)                                                                      \
	deed_sub_f32_(DEED_WRITTEN(float, z, #z), DEED_READ(float, x, #x), DEED_READ(float, y, #y))
#define deed_sub_f32_by(y, x) deed_sub_f32_by_(DEED_WRITTEN(float, y, #y), DEED_READ(float, x, #x))
#define deed_sub_f64(z, x, y)                                                                      \
	deed_sub_f64_(DEED_WRITTEN(double, z, #z), DEED_READ(double, x, #x),                       \
		      DEED_READ(double, y, #y))
#define deed_sub_f64_by(y, x)                                                                      \
	deed_sub_f64_by_(DEED_WRITTEN(double, y, #y), DEED_READ(double, x, #x))
#define deed_mul_f32(z, x, y)                                                                      \
	deed_mul_f32_(DEED_WRITTEN(float, z, #z), DEED_READ(float, x, #x), DEED_READ(float, y, #y))
#define deed_mul_f32_by(y, x) deed_mul_f32_by_(DEED_WRITTEN(float, y, #y), DEED_READ(float, x, #x))
#define deed_mul_f64(z, x, y)                                                                      \
	deed_mul_f64_(DEED_WRITTEN(double, z, #z), DEED_READ(double, x, #x),                       \
		      DEED_READ(double, y, #y))
#define deed_mul_f64_by(y, x)                                                                      \
	deed_mul_f64_by_(DEED_WRITTEN(double, y, #y), DEED_READ(double, x, #x))

/* deed_fma_f32, deed_fma_f64 - z = x * y + w. _by(z, x, y): z += x * y.
 *
 * With one rounding, also where the processor has no such instruction, which takes much longer. 0
 * times an infinity is NaN, whatever is added.
 */
#define deed_fma_f32(z, x, y, w)                                                                   \
	deed_fma_f32_(DEED_WRITTEN(float, z, #z), DEED_READ(float, x, #x),                         \
		      DEED_READ(float, y, #y), DEED_READ(float, w, #w))
#define deed_fma_f32_by(z, x, y)                                                                   \
	deed_fma_f32_by_(DEED_WRITTEN(float, z, #z), DEED_READ(float, x, #x),                      \
			 DEED_READ(float, y, #y))
#define deed_fma_f64(z, x, y, w)                                                                   \
	deed_fma_f64_(DEED_WRITTEN(double, z, #z), DEED_READ(double, x, #x),                       \
		      DEED_READ(double, y, #y), DEED_READ(double, w, #w))
#define deed_fma_f64_by(z, x, y)                                                                   \
	deed_fma_f64_by_(DEED_WRITTEN(double, z, #z), DEED_READ(double, x, #x),                    \
			 DEED_READ(double, y, #y))

/* deed_axpy_f32, deed_axpy_f64 - y += a * x.
 *
 * As the BLAS names it. Two roundings: the product is rounded before it is added, so that
 * processors without fused instructions give the same bits; at the speed of memory it costs
 * nothing. All is computed where a is 0 or 1, too: a NaN in x is one in y.
 */
#define deed_axpy_f32(y, a, x)                                                                     \
	deed_axpy_f32_(DEED_WRITTEN(float, y, #y), (a), DEED_READ(float, x, #x))
#define deed_axpy_f64(y, a, x)                                                                     \
	deed_axpy_f64_(DEED_WRITTEN(double, y, #y), (a), DEED_READ(double, x, #x))

/* deed_clamp_f32, deed_clamp_f64 - y = x < lo ? lo : x > hi ? hi : x. _by(y, lo, hi): the same of
 * y.
 *
 * So a NaN stays one, and a zero keeps its sign where it equals a bound. Where lo > hi, what is
 * below lo is lo, and the rest hi. A NaN for a bound is no bound.
 */
#define deed_clamp_f32(y, x, lo, hi)                                                               \
	deed_clamp_f32_(DEED_WRITTEN(float, y, #y), DEED_READ(float, x, #x), (lo), (hi),           \
			", " #lo ", " #hi)
#define deed_clamp_f32_by(y, lo, hi) deed_clamp_f32_by_(DEED_WRITTEN(float, y, #y), (lo), (hi))
#define deed_clamp_f64(y, x, lo, hi)                                                               \
	deed_clamp_f64_(DEED_WRITTEN(double, y, #y), DEED_READ(double, x, #x), (lo), (hi),         \
			", " #lo ", " #hi)
#define deed_clamp_f64_by(y, lo, hi) deed_clamp_f64_by_(DEED_WRITTEN(double, y, #y), (lo), (hi))

/* deed_reverse_f32, deed_reverse_f64 - y = x, the last element first. _by(y): y, turned round.
 *
 * Bits are moved, those of NaN too.
 */
#define deed_reverse_f32(y, x)                                                                     \
	deed_reverse_f32_(DEED_WRITTEN(float, y, #y), DEED_READ(float, x, #x))
#define deed_reverse_f32_by(y) deed_reverse_f32_by_(DEED_WRITTEN(float, y, #y))
#define deed_reverse_f64(y, x)                                                                     \
	deed_reverse_f64_(DEED_WRITTEN(double, y, #y), DEED_READ(double, x, #x))
#define deed_reverse_f64_by(y) deed_reverse_f64_by_(DEED_WRITTEN(double, y, #y))

/* ---- sums ----------------------------------------------------------------------------------- */

/* deed_sum_f32, deed_sum_f64 - the sum of all elements.
 *
 * Pairwise, in an order that no rung and no alignment changes (lib/kernels/fold.h). Rows of 64
 * bytes are added lane by lane in a balanced tree, up to 64 KiB; then the lanes by halves; then the
 * blocks of 64 KiB in the same tree. No element passes through more than ceil(log2 n) additions. So
 * the error is at most ceil(log2 n) u times the sum of the absolute values, to first order, u being
 * 2^-24 or 2^-53 (Higham, The Accuracy of Floating Point Summation, 1993); a loop's has n - 1 for
 * ceil(log2 n).
 *
 * deed_reduce() of chunks of 2^k * 64 KiB, each summed up so, has the same bits (deed/reduce.h).
 *
 * Of nothing +0, and so is a zero sum of whatever zeros. NaN if an element is, or infinities of two
 * signs are. A partial sum may overflow where the sum would not: then an infinity, or NaN.
 */
#define deed_sum_f32(x) deed_sum_f32_(DEED_READ(float, x, #x))
#define deed_sum_f64(x) deed_sum_f64_(DEED_READ(double, x, #x))

/* deed_dot_f32, deed_dot_f64 - the sum of x * y.
 * deed_sum_squares_f32, deed_sum_squares_f64 - the sum of x * x.
 *
 * As deed_sum_f32(), of the products, each rounded first: the bound is (ceil(log2 n) + 1) u times
 * the sum of the absolute products, where none underflows. x and y may be one view, or overlap.
 */
#define deed_dot_f32(x, y) deed_dot_f32_(DEED_READ(float, x, #x), DEED_READ(float, y, #y))
#define deed_dot_f64(x, y) deed_dot_f64_(DEED_READ(double, x, #x), DEED_READ(double, y, #y))
#define deed_sum_squares_f32(x) deed_sum_squares_f32_(DEED_READ(float, x, #x))
#define deed_sum_squares_f64(x) deed_sum_squares_f64_(DEED_READ(double, x, #x))

/* deed_norm2_f32, deed_norm2_f64 - the Euclidean length: the root of the sum of squares.
 *
 * It overflows where its true value does, and underflows nowhere in between. Where the sum of
 * squares went out of range, or so low that bits were lost, the squares are summed once more, of x
 * times a power of two; that reads x two times more. Relative error at most (ceil(log2 n) + 3) / 2
 * times u, to first order, where it is no denormal number.
 *
 * Of nothing +0. NaN if an element is; else +INFINITY if one is infinite.
 */
#define deed_norm2_f32(x) deed_norm2_f32_(DEED_READ(float, x, #x))
#define deed_norm2_f64(x) deed_norm2_f64_(DEED_READ(double, x, #x))

/* deed_mean_variance_f32, deed_mean_variance_f64 - both, as a struct deed_moments of two doubles.
 * The variance is that of the population: divided by n. For that of a sample, times n / (n - 1).
 *
 * In double, for float too. Block by block of 64 KiB: from a first mean, that of the 16 elements at
 * its ends, the differences and their squares are summed, by the tree of deed_sum_f32(); what the
 * mean has missed corrects both. If that is more than 0.7 deviations, the block is looked at once
 * more, while it is in the cache, with the mean that was found. The blocks are joined in the same
 * tree (Chan, Golub, LeVeque, Algorithms for Computing the Sample Variance, 1983), each with its
 * mean as a sum of two doubles.
 *
 * Let L = 10 ceil(log2 n), u = 2^-53, m the true mean and s the true standard deviation. To first
 * order, and where no square underflows, the mean is within u |m| + L u s, and the variance within
 * L u (s + 32 u |m|)^2; it is never below 0. So an offset costs no digits until the
 * deviations are down at the distance of one double there to the next.
 *
 * Of nothing 0 and 0; of one element that and 0, where -0 becomes +0. NaN if an element is NaN or
 * infinite. f64 elements beyond about 1.3e154 / sqrt(n) may overflow to a variance of infinity or
 * NaN; those beyond 1e304 to a mean of that, too.
 */
#define deed_mean_variance_f32(x) deed_mean_variance_f32_(DEED_READ(float, x, #x))
#define deed_mean_variance_f64(x) deed_mean_variance_f64_(DEED_READ(double, x, #x))

/* deed_prefix_sum_f32, deed_prefix_sum_f64 - y[i] = x[0] + ... + x[i]. _by(y): the same of y, in
 * place.
 *
 * Row by row of 64 bytes: inside a row by doubling, the quads of 16 bytes first, and to that the
 * last sum of the row before is added (lib/kernels/scan.h). The error of y[i] is at most
 * (i / 16 + 5) u times the sum of the absolute values up to there (f64: i / 8), where a loop's has
 * i u. So y may differ from what deed_sum_f32() says of its part of x.
 *
 * No zero is -0. A NaN stays up to the end, and so does an infinite element, as that or as NaN.
 * Where finite elements overflow, all of those up to there or, inside a row, some of them, y is an
 * infinity or NaN there, and may be finite again later in the row. An infinity or NaN at the end of
 * a row stays.
 */
#define deed_prefix_sum_f32(y, x)                                                                  \
	deed_prefix_sum_f32_(DEED_WRITTEN(float, y, #y), DEED_READ(float, x, #x))
#define deed_prefix_sum_f32_by(y) deed_prefix_sum_f32_by_(DEED_WRITTEN(float, y, #y))
#define deed_prefix_sum_f64(y, x)                                                                  \
	deed_prefix_sum_f64_(DEED_WRITTEN(double, y, #y), DEED_READ(double, x, #x))
#define deed_prefix_sum_f64_by(y) deed_prefix_sum_f64_by_(DEED_WRITTEN(double, y, #y))

/* deed_sum_i32, deed_sum_i64 - the sum of all elements, as an int64_t.
 *
 * Exact of i32, up to 2^32 elements; else modulo 2^64, in two's complement, and defined. Of nothing
 * 0.
 */
#define deed_sum_i32(x) deed_sum_i32_(DEED_READ(int32_t, x, #x))
#define deed_sum_i64(x) deed_sum_i64_(DEED_READ(int64_t, x, #x))

/* ---- extremes ------------------------------------------------------------------------------- */

/* deed_min_f32, deed_min_f64, deed_max_f32, deed_max_f64 - the smallest, and the largest element.
 *
 * NaN is passed over, infinities count. A zero result is +0, of whichever sign the zeros are. Of
 * nothing, or of nothing but NaN, +INFINITY and -INFINITY: what joins with any other result. Exact.
 */
#define deed_min_f32(x) deed_min_f32_(DEED_READ(float, x, #x))
#define deed_min_f64(x) deed_min_f64_(DEED_READ(double, x, #x))
#define deed_max_f32(x) deed_max_f32_(DEED_READ(float, x, #x))
#define deed_max_f64(x) deed_max_f64_(DEED_READ(double, x, #x))

/* deed_min_i32, deed_min_i64, deed_max_i32, deed_max_i64 - the smallest, and the largest element.
 *
 * Of nothing the largest, and the smallest, that the type has: INT32_MAX and INT32_MIN, INT64_MAX
 * and INT64_MIN.
 */
#define deed_min_i32(x) deed_min_i32_(DEED_READ(int32_t, x, #x))
#define deed_min_i64(x) deed_min_i64_(DEED_READ(int64_t, x, #x))
#define deed_max_i32(x) deed_max_i32_(DEED_READ(int32_t, x, #x))
#define deed_max_i64(x) deed_max_i64_(DEED_READ(int64_t, x, #x))

/* deed_argmin_f32, deed_argmin_f64, deed_argmax_f32, deed_argmax_f64 - where it is: its index.
 *
 * The first of those that are equal, +0 and -0 being so. NaN is passed over. SIZE_MAX of nothing,
 * or of nothing but NaN.
 */
#define deed_argmin_f32(x) deed_argmin_f32_(DEED_READ(float, x, #x))
#define deed_argmin_f64(x) deed_argmin_f64_(DEED_READ(double, x, #x))
#define deed_argmax_f32(x) deed_argmax_f32_(DEED_READ(float, x, #x))
#define deed_argmax_f64(x) deed_argmax_f64_(DEED_READ(double, x, #x))

/* ---- structs of arrays, arrays of structs --------------------------------------------------- */

/* deed_interleave2_f32, ...3, ...4, and _f64 - y = x0[0], x1[0], ..., x0[1], x1[1], ...: columns to
 * rows.
 *
 * y is 2, 3, or 4 times as long as each of the others, else E15. They may overlap each other. Bits
 * are moved, those of NaN too.
 */
#define deed_interleave2_f32(y, x0, x1)                                                            \
	deed_interleave2_f32_(DEED_WRITTEN(float, y, #y), DEED_READ(float, x0, #x0),               \
			      DEED_READ(float, x1, #x1))
#define deed_interleave2_f64(y, x0, x1)                                                            \
	deed_interleave2_f64_(DEED_WRITTEN(double, y, #y), DEED_READ(double, x0, #x0),             \
			      DEED_READ(double, x1, #x1))
#define deed_interleave3_f32(y, x0, x1, x2)                                                        \
	deed_interleave3_f32_(DEED_WRITTEN(float, y, #y), DEED_READ(float, x0, #x0),               \
			      DEED_READ(float, x1, #x1), DEED_READ(float, x2, #x2))
#define deed_interleave3_f64(y, x0, x1, x2)                                                        \
	deed_interleave3_f64_(DEED_WRITTEN(double, y, #y), DEED_READ(double, x0, #x0),             \
			      DEED_READ(double, x1, #x1), DEED_READ(double, x2, #x2))
#define deed_interleave4_f32(y, x0, x1, x2, x3)                                                    \
	deed_interleave4_f32_(DEED_WRITTEN(float, y, #y), DEED_READ(float, x0, #x0),               \
			      DEED_READ(float, x1, #x1), DEED_READ(float, x2, #x2),                \
			      DEED_READ(float, x3, #x3))
#define deed_interleave4_f64(y, x0, x1, x2, x3)                                                    \
	deed_interleave4_f64_(DEED_WRITTEN(double, y, #y), DEED_READ(double, x0, #x0),             \
			      DEED_READ(double, x1, #x1), DEED_READ(double, x2, #x2),              \
			      DEED_READ(double, x3, #x3))

/* deed_deinterleave2_f32, ...3, ...4, and _f64 - y0 = x[0], x[n], ..., y1 = x[1], ...: rows to
 * columns, and the way back.
 *
 * x is 2, 3, or 4 times as long as each of the others, else E15. E26 if two of those that are
 * written overlap, too.
 */
#define deed_deinterleave2_f32(y0, y1, x)                                                          \
	deed_deinterleave2_f32_(DEED_WRITTEN(float, y0, #y0), DEED_WRITTEN(float, y1, #y1),        \
				DEED_READ(float, x, #x))
#define deed_deinterleave2_f64(y0, y1, x)                                                          \
	deed_deinterleave2_f64_(DEED_WRITTEN(double, y0, #y0), DEED_WRITTEN(double, y1, #y1),      \
				DEED_READ(double, x, #x))
#define deed_deinterleave3_f32(y0, y1, y2, x)                                                      \
	deed_deinterleave3_f32_(DEED_WRITTEN(float, y0, #y0), DEED_WRITTEN(float, y1, #y1),        \
				DEED_WRITTEN(float, y2, #y2), DEED_READ(float, x, #x))
#define deed_deinterleave3_f64(y0, y1, y2, x)                                                      \
	deed_deinterleave3_f64_(DEED_WRITTEN(double, y0, #y0), DEED_WRITTEN(double, y1, #y1),      \
				DEED_WRITTEN(double, y2, #y2), DEED_READ(double, x, #x))
#define deed_deinterleave4_f32(y0, y1, y2, y3, x)                                                  \
	deed_deinterleave4_f32_(DEED_WRITTEN(float, y0, #y0), DEED_WRITTEN(float, y1, #y1),        \
				DEED_WRITTEN(float, y2, #y2), DEED_WRITTEN(float, y3, #y3),        \
				DEED_READ(float, x, #x))
#define deed_deinterleave4_f64(y0, y1, y2, y3, x)                                                  \
	deed_deinterleave4_f64_(DEED_WRITTEN(double, y0, #y0), DEED_WRITTEN(double, y1, #y1),      \
				DEED_WRITTEN(double, y2, #y2), DEED_WRITTEN(double, y3, #y3),      \
				DEED_READ(double, x, #x))

/* ---- conversion, counting ------------------------------------------------------------------- */

/* deed_f32_from_u8, deed_f32_from_i16, deed_f32_from_i32, deed_f64_from_f32, deed_f32_from_f64 - y
 * = x, as a floating-point number.
 *
 * To the nearest, ties to even; exact from u8 and i16, and to f64. f32_from_f64: what is too large
 * is an infinity, what is too small a denormal number or a zero of its sign; NaN stays NaN.
 */
#define deed_f32_from_u8(y, x)                                                                     \
	deed_f32_from_u8_(DEED_WRITTEN(float, y, #y), DEED_READ(uint8_t, x, #x))
#define deed_f32_from_i16(y, x)                                                                    \
	deed_f32_from_i16_(DEED_WRITTEN(float, y, #y), DEED_READ(int16_t, x, #x))
#define deed_f32_from_i32(y, x)                                                                    \
	deed_f32_from_i32_(DEED_WRITTEN(float, y, #y), DEED_READ(int32_t, x, #x))
#define deed_f64_from_f32(y, x)                                                                    \
	deed_f64_from_f32_(DEED_WRITTEN(double, y, #y), DEED_READ(float, x, #x))
#define deed_f32_from_f64(y, x)                                                                    \
	deed_f32_from_f64_(DEED_WRITTEN(float, y, #y), DEED_READ(double, x, #x))

/* deed_u8_from_f32, deed_i16_from_f32, deed_i32_from_f32 - y = x, as an integer.
 *
 * To the nearest, ties to even: 0.5 is 0, and 1.5 is 2. What is out of range, infinities too,
 * becomes the end of the range that it is nearest to; NaN becomes 0.
 */
#define deed_u8_from_f32(y, x)                                                                     \
	deed_u8_from_f32_(DEED_WRITTEN(uint8_t, y, #y), DEED_READ(float, x, #x))
#define deed_i16_from_f32(y, x)                                                                    \
	deed_i16_from_f32_(DEED_WRITTEN(int16_t, y, #y), DEED_READ(float, x, #x))
#define deed_i32_from_f32(y, x)                                                                    \
	deed_i32_from_f32_(DEED_WRITTEN(int32_t, y, #y), DEED_READ(float, x, #x))

/* deed_histogram_u8 - counts how often each value occurs: counts[x[i]]++ for all i.
 *
 * `counts` is a view of exactly 256 uint64_t, else E15, and is added to: begin with
 * deed_new_zeroed(). x is a view of uint8_t, as long as it likes. How long it takes does
 * not depend on the values. Some 4 KiB of stack.
 */
#define deed_histogram_u8(counts, x)                                                               \
	deed_histogram_u8_(DEED_WRITTEN(uint64_t, counts, #counts), DEED_READ(uint8_t, x, #x))

/* ---- inline bodies -------------------------------------------------------------------------- */

/* Does not compile unless the elements of the view, which is not evaluated, are of type T. */
#ifdef __cplusplus
extern "C++" {
template <typename T> DEED_INLINE void deed_is_of_(const T *)
{
}
}
#define DEED_IS_OF(T, view) deed_is_of_<T>((__typeof__(&*(view).tag))0)
#else
#define DEED_IS_OF(T, view)                                                                        \
	_Generic((__typeof__(&*(view).tag))0, T * : (void)0, const T * : (void)0)
#endif

/* An operand, as two arguments. */
#define DEED_WRITTEN(T, view, text) (DEED_IS_OF(T, view), (view).h), DEED_HERE(text, (view).tag)
#define DEED_READ(T, view, text)                                                                   \
	(DEED_IS_OF(T, view), DEED_PICK(DEED_CORE(view), deed_lend_the_owner_first_,               \
					deed_as_borrowed_, deed_reading_)((view).h)),              \
		DEED_HERE(text, (view).tag)

DEED_BEGIN_C

/* The operands that an in-place form takes in place of the first: a bit for the index of each. */
#define DEED_BY_NONE 0
#define DEED_BY_X (1u << 1)
#define DEED_BY_X_OR_Y (1u << 1 | 1u << 2)
#define DEED_BY_W (1u << 3)

/* Parameters for an operand, and the operand of them, with `each` elements for every item. */
#define DEED_W(y) struct deed_inout y, const struct deed_site *y##_at
#define DEED_R(x) struct deed_borrowed x, const struct deed_site *x##_at
#define DEED_OF_W(y, each) deed_operand_written_(y, each, y##_at)
#define DEED_OF_R(x, each) deed_operand_read_(x, each, x##_at)

/* The function behind deed_NAME(): claims `operands`, and gives `arguments` to the kernel, `count`
 * among them, which is `items` or 0.
 */
#define DEED_OPERANDS(...) __VA_ARGS__
#define DEED_CLAIMS(name, items, in_place, more, operands)                                         \
	const struct deed_operand claimed[] = { DEED_OPERANDS operands };                          \
	const size_t count = deed_claims_(claimed, sizeof claimed / sizeof *claimed,               \
					  "deed_" #name, in_place, more)                           \
				     ? (items)                                                     \
				     : 0
#define DEED_DOES_AS(name, parameters, items, in_place, more, operands, arguments)                 \
	DEED_INLINE void deed_##name##_ parameters                                                 \
	{                                                                                          \
		DEED_CLAIMS(name, items, in_place, more, operands);                                \
                                                                                                   \
		deed_kernels->name arguments;                                                      \
	}
#define DEED_TELLS_AS(result, name, parameters, items, operands, arguments)                        \
	DEED_INLINE result deed_##name##_ parameters                                               \
	{                                                                                          \
		DEED_CLAIMS(name, items, DEED_BY_NONE, "", operands);                              \
                                                                                                   \
		return deed_kernels->name arguments;                                               \
	}

/* In the order of deed/simd.h. */
#define DEED_OPERATIONS_OF_FLOATS(T, t)                                                            \
	DEED_DOES_AS(fill_##t, (DEED_W(y), T a), y.len, DEED_BY_NONE, "", (DEED_OF_W(y, 1)),       \
		     ((T *)y.data, a, count))                                                      \
	DEED_DOES_AS(copy_##t, (DEED_W(y), DEED_R(x)), y.len, DEED_BY_NONE, "",                    \
		     (DEED_OF_W(y, 1), DEED_OF_R(x, 1)), ((T *)y.data, (const T *)x.data, count))  \
	DEED_DOES_AS(scale_##t, (DEED_W(y), DEED_R(x), T a, const char *more), y.len, DEED_BY_X,   \
		     more, (DEED_OF_W(y, 1), DEED_OF_R(x, 1)),                                     \
		     ((T *)y.data, (const T *)x.data, a, count))                                   \
	DEED_DOES_AS(scale_##t##_by, (DEED_W(y), T a), y.len, DEED_BY_NONE, "", (DEED_OF_W(y, 1)), \
		     ((T *)y.data, a, count))                                                      \
	DEED_DOES_AS(offset_##t, (DEED_W(y), DEED_R(x), T a, const char *more), y.len, DEED_BY_X,  \
		     more, (DEED_OF_W(y, 1), DEED_OF_R(x, 1)),                                     \
		     ((T *)y.data, (const T *)x.data, a, count))                                   \
	DEED_DOES_AS(offset_##t##_by, (DEED_W(y), T a), y.len, DEED_BY_NONE, "",                   \
		     (DEED_OF_W(y, 1)), ((T *)y.data, a, count))                                   \
	DEED_DOES_AS(add_##t, (DEED_W(z), DEED_R(x), DEED_R(y)), z.len, DEED_BY_X_OR_Y, "",        \
		     (DEED_OF_W(z, 1), DEED_OF_R(x, 1), DEED_OF_R(y, 1)),                          \
		     ((T *)z.data, (const T *)x.data, (const T *)y.data, count))                   \
	DEED_DOES_AS(add_##t##_by, (DEED_W(y), DEED_R(x)), y.len, DEED_BY_NONE, "",                \
		     (DEED_OF_W(y, 1), DEED_OF_R(x, 1)), ((T *)y.data, (const T *)x.data, count))  \
	DEED_DOES_AS(sub_##t, (DEED_W(z), DEED_R(x), DEED_R(y)), z.len, DEED_BY_X, "",             \
		     (DEED_OF_W(z, 1), DEED_OF_R(x, 1), DEED_OF_R(y, 1)),                          \
		     ((T *)z.data, (const T *)x.data, (const T *)y.data, count))                   \
	DEED_DOES_AS(sub_##t##_by, (DEED_W(y), DEED_R(x)), y.len, DEED_BY_NONE, "",                \
		     (DEED_OF_W(y, 1), DEED_OF_R(x, 1)), ((T *)y.data, (const T *)x.data, count))  \
	DEED_DOES_AS(mul_##t, (DEED_W(z), DEED_R(x), DEED_R(y)), z.len, DEED_BY_X_OR_Y, "",        \
		     (DEED_OF_W(z, 1), DEED_OF_R(x, 1), DEED_OF_R(y, 1)),                          \
		     ((T *)z.data, (const T *)x.data, (const T *)y.data, count))                   \
	DEED_DOES_AS(mul_##t##_by, (DEED_W(y), DEED_R(x)), y.len, DEED_BY_NONE, "",                \
		     (DEED_OF_W(y, 1), DEED_OF_R(x, 1)), ((T *)y.data, (const T *)x.data, count))  \
	DEED_DOES_AS(                                                                              \
		fma_##t, (DEED_W(z), DEED_R(x), DEED_R(y), DEED_R(w)), z.len, DEED_BY_W, "",       \
		(DEED_OF_W(z, 1), DEED_OF_R(x, 1), DEED_OF_R(y, 1), DEED_OF_R(w, 1)),              \
		((T *)z.data, (const T *)x.data, (const T *)y.data, (const T *)w.data, count))     \
	DEED_DOES_AS(fma_##t##_by, (DEED_W(z), DEED_R(x), DEED_R(y)), z.len, DEED_BY_NONE, "",     \
		     (DEED_OF_W(z, 1), DEED_OF_R(x, 1), DEED_OF_R(y, 1)),                          \
		     ((T *)z.data, (const T *)x.data, (const T *)y.data, count))                   \
	DEED_DOES_AS(axpy_##t, (DEED_W(y), T a, DEED_R(x)), y.len, DEED_BY_NONE, "",               \
		     (DEED_OF_W(y, 1), DEED_OF_R(x, 1)),                                           \
		     ((T *)y.data, a, (const T *)x.data, count))                                   \
	DEED_DOES_AS(clamp_##t, (DEED_W(y), DEED_R(x), T lo, T hi, const char *more), y.len,       \
		     DEED_BY_X, more, (DEED_OF_W(y, 1), DEED_OF_R(x, 1)),                          \
		     ((T *)y.data, (const T *)x.data, lo, hi, count))                              \
	DEED_DOES_AS(clamp_##t##_by, (DEED_W(y), T lo, T hi), y.len, DEED_BY_NONE, "",             \
		     (DEED_OF_W(y, 1)), ((T *)y.data, lo, hi, count))                              \
	DEED_DOES_AS(reverse_##t, (DEED_W(y), DEED_R(x)), y.len, DEED_BY_X, "",                    \
		     (DEED_OF_W(y, 1), DEED_OF_R(x, 1)), ((T *)y.data, (const T *)x.data, count))  \
	DEED_DOES_AS(reverse_##t##_by, (DEED_W(y)), y.len, DEED_BY_NONE, "", (DEED_OF_W(y, 1)),    \
		     ((T *)y.data, count))                                                         \
	DEED_DOES_AS(prefix_sum_##t, (DEED_W(y), DEED_R(x)), y.len, DEED_BY_X, "",                 \
		     (DEED_OF_W(y, 1), DEED_OF_R(x, 1)), ((T *)y.data, (const T *)x.data, count))  \
	DEED_DOES_AS(prefix_sum_##t##_by, (DEED_W(y)), y.len, DEED_BY_NONE, "", (DEED_OF_W(y, 1)), \
		     ((T *)y.data, count))                                                         \
	DEED_TELLS_AS(T, sum_##t, (DEED_R(x)), x.len, (DEED_OF_R(x, 1)),                           \
		      ((const T *)x.data, count))                                                  \
	DEED_TELLS_AS(T, sum_squares_##t, (DEED_R(x)), x.len, (DEED_OF_R(x, 1)),                   \
		      ((const T *)x.data, count))                                                  \
	DEED_TELLS_AS(T, norm2_##t, (DEED_R(x)), x.len, (DEED_OF_R(x, 1)),                         \
		      ((const T *)x.data, count))                                                  \
	DEED_TELLS_AS(T, min_##t, (DEED_R(x)), x.len, (DEED_OF_R(x, 1)),                           \
		      ((const T *)x.data, count))                                                  \
	DEED_TELLS_AS(T, max_##t, (DEED_R(x)), x.len, (DEED_OF_R(x, 1)),                           \
		      ((const T *)x.data, count))                                                  \
	DEED_TELLS_AS(T, dot_##t, (DEED_R(x), DEED_R(y)), x.len,                                   \
		      (DEED_OF_R(x, 1), DEED_OF_R(y, 1)),                                          \
		      ((const T *)x.data, (const T *)y.data, count))                               \
	DEED_TELLS_AS(struct deed_moments, mean_variance_##t, (DEED_R(x)), x.len,                  \
		      (DEED_OF_R(x, 1)), ((const T *)x.data, count))                               \
	DEED_TELLS_AS(size_t, argmin_##t, (DEED_R(x)), x.len, (DEED_OF_R(x, 1)),                   \
		      ((const T *)x.data, count))                                                  \
	DEED_TELLS_AS(size_t, argmax_##t, (DEED_R(x)), x.len, (DEED_OF_R(x, 1)),                   \
		      ((const T *)x.data, count))                                                  \
	DEED_DOES_AS(interleave2_##t, (DEED_W(y), DEED_R(x0), DEED_R(x1)), x0.len, DEED_BY_NONE,   \
		     "", (DEED_OF_W(y, 2), DEED_OF_R(x0, 1), DEED_OF_R(x1, 1)),                    \
		     ((T *)y.data, (const T *)x0.data, (const T *)x1.data, count))                 \
	DEED_DOES_AS(                                                                              \
		interleave3_##t, (DEED_W(y), DEED_R(x0), DEED_R(x1), DEED_R(x2)), x0.len,          \
		DEED_BY_NONE, "",                                                                  \
		(DEED_OF_W(y, 3), DEED_OF_R(x0, 1), DEED_OF_R(x1, 1), DEED_OF_R(x2, 1)),           \
		((T *)y.data, (const T *)x0.data, (const T *)x1.data, (const T *)x2.data, count))  \
	DEED_DOES_AS(interleave4_##t, (DEED_W(y), DEED_R(x0), DEED_R(x1), DEED_R(x2), DEED_R(x3)), \
		     x0.len, DEED_BY_NONE, "",                                                     \
		     (DEED_OF_W(y, 4), DEED_OF_R(x0, 1), DEED_OF_R(x1, 1), DEED_OF_R(x2, 1),       \
		      DEED_OF_R(x3, 1)),                                                           \
		     ((T *)y.data, (const T *)x0.data, (const T *)x1.data, (const T *)x2.data,     \
		      (const T *)x3.data, count))                                                  \
	DEED_DOES_AS(deinterleave2_##t, (DEED_W(y0), DEED_W(y1), DEED_R(x)), y0.len, DEED_BY_NONE, \
		     "", (DEED_OF_W(y0, 1), DEED_OF_W(y1, 1), DEED_OF_R(x, 2)),                    \
		     ((T *)y0.data, (T *)y1.data, (const T *)x.data, count))                       \
	DEED_DOES_AS(deinterleave3_##t, (DEED_W(y0), DEED_W(y1), DEED_W(y2), DEED_R(x)), y0.len,   \
		     DEED_BY_NONE, "",                                                             \
		     (DEED_OF_W(y0, 1), DEED_OF_W(y1, 1), DEED_OF_W(y2, 1), DEED_OF_R(x, 3)),      \
		     ((T *)y0.data, (T *)y1.data, (T *)y2.data, (const T *)x.data, count))         \
	DEED_DOES_AS(deinterleave4_##t,                                                            \
		     (DEED_W(y0), DEED_W(y1), DEED_W(y2), DEED_W(y3), DEED_R(x)), y0.len,          \
		     DEED_BY_NONE, "",                                                             \
		     (DEED_OF_W(y0, 1), DEED_OF_W(y1, 1), DEED_OF_W(y2, 1), DEED_OF_W(y3, 1),      \
		      DEED_OF_R(x, 4)),                                                            \
		     ((T *)y0.data, (T *)y1.data, (T *)y2.data, (T *)y3.data, (const T *)x.data,   \
		      count))

#define DEED_OPERATIONS_OF_INTEGERS(T, t)                                                          \
	DEED_TELLS_AS(int64_t, sum_##t, (DEED_R(x)), x.len, (DEED_OF_R(x, 1)),                     \
		      ((const T *)x.data, count))                                                  \
	DEED_TELLS_AS(T, min_##t, (DEED_R(x)), x.len, (DEED_OF_R(x, 1)),                           \
		      ((const T *)x.data, count))                                                  \
	DEED_TELLS_AS(T, max_##t, (DEED_R(x)), x.len, (DEED_OF_R(x, 1)), ((const T *)x.data, count))

#define DEED_CONVERSION_AS(T, t, S, s)                                                             \
	DEED_DOES_AS(t##_from_##s, (DEED_W(y), DEED_R(x)), y.len, DEED_BY_NONE, "",                \
		     (DEED_OF_W(y, 1), DEED_OF_R(x, 1)), ((T *)y.data, (const S *)x.data, count))

DEED_OPERATIONS_OF_FLOATS(float, f32)
DEED_OPERATIONS_OF_FLOATS(double, f64)
DEED_OPERATIONS_OF_INTEGERS(int32_t, i32)
DEED_OPERATIONS_OF_INTEGERS(int64_t, i64)
DEED_CONVERSION_AS(float, f32, uint8_t, u8)
DEED_CONVERSION_AS(float, f32, int16_t, i16)
DEED_CONVERSION_AS(float, f32, int32_t, i32)
DEED_CONVERSION_AS(uint8_t, u8, float, f32)
DEED_CONVERSION_AS(int16_t, i16, float, f32)
DEED_CONVERSION_AS(int32_t, i32, float, f32)
DEED_CONVERSION_AS(double, f64, float, f32)
DEED_CONVERSION_AS(float, f32, double, f64)
DEED_DOES_AS(histogram_u8, (DEED_W(counts), DEED_R(x)), x.len, DEED_BY_NONE, "",
	     (DEED_OF_W(counts, 0), DEED_OF_R(x, 1)),
	     ((uint64_t *)counts.data, (const uint8_t *)x.data, count))

DEED_END_C

#endif
