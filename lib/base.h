/* SPDX-License-Identifier: MIT
 *
 * lib/base.h - what every file of the library stands on: visibility and small arithmetic.
 */
#ifndef DEED_BASE_H
#define DEED_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deed/config.h"

/* Everything else is hidden: the library is compiled with -fvisibility=hidden. That says nothing of
 * a variable of another file, which is read through a table unless its declaration is HIDDEN. */
#define DEED_EXPORT __attribute__((visibility("default")))
#define DEED_HIDDEN __attribute__((visibility("hidden")))

#define DEED_ARRAY_LEN(array) (sizeof(array) / sizeof *(array))

static inline size_t deed_min(size_t a, size_t b)
{
	return a < b ? a : b;
}

static inline size_t deed_max(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The power of two `align` makes `value` a multiple of it, upwards; the caller knows that it fits.
 */
static inline size_t deed_round_up(size_t value, size_t align)
{
	return (value + align - 1) & ~(align - 1);
}

#endif
