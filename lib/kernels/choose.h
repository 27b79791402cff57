/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/choose.h - the lesser and the greater of two vectors, element by element.
 *
 * LESSER_f32(x, y) is x < y ? x : y, so y where one is NaN. x86 has it as one instruction, which
 * gcc 12 does not find in the words of CHOOSE.
 */
#ifndef DEED_CHOOSE_H
#define DEED_CHOOSE_H

#define CHOOSE(mask, x, y)                                                                         \
	((__typeof__(x))(((mask) & (__typeof__(mask))(x)) | (~(mask) & (__typeof__(mask))(y))))
#define LESSER(x, y) CHOOSE((x) < (y), x, y)
#define GREATER(x, y) CHOOSE((x) > (y), x, y)

#if defined __x86_64__
#define LESSER_f32 MM(min_ps)
#define LESSER_f64 MM(min_pd)
#define GREATER_f32 MM(max_ps)
#define GREATER_f64 MM(max_pd)
#else
#define LESSER_f32 LESSER
#define LESSER_f64 LESSER
#define GREATER_f32 GREATER
#define GREATER_f64 GREATER
#endif

#if WIDTH > 16
#define LESSER_i32(x, y) ((vector_i32)MM(min_epi32)((MM_INT)(x), (MM_INT)(y)))
#define GREATER_i32(x, y) ((vector_i32)MM(max_epi32)((MM_INT)(x), (MM_INT)(y)))
#else
#define LESSER_i32 LESSER
#define GREATER_i32 GREATER
#endif

#if WIDTH == 64
#define LESSER_i64(x, y) ((vector_i64)MM(min_epi64)((MM_INT)(x), (MM_INT)(y)))
#define GREATER_i64(x, y) ((vector_i64)MM(max_epi64)((MM_INT)(x), (MM_INT)(y)))
#else
#define LESSER_i64 LESSER
#define GREATER_i64 GREATER
#endif

#endif
