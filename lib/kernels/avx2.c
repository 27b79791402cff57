/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/avx2.c - the rung of AVX2 and FMA.
 */
#include "rungs.h"

#if defined __x86_64__
#include <immintrin.h>

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif

#define WIDTH 32
#include "bodies.h"

DEED_RUNG(avx2);
#ifdef __clang__
#pragma clang attribute pop
#endif
#endif
