/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_kernels.c (C, C++) - operations on views of whatever family has
 * the elements, of either kind where they are read, each in one expression.
 */
#include "deed.h"
#include "deed/kernels.h"

DEED_DEFINE(ok_samples, float);

struct ok_operands {
	const deed_f32_inout y;
	deed_f32_borrowed x;
};

static deed_f32_borrowed same(deed_f32_borrowed x)
{
	return x;
}

static int mix(const struct ok_operands *pair, ok_samples_inout more)
{
	if (!deed_claim(pair->y, pair->x, more))
		return 1;
	return deed_claim(deed_slice(more, 0, 3), deed_reading(deed_slice(pair->y, 0, 3))) ? 0 : 2;
}

static int operate(deed_f32_inout y, deed_f32_borrowed x, ok_samples_inout more,
		   const deed_f64_inout d)
{
	const struct ok_operands pair = { y, x };
	double total;

	for (size_t i = 0; i < 2; i++)
		deed_fill_f32(y, 1);
	if (deed_len(x) > 1)
		deed_axpy_f32(pair.y, 2, pair.x);
	else
		deed_scale_f32_by(y, 3);
	deed_scale_f32(y, deed_len(x) ? x : same(x), 1), deed_offset_f32_by(y, 1);
	deed_add_f32_by(more, same(pair.x));
	deed_f64_from_f32(d, more);
	deed_prefix_sum_f64_by(deed_slice(d, 1, 3));
	total = (double)(deed_sum_f32(y) + deed_dot_f32(x, more)) +
		deed_mean_variance_f64(deed_reading(d)).mean + deed_max_f64(d);
	return mix(&pair, more) || (deed_argmin_f64(d) && total < 0);
}

int main(void)
{
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	ok_samples zs = DEED_EMPTY;
	deed_f64 ds = DEED_EMPTY;
	int failed;

	if (deed_new_zeroed(&xs, 4) || deed_new_zeroed(&ys, 4) || deed_new_zeroed(&zs, 4) ||
	    deed_new_zeroed(&ds, 4))
		return 1;
	{
		DEED_BORROWED(x, &xs);
		DEED_INOUT(y, &ys);
		DEED_INOUT(z, &zs);
		DEED_INOUT(d, &ds);

		failed = operate(y, x, z, d);
	}
	deed_drop(&xs);
	deed_drop(&ys);
	deed_drop(&zs);
	deed_drop(&ds);
	return failed;
}
