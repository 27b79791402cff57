/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/choose.h - the lesser and the greater of two vectors, element by element.
 *
 * LESSER_f32(x, y) is x < y ? x : y, so y where one is NaN: an instruction of x86 that clang finds
 * in these words and gcc 12 does not.
 */
#ifndef DEED_CHOOSE_H
#define DEED_CHOOSE_H

#define CHOOSE(mask, x, y)                                                                         \
	((__typeof__(x))(((mask) & (__typeof__(mask))(x)) | (~(mask) & (__typeof__(mask))(y))))
#define LESSER(x, y) CHOOSE((x) < (y), x, y)
#define GREATER(x, y) CHOOSE((x) > (y), x, y)

#define LESSER_i64 LESSER
#define GREATER_i64 GREATER

#if defined __clang__ || !defined __x86_64__
#define LESSER_f32 LESSER
#define LESSER_f64 LESSER
#define LESSER_i32 LESSER
#define GREATER_f32 GREATER
#define GREATER_f64 GREATER
#define GREATER_i32 GREATER
#elif WIDTH == 16
#define LESSER_f32 __builtin_ia32_minps
#define LESSER_f64 __builtin_ia32_minpd
#define LESSER_i32 LESSER
#define GREATER_f32 __builtin_ia32_maxps
#define GREATER_f64 __builtin_ia32_maxpd
#define GREATER_i32 GREATER
#elif WIDTH == 32
#define LESSER_f32 __builtin_ia32_minps256
#define LESSER_f64 __builtin_ia32_minpd256
#define LESSER_i32 __builtin_ia32_pminsd256
#define GREATER_f32 __builtin_ia32_maxps256
#define GREATER_f64 __builtin_ia32_maxpd256
#define GREATER_i32 __builtin_ia32_pmaxsd256
#else
/* In every lane; and 4 is the rounding in use, which is of no matter here. */
#define LESSER_f32(x, y) __builtin_ia32_minps512_mask(x, y, y, -1, 4)
#define LESSER_f64(x, y) __builtin_ia32_minpd512_mask(x, y, y, UINT8_MAX, 4)
#define LESSER_i32(x, y) __builtin_ia32_pminsd512_mask(x, y, y, UINT16_MAX)
#define GREATER_f32(x, y) __builtin_ia32_maxps512_mask(x, y, y, -1, 4)
#define GREATER_f64(x, y) __builtin_ia32_maxpd512_mask(x, y, y, UINT8_MAX, 4)
#define GREATER_i32(x, y) __builtin_ia32_pmaxsd512_mask(x, y, y, UINT16_MAX)
#endif

#endif
