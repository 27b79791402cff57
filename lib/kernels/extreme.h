/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/extreme.h - the smallest and the largest element. A template: see bodies.h.
 *
 * NaN is passed over. Zeros are equal; a zero result is +0, which adding it makes of -0. So the
 * order of the comparisons is free, and an element may be looked at twice.
 */

/* What all elements are at most, and at least. */
#define HIGHEST                                                                                    \
	_Generic((T)0, float                                                                       \
		 : INFINITY, double                                                                \
		 : (double)INFINITY, int32_t                                                       \
		 : INT32_MAX, int64_t                                                              \
		 : INT64_MAX)
#define LOWEST                                                                                     \
	_Generic((T)0, float                                                                       \
		 : -INFINITY, double                                                               \
		 : -(double)INFINITY, int32_t                                                      \
		 : INT32_MIN, int64_t                                                              \
		 : INT64_MIN)

#if WIDTH == 0

static T NAME(min)(const T *x, size_t count)
{
	T min = HIGHEST;

	for (size_t i = 0; i < count; i++)
		min = x[i] < min ? x[i] : min;
	return min + 0;
}

static T NAME(max)(const T *x, size_t count)
{
	T max = LOWEST;

	for (size_t i = 0; i < count; i++)
		max = x[i] > max ? x[i] : max;
	return max + 0;
}

#else

#define ACROSS 8

/* The smaller or the larger of two, that is `end` where the other is NaN. */
static KERNEL_INLINE NAME(vector) NAME(further)(bool up, NAME(vector) x, NAME(vector) end)
{
	return up ? DEED_JOIN(GREATER_, t)(x, end) : DEED_JOIN(LESSER_, t)(x, end);
}

static KERNEL_INLINE T NAME(extreme)(bool up, const T *x, size_t count)
{
	const T start = up ? LOWEST : HIGHEST;
	NAME(vector) end[ACROSS];
	T extreme = start;
	size_t i = 0;

	if (count < STEP) {
		for (; i < count; i++)
			if (up ? x[i] > extreme : x[i] < extreme)
				extreme = x[i];
		return extreme + 0;
	}

	for (size_t v = 0; v < ACROSS; v++)
		end[v] = (NAME(vector)){ 0 } + start;
	for (; count - i >= ACROSS * STEP; i += ACROSS * STEP)
		for (size_t v = 0; v < ACROSS; v++)
			end[v] = NAME(further)(up, NAME(load)(x + i + v * STEP), end[v]);
	for (size_t v = 1; v < ACROSS; v++)
		end[0] = NAME(further)(up, end[v], end[0]);
	for (; count - i >= STEP; i += STEP)
		end[0] = NAME(further)(up, NAME(load)(x + i), end[0]);
	end[0] = NAME(further)(up, NAME(load)(x + count - STEP), end[0]);

#define FURTHER(x, y) NAME(further)(up, x, y)
	JOIN_HALVES(end[0], FURTHER);
#undef FURTHER
	for (size_t l = 0; l < 8 / sizeof(T); l++)
		if (up ? end[0][l] > extreme : end[0][l] < extreme)
			extreme = end[0][l];
	return extreme + 0;
}

static T NAME(min)(const T *x, size_t count)
{
	return NAME(extreme)(false, x, count);
}

static T NAME(max)(const T *x, size_t count)
{
	return NAME(extreme)(true, x, count);
}

#undef ACROSS
#endif

#undef HIGHEST
#undef LOWEST
