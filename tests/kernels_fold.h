/* SPDX-License-Identifier: MIT
 *
 * tests/kernels_fold.h - what test_kernels_fold.c promises of float and of double. A template: T is
 * the type, t its name, LANES so many are a row, U its unit of rounding, and BIGGEST, NORMAL and
 * SMALLEST are its range.
 */

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(name) JOIN(JOIN(name, _), t)
#define OF_TYPE(name) JOIN(JOIN(t, _), name)

/* Zeros go on to the end of the row, and an element in front is there to be left out. */
static T NAME(xs)[MOST_COUNT + 1 + 16], NAME(ys)[MOST_COUNT + 1 + 16];
static T NAME(terms)[MOST_COUNT + 16];

/* How many additions a term goes through at most. */
static double NAME(depth)(size_t count)
{
	return ceil(log2((double)(count < LANES ? LANES : count)));
}

/* Adds a term to sum[0] + sum[1] without loss that matters: they have twice 64 bits (Knuth). */
static void NAME(exactly)(long double sum[2], long double term)
{
	const long double total = sum[0] + term, part = total - sum[0];

	sum[1] += (sum[0] - (total - part)) + (term - part);
	sum[0] = total;
}

/* The exact sum of x y, and of its absolute values: a product is two numbers of long double. */
static void NAME(exact_dot)(const T *x, const T *y, size_t count, long double *sum, double *size)
{
	long double sums[2] = { 0, 0 };

	*size = 0;
	for (size_t i = 0; i < count; i++) {
		const long double product = (long double)x[i] * y[i];

		NAME(exactly)(sums, product);
		NAME(exactly)(sums, fmal((long double)x[i], (long double)y[i], -product));
		*size += fabs((double)product);
	}
	*sum = sums[0] + sums[1];
}

/* Numbers of all sizes, most of which cancel each other. */
static void NAME(fill_badly)(T *x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		x[i] = (T)ldexp(between_0_and_1() - 0.5, (int)(between_0_and_1() * 60) - 30);
	for (size_t i = 0; i + 1 < count; i += 2)
		x[(i * 7919 + 1) % count] = -x[(i * 7919) % count];
}

Test(kernels_fold, NAME(sums_are_the_tree_of_the_law))
{
	EACH_RUNG(k)
	{
		for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
			const size_t count = counts[c], at = c % 2;
			const T *const x = NAME(xs) + at, *const y = NAME(ys) + at;
			T *const terms = NAME(terms);

			NAME(fill_badly)(NAME(xs), MOST_COUNT + 1);
			NAME(fill_badly)(NAME(ys), MOST_COUNT + 1);
			memset(terms, 0, sizeof(NAME(terms)));
			memcpy(terms, x, count * sizeof(T));
			expect_same(k->NAME(sum)(x, count), OF_TYPE(sum)(terms, count));
			for (size_t i = 0; i < count; i++)
				terms[i] = x[i] * y[i];
			expect_same(k->NAME(dot)(x, y, count), OF_TYPE(sum)(terms, count));
			for (size_t i = 0; i < count; i++)
				terms[i] = x[i] * x[i];
			expect_same(k->NAME(sum_squares)(x, count), OF_TYPE(sum)(terms, count));
			expect_same(k->NAME(norm2)(x, count), ROOT(OF_TYPE(sum)(terms, count)));
		}
	}
}

Test(kernels_fold, NAME(sums_of_nothing_and_of_zeros_are_plus_zero))
{
	static const T zeros[100] = { -0.0, -0.0, -0.0 };
	static T minus_zeros[100], ones[100];

	for (int i = 0; i < 100; i++) {
		minus_zeros[i] = -zeros[99];
		ones[i] = 1;
	}
	EACH_RUNG(k)
	{
		for (size_t count = 0; count <= 100; count++) {
			expect_same(k->NAME(sum)(minus_zeros, count), (T)0);
			expect_same(k->NAME(sum)(zeros, count), (T)0);
			expect_same(k->NAME(dot)(minus_zeros, ones, count), (T)0);
			expect_same(k->NAME(sum_squares)(minus_zeros, count), (T)0);
			expect_same(k->NAME(norm2)(minus_zeros, count), (T)0);
			expect_same(k->NAME(mean_variance)(minus_zeros, count).mean, 0.0);
			expect_same(k->NAME(mean_variance)(minus_zeros, count).variance, 0.0);
			if (count > 0) {
				expect_same(k->NAME(min)(minus_zeros, count), (T)0);
				expect_same(k->NAME(max)(minus_zeros, count), (T)0);
			}
		}
		expect_same(k->NAME(sum)(NULL, 0), (T)0);
		expect_same(k->NAME(dot)(NULL, NULL, 0), (T)0);
		expect_same(k->NAME(norm2)(NULL, 0), (T)0);
		expect_same(k->NAME(mean_variance)(NULL, 0).mean, 0.0);
	}
}

