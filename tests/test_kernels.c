/* SPDX-License-Identifier: MIT
 *
 * tests/test_kernels.c - operations on views: what they claim, refuse, and compute.
 *
 * What a kernel computes in every case there is, is proved elsewhere, of the kernels
 * themselves; here each is called once with operands in their order, and then with operands
 * that it must refuse, or must not.
 */
#include "trapped.h"

#include <math.h>

#include "deed/hot.h"
#include "deed/kernels.h"
#include "deed/soa.h"
#include "deed/tile.h"

TestSuite(kernels, .init = trapped_begin, .fini = trapped_end);

enum { LEN = 6 };

#define OK DEED_NO_FAULT

DEED_DEFINE(samples, float);

/* Every kernel has its operation: this names the function behind each. */
#define OPERATION(result, name, parameters) (void)deed_##name##_;
MAYBE_UNUSED static void every_kernel_has_one(void){ DEED_KERNELS(OPERATION) }

/* ---- each of them, once --------------------------------------------------------------------- */

/* The floating-point kernels of one type. Small integers: every result is exact. */
#define EACH_OF(T, t, family)                                                                      \
	static family made_##t(const T *from, size_t count)                                        \
	{                                                                                          \
		family xs = DEED_EMPTY;                                                            \
                                                                                                   \
		cr_assert(deed_from(&xs, from, count) == 0);                                       \
		return xs;                                                                         \
	}                                                                                          \
                                                                                                   \
	static void expect_##t(family##_borrowed v, const T *expected, const char *what)           \
	{                                                                                          \
		for (size_t i = 0; i < deed_len(v); i++)                                           \
			cr_expect(deed_at(v, i) == expected[i], "%s: %zu: %g, not %g", what, i,    \
				  (double)deed_at(v, i), (double)expected[i]);                     \
	}                                                                                          \
                                                                                                   \
	Test(kernels, each_of_##t##_does_what_it_says)                                             \
	{                                                                                          \
		static const T a[LEN] = { 1, -2, 3, 4, -5, 6 }, b[LEN] = { 6, 5, 4, 3, 2, 1 };     \
		static const T c[LEN] = { 10, 20, 30, 40, 50, 60 };                                \
		family xs = made_##t(a, LEN), ys = made_##t(b, LEN), ws = made_##t(c, LEN);        \
		family zs = DEED_EMPTY, all = DEED_EMPTY;                                          \
		struct deed_moments moments;                                                       \
		T norm;                                                                            \
                                                                                                   \
		cr_assert(deed_new_zeroed(&zs, LEN) == 0);                                         \
		cr_assert(deed_new_zeroed(&all, 4 * LEN) == 0);                                    \
		{                                                                                  \
			DEED_BORROWED(x, &xs);                                                     \
			DEED_INOUT(y, &ys);                                                        \
			DEED_BORROWED(w, &ws);                                                     \
			DEED_INOUT(z, &zs);                                                        \
			DEED_INOUT(wide, &all);                                                    \
			const family##_borrowed r = deed_reading(z);                               \
                                                                                                   \
			IS(t, fill, (z, (T)7), 7, 7, 7, 7, 7, 7);                                  \
			IS(t, copy, (z, x), 1, -2, 3, 4, -5, 6);                                   \
			IS(t, scale, (z, x, 2), 2, -4, 6, 8, -10, 12);                             \
			IS_BY(t, scale, (z, (T)0.5), 1, -2, 3, 4, -5, 6);                          \
			IS(t, offset, (z, x, 10), 11, 8, 13, 14, 5, 16);                           \
			IS_BY(t, offset, (z, -10), 1, -2, 3, 4, -5, 6);                            \
			IS(t, add, (z, x, y), 7, 3, 7, 7, -3, 7);                                  \
			IS_BY(t, add, (z, w), 17, 23, 37, 47, 47, 67);                             \
			IS(t, sub, (z, x, y), -5, -7, -1, 1, -7, 5);                               \
			IS_BY(t, sub, (z, w), -15, -27, -31, -39, -57, -55);                       \
			IS(t, mul, (z, x, y), 6, -10, 12, 12, -10, 6);                             \
			IS_BY(t, mul, (z, y), 36, -50, 48, 36, -20, 6);                            \
			IS(t, fma, (z, x, y, w), 16, 10, 42, 52, 40, 66);                          \
			IS_BY(t, fma, (z, x, y), 22, 0, 54, 64, 30, 72);                           \
			IS(t, axpy, (z, -2, w), 2, -40, -6, -16, -70, -48);                        \
			IS(t, clamp, (z, x, -1, 3), 1, -1, 3, 3, -1, 3);                           \
			IS_BY(t, clamp, (z, 0, 2), 1, 0, 2, 2, 0, 2);                              \
			IS(t, reverse, (z, x), 6, -5, 4, 3, -2, 1);                                \
			IS_BY(t, reverse, (z), 1, -2, 3, 4, -5, 6);                                \
			IS(t, prefix_sum, (z, x), 1, -1, 2, 6, 1, 7);                              \
			IS_BY(t, prefix_sum, (z), 1, 0, 2, 8, 9, 16);                              \
			cr_expect(deed_sum_##t(x) == 7 && deed_sum_##t(z) == 36);                  \
			cr_expect(deed_dot_##t(x, y) == 16 && deed_dot_##t(y, w) == 560);          \
			cr_expect(deed_sum_squares_##t(x) == 91);                                  \
			norm = deed_norm2_##t(deed_slice(x, 2, 4));                                \
			cr_expect(norm == 5);                                                      \
			moments = deed_mean_variance_##t(w);                                       \
			cr_expect(fabs(moments.mean - 35) < 1e-12);                                \
			cr_expect(fabs(moments.variance - 1750 / 6.0) < 1e-12);                    \
			cr_expect(deed_min_##t(x) == -5 && deed_max_##t(x) == 6);                  \
			cr_expect(deed_argmin_##t(x) == 4 && deed_argmax_##t(x) == 5);             \
			deed_interleave2_##t(deed_slice(wide, 0, 2 * LEN), x, y);                  \
			expect_##t(deed_reading(deed_slice(wide, 0, LEN)),                         \
				   (const T[]){ 1, 6, -2, 5, 3, 4 }, "interleave2");               \
			deed_deinterleave2_##t(y, z, deed_slice(wide, 0, 2 * LEN));                \
			expect_##t(deed_reading(y), a, "deinterleave2, y0");                       \
			expect_##t(r, b, "deinterleave2, y1");                                     \
			deed_interleave3_##t(deed_slice(wide, 0, 3 * LEN), x, z, w);               \
			expect_##t(deed_reading(deed_slice(wide, 0, LEN)),                         \
				   (const T[]){ 1, 6, 10, -2, 5, 20 }, "interleave3");             \
			deed_deinterleave3_##t(deed_slice(wide, 3 * LEN, 4 * LEN), y, z,           \
					       deed_slice(wide, 0, 3 * LEN));                      \
			expect_##t(deed_reading(deed_slice(wide, 3 * LEN, 4 * LEN)), a,            \
				   "deinterleave3, y0");                                           \
			expect_##t(deed_reading(y), b, "deinterleave3, y1");                       \
			expect_##t(r, c, "deinterleave3, y2");                                     \
			deed_interleave4_##t(wide, y, x, w, z);                                    \
			expect_##t(deed_reading(deed_slice(wide, 0, LEN)),                         \
				   (const T[]){ 6, 1, 10, 10, 5, -2 }, "interleave4");             \
		}                                                                                  \
		{                                                                                  \
			DEED_INOUT(x, &xs);                                                        \
			DEED_INOUT(y, &ys);                                                        \
			DEED_INOUT(w, &ws);                                                        \
			DEED_INOUT(z, &zs);                                                        \
			DEED_BORROWED(wide, &all);                                                 \
                                                                                                   \
			deed_deinterleave4_##t(x, y, w, z, wide);                                  \
			expect_##t(deed_reading(x), b, "deinterleave4, y0");                       \
			expect_##t(deed_reading(y), a, "deinterleave4, y1");                       \
			expect_##t(deed_reading(w), c, "deinterleave4, y2");                       \
			expect_##t(deed_reading(z), c, "deinterleave4, y3");                       \
		}                                                                                  \
		deed_drop(&xs);                                                                    \
		deed_drop(&ys);                                                                    \
		deed_drop(&ws);                                                                    \
		deed_drop(&zs);                                                                    \
		deed_drop(&all);                                                                   \
	}
#define IS(t, name, arguments, ...)                                                                \
	deed_##name##_##t arguments;                                                               \
	expect_##t(r, (const __typeof__(*r.tag)[LEN]){ __VA_ARGS__ }, #name)
#define IS_BY(t, name, arguments, ...)                                                             \
	deed_##name##_##t##_by arguments;                                                          \
	expect_##t(r, (const __typeof__(*r.tag)[LEN]){ __VA_ARGS__ }, #name "_by")

EACH_OF(float, f32, deed_f32) EACH_OF(double, f64, deed_f64)

	Test(kernels, integers_are_added_and_compared)
{
	static const int32_t narrow[] = { INT32_MAX, 7, INT32_MAX, INT32_MIN + 1 };
	static const int64_t wide[] = { 3, INT64_MAX, -4, INT64_MIN };
	deed_i32 xs = DEED_EMPTY;
	deed_i64 ys = DEED_EMPTY;

	cr_assert(deed_from(&xs, narrow, 4) == 0 && deed_from(&ys, wide, 4) == 0);
	{
		DEED_BORROWED(x, &xs);
		DEED_INOUT(y, &ys);

		cr_expect(deed_sum_i32(x) == (int64_t)INT32_MAX + 7);
		cr_expect(deed_min_i32(x) == INT32_MIN + 1 && deed_max_i32(x) == INT32_MAX);
		cr_expect(deed_sum_i64(y) == -2);
		cr_expect(deed_min_i64(y) == INT64_MIN && deed_max_i64(y) == INT64_MAX);
	}
	deed_drop(&xs);
	deed_drop(&ys);
}

Test(kernels, conversions_go_both_ways)
{
	static const double values[] = { 0.5, 1.5, -2.5, 300, -40000, 1e300 };
	deed_f64 doubles = made_f64(values, LEN), back = DEED_EMPTY;
	deed_f32 floats = DEED_EMPTY;
	deed_u8 bytes = DEED_EMPTY;
	deed_i16 shorts = DEED_EMPTY;
	deed_i32 ints = DEED_EMPTY;

	cr_assert(!deed_new(&floats, LEN) && !deed_new(&bytes, LEN) && !deed_new(&shorts, LEN) &&
		  !deed_new(&ints, LEN) && !deed_new(&back, LEN));
	{
		DEED_BORROWED(d, &doubles);
		DEED_INOUT(f, &floats);
		DEED_INOUT(b, &bytes);
		DEED_INOUT(s, &shorts);
		DEED_INOUT(n, &ints);
		DEED_INOUT(e, &back);

		deed_f32_from_f64(f, d);
		cr_expect(deed_at(f, 4) == -40000 && isinf(deed_at(f, 5)));
		deed_f64_from_f32(e, f);
		cr_expect(deed_at(e, 0) == 0.5 && isinf(deed_at(e, 5)));
		deed_u8_from_f32(b, f);
		deed_i16_from_f32(s, f);
		deed_i32_from_f32(n, f);
		cr_expect(deed_at(b, 0) == 0 && deed_at(b, 1) == 2 && deed_at(b, 2) == 0);
		cr_expect(deed_at(b, 3) == 255 && deed_at(b, 4) == 0 && deed_at(b, 5) == 255);
		cr_expect(deed_at(s, 2) == -2 && deed_at(s, 3) == 300);
		cr_expect(deed_at(s, 4) == INT16_MIN && deed_at(s, 5) == INT16_MAX);
		cr_expect(deed_at(n, 4) == -40000 && deed_at(n, 5) == INT32_MAX);
		deed_f32_from_u8(f, b);
		cr_expect(deed_at(f, 1) == 2 && deed_at(f, 5) == 255);
		deed_f32_from_i16(f, s);
		cr_expect(deed_at(f, 2) == -2 && deed_at(f, 4) == INT16_MIN);
		deed_f32_from_i32(f, n);
		cr_expect(deed_at(f, 4) == -40000 && deed_at(f, 5) == 0x1p31f);
	}
	deed_drop(&doubles);
	deed_drop(&back);
	deed_drop(&floats);
	deed_drop(&bytes);
	deed_drop(&shorts);
	deed_drop(&ints);
}

Test(kernels, a_histogram_is_added_to)
{
	static const uint8_t text[] = { 'a', 0, 'b', 255, 'a', 'a', 0 };
	deed_u64 counts = DEED_EMPTY;
	deed_u8 bytes = DEED_EMPTY;

	cr_assert(!deed_new_zeroed(&counts, 256) && !deed_from(&bytes, text, sizeof text));
	{
		DEED_INOUT(n, &counts);
		DEED_BORROWED(x, &bytes);

		deed_histogram_u8(n, x);
		deed_histogram_u8(n, deed_slice(x, 0, 2));
		cr_expect(deed_at(n, 'a') == 4 && deed_at(n, 0) == 3);
		cr_expect(deed_at(n, 'b') == 1 && deed_at(n, 255) == 1);
	}
	deed_drop(&counts);
	deed_drop(&bytes);
}

/* ---- what they refuse ----------------------------------------------------------------------- */

static deed_f32 ramp(size_t count)
{
	deed_f32 xs = DEED_EMPTY;

	cr_assert(deed_new(&xs, count) == 0);
	{
		DEED_INOUT(x, &xs);

		for (size_t i = 0; i < count; i++)
			deed_at(x, i) = (float)i;
	}
	return xs;
}

static bool is_ramp(deed_f32_borrowed v)
{
	for (size_t i = 0; i < deed_len(v); i++)
		if (deed_at(v, i) != (float)i)
			return false;
	return true;
}

/* Ranges of one inout loan, and what an operation with two operands of one length says of them. */
Test(kernels, what_is_written_overlaps_nothing_else)
{
	static const struct {
		size_t to, from, len;
		enum deed_fault fault;
	} pairs[] = {
		{ 0, 5, 5, OK },       { 5, 0, 5, OK },	      { 0, 4, 5, DEED_E26 },
		{ 4, 0, 5, DEED_E26 }, { 2, 2, 3, DEED_E26 }, { 9, 9, 1, DEED_E26 },
		{ 8, 9, 1, OK },       { 3, 3, 0, OK },	      { 0, 0, 10, DEED_E26 },
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		deed_f32 xs = ramp(10);

		{
			DEED_INOUT(v, &xs);
			const size_t len = pairs[i].len, to = pairs[i].to, from = pairs[i].from;
			const deed_f32_inout y = deed_slice(v, to, to + len);
			const deed_f32_inout x = deed_slice(v, from, from + len);

			expect_fault(pairs[i].fault, deed_axpy_f32(y, 3.0f, x));
			cr_expect(is_ramp(deed_reading(v)) == (pairs[i].fault != OK || !len));
		}
		deed_drop(&xs);
	}
}

/* Whether the last fault was of this id, and its report has these words. */
static void expect_words(enum deed_fault expected, enum deed_fault fault, const char *words,
			 int line)
{
	cr_expect(fault == expected, "line %d: expected %s, got %s", line, trapped_id(expected),
		  trapped_id(fault));
	cr_expect(strstr(trapped.report.message, words) || strstr(trapped.report.text, words),
		  "line %d: not \"%s\", but\n%s", line, words, trapped.report.text);
}

/* One fault to a buffer, or it is but counted: each in a buffer of its own. (What an operation is
 * expanded to is too long for a string.) */
#define EXPECT_HELP(help, operation)                                                               \
	do {                                                                                       \
		deed_f32 xs = ramp(8), ys = ramp(4);                                               \
                                                                                                   \
		{                                                                                  \
			DEED_INOUT(z, &xs);                                                        \
			DEED_BORROWED(y, &ys);                                                     \
			const deed_f32_inout v = deed_slice(z, 0, 4);                              \
			const float a = 2.0f;                                                      \
                                                                                                   \
			(void)a, (void)v, (void)y;                                                 \
			expect_words(DEED_E26, fault_of(operation), "= help: " help "\n",          \
				     __LINE__);                                                    \
			cr_expect(is_ramp(deed_reading(z)));                                       \
		}                                                                                  \
		deed_drop(&xs);                                                                    \
		deed_drop(&ys);                                                                    \
	} while (0)
#define IN_PLACE(call) "use the in-place form: `" call "`"
#define APART "read from a copy, or from disjoint parts"

Test(kernels, help_names_the_form_that_works_in_place)
{
	EXPECT_HELP(IN_PLACE("deed_scale_f32_by(z, a + 1)"), deed_scale_f32(z, z, a + 1));
	EXPECT_HELP(IN_PLACE("deed_scale_f32_by(v, 2.0f)"), deed_scale_f32(v, v, 2.0f));
	EXPECT_HELP(IN_PLACE("deed_offset_f32_by(v, -a)"), deed_offset_f32(v, v, -a));
	EXPECT_HELP(IN_PLACE("deed_clamp_f32_by(v, 0, a)"), deed_clamp_f32(v, v, 0, a));
	EXPECT_HELP(IN_PLACE("deed_reverse_f32_by(z)"), deed_reverse_f32(z, z));
	EXPECT_HELP(IN_PLACE("deed_prefix_sum_f32_by(z)"), deed_prefix_sum_f32(z, z));
	EXPECT_HELP(IN_PLACE("deed_add_f32_by(v, y)"), deed_add_f32(v, v, y));
	EXPECT_HELP(IN_PLACE("deed_add_f32_by(v, y)"), deed_add_f32(v, y, v));
	EXPECT_HELP(IN_PLACE("deed_mul_f32_by(v, y)"), deed_mul_f32(v, y, v));
	EXPECT_HELP(IN_PLACE("deed_sub_f32_by(v, y)"), deed_sub_f32(v, v, y));
	EXPECT_HELP(IN_PLACE("deed_fma_f32_by(v, y, y)"), deed_fma_f32(v, y, y, v));
	/* What had better not be repeated, or would not be the same. */
	EXPECT_HELP(IN_PLACE("deed_reverse_f32_by()"),
		    deed_reverse_f32(deed_slice(z, 1, 4), deed_slice(z, 1, 4)));
	EXPECT_HELP(IN_PLACE("deed_scale_f32_by()"), deed_scale_f32(v, v, sqrtf(a)));
	EXPECT_HELP(APART, deed_sub_f32(v, y, v));
	EXPECT_HELP(APART, deed_fma_f32(v, v, y, y));
	EXPECT_HELP(APART, deed_axpy_f32(z, a, z));
	EXPECT_HELP(APART, deed_add_f32(v, deed_slice(z, 1, 5), y));
	EXPECT_HELP(APART, deed_add_f32_by(z, z));
	EXPECT_HELP(APART, deed_copy(z, z));
	EXPECT_HELP(APART, deed_interleave2_f32(z, v, y));
	EXPECT_HELP("write to disjoint parts", deed_deinterleave2_f32(v, v, z));
	/* What reads it twice would still read what it writes. */
	EXPECT_HELP(APART, deed_mul_f32(v, v, v));
	EXPECT_HELP(APART, deed_sub_f32(v, v, v));
	EXPECT_HELP(APART, deed_add_f32(v, v, deed_slice(z, 2, 6)));
	EXPECT_HELP(APART, deed_fma_f32(v, v, y, v));
}

Test(kernels, two_that_are_written_do_not_overlap_each_other)
{
	deed_f32 xs = ramp(8), ys = ramp(8);

	{
		DEED_INOUT(x, &xs);
		DEED_BORROWED(y, &ys);

		expect_fault(DEED_E26,
			     deed_deinterleave2_f32(deed_slice(x, 0, 4), deed_slice(x, 3, 7), y));
		cr_expect(strstr(trapped.report.message,
				 "writes elements [0, 4) of `xs` and writes [3, 7) of it (view 2, "
				 "`deed_slice(x, 3, 7)`), which overlap"));
		cr_expect(strstr(trapped.report.text, "and some of them twice"));
		cr_expect(is_ramp(deed_reading(x)));
		expect_silent(deed_deinterleave2_f32(deed_slice(x, 0, 4), deed_slice(x, 4, 8), y));
		cr_expect(deed_at(x, 3) == 6 && deed_at(x, 4) == 1 && deed_at(x, 7) == 7);
	}
	deed_drop(&xs);
	deed_drop(&ys);
}

/* Elements of two sizes are counted in bytes. */
Test(kernels, operands_of_two_types_overlap_in_their_bytes)
{
	deed_u64 counts = DEED_EMPTY;

	cr_assert(deed_new_zeroed(&counts, 512) == 0);
	{
		DEED_INOUT(n, &counts);

		expect_fault(DEED_E26, deed_histogram_u8(deed_slice(n, 0, 256),
							 deed_slice(deed_bytes(n), 2047, 2050)));
		cr_expect(strstr(trapped.report.message, "which share bytes"));
		expect_silent(deed_histogram_u8(deed_slice(n, 0, 256),
						deed_slice(deed_bytes(n), 2048, 2050)));
		cr_expect(deed_at(n, 0) == 2);
	}
	deed_drop(&counts);
}

/* Of three lengths of which two agree the third is wrong. */
#define EXPECT_LENGTHS(text, operation)                                                            \
	do {                                                                                       \
		deed_f32 as = ramp(4), bs = ramp(4), cs = ramp(4);                                 \
                                                                                                   \
		{                                                                                  \
			DEED_INOUT(a, &as);                                                        \
			DEED_INOUT(b, &bs);                                                        \
			DEED_INOUT(c, &cs);                                                        \
                                                                                                   \
			(void)c;                                                                   \
			expect_words(DEED_E15, fault_of(operation), text, __LINE__);               \
			cr_expect(is_ramp(deed_reading(a)) && is_ramp(deed_reading(b)));           \
		}                                                                                  \
		deed_drop(&as);                                                                    \
		deed_drop(&bs);                                                                    \
		deed_drop(&cs);                                                                    \
	} while (0)
#define FIRST(view, count) deed_slice(view, 0, count)

Test(kernels, lengths_fit_each_other)
{
	EXPECT_LENGTHS("`FIRST(a, 3)` has 3 elements, and `b` 4: deed_add_f32() takes views of one",
		       deed_add_f32(FIRST(a, 3), b, c));
	EXPECT_LENGTHS("`FIRST(b, 3)` has 3 elements, and `a` 4: deed_add_f32()",
		       deed_add_f32(a, FIRST(b, 3), c));
	EXPECT_LENGTHS("`FIRST(c, 1)` has 1 element, and `a` 4: deed_add_f32()",
		       deed_add_f32(a, b, FIRST(c, 1)));
	EXPECT_LENGTHS("`a` has 4 elements, and `FIRST(b, 1)` 1: deed_axpy_f32()",
		       deed_axpy_f32(a, 2, FIRST(b, 1)));
	EXPECT_LENGTHS("`a` has 4 elements, and `FIRST(b, 3)` 3: ",
		       cr_expect(!deed_claim(a, FIRST(b, 3))));
	EXPECT_LENGTHS("`FIRST(b, 3)` has 3 elements, and `a` 4: ",
		       cr_expect(!deed_claim(a, deed_reading(c), FIRST(b, 3))));
	EXPECT_LENGTHS("`a` has 4 elements, and `FIRST(b, 0)` 0: deed_dot_f32()",
		       cr_expect(deed_dot_f32(a, FIRST(b, 0)) == 0));
	EXPECT_LENGTHS("`a` has 4 elements, and `b` 4: deed_interleave2_f32() takes 2 for every 1",
		       deed_interleave2_f32(a, b, c));
	EXPECT_LENGTHS("`FIRST(a, 3)` has 3 elements, and `FIRST(b, 1)` 1: deed_interleave2_f32()",
		       deed_interleave2_f32(FIRST(a, 3), FIRST(b, 1), FIRST(c, 1)));
	EXPECT_LENGTHS("`FIRST(c, 1)` has 1 element, and `a` 4: deed_interleave2_f32() takes 1 for "
		       "every 2",
		       deed_interleave2_f32(a, FIRST(b, 2), FIRST(c, 1)));
	EXPECT_LENGTHS("`c` has 4 elements, and `a` 4: deed_deinterleave2_f32() takes 2 for every "
		       "1",
		       deed_deinterleave2_f32(a, b, c));
	EXPECT_LENGTHS("`FIRST(c, 3)` has 3 elements",
		       deed_deinterleave2_f32(FIRST(a, 1), FIRST(b, 1), FIRST(c, 3)));
}

Test(kernels, a_histogram_has_256_counts)
{
	static const size_t lens[] = { 0, 1, 255, 257 };

	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		deed_u64 counts = DEED_EMPTY;
		deed_u8 bytes = DEED_EMPTY;

		cr_assert(!deed_new_zeroed(&counts, 300) && !deed_new_zeroed(&bytes, lens[i]));
		{
			DEED_INOUT(n, &counts);
			DEED_BORROWED(x, &bytes);

			expect_fault(DEED_E15, deed_histogram_u8(deed_slice(n, 0, lens[i]), x));
			cr_expect(strstr(trapped.report.message, "deed_histogram_u8() takes 256"));
			cr_expect(deed_at(n, 0) == 0);
			expect_silent(deed_histogram_u8(deed_slice(n, 0, 256), x));
			cr_expect(deed_at(n, 0) == lens[i]);
		}
		deed_drop(&counts);
		deed_drop(&bytes);
	}
}

