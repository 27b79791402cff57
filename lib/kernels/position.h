/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/position.h - where the smallest and the largest element is: the first of the equal
 * ones. A template: see bodies.h.
 *
 * NaN is passed over; where there is nothing else, the result is SIZE_MAX.
 */

#if WIDTH == 0

static size_t NAME(argmin)(const T *x, size_t count)
{
	size_t at = SIZE_MAX;

	for (size_t i = 0; i < count; i++)
		if (x[i] == x[i] && (at == SIZE_MAX || x[i] < x[at]))
			at = i;
	return at;
}

static size_t NAME(argmax)(const T *x, size_t count)
{
	size_t at = SIZE_MAX;

	for (size_t i = 0; i < count; i++)
		if (x[i] == x[i] && (at == SIZE_MAX || x[i] > x[at]))
			at = i;
	return at;
}

#else

#define ACROSS (256 / WIDTH)

/* Where `wanted` is first. */
static size_t NAME(find)(const T *x, size_t count, T wanted)
{
	size_t i = 0;

	for (; count - i >= ACROSS * STEP; i += ACROSS * STEP) {
		lanes found = { 0 };

		for (size_t v = 0; v < ACROSS; v++)
			found |= (lanes)(NAME(load)(x + i + v * STEP) == wanted);
		if (ANY(found))
			break;
	}
	for (; count - i >= STEP; i += STEP)
		if (ANY((lanes)(NAME(load)(x + i) == wanted)))
			break;
	for (; i < count; i++)
		if (x[i] == wanted)
			return i;
	return SIZE_MAX;
}

/* Each block's extreme is found as min() and max() do it, and looked for only in the first block
 * that has the extreme of all. Where no block has one that is better than infinity, the first
 * infinity is looked for everywhere. A block of 4 KiB is long enough for the step from lanes to one
 * number to be cheap, and short enough for the look at it to be.
 */
static KERNEL_INLINE size_t NAME(position)(bool up, const T *x, size_t count)
{
	const size_t len = 4096 / sizeof(T);
	T extreme = up ? -(T)INFINITY : (T)INFINITY;
	size_t from = 0;

	if (count == 0)
		return SIZE_MAX;
	for (size_t i = 0; i < count; i += len) {
		const size_t rest = count - i < len ? count - i : len;
		const T end = NAME(extreme)(up, x + i, rest);

		if (up ? end > extreme : end < extreme) {
			extreme = end;
			from = i;
		}
	}

	const size_t found = NAME(find)(x + from, count - from, extreme);

	return found == SIZE_MAX ? SIZE_MAX : from + found;
}

static size_t NAME(argmin)(const T *x, size_t count)
{
	return NAME(position)(false, x, count);
}

static size_t NAME(argmax)(const T *x, size_t count)
{
	return NAME(position)(true, x, count);
}

#undef ACROSS
#endif