Test(kernels_fold, NAME(sums_have_the_error_of_pairwise_summation))
{
	EACH_RUNG(k)
	{
		for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
			const size_t count = counts[c];
			const T *const x = NAME(xs), *const y = NAME(ys);
			static T ones[MOST_COUNT];
			const double steps = NAME(depth)(count) * U;
			long double sum;
			double size;

			for (size_t i = 0; i < count; i++)
				ones[i] = 1;
			NAME(fill_badly)(NAME(xs), count);
			NAME(fill_badly)(NAME(ys), count);
			NAME(exact_dot)(x, ones, count, &sum, &size);
			cr_expect(fabsl((long double)k->NAME(sum)(x, count) - sum) <=
					  steps / (1 - steps) * size,
				  "%zu", count);
			NAME(exact_dot)(x, y, count, &sum, &size);
			cr_expect(fabsl((long double)k->NAME(dot)(x, y, count) - sum) <=
					  (steps + U) / (1 - steps - U) * size,
				  "%zu", count);
			NAME(exact_dot)(x, x, count, &sum, &size);
			cr_expect(fabsl((long double)k->NAME(sum_squares)(x, count) - sum) <=
					  (steps + U) / (1 - steps - U) * size,
				  "%zu", count);
		}
	}
}

Test(kernels_fold, NAME(sums_with_nan_or_infinity_are_that))
{
	T *const x = NAME(xs);

	EACH_RUNG(k)
	{
		for (size_t count = 1; count < 300; count++) {
			const size_t at = (size_t)(between_0_and_1() * (double)count);
			const size_t other = (at + 1 + count / 3) % count;

			for (size_t i = 0; i < count; i++)
				x[i] = 1;
			x[at] = (T)NAN;
			cr_expect(isnan(k->NAME(sum)(x, count)));
			cr_expect(isnan(k->NAME(dot)(x, x, count)));
			cr_expect(isnan(k->NAME(norm2)(x, count)));
			cr_expect(isnan(k->NAME(mean_variance)(x, count).mean));
			cr_expect(isnan(k->NAME(mean_variance)(x, count).variance));
			x[at] = -(T)INFINITY;
			expect_same(k->NAME(sum)(x, count), -(T)INFINITY);
			expect_same(k->NAME(sum_squares)(x, count), (T)INFINITY);
			expect_same(k->NAME(norm2)(x, count), (T)INFINITY);
			cr_expect(isnan(k->NAME(mean_variance)(x, count).mean));
			cr_expect(isnan(k->NAME(mean_variance)(x, count).variance));
			if (other != at) {
				x[other] = (T)INFINITY;
				cr_expect(isnan(k->NAME(sum)(x, count)));
				expect_same(k->NAME(norm2)(x, count), (T)INFINITY);
				x[other] = (T)NAN;
				cr_expect(isnan(k->NAME(norm2)(x, count)));
			}
		}
		x[0] = x[1] = BIGGEST;
		expect_same(k->NAME(sum)(x, 2), (T)INFINITY);
		expect_same(k->NAME(dot)(x, x, 1), (T)INFINITY);
	}
}

Test(kernels_fold, NAME(norm2_neither_overflows_nor_underflows_in_between))
{
	/* The largest element; the others are smaller by up to 2^30. */
	const double largest[] = { BIGGEST / 1024,
				   sqrt((double)BIGGEST),
				   1e6,
				   1,
				   1e-6,
				   sqrt((double)NORMAL),
				   sqrt((double)NORMAL / U),
				   (double)NORMAL * 2,
				   (double)SMALLEST * 1e6,
				   (double)SMALLEST };
	T *const x = NAME(xs);

	EACH_RUNG(k)
	{
		for (size_t l = 0; l < ARRAY_LEN(largest); l++) {
			for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
				const size_t count = counts[c];
				long double squares[2] = { 0, 0 };

				for (size_t i = 0; i < count; i++) {
					x[i] = (T)ldexp((between_0_and_1() - 0.5) * largest[l],
							-(int)(between_0_and_1() * 30));
				}
				x[count / 2] = (T)largest[l];
				for (size_t i = 0; i < count; i++)
					NAME(exactly)(squares, (long double)x[i] * x[i]);

				const long double norm = sqrtl(squares[0] + squares[1]);
				const long double is = (long double)k->NAME(norm2)(x, count);
				const double bound = (NAME(depth)(count) + 3.01) / 2 * U;

				cr_expect(fabsl(is - norm) <=
						  bound * norm + (long double)SMALLEST / 2,
					  "%zu elements up to %a: %La, not %La", count, largest[l],
					  is, norm);
			}
		}
		x[0] = BIGGEST;
		expect_same(k->NAME(norm2)(x, 1), BIGGEST);
		x[1] = BIGGEST;
		expect_same(k->NAME(norm2)(x, 2), (T)INFINITY);
		x[0] = SMALLEST;
		x[1] = 0;
		expect_same(k->NAME(norm2)(x, 2), SMALLEST);
	}
}