Test(kernels, an_ended_operand_is_named)
{
	deed_f32 xs = ramp(4), ys = ramp(4), zs = ramp(4);
	deed_f32_inout x = deed_inout(&xs), z = deed_inout(&zs);
	deed_f32_borrowed y = deed_borrow(&ys);

	deed_end(&ys, &y);
	expect_fault(DEED_E11, deed_add_f32(z, x, y));
	cr_expect(strstr(trapped.report.message, "`y` is used here, but its loan was ended"), "%s",
		  trapped.report.message);
	cr_expect(is_ramp(deed_reading(z)));
	deed_end(&zs, &z);
	expect_fault(DEED_E11, deed_fill_f32(z, 1.0f));
	cr_expect(strstr(trapped.report.message, "`z` is used here, but its loan was ended"), "%s",
		  trapped.report.message);
	deed_end(&xs, &x);
	deed_drop(&xs);
	deed_drop(&ys);
	deed_drop(&zs);
}

Test(kernels, what_is_lent_on_is_not_used)
{
	deed_f32 xs = ramp(4), ys = ramp(4);
	deed_f32_inout x = deed_inout(&xs), y = deed_inout(&ys), part;
	deed_f32_borrowed r;

	r = deed_borrow_part(&x, 1, 2);
	expect_fault(DEED_E13, deed_add_f32_by(x, y));
	expect_silent(deed_add_f32_by(y, x)); /* to read what is lent for reading is fine */
	expect_silent(deed_scale_f32_by(deed_slice(x, 2, 4), 1));
	deed_end(&x, &r);
	part = deed_inout_part(&y, 1, 2);
	expect_fault(DEED_E13, deed_add_f32_by(x, y));
	expect_silent(deed_add_f32_by(deed_slice(x, 2, 4), deed_slice(y, 2, 4)));
	expect_silent(deed_fill_f32(part, 0));
	deed_end(&y, &part);
	deed_end(&xs, &x);
	deed_end(&ys, &y);
	deed_drop(&xs);
	deed_drop(&ys);
}

