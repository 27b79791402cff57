/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/scalar.c - the lowest rung: the definition of every kernel, in plain C.
 */
#define WIDTH 0
#include "bodies.h"
#include "rungs.h"

DEED_RUNG(scalar);
