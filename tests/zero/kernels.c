/* SPDX-License-Identifier: MIT
 *
 * tests/zero/kernels.c - operations on views, and the kernels that they call, twice.
 */
#include "zero.h"

#include <deed/kernels.h>

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

void scale_by_deed(deed_f32_inout v, float a)
{
	deed_scale_f32_by(v, a);
}

void scale_by_raw(struct raw_f32_inout v, float a)
{
	deed_kernels->scale_f32_by(v.data, a, v.len);
}

float dot_call_deed(deed_f32_borrowed x, deed_f32_borrowed y)
{
	return deed_dot_f32(x, y);
}

float dot_call_raw(struct raw_f32 x, struct raw_f32 y)
{
	return deed_kernels->dot_f32(x.data, y.data, x.len);
}

/* A view in memory, a part of one, and the same twice. */
void add_parts_deed(deed_f32_inout z, const deed_f32_borrowed *x, size_t lo)
{
	deed_add_f32(deed_slice(z, 0, deed_len(z) / 2), deed_slice(*x, lo, deed_len(*x)), *x);
}

void add_parts_raw(struct raw_f32_inout z, const struct raw_f32 *x, size_t lo)
{
	deed_kernels->add_f32(z.data, x->data + lo, x->data, z.len / 2);
}

float claimed_deed(deed_f32_inout y, deed_f32_borrowed x, float a)
{
	float *const to = deed_data(y);
	const float *const from = deed_data(x);

	if (!deed_claim(y, x))
		return 0;
	for (size_t i = 0; i < deed_len(y); i++)
		to[i] += a * from[i];
	return a;
}

float claimed_raw(struct raw_f32_inout y, struct raw_f32 x, float a)
{
	float *const to = y.data;
	const float *const from = x.data;

	for (size_t i = 0; i < y.len; i++)
		to[i] += a * from[i];
	return a;
}