/* Of nothing: its result where its operand is refused. */
Test(kernels, a_refused_reduction_has_the_result_of_nothing)
{
	for (int i = 0; i < 9; i++) {
		deed_f32 xs = ramp(4);
		deed_f32_inout x = deed_inout(&xs);
		bool is_right = false;

		deed_end(&xs, &x);
		expect_fault(DEED_E11, {
			is_right = i == 0   ? deed_sum_f32(x) == 0 && !signbit(deed_sum_f32(x))
				   : i == 1 ? deed_dot_f32(x, x) == 0
				   : i == 2 ? deed_sum_squares_f32(x) == 0
				   : i == 3 ? deed_norm2_f32(x) == 0
				   : i == 4 ? deed_mean_variance_f32(x).variance == 0
				   : i == 5 ? deed_min_f32(x) == INFINITY
				   : i == 6 ? deed_max_f32(x) == -INFINITY
				   : i == 7 ? deed_argmin_f32(x) == SIZE_MAX
					    : deed_argmax_f32(x) == SIZE_MAX;
		});
		cr_expect(is_right, "%d", i);
		deed_drop(&xs);
	}
}

Test(kernels, a_view_of_elements_of_another_size_is_refused)
{
	deed_f64 xs = DEED_EMPTY;

	cr_assert(deed_new_zeroed(&xs, 4) == 0);
	{
		DEED_INOUT(x, &xs);
		deed_f32_inout wrong;

		memcpy(&wrong, &x, sizeof wrong);
		expect_fault(DEED_E22, deed_scale_f32_by(wrong, 2));
	}
	deed_drop(&xs);
}

