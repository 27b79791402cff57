/* SPDX-License-Identifier: MIT
 *
 * deed/simd.h - the kernels themselves: SIMD loops over raw pointers and counts.
 *
 *     float total = deed_kernels->sum_f32(p, count);
 *
 * They know no handles and check nothing: what deed/kernels.h claims is taken for granted
 * here. Written operands overlap no other operand (`restrict`), every pointer is aligned
 * for its type, every range is inside one object; a null pointer goes with the count 0.
 * What each computes is said in deed/kernels.h, by the name that it has there, with the
 * operands in the same order and the count last.
 *
 * There is a table of them for each rung of the ladder scalar, sse2, avx2, avx512 (x86-64), or
 * scalar, neon (AArch64). `deed_kernels` is the highest rung that this processor has, and that
 * DEED_ISA in the environment allows when the program starts: DEED_ISA=avx2 caps it there. What
 * DEED_ISA says that is no rung caps nothing. Every rung gives the same bits. Before the library's
 * constructor has run it is the scalar one.
 *
 * Any number of threads may call any of them at once. None allocates, locks, or fails.
 */
#ifndef DEED_SIMD_H
#define DEED_SIMD_H

#include "deed/config.h"

/* The result of deed_mean_variance_f32() and _f64(). */
struct deed_moments {
	double mean;
	double variance; /* of the population: divided by the count */
};

/* The list of all kernels: X(result, name, parameters). `T` is a floating-point type, `t` its name
 * in deed.
 */
