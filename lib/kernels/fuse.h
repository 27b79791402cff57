/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/fuse.h - x * y + w with one rounding, on an x86-64 that has no instruction for it.
 *
 * Of floats the product is exact in double, and the sum is rounded to odd: where it is not exact,
 * to that one of its two neighbours whose last bit is set (S. Boldo, G. Melquiond: Emulation of FMA
 * and correctly rounded sums, 2008). So it still tells on which side of the middle of two floats it
 * is, and is rounded to the right one. Of doubles nothing wider holds the product: that is fma().
 */

/* Two of them, as doubles. */
static inline vector_f64 fuse_to_odd(vector_f64 x, vector_f64 y, vector_f64 w)
{
	const vector_f64 product = x * y, sum = product + w;
	/* What the sum lacks is exact. It is NaN where the sum is not finite, and that stays. */
	const vector_f64 part = sum - product, lost = (product - (sum - part)) + (w - part);
	const vector_i64 is_less = (vector_i64)(lost < 0), is_more = (vector_i64)(lost > 0);
	const vector_i64 is_even = ((vector_i64)sum & 1) - 1;
	/* Away from 0 is up, as numbers and as bits; towards 0 it is down. */
	const vector_i64 step = (is_less ^ (vector_i64)(sum < 0)) | 1;

	return (vector_f64)((vector_i64)sum + (step & is_even & (is_less | is_more)));
}

static inline vector_f32 fuse_exact_f32(vector_f32 x, vector_f32 y, vector_f32 w)
{
	const vector_f64 low = fuse_to_odd(_mm_cvtps_pd(x), _mm_cvtps_pd(y), _mm_cvtps_pd(w));
	const vector_f64 high =
		fuse_to_odd(_mm_cvtps_pd(_mm_movehl_ps(x, x)), _mm_cvtps_pd(_mm_movehl_ps(y, y)),
			    _mm_cvtps_pd(_mm_movehl_ps(w, w)));

	return _mm_movelh_ps(_mm_cvtpd_ps(low), _mm_cvtpd_ps(high));
}

static inline vector_f64 fuse_exact_f64(vector_f64 x, vector_f64 y, vector_f64 w)
{
	return (vector_f64){ fma(x[0], y[0], w[0]), fma(x[1], y[1], w[1]) };
}