/* By hand, past all verbs: one element more, one further, one before. Of a whole buffer, and of a
 * part.
 */
Test(kernels, a_view_that_was_stretched_is_out_of_bounds)
{
	for (int i = 0; i < 6; i++) {
		deed_f32 xs = ramp(16);
		deed_f32_inout v = i < 3 ? deed_inout(&xs) : deed_inout_part(&xs, 4, 8);
		deed_f32_inout stretched = v;

		stretched.h.len += i % 3 == 0;
		stretched.h.data = (float *)v.h.data + (i % 3 == 1) - (i % 3 == 2);
		expect_fault(DEED_E15, deed_fill_f32(stretched, -1));
		cr_expect(deed_min_f32(v) == deed_at(v, 0) && deed_at(v, 0) >= 0);
		deed_end(&xs, &v);
		cr_expect(trapped.count + trapped.follow_ons == 1);
		deed_drop(&xs);
	}
}

/* ---- what they must not refuse -------------------------------------------------------------- */

Test(kernels, what_is_only_read_may_be_one_view_and_may_overlap)
{
	deed_f32 xs = ramp(4), zs = ramp(4);

	{
		DEED_INOUT(x, &xs);
		DEED_INOUT(z, &zs);
		const deed_f32_borrowed r = deed_reading(x);

		expect_silent(cr_expect(deed_dot_f32(x, x) == 14));
		expect_silent(cr_expect(deed_dot_f32(r, x) == 14));
		expect_silent(deed_mul_f32(z, x, x));
		cr_expect(deed_at(z, 3) == 9);
		expect_silent(deed_add_f32(deed_slice(z, 0, 3), deed_slice(r, 0, 3),
					   deed_slice(x, 1, 4)));
		cr_expect(deed_at(z, 0) == 1 && deed_at(z, 2) == 5);
		expect_silent(deed_fma_f32(z, x, r, x));
		cr_expect(deed_at(z, 3) == 12);
		expect_silent(deed_interleave2_f32(z, deed_slice(x, 0, 2), deed_slice(x, 0, 2)));
		cr_expect(deed_at(z, 3) == 1);
	}
	{
		DEED_BORROWED(whole, &xs);
		DEED_BORROWED_PART(part, &xs, 1, 3);

		expect_silent(cr_expect(deed_dot_f32(deed_slice(whole, 0, 2), part) == 2));
	}
	deed_drop(&xs);
	deed_drop(&zs);
}

