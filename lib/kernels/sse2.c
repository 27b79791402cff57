/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/sse2.c - the rung of what every x86-64 has.
 */
#include "rungs.h"

#if defined __x86_64__
#include <immintrin.h>

#define WIDTH 16
#include "bodies.h"

DEED_RUNG(sse2);
#endif