/* Of numbers so far from 0, in the second round, that what the first mean misses is seen; and, in
 * the third, of such as make blocks be looked at once more.
 */
Test(kernels_fold, NAME(mean_and_variance_are_those_of_the_law))
{
	looks = 0;
	EACH_RUNG(k)
	{
		for (size_t c = 0; c < 3 * ARRAY_LEN(counts); c++) {
			const size_t count = counts[c / 3];
			const T *const x = NAME(xs) + c / 3 % 2;

			NAME(fill_badly)(NAME(xs), MOST_COUNT + 1);
			for (size_t i = 0; i <= MOST_COUNT && c % 3 > 0; i++)
				NAME(xs)
			[i] = c % 3 == 1 ? (T)(1e15 + floor(4 * between_0_and_1()))
					 : (T)(sin((double)i / 1e4) + between_0_and_1());

			const struct deed_moments moments = k->NAME(mean_variance)(x, count);
			const struct part all = NAME(part)(x, count);

			expect_same(moments.mean, all.mean + all.missed + 0);
			expect_same(moments.variance, all.squares / all.count);
		}
	}
	cr_expect(looks > 0);
}

/* Numbers far from 0 and near each other, but for the first kind and the last two. */
static T NAME(far_from_0)(int kind, size_t i)
{
	const double one_up = 1 / (2 * U); /* from where on the next number is 1 more */

	switch (kind) {
	case 0:
		return (T)(between_0_and_1() - 0.5);
	case 1:
		return (T)(1000 * between_0_and_1() - 1e6);
	case 2:
		return (T)(1e8 + between_0_and_1());
	case 3:
		return (T)(1.7e9 + 1e-6 * floor(1000 * between_0_and_1()));
	case 4:
		return (T)(1.7e18 + 256 * floor(4 * between_0_and_1())); /* Unix nanoseconds */
	case 5:
		return (T)(1e15 + floor(1000 * between_0_and_1()) / 8);
	case 6:
		return (T)(one_up + floor(5 * between_0_and_1()));
	case 7:
		return (T)(one_up + (double)(i / 8192 % 3));
	case 8:
		return (T)(-one_up - (double)(i / 16384 % 2));
	case 9:
		return (T)(2 * one_up - (i == 0 ? 7 : 8));
	case 10: /* what is at the ends of a block is far from its mean */
		return (T)((i + 8) % 8192 < 16 ? 1e6 : between_0_and_1());
	default:
		return (T)(1e9 * sin((double)i / 1000));
	}
}

Test(kernels_fold, NAME(no_offset_costs_the_variance_digits))
{
	T *const x = NAME(xs);

	EACH_RUNG(k)
	{
		for (size_t c = 0; c < 12 * ARRAY_LEN(counts); c++) {
			const size_t count = counts[c / 12];
			wide sum = 0, squares = 0;

			for (size_t i = 0; i < count; i++) {
				x[i] = NAME(far_from_0)((int)(c % 12), i);
				sum += x[i];
			}

			const wide mean = sum / (wide)count;

			for (size_t i = 0; i < count; i++)
				squares += ((wide)x[i] - mean) * ((wide)x[i] - mean);

			const wide variance = squares / (wide)count;
			const struct deed_moments moments = k->NAME(mean_variance)(x, count);
			const double u = 0x1p-53, most = 10 * ceil(log2((double)count)) * u;
			const double far = fabs((double)mean), deviation = sqrt((double)variance);
			const double about = deviation + 32 * u * far;
			const double mean_off = fabs((double)((wide)moments.mean - mean));
			const double off = fabs((double)((wide)moments.variance - variance));

			cr_expect(mean_off <= 1.001 * u * far + most * deviation,
				  "kind %zu, %zu: %a is off by %g", c % 12, count, moments.mean,
				  mean_off);
			cr_expect(off <= 1.001 * most * about * about, "kind %zu, %zu: %a, not %a",
				  c % 12, count, moments.variance, (double)variance);
		}
	}
}