Test(kernels, parts_that_touch_are_apart)
{
	deed_f32 xs = ramp(9);

	{
		DEED_INOUT(x, &xs);

		expect_silent(deed_add_f32(deed_slice(x, 3, 6), deed_slice(x, 0, 3),
					   deed_slice(x, 6, 9)));
		cr_expect(deed_at(x, 3) == 6 && deed_at(x, 5) == 10);
	}
	{
		deed_f32_inout v = deed_inout(&xs);
		deed_f32_inout low, high;

		deed_split(&v, 4, &low, &high);
		expect_silent(deed_axpy_f32(low, 1, deed_slice(high, 0, 4)));
		deed_end(&v, &low);
		deed_end(&v, &high);
		deed_end(&xs, &v);
	}
	deed_drop(&xs);
}

Test(kernels, nothing_is_an_operand_like_any_other)
{
	const deed_f32_inout none = DEED_EMPTY;
	const deed_f32_borrowed null = DEED_EMPTY;
	deed_f32 xs = ramp(4), empty = DEED_EMPTY;

	cr_assert(deed_new(&empty, 0) == 0);
	expect_silent(deed_add_f32(none, null, none));
	expect_silent(deed_reverse_f32_by(none));
	expect_silent(deed_interleave4_f32(none, null, null, null, null));
	expect_silent(cr_expect(deed_sum_f32(null) == 0 && deed_argmax_f32(none) == SIZE_MAX));
	{
		DEED_INOUT(x, &xs);
		DEED_INOUT(e, &empty);

		expect_silent(deed_copy(e, null));
		expect_silent(deed_add_f32(e, deed_slice(x, 2, 2), deed_slice(x, 4, 4)));
		expect_silent(deed_add_f32(deed_slice(x, 2, 2), deed_slice(x, 2, 2), e));
		expect_silent(cr_expect(deed_min_f32(deed_slice(x, 1, 1)) == INFINITY));
	}
	deed_drop(&xs);
	deed_drop(&empty);
}

