/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/avx512.c - the rung of AVX-512 (F, BW, DQ, VL).
 */
#include "rungs.h"

#if defined __x86_64__
#include <immintrin.h>

#ifdef __clang__
#pragma clang attribute push(                                                                      \
	__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))),                    \
	apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
#endif

#define WIDTH 64
#include "bodies.h"

DEED_RUNG(avx512);
#ifdef __clang__
#pragma clang attribute pop
#endif
#endif