Test(kernels_fold, NAME(variance_of_what_is_all_the_same_is_0))
{
	static const double offsets[] = { 0, 1, -1000, 1e6, 1e8 };
	T *const x = NAME(xs);

	EACH_RUNG(k)
	{
		for (size_t o = 0; o < ARRAY_LEN(offsets); o++) {
			for (size_t i = 0; i < 50000; i++)
				x[i] = (T)offsets[o];
			for (size_t count = 1; count <= 50000; count = 3 * count + 7) {
				expect_same(k->NAME(mean_variance)(x, count).mean, (double)x[0]);
				expect_same(k->NAME(mean_variance)(x, count).variance, 0.0);
			}
		}
	}
}

Test(kernels_fold, NAME(extremes_pass_over_nan_and_find_the_first))
{
	T *const x = NAME(xs);

	EACH_RUNG(k)
	{
		for (size_t count = 1; count < 9000; count += count < 600 ? 1 : 997) {
			const size_t at = (size_t)(between_0_and_1() * (double)count);
			const size_t again =
				at + (size_t)(between_0_and_1() * (double)(count - at));
			const size_t nan = (size_t)(between_0_and_1() * (double)count);

			for (size_t i = 0; i < count; i++)
				x[i] = (T)between_0_and_1() - (T)0.5;
			x[nan] = (T)NAN;
			x[at] = x[again] = (T)-2;
			expect_same(k->NAME(min)(x, count), (T)-2);
			cr_expect(k->NAME(argmin)(x, count) == at, "%zu", count);
			x[at] = x[again] = (T)2;
			expect_same(k->NAME(max)(x, count), (T)2);
			cr_expect(k->NAME(argmax)(x, count) == at, "%zu", count);
			x[at] = x[again] = (T)INFINITY;
			expect_same(k->NAME(max)(x, count), (T)INFINITY);
			cr_expect(k->NAME(argmax)(x, count) == at, "%zu", count);
			x[at] = x[again] = -(T)INFINITY;
			expect_same(k->NAME(min)(x, count), -(T)INFINITY);
			cr_expect(k->NAME(argmin)(x, count) == at, "%zu", count);

			/* Zeros of both signs are equal. */
			for (size_t i = 0; i < count; i++)
				x[i] = i % 2 ? (T)0 : -(T)0;
			expect_same(k->NAME(min)(x, count), (T)0);
			expect_same(k->NAME(max)(x, count), (T)0);
			cr_expect(k->NAME(argmin)(x, count) == 0);
			cr_expect(k->NAME(argmax)(x, count) == 0);

			/* Nothing is better than the worst, but the worst is there. */
			for (size_t i = 0; i < count; i++)
				x[i] = (T)NAN;
			expect_same(k->NAME(min)(x, count), (T)INFINITY);
			expect_same(k->NAME(max)(x, count), -(T)INFINITY);
			cr_expect(k->NAME(argmin)(x, count) == SIZE_MAX);
			cr_expect(k->NAME(argmax)(x, count) == SIZE_MAX);
			x[at] = x[again] = (T)INFINITY;
			cr_expect(k->NAME(argmin)(x, count) == at);
			x[at] = x[again] = -(T)INFINITY;
			cr_expect(k->NAME(argmax)(x, count) == at);
		}
		expect_same(k->NAME(min)(NULL, 0), (T)INFINITY);
		expect_same(k->NAME(max)(NULL, 0), -(T)INFINITY);
		cr_expect(k->NAME(argmin)(NULL, 0) == SIZE_MAX);
		cr_expect(k->NAME(argmax)(NULL, 0) == SIZE_MAX);
	}
}

