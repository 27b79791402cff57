/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/rungs.h - the tables of the ladder, from the lowest rung to the highest.
 *
 * Each rung is one translation unit: the bodies (bodies.h), compiled for one instruction set.
 * Bits must not depend on the rung, so no rung may contract a multiplication and an addition
 * (-ffp-contract=off), and nothing else may reorder an operation on floating-point numbers.
 */
#ifndef DEED_RUNGS_H
#define DEED_RUNGS_H

#include "deed/simd.h"

extern const struct deed_kernels deed_kernels_scalar;
#if defined __x86_64__
extern const struct deed_kernels deed_kernels_sse2;
extern const struct deed_kernels deed_kernels_avx2;
extern const struct deed_kernels deed_kernels_avx512;
#elif defined __aarch64__
extern const struct deed_kernels deed_kernels_neon;
#endif

#endif