Test(kernels, every_family_of_the_type_will_do)
{
	static const float values[] = { 1, 2, 3 };
	samples xs = DEED_EMPTY;
	deed_f32 ys = ramp(3);
	float plain[3] = { 10, 20, 30 };

	cr_assert(deed_from(&xs, values, 3) == 0);
	{
		DEED_INOUT(x, &xs);
		DEED_BORROWED(y, &ys);
		DEED_LEND(p, plain, 3);

		expect_silent(deed_add_f32_by(x, y));
		expect_silent(deed_add_f32_by(p, x));
		cr_expect(plain[0] == 11 && plain[2] == 35 && deed_sum_f32(x) == 9);
	}
	deed_drop(&xs);
	deed_drop(&ys);
}

#define POINT(FIELD) FIELD(float, x) FIELD(float, y) FIELD(double, weight)
DEED_SOA(points, POINT);

Test(kernels, columns_are_operands)
{
	points ps = DEED_EMPTY;

	cr_assert(deed_soa_new_zeroed(&ps, 100) == 0);
	{
		DEED_SOA_INOUT(x, &ps, x);
		DEED_SOA_INOUT(y, &ps, y);
		DEED_SOA_INOUT(weight, &ps, weight);

		expect_silent({
			deed_fill_f32(x, 3);
			deed_fill_f32(y, 4);
			deed_add_f32_by(x, y);
			deed_f64_from_f32(weight, x);
		});
		cr_expect(deed_sum_f64(weight) == 700);
		expect_fault(DEED_E26, deed_add_f32(x, x, y));
		cr_expect(strstr(trapped.report.message, "[0, 100) of"), "%s",
			  trapped.report.message);
	}
	deed_soa_drop(&ps);
}

