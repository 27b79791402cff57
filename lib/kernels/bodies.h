/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/bodies.h - every kernel, as static functions, and DEED_RUNG(name): the table of
 * them that a rung is.
 *
 * A rung sets, before it includes this, the widest register that it has in bytes (WIDTH; the
 * scalar rung has none: 0), and its instruction set.
 */
#ifndef DEED_BODIES_H
#define DEED_BODIES_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "deed/simd.h"

#define DEED_JOIN_(a, b) a##b
#define DEED_JOIN(a, b) DEED_JOIN_(a, b)
/* What the templates below are included with, once for each type: T the type, t its name. */
#define NAME(name) DEED_JOIN(DEED_JOIN(name, _), t)
#define NAME_BY(name) DEED_JOIN(NAME(name), _by)

#define KERNEL_INLINE inline __attribute__((always_inline))

#if WIDTH
#include "vector.h"

#include "choose.h"
#include "lanes.h"
#if defined __x86_64__ && WIDTH == 16
#include "fuse.h"
#endif
#endif
#include "each.h"

/* What is added up of elements (tree.h): themselves, products, squares of x times a number, and
 * what they deviate from a number.
 */
enum term { ELEMENT, PRODUCT, SCALED_SQUARE, DEVIATION };

#define T float
#define t f32
#include "elementwise.h"
#include "extreme.h"
#include "fold.h"
#include "moments.h"
#include "position.h"
#include "scan.h"
#include "weave.h"
#undef T
#undef t

#define T double
#define t f64
#include "elementwise.h"
#include "extreme.h"
#include "fold.h"
#include "moments.h"
#include "position.h"
#include "scan.h"
#include "weave.h"
#undef T
#undef t

#define T int32_t
#define t i32
#include "extreme.h"
#include "integer.h"
#undef T
#undef t

#define T int64_t
#define t i64
#include "extreme.h"
#include "integer.h"
#undef T
#undef t

#include "convert.h"
#include "histogram.h"

#define DEED_RUNG_MEMBER(result, name, parameters) .name = name,
#define DEED_RUNG(name)                                                                            \
	const struct deed_kernels deed_kernels_##name = { .isa = #name,                            \
							  DEED_KERNELS(DEED_RUNG_MEMBER) }

#endif