/* A row by the law: quads, their totals, and the last sum of the row before. */
static void NAME(law_of_prefix_sums)(T *y, const T *x, size_t count)
{
	const int quad = LANES / 4;
	T before = 0;

	for (size_t i = 0; i < count; i += LANES) {
		T row[LANES] = { 0 }, once[LANES], twice[LANES], total[4], two[4], four[4];

		memcpy(row, x + i, (count - i < LANES ? count - i : LANES) * sizeof(T));
		for (int l = 0; l < LANES; l++)
			once[l] = l % quad >= 1 ? row[l] + row[l - 1] : row[l];
		for (int l = 0; l < LANES; l++)
			twice[l] = l % quad >= 2 ? once[l] + once[l - 2] : once[l];
		for (int q = 0; q < 4; q++)
			total[q] = twice[q * quad + quad - 1];
		for (int q = 0; q < 4; q++)
			two[q] = q >= 1 ? total[q] + total[q - 1] : total[q];
		for (int q = 0; q < 4; q++)
			four[q] = q >= 2 ? two[q] + two[q - 2] : two[q];
		for (size_t l = 0; l < LANES && i + l < count; l++) {
			const size_t q = l / (size_t)quad;

			y[i + l] = (q >= 1 ? twice[l] + four[q - 1] : twice[l]) + before;
		}
		if (count - i >= LANES)
			before = y[i + LANES - 1];
	}
}

Test(kernels_fold, NAME(prefix_sums_are_those_of_the_law))
{
	EACH_RUNG(k)
	{
		for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
			const size_t count = counts[c], at = c % 2;
			T *const x = NAME(xs) + at, *const y = NAME(ys) + at;
			long double sum[2] = { 0, 0 }, size = 0;

			NAME(fill_badly)(NAME(xs), MOST_COUNT + 1);
			NAME(ys)[count + at] = 42;
			NAME(law_of_prefix_sums)(NAME(terms), x, count);
			k->NAME(prefix_sum)(y, x, count);
			cr_expect(memcmp(y, NAME(terms), count * sizeof(T)) == 0, "%zu", count);
			cr_expect(NAME(ys)[count + at] == 42);
			for (size_t i = 0; i < count; i++) {
				NAME(exactly)(sum, (long double)x[i]);
				size += fabsl((long double)x[i]);

				const double steps = (double)(i / LANES + 5) * U;

				cr_expect(fabsl((long double)y[i] - (sum[0] + sum[1])) <=
						  steps / (1 - steps) * size,
					  "%zu of %zu", i, count);
			}
			k->JOIN(NAME(prefix_sum), _by)(x, count);
			cr_expect(memcmp(x, NAME(terms), count * sizeof(T)) == 0, "%zu", count);
		}
	}
}

Test(kernels_fold, NAME(prefix_sums_of_zeros_nan_and_infinities))
{
	T *const x = NAME(xs), *const y = NAME(ys);

	EACH_RUNG(k)
	{
		for (size_t count = 0; count < 100; count++) {
			const size_t at = count / 3, inf = count / 2;

			for (size_t i = 0; i < count; i++)
				x[i] = -(T)0;
			k->NAME(prefix_sum)(y, x, count);
			for (size_t i = 0; i < count; i++)
				expect_same(y[i], (T)0);
			if (count < 4)
				continue;
			x[at] = (T)NAN;
			k->NAME(prefix_sum)(y, x, count);
			for (size_t i = 0; i < count; i++)
				cr_expect(i < at ? y[i] == 0 : isnan(y[i]), "%zu of %zu", i, count);
			x[at] = (T)INFINITY;
			x[inf] = -(T)INFINITY;
			k->NAME(prefix_sum)(y, x, count);
			for (size_t i = 0; i < count; i++)
				cr_expect(i < at    ? y[i] == 0
					  : i < inf ? y[i] == (T)INFINITY
						    : isnan(y[i]),
					  "%zu of %zu", i, count);
		}
	}
}

/* Whatever overflows does so by the law, and need not stay. */
Test(kernels_fold, NAME(prefix_sums_that_overflow))
{
	T *const x = NAME(xs), *const y = NAME(ys);

	EACH_RUNG(k)
	{
		for (size_t round = 0; round < 1000; round++) {
			for (size_t i = 0; i < 40; i++)
				x[i] = between_0_and_1() < 0.8	 ? (T)i
				       : between_0_and_1() < 0.5 ? BIGGEST
								 : -BIGGEST;
			k->NAME(prefix_sum)(y, x, 40);
			NAME(law_of_prefix_sums)(NAME(terms), x, 40);
			for (size_t i = 0; i < 40; i++)
				expect_same(y[i], NAME(terms)[i]);
		}
		memset(x, 0, LANES * sizeof(T));
		x[1] = x[2] = BIGGEST;
		x[3] = x[4] = -BIGGEST;
		k->NAME(prefix_sum)(y, x, LANES);
		expect_same(y[2], (T)INFINITY);
		expect_same(y[3], BIGGEST);
	}
}

#undef JOIN_
#undef JOIN
#undef NAME
#undef OF_TYPE
