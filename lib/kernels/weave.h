/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/weave.h - array of structs to struct of arrays, and back: elements change their place
 * and nothing else. A template: see bodies.h.
 *
 * Two vectors are zipped, or unzipped, by two shuffles; four by doing so twice. Of three, what an
 * output takes of the first two is put where it goes, and then what it takes of the third.
 *
 * From AVX2 on two columns are zipped in vectors of 32 bytes, inside quads of 16 bytes and then
 * quad by quad: that is as many shuffles again, but each takes a processor one step, and from the
 * first cache it is a third faster than two that take any element from anywhere.
 */

#if WIDTH > 0

/* The elements of a pair of vectors are numbered on through both. */
#define LOW(l) (l) / 2 + (l) % 2 * STEP
#define HIGH(l) LOW((l) + STEP)
#define EVEN(l) 2 * (l)
#define ODD(l) 2 * (l) + 1

static inline void NAME(zip)(NAME(vector) * x0, NAME(vector) * x1)
{
	const NAME(vector) low = __builtin_shufflevector(*x0, *x1, INDICES(LOW));

	*x1 = __builtin_shufflevector(*x0, *x1, INDICES(HIGH));
	*x0 = low;
}

static inline void NAME(unzip)(NAME(vector) * x0, NAME(vector) * x1)
{
	const NAME(vector) even = __builtin_shufflevector(*x0, *x1, INDICES(EVEN));

	*x1 = __builtin_shufflevector(*x0, *x1, INDICES(ODD));
	*x0 = even;
}

/* Makes the compiler have v in one register here. gcc would load a vector again for each use, which
 * costs what a load does that the end of a cache line cuts; clang would store halves of a vector
 * rather than put them together.
 */
#if defined __x86_64__
#define STAY(v) __asm__("" : "+v"(v))
#else
#define STAY(v) __asm__("" : "+w"(v))
#endif

static inline NAME(vector) NAME(take)(const T *x)
{
	NAME(vector) ret = NAME(load)(x);

	STAY(ret);
	return ret;
}

static inline void NAME(put)(T *y, NAME(vector) v)
{
	STAY(v);
	*(NAME(loose) *)y = v;
}

#if WIDTH > 16

#define AVX2(name) DEED_JOIN(_mm256_##name, DEED_JOIN(SUFFIX_, t))
#define AVX2_STEP (32 / sizeof(T))
/* Of two vectors: the quads in front, and those behind; the elements of even and odd numbers. */
#define LOWS 0x20
#define HIGHS 0x31
#define EVENS (sizeof(T) == 4 ? 0x88 : 0x0)
#define ODDS (sizeof(T) == 4 ? 0xdd : 0xf)

typedef __typeof__(AVX2(setzero)()) NAME(avx2);

static inline void NAME(weave2)(T *y, const T *x0, const T *x1)
{
	for (size_t i = 0; i < STEP; i += AVX2_STEP) {
		NAME(avx2) v0 = AVX2(loadu)(x0 + i), v1 = AVX2(loadu)(x1 + i), low, high;

		STAY(v1);
		low = AVX2(unpacklo)(v0, v1);
		high = AVX2(unpackhi)(v0, v1);
		STAY(low);
		STAY(high);
		AVX2(storeu)(y + 2 * i, AVX2(permute2f128)(low, high, LOWS));
		AVX2(storeu)(y + 2 * i + AVX2_STEP, AVX2(permute2f128)(low, high, HIGHS));
	}
}

static inline void NAME(unweave2)(T *y0, T *y1, const T *x)
{
	for (size_t i = 0; i < STEP; i += AVX2_STEP) {
		NAME(avx2) v0 = AVX2(loadu)(x + 2 * i), v1 = AVX2(loadu)(x + 2 * i + AVX2_STEP);
		NAME(avx2) low, high;

		STAY(v1);
		low = AVX2(permute2f128)(v0, v1, LOWS);
		high = AVX2(permute2f128)(v0, v1, HIGHS);
		STAY(low);
		STAY(high);
		AVX2(storeu)(y0 + i, AVX2(shuffle)(low, high, EVENS));
		AVX2(storeu)(y1 + i, AVX2(shuffle)(low, high, ODDS));
	}
}