Test(kernels, rows_of_tiles_are_operands)
{
	deed_f32 m = ramp(20);
	float last;

	{
		DEED_TILE_INOUT(left, &m, 5, 0, 0, 4, 2);
		DEED_TILE_BORROWED(right, &m, 5, 0, 2, 4, 2);

		for (size_t row = 0; row < deed_tile_rows(left); row++)
			expect_silent(deed_add_f32_by(deed_tile_row(left, row),
						      deed_tile_row(right, row)));
		last = deed_at(deed_tile_row(left, 3), 1);
		cr_expect(last == 16 + 18);
		expect_fault(DEED_E15, deed_scale_f32_by(deed_tile_row(left, 4), 2));
	}
	deed_drop(&m);
}

/* The rows of the ledger lie in chunks of 1024. */
Test(kernels, a_buffer_after_a_thousand_others_is_an_operand)
{
	static deed_f32 many[1100];

	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = ramp(4);
	for (size_t i = 1; i < ARRAY_LEN(many); i++) {
		DEED_INOUT(y, &many[i]);
		DEED_BORROWED(x, &many[i - 1]);

		expect_silent(deed_add_f32_by(y, x));
		cr_expect(deed_at(y, 3) == 3 * (float)(i + 1));
	}
	{
		DEED_INOUT(y, &many[ARRAY_LEN(many) - 1]);

		expect_fault(DEED_E26, deed_axpy_f32(y, 1, y));
	}
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		deed_drop(&many[i]);
}

static int calls;

static deed_f32_inout next(deed_f32_inout v)
{
	calls++;
	return v;
}

static float factor(void)
{
	calls++;
	return 2;
}

Test(kernels, arguments_are_evaluated_once)
{
	deed_f32 xs = ramp(4), ys = ramp(4);

	{
		DEED_INOUT(x, &xs);
		DEED_INOUT(y, &ys);

		expect_silent(deed_scale_f32(next(y), next(x), factor()));
		cr_expect(calls == 3 && deed_at(y, 3) == 6);
		expect_silent(cr_expect(deed_claim(next(y), next(x))));
		cr_expect(calls == 5);
	}
	deed_drop(&xs);
	deed_drop(&ys);
}

/* ---- going on ------------------------------------------------------------------------------- */

/* A refused view is of the true memory, and silent; what can be done is done. */
DEED_UNCHECKED Test(kernels, refused_operands_are_silent)
{
	deed_f32 xs = ramp(4), ys = ramp(4);
	deed_f32_inout x = deed_inout(&xs), refused = DEED_EMPTY;
	deed_f32_borrowed y = deed_borrow(&ys);

	expect_fault(DEED_E09, refused = deed_inout(&xs));
	expect_silent(deed_add_f32_by(refused, y));
	cr_expect(deed_at(x, 3) == 6);
	expect_silent(deed_add_f32(refused, x, y)); /* would overlap: it is not done */
	cr_expect(deed_at(x, 3) == 6);
	expect_silent(deed_add_f32_by(refused, deed_slice(y, 0, 2)));
	cr_expect(deed_at(x, 1) == 2);
	expect_silent(cr_expect(deed_sum_f32(refused) == 12));
	deed_end(&xs, &refused);
	deed_end(&xs, &x);
	deed_end(&ys, &y);
	/* The others are what they were. */
	expect_fault(DEED_E11, deed_add_f32_by(refused, y));
	deed_drop(&xs);
	deed_drop(&ys);
}

Test(kernels, a_handler_may_jump_out)
{
	for (volatile int i = 0; i < 3; i++) {
		deed_f32 xs = ramp(4);

		{
			DEED_INOUT(x, &xs);

			cr_expect(fault_jumped(deed_add_f32(x, x, x)) == DEED_E26);
			cr_expect(is_ramp(deed_reading(x)));
			expect_silent(deed_scale_f32_by(x, 2));
		}
		deed_drop(&xs);
	}
}

CHILD(goes_on)
{
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;

	require(!deed_new_zeroed(&xs, 8) && !deed_new_zeroed(&ys, 4));
	{
		DEED_INOUT(x, &xs);
		DEED_INOUT(y, &ys);

		deed_fill_f32(x, 1);
		deed_add_f32(x, x, x);
		require(deed_sum_f32(x) == 8);
		deed_add_f32_by(y, x);
		require(deed_sum_f32(y) == 0);
		deed_add_f32_by(y, deed_slice(x, 0, 4));
		require(deed_sum_f32(y) == 4);
	}
	deed_drop(&xs);
	deed_drop(&ys);
}

