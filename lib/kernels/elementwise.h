/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/elementwise.h - what is done to each element by itself. A template: see bodies.h.
 *
 * Each element is the outcome of the operations that are written here, each rounded by itself, so
 * that the loops may be cut and vectorised in any way and give the same bits.
 */

static inline T NAME(clamp_one)(T x, T lo, T hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

/* One rounding, where the processor has no such instruction too. */
static inline T NAME(fuse_one)(T x, T y, T w)
{
	return _Generic(x, float : fmaf, double : fma)(x, y, w);
}

#if WIDTH > 0

static inline NAME(vector) NAME(clamp_all)(NAME(vector) x, T lo, T hi)
{
	const NAME(vector) zero = { 0 }, los = lo - zero, his = hi - zero;
	const NAME(vector) at_most = DEED_JOIN(LESSER_, t)(his, x);

	return CHOOSE(x < los, los, at_most);
}

static inline NAME(vector) NAME(fuse_all)(NAME(vector) x, NAME(vector) y, NAME(vector) w)
{
#if WIDTH > 16
	return MM_T(fmadd)(x, y, w);
#elif defined __aarch64__
	return DEED_JOIN(vfmaq_, t)(w, x, y);
#else
	return NAME(fuse_exact)(x, y, w);
#endif
}

#define FROM_END(l) STEP - 1 - (l)
static inline NAME(vector) NAME(reverse_all)(NAME(vector) x)
{
	return __builtin_shufflevector(x, x, INDICES(FROM_END));
}
#undef FROM_END

#endif

static inline T NAME(reverse_one)(T x)
{
	return x;
}

/* The value as an E. Subtracting +0 changes no number, of either sign. */
static void NAME(fill)(T *y, T a, size_t count)
{
	EACH(y, a - (E){ 0 });
}

static void NAME(copy)(T *restrict y, const T *restrict x, size_t count)
{
	EACH(y, AT(x));
}

static void NAME(scale)(T *restrict y, const T *restrict x, T a, size_t count)
{
	EACH(y, AT(x) * a);
}

static void NAME_BY(scale)(T *y, T a, size_t count)
{
	EACH_BY(y, AT(y) * a);
}

static void NAME(offset)(T *restrict y, const T *restrict x, T a, size_t count)
{
	EACH(y, AT(x) + a);
}

static void NAME_BY(offset)(T *y, T a, size_t count)
{
	EACH_BY(y, AT(y) + a);
}

static void NAME(add)(T *restrict z, const T *x, const T *y, size_t count)
{
	EACH(z, AT(x) + AT(y));
}

static void NAME_BY(add)(T *restrict y, const T *restrict x, size_t count)
{
	EACH_BY_OTHER(y, AT(y) + AT(x));
}

static void NAME(sub)(T *restrict z, const T *x, const T *y, size_t count)
{
	EACH(z, AT(x) - AT(y));
}

static void NAME_BY(sub)(T *restrict y, const T *restrict x, size_t count)
{
	EACH_BY_OTHER(y, AT(y) - AT(x));
}

static void NAME(mul)(T *restrict z, const T *x, const T *y, size_t count)
{
	EACH(z, AT(x) * AT(y));
}

static void NAME_BY(mul)(T *restrict y, const T *restrict x, size_t count)
{
	EACH_BY_OTHER(y, AT(y) * AT(x));
}

static void NAME(fma)(T *restrict z, const T *x, const T *y, const T *w, size_t count)
{
	EACH(z, EITHER(NAME(fuse_one), NAME(fuse_all))(AT(x), AT(y), AT(w)));
}

static void NAME_BY(fma)(T *restrict z, const T *x, const T *y, size_t count)
{
	EACH_BY(z, EITHER(NAME(fuse_one), NAME(fuse_all))(AT(x), AT(y), AT(z)));
}

static void NAME(axpy)(T *restrict y, T a, const T *restrict x, size_t count)
{
	EACH_BY_OTHER(y, AT(y) + a * AT(x));
}

static void NAME(clamp)(T *restrict y, const T *restrict x, T lo, T hi, size_t count)
{
	EACH(y, EITHER(NAME(clamp_one), NAME(clamp_all))(AT(x), lo, hi));
}

static void NAME_BY(clamp)(T *y, T lo, T hi, size_t count)
{
	EACH_BY(y, EITHER(NAME(clamp_one), NAME(clamp_all))(AT(y), lo, hi));
}

/* The E that ends where as many elements are left as are done. */
static void NAME(reverse)(T *restrict y, const T *restrict x, size_t count)
{
	EACH(y, EITHER(NAME(reverse_one), NAME(reverse_all))(((const E *)(x + count - i))[-1]));
}

/* Of two vectors as far from the ends each goes where the other was. Those at the ends and in the
 * middle overlap the ones between, and are stored last: see EACH().
 */
static void NAME_BY(reverse)(T *y, size_t count)
{
	const size_t half = count / 2;
	size_t i = 0;

#if WIDTH > 0
#define FRONT(i) (*(NAME(loose) *)(y + (i)))
#define BACK(i) (*(NAME(loose) *)(y + (count - STEP - (i))))
	if (half >= STEP) {
		const size_t last_at = half - STEP;
		const NAME(vector) first = FRONT(0), first_back = BACK(0);
		const NAME(vector) last = FRONT(last_at), last_back = BACK(last_at);

		for (i = STEP - (uintptr_t)y / sizeof(T) % STEP; i < last_at; i += STEP) {
			const NAME(vector) front = FRONT(i);

			FRONT(i) = NAME(reverse_all)(BACK(i));
			BACK(i) = NAME(reverse_all)(front);
		}
		FRONT(0) = NAME(reverse_all)(first_back);
		BACK(0) = NAME(reverse_all)(first);
		FRONT(last_at) = NAME(reverse_all)(last_back);
		BACK(last_at) = NAME(reverse_all)(last);
		return;
	}
#undef FRONT
#undef BACK
#endif
	for (; i < half; i++) {
		const T front = y[i];

		y[i] = y[count - 1 - i];
		y[count - 1 - i] = front;
		ONE_BY_ONE(i);
	}
}