#undef AVX2_STEP
#undef AVX2
#undef LOWS
#undef HIGHS
#undef EVENS
#undef ODDS

#else

static inline void NAME(weave2)(T *y, const T *x0, const T *x1)
{
	NAME(vector) v0 = NAME(take)(x0), v1 = NAME(take)(x1);

	NAME(zip)(&v0, &v1);
	NAME(put)(y, v0);
	NAME(put)(y + STEP, v1);
}

static inline void NAME(unweave2)(T *y0, T *y1, const T *x)
{
	NAME(vector) v0 = NAME(take)(x), v1 = NAME(take)(x + STEP);

	NAME(unzip)(&v0, &v1);
	NAME(put)(y0, v0);
	NAME(put)(y1, v1);
}

#endif

/* Element l of vector v is row (v * STEP + l) / 3 of column (v * STEP + l) % 3. */
#define ROW(v, l) ((v)*STEP + (l)) / 3
#define COLUMN(v, l) ((v)*STEP + (l)) % 3
#define TWO(v, l) (COLUMN(v, l) == 0 ? ROW(v, l) : STEP + ROW(v, l))
#define THIRD(v, l) (COLUMN(v, l) == 2 ? STEP + ROW(v, l) : (l))
#define OF_TWO_0(l) TWO(0, l)
#define OF_TWO_1(l) TWO(1, l)
#define OF_TWO_2(l) TWO(2, l)
#define OF_THIRD_0(l) THIRD(0, l)
#define OF_THIRD_1(l) THIRD(1, l)
#define OF_THIRD_2(l) THIRD(2, l)