Test(kernels, with_on_fault_continue_the_program_goes_on)
{
	const struct child_result *const result = child_run("goes_on", NULL, "on_fault=continue");

	cr_expect(result->signal == 0 && result->code != CHILD_WRONG, "%d, %d: %s", result->signal,
		  result->code, result->err);
	cr_expect(times_in(result->err, "deed: E26 kernel operands overlap: deed_add_f32()") == 1);
	cr_expect(times_in(result->err, "deed: E15 out of bounds: `y` has 4 elements") == 1);
}

/* ---- hot regions ---------------------------------------------------------------------------- */

Test(kernels, in_a_hot_region_operands_are_aligned)
{
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;

	cr_assert(!deed_new_zeroed(&xs, 64) && !deed_new_aligned(&ys, 64, 64));
	{
		DEED_HOT("kernels");
		DEED_BORROWED(x, &xs);
		DEED_INOUT(y, &ys);

		expect_silent(deed_fill_f32(y, 2));
		for (int i = 0; i < 2; i++) /* at one place once */
			expect_fault(i ? OK : DEED_A04, deed_add_f32_by(y, x));
		cr_expect(deed_at(y, 0) == 2);
		expect_fault(DEED_A04, deed_axpy_f32(y, 1, x));
		cr_expect(strstr(trapped.report.message, "`x` in the hot region `kernels`"), "%s",
			  trapped.report.message);
		expect_fault(DEED_A04, deed_scale_f32_by(deed_slice(y, 1, 64), 2));
		cr_expect(deed_at(y, 1) == 4 && deed_at(y, 0) == 2);
	}
	deed_drop(&xs);
	deed_drop(&ys);
}

/* ---- claims --------------------------------------------------------------------------------- */

static int mix(deed_f32_inout y, deed_f32_borrowed x)
{
	if (!deed_claim(y, x))
		return 0;
	for (size_t i = 0; i < deed_len(y); i++)
		deed_at(y, i) += deed_at(x, i);
	return 1;
}

Test(kernels, a_claim_names_the_function_that_it_is_in)
{
	deed_f32 xs = ramp(8), ys = ramp(4), zs = ramp(4);

	{
		DEED_INOUT(x, &xs);
		DEED_INOUT(y, &ys);
		DEED_BORROWED(z, &zs);

		expect_silent(cr_expect(mix(y, z)));
		cr_expect(deed_at(y, 3) == 6);
		expect_fault(DEED_E26, cr_expect(!mix(deed_slice(x, 0, 4),
						      deed_reading(deed_slice(x, 3, 7)))));
		cr_expect(strstr(trapped.report.message, "mix() writes elements [0, 4) of `xs`"),
			  "%s", trapped.report.message);
		expect_fault(DEED_E15, cr_expect(!mix(y, deed_slice(z, 0, 3))));
		cr_expect(strstr(trapped.report.message, "mix() takes views of one length"));
		cr_expect(deed_at(x, 3) == 3);
	}
	deed_drop(&xs);
	deed_drop(&ys);
	deed_drop(&zs);
}

static int look_at(deed_f32_borrowed x)
{
	return deed_claim(x);
}

static int write_to(deed_f32_inout x)
{
	return deed_claim(x);
}

Test(kernels, a_claim_of_one_view_is_of_its_rights)
{
	deed_f32 xs = ramp(8), ys = ramp(8);
	deed_f32_inout x = deed_inout(&xs), part = deed_inout_part(&x, 0, 4);
	deed_f32_inout y = deed_inout(&ys);
	const deed_f32_inout stale = y;

	expect_silent(cr_expect(write_to(part)));
	expect_fault(DEED_E13, cr_expect(!look_at(deed_reading(x))));
	deed_end(&x, &part);
	expect_silent(cr_expect(look_at(deed_reading(x))));
	deed_end(&xs, &x);
	deed_end(&ys, &y);
	expect_fault(DEED_E11, cr_expect(!write_to(stale)));
	deed_drop(&xs);
	deed_drop(&ys);
}

Test(kernels, a_claim_takes_inout_views_to_be_written)
{
	deed_f32 xs = ramp(8), ys = ramp(2);
	deed_f64 wide = DEED_EMPTY;

	cr_assert(deed_new_zeroed(&wide, 2) == 0);
	{
		DEED_INOUT(x, &xs);
		DEED_INOUT(y, &ys);
		DEED_INOUT(d, &wide);
		const deed_f32_inout a = deed_slice(x, 0, 2), b = deed_slice(x, 2, 4);
		const deed_f32_inout c = deed_slice(x, 4, 6), e = deed_slice(x, 6, 8);

		expect_silent({
			cr_expect(deed_claim(a));
			cr_expect(deed_claim(deed_reading(a)));
			cr_expect(deed_claim(a, b));
			cr_expect(deed_claim(a, b, c));
			cr_expect(deed_claim(a, b, c, d));
			cr_expect(deed_claim(a, b, c, d, e));
			cr_expect(deed_claim(a, b, c, d, e, y));
			cr_expect(deed_claim(d, deed_reading(y), a, deed_reading(y), b, c, e));
			cr_expect(deed_claim(d, y, deed_reading(a), deed_reading(a), b, c, e,
					     deed_reading(a)));
			cr_expect(deed_claim(deed_reading(a), deed_reading(a)));
		});
		expect_fault(DEED_E26, cr_expect(!deed_claim(d, y, b, c, e, a, deed_reading(y),
							     deed_reading(b))));
		cr_expect(trapped_sites(DEED_ROLE_HERE, __LINE__ - 1) +
				  trapped_sites(DEED_ROLE_HERE, __LINE__ - 3) ==
			  1);
		expect_fault(DEED_E26, cr_expect(!deed_claim(deed_reading(a), c, a)));
		expect_fault(DEED_E15, cr_expect(!deed_claim(d, deed_slice(y, 0, 1))));
	}
	deed_drop(&xs);
	deed_drop(&ys);
	deed_drop(&wide);
}
