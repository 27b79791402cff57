/* SPDX-License-Identifier: MIT
 *
 * tests/static/legal.h - what the legal programs share.
 */
#ifndef DEED_TESTS_STATIC_LEGAL_H
#define DEED_TESTS_STATIC_LEGAL_H

#include <deed.h>
#include <stdio.h>
#include <stdlib.h>

/* A legal function: the twin says nothing of it, and it runs without a fault. `yes` is 1. */
#define LEGAL(name) static void name(int yes)

/* What views are handed to. */
static inline float sum(deed_f32_borrowed view)
{
	float total = 0;

	for (size_t i = 0; i < deed_len(view); i++)
		total += deed_at(view, i);
	return total;
}

static inline void clear(deed_f32_inout view)
{
	deed_fill(view, 0.0f);
}

#endif
