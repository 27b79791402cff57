/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/neon.c - the rung of what every AArch64 has.
 */
#include "rungs.h"

#if defined __aarch64__
#include <arm_neon.h>

#define WIDTH 16
#include "bodies.h"

DEED_RUNG(neon);
#endif
