/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/vector.h - vectors of the rung's width: vector_f32, and so on.
 */
#ifndef DEED_VECTOR_H
#define DEED_VECTOR_H

/* A vector; one that lies in memory, aligned as its elements are; and that one loaded. */
#define VECTOR(T, t)                                                                               \
	typedef T vector_##t __attribute__((vector_size(WIDTH)));                                  \
	typedef T loose_##t __attribute__((vector_size(WIDTH), aligned(sizeof(T)), may_alias));    \
	static KERNEL_INLINE vector_##t load_##t(const T *x)                                       \
	{                                                                                          \
		return *(const loose_##t *)x;                                                      \
	}

VECTOR(float, f32)
VECTOR(double, f64)
VECTOR(uint8_t, u8)
VECTOR(int16_t, i16)
VECTOR(int32_t, i32)
VECTOR(int64_t, i64)

/* Half as wide. */
#if WIDTH == 64
typedef float loose_half_f32 __attribute__((vector_size(32), aligned(4), may_alias));
typedef double loose_half_f64 __attribute__((vector_size(32), aligned(8), may_alias));
#endif

/* How many elements a vector of T has. */
#define STEP (WIDTH / sizeof(T))
#if WIDTH == 64
#define STEP_f32 16
#define STEP_f64 8
#elif WIDTH == 32
#define STEP_f32 8
#define STEP_f64 4
#else
#define STEP_f32 4
#define STEP_f64 2
#endif

/* The indices of a shuffle that makes a vector of T: f(0), f(1), and so on. */
#define INDICES(f) INDICES_OF(t, f)
#define INDICES_OF(t, f) DEED_JOIN(INDICES_, DEED_JOIN(STEP_, t))(f)
#define INDICES_2(f) f(0), f(1)
#define INDICES_4(f) INDICES_2(f), f(2), f(3)
#define INDICES_8(f) INDICES_4(f), f(4), f(5), f(6), f(7)
#define INDICES_16(f) INDICES_8(f), f(8), f(9), f(10), f(11), f(12), f(13), f(14), f(15)

/* MM(name): the intrinsic of this width; MM_T(name): that of this width and of T; MM_INT: its
 * vector of integers.
 */
#if defined __x86_64__
#if WIDTH == 64
#define MM(name) _mm512_##name
#define MM_BITS 512
#elif WIDTH == 32
#define MM(name) _mm256_##name
#define MM_BITS 256
#else
#define MM(name) _mm_##name
#define MM_BITS 128
#endif
#define MM_INT DEED_JOIN(DEED_JOIN(__m, MM_BITS), i)
#define MM_T(name) DEED_JOIN(MM(name), DEED_JOIN(SUFFIX_, t))
#define SUFFIX_f32 _ps
#define SUFFIX_f64 _pd
#endif

#endif