#define DEED_KERNELS_OF_FLOATS(X, T, t)                                                            \
	X(void, fill_##t, (T * y, T a, size_t count))                                              \
	X(void, copy_##t, (T * DEED_RESTRICT y, const T *DEED_RESTRICT x, size_t count))           \
	X(void, scale_##t, (T * DEED_RESTRICT y, const T *DEED_RESTRICT x, T a, size_t count))     \
	X(void, scale_##t##_by, (T * y, T a, size_t count))                                        \
	X(void, offset_##t, (T * DEED_RESTRICT y, const T *DEED_RESTRICT x, T a, size_t count))    \
	X(void, offset_##t##_by, (T * y, T a, size_t count))                                       \
	X(void, add_##t, (T * DEED_RESTRICT z, const T *x, const T *y, size_t count))              \
	X(void, add_##t##_by, (T * DEED_RESTRICT y, const T *DEED_RESTRICT x, size_t count))       \
	X(void, sub_##t, (T * DEED_RESTRICT z, const T *x, const T *y, size_t count))              \
	X(void, sub_##t##_by, (T * DEED_RESTRICT y, const T *DEED_RESTRICT x, size_t count))       \
	X(void, mul_##t, (T * DEED_RESTRICT z, const T *x, const T *y, size_t count))              \
	X(void, mul_##t##_by, (T * DEED_RESTRICT y, const T *DEED_RESTRICT x, size_t count))       \
	X(void, fma_##t, (T * DEED_RESTRICT z, const T *x, const T *y, const T *w, size_t count))  \
	X(void, fma_##t##_by, (T * DEED_RESTRICT z, const T *x, const T *y, size_t count))         \
	X(void, axpy_##t, (T * DEED_RESTRICT y, T a, const T *DEED_RESTRICT x, size_t count))      \
	X(void, clamp_##t,                                                                         \
	  (T * DEED_RESTRICT y, const T *DEED_RESTRICT x, T lo, T hi, size_t count))               \
	X(void, clamp_##t##_by, (T * y, T lo, T hi, size_t count))                                 \
	X(void, prefix_sum_##t, (T * DEED_RESTRICT y, const T *DEED_RESTRICT x, size_t count))     \
	X(void, prefix_sum_##t##_by, (T * y, size_t count))                                        \
	X(void, reverse_##t, (T * DEED_RESTRICT y, const T *DEED_RESTRICT x, size_t count))        \
	X(void, reverse_##t##_by, (T * y, size_t count))                                           \
	X(T, sum_##t, (const T *x, size_t count))                                                  \
	X(T, dot_##t, (const T *x, const T *y, size_t count))                                      \
	X(T, sum_squares_##t, (const T *x, size_t count))                                          \
	X(T, norm2_##t, (const T *x, size_t count))                                                \
	X(struct deed_moments, mean_variance_##t, (const T *x, size_t count))                      \
	X(T, min_##t, (const T *x, size_t count))                                                  \
	X(T, max_##t, (const T *x, size_t count))                                                  \
	X(size_t, argmin_##t, (const T *x, size_t count))                                          \
	X(size_t, argmax_##t, (const T *x, size_t count))                                          \
	X(void, interleave2_##t, (T * DEED_RESTRICT y, const T *x0, const T *x1, size_t count))    \
	X(void, interleave3_##t,                                                                   \
	  (T * DEED_RESTRICT y, const T *x0, const T *x1, const T *x2, size_t count))              \
	X(void, interleave4_##t,                                                                   \
	  (T * DEED_RESTRICT y, const T *x0, const T *x1, const T *x2, const T *x3, size_t count)) \
	X(void, deinterleave2_##t,                                                                 \
	  (T * DEED_RESTRICT y0, T * DEED_RESTRICT y1, const T *DEED_RESTRICT x, size_t count))    \
	X(void, deinterleave3_##t,                                                                 \
	  (T * DEED_RESTRICT y0, T * DEED_RESTRICT y1, T * DEED_RESTRICT y2,                       \
	   const T *DEED_RESTRICT x, size_t count))                                                \
	X(void, deinterleave4_##t,                                                                 \
	  (T * DEED_RESTRICT y0, T * DEED_RESTRICT y1, T * DEED_RESTRICT y2, T * DEED_RESTRICT y3, \
	   const T *DEED_RESTRICT x, size_t count))

#define DEED_KERNELS_OF_INTEGERS(X, T, t)                                                          \
	X(int64_t, sum_##t, (const T *x, size_t count))                                            \
	X(T, min_##t, (const T *x, size_t count))                                                  \
	X(T, max_##t, (const T *x, size_t count))

#define DEED_KERNEL_OF_CONVERSION(X, T, t, S, s)                                                   \
	X(void, t##_from_##s, (T * DEED_RESTRICT y, const S *DEED_RESTRICT x, size_t count))

#define DEED_KERNELS(X)                                                                            \
	DEED_KERNELS_OF_FLOATS(X, float, f32)                                                      \
	DEED_KERNELS_OF_FLOATS(X, double, f64)                                                     \
	DEED_KERNELS_OF_INTEGERS(X, int32_t, i32)                                                  \
	DEED_KERNELS_OF_INTEGERS(X, int64_t, i64)                                                  \
	DEED_KERNEL_OF_CONVERSION(X, float, f32, uint8_t, u8)                                      \
	DEED_KERNEL_OF_CONVERSION(X, float, f32, int16_t, i16)                                     \
	DEED_KERNEL_OF_CONVERSION(X, float, f32, int32_t, i32)                                     \
	DEED_KERNEL_OF_CONVERSION(X, uint8_t, u8, float, f32)                                      \
	DEED_KERNEL_OF_CONVERSION(X, int16_t, i16, float, f32)                                     \
	DEED_KERNEL_OF_CONVERSION(X, int32_t, i32, float, f32)                                     \
	DEED_KERNEL_OF_CONVERSION(X, double, f64, float, f32)                                      \
	DEED_KERNEL_OF_CONVERSION(X, float, f32, double, f64)                                      \
	X(void, histogram_u8,                                                                      \
	  (uint64_t * DEED_RESTRICT counts, const uint8_t *DEED_RESTRICT x, size_t count))

/* struct deed_kernels - the kernels of one rung. New ones come at the end. */
struct deed_kernels {
	const char *isa; /* the rung's name */
#define DEED_KERNEL_MEMBER(result, name, parameters) result(*name) parameters;
	DEED_KERNELS(DEED_KERNEL_MEMBER)
#undef DEED_KERNEL_MEMBER
};

DEED_BEGIN_C

/* The rung in use. Set once, by the library's constructor; read only. */
extern const struct deed_kernels *deed_kernels;

/* deed_isa_name - the rung in use: "scalar", "sse2", "avx2", "avx512" or "neon". A constant. */
const char *deed_isa_name(void);

DEED_END_C

#endif