static inline void NAME(weave3)(T *y, const T *x0, const T *x1, const T *x2)
{
	const NAME(vector) v0 = NAME(take)(x0), v1 = NAME(take)(x1), v2 = NAME(take)(x2);

#define PUT(v)                                                                                     \
	NAME(put)                                                                                  \
	(y + (v)*STEP,                                                                             \
	 __builtin_shufflevector(__builtin_shufflevector(v0, v1, INDICES(OF_TWO_##v)), v2,         \
				 INDICES(OF_THIRD_##v)))
	PUT(0);
	PUT(1);
	PUT(2);
#undef PUT
}

static inline void NAME(weave4)(T *y, const T *x0, const T *x1, const T *x2, const T *x3)
{
	NAME(vector)
	v0 = NAME(take)(x0), v1 = NAME(take)(x1), v2 = NAME(take)(x2), v3 = NAME(take)(x3);

	NAME(zip)(&v0, &v2);
	NAME(zip)(&v1, &v3);
	NAME(zip)(&v0, &v1);
	NAME(zip)(&v2, &v3);
	NAME(put)(y, v0);
	NAME(put)(y + STEP, v1);
	NAME(put)(y + 2 * STEP, v2);
	NAME(put)(y + 3 * STEP, v3);
}

/* Element l of column c is element 3 * l + c of the three vectors. */
#define FROM_TWO(c, l) (3 * (l) + (c) < 2 * STEP ? 3 * (l) + (c) : 0)
#define FROM_THIRD(c, l) (3 * (l) + (c) < 2 * STEP ? (l) : 3 * (l) + (c)-STEP)
#define FROM_TWO_0(l) FROM_TWO(0, l)
#define FROM_TWO_1(l) FROM_TWO(1, l)
#define FROM_TWO_2(l) FROM_TWO(2, l)
#define FROM_THIRD_0(l) FROM_THIRD(0, l)
#define FROM_THIRD_1(l) FROM_THIRD(1, l)
#define FROM_THIRD_2(l) FROM_THIRD(2, l)

static inline void NAME(unweave3)(T *y0, T *y1, T *y2, const T *x)
{
	const NAME(vector) v0 = NAME(take)(x), v1 = NAME(take)(x + STEP),
			   v2 = NAME(take)(x + 2 * STEP);

#define PUT(c)                                                                                     \
	NAME(put)                                                                                  \
	(y##c, __builtin_shufflevector(__builtin_shufflevector(v0, v1, INDICES(FROM_TWO_##c)), v2, \
				       INDICES(FROM_THIRD_##c)))
	PUT(0);
	PUT(1);
	PUT(2);
#undef PUT
}

static inline void NAME(unweave4)(T *y0, T *y1, T *y2, T *y3, const T *x)
{
	NAME(vector)
	v0 = NAME(take)(x), v1 = NAME(take)(x + STEP), v2 = NAME(take)(x + 2 * STEP),
	v3 = NAME(take)(x + 3 * STEP);

	NAME(unzip)(&v0, &v1);
	NAME(unzip)(&v2, &v3);
	NAME(unzip)(&v0, &v2);
	NAME(unzip)(&v1, &v3);
	NAME(put)(y0, v0);
	NAME(put)(y1, v1);
	NAME(put)(y2, v2);
	NAME(put)(y3, v3);
}

#undef LOW
#undef HIGH
#undef EVEN
#undef ODD
#undef ROW
#undef COLUMN
#undef TWO
#undef THIRD
#undef FROM_TWO
#undef FROM_THIRD
#undef STAY
#endif

static void NAME(interleave2)(T *restrict y, const T *x0, const T *x1, size_t count)
{
	size_t i = 0;

	BLOCKS(i, NAME(weave2)(y + 2 * i, x0 + i, x1 + i));
	for (; i < count; i++) {
		y[2 * i] = x0[i];
		y[2 * i + 1] = x1[i];
		ONE_BY_ONE(i);
	}
}

static void NAME(interleave3)(T *restrict y, const T *x0, const T *x1, const T *x2, size_t count)
{
	size_t i = 0;

	BLOCKS(i, NAME(weave3)(y + 3 * i, x0 + i, x1 + i, x2 + i));
	for (; i < count; i++) {
		y[3 * i] = x0[i];
		y[3 * i + 1] = x1[i];
		y[3 * i + 2] = x2[i];
		ONE_BY_ONE(i);
	}
}

static void NAME(interleave4)(T *restrict y, const T *x0, const T *x1, const T *x2, const T *x3,
			      size_t count)
{
	size_t i = 0;

	BLOCKS(i, NAME(weave4)(y + 4 * i, x0 + i, x1 + i, x2 + i, x3 + i));
	for (; i < count; i++) {
		y[4 * i] = x0[i];
		y[4 * i + 1] = x1[i];
		y[4 * i + 2] = x2[i];
		y[4 * i + 3] = x3[i];
		ONE_BY_ONE(i);
	}
}

static void NAME(deinterleave2)(T *restrict y0, T *restrict y1, const T *restrict x, size_t count)
{
	size_t i = 0;

	BLOCKS(i, NAME(unweave2)(y0 + i, y1 + i, x + 2 * i));
	for (; i < count; i++) {
		y0[i] = x[2 * i];
		y1[i] = x[2 * i + 1];
		ONE_BY_ONE(i);
	}
}

static void NAME(deinterleave3)(T *restrict y0, T *restrict y1, T *restrict y2, const T *restrict x,
				size_t count)
{
	size_t i = 0;

	BLOCKS(i, NAME(unweave3)(y0 + i, y1 + i, y2 + i, x + 3 * i));
	for (; i < count; i++) {
		y0[i] = x[3 * i];
		y1[i] = x[3 * i + 1];
		y2[i] = x[3 * i + 2];
		ONE_BY_ONE(i);
	}
}

static void NAME(deinterleave4)(T *restrict y0, T *restrict y1, T *restrict y2, T *restrict y3,
				const T *restrict x, size_t count)
{
	size_t i = 0;

	BLOCKS(i, NAME(unweave4)(y0 + i, y1 + i, y2 + i, y3 + i, x + 4 * i));
	for (; i < count; i++) {
		y0[i] = x[4 * i];
		y1[i] = x[4 * i + 1];
		y2[i] = x[4 * i + 2];
		y3[i] = x[4 * i + 3];
		ONE_BY_ONE(i);
	}
}
