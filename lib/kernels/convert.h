/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/convert.h - from one element type to another: to the nearest, ties to even; what is
 * out of range goes to its end, NaN to 0.
 *
 * Each conversion is given twice: of the element at x, and of the vector's worth of elements from
 * there on. Vectors are spoken of in intrinsics where GNU C has no word for what is one
 * instruction, or gcc no good code for the word.
 */

/* `x` to an integer from `lo` to `hi`, less than 2^22 in magnitude. Between 2^23 and 2^24 the
 * distance of two floats is 1, so that the first addition rounds as the processor does; the
 * compiler may not take the pair of them for nothing. */
static inline int32_t to_small(float x, float lo, float hi)
{
	const float magic = 0x1.8p23f;
	const float inside = !(x == x) ? 0 : x < lo ? lo : x > hi ? hi : x;

	return (int32_t)((inside + magic) - magic);
}

static inline uint8_t u8_from_f32_one(const float *x)
{
	return (uint8_t)to_small(*x, 0, UINT8_MAX);
}

static inline int16_t i16_from_f32_one(const float *x)
{
	return (int16_t)to_small(*x, INT16_MIN, INT16_MAX);
}

static inline int32_t i32_from_f32_one(const float *x)
{
	/* From 2^23 on a float is an integer. */
	const float magic = copysignf(0x1p23f, *x);
	const float whole = fabsf(*x) < 0x1p23f ? (*x + magic) - magic : *x;

	return !(whole == whole)  ? 0
	       : whole >= 0x1p31f ? INT32_MAX
	       : whole < -0x1p31f ? INT32_MIN
				  : (int32_t)whole;
}

static inline float f32_from_u8_one(const uint8_t *x)
{
	return (float)*x;
}

static inline float f32_from_i16_one(const int16_t *x)
{
	return (float)*x;
}

static inline float f32_from_i32_one(const int32_t *x)
{
	return (float)*x;
}

static inline float f32_from_f64_one(const double *x)
{
	return (float)*x;
}

static inline double f64_from_f32_one(const float *x)
{
	return (double)*x;
}

#if WIDTH > 0

static inline vector_f32 f32_from_i32_all(const int32_t *x)
{
	return __builtin_convertvector(load_i32(x), vector_f32);
}

#if defined __x86_64__

/* A half of a vector, and a quarter. */
#if WIDTH == 64
#define LOAD_HALF(x) _mm256_loadu_si256((const __m256i *)(const void *)(x))
#define LOAD_QUARTER(x) _mm_loadu_si128((const __m128i *)(const void *)(x))
#elif WIDTH == 32
#define LOAD_HALF(x) _mm_loadu_si128((const __m128i *)(const void *)(x))
#define LOAD_QUARTER(x) _mm_loadl_epi64((const __m128i *)(const void *)(x))
#else
#define LOAD_HALF(x) _mm_loadl_epi64((const __m128i *)(const void *)(x))
#endif

static inline vector_f32 f32_from_u8_all(const uint8_t *x)
{
#if WIDTH > 16
	return MM(cvtepi32_ps)(MM(cvtepu8_epi32)(LOAD_QUARTER(x)));
#else
	const __m128i zero = _mm_setzero_si128();
	int32_t four;

	memcpy(&four, x, sizeof(four));
	return _mm_cvtepi32_ps(
		_mm_unpacklo_epi16(_mm_unpacklo_epi8(_mm_cvtsi32_si128(four), zero), zero));
#endif
}

static inline vector_f32 f32_from_i16_all(const int16_t *x)
{
#if WIDTH > 16
	return MM(cvtepi32_ps)(MM(cvtepi16_epi32)(LOAD_HALF(x)));
#else
	const __m128i four = LOAD_HALF(x);

	return _mm_cvtepi32_ps(_mm_srai_epi32(_mm_unpacklo_epi16(four, four), 16));
#endif
}

static inline vector_f32 f32_from_f64_all(const double *x)
{
#if WIDTH == 64
	return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(load_f64(x))),
				  _mm512_cvtpd_ps(load_f64(x + STEP_f64)), 1);
#elif WIDTH == 32
	return _mm256_set_m128(_mm256_cvtpd_ps(load_f64(x + STEP_f64)),
			       _mm256_cvtpd_ps(load_f64(x)));
#else
	return _mm_movelh_ps(_mm_cvtpd_ps(load_f64(x)), _mm_cvtpd_ps(load_f64(x + STEP_f64)));
#endif
}

static inline vector_f64 f64_from_f32_all(const float *x)
{
#if WIDTH == 64
	return _mm512_cvtps_pd((__m256)LOAD_HALF(x));
#else
	return MM(cvtps_pd)((__m128)LOAD_HALF(x));
#endif
}

/* To the nearest; INT32_MIN for what is out of range, and for NaN. */
static inline MM_INT nearest(vector_f32 x)
{
	return MM(cvtps_epi32)(x);
}

/* x stays where it is NaN. */
static inline vector_f32 at_most(float hi, vector_f32 x)
{
	return LESSER_f32(hi - (vector_f32){ 0 }, x);
}

static inline vector_f32 nan_to_zero(vector_f32 x)
{
	return (vector_f32)((vector_i32)x & (vector_i32)(x <= INFINITY));
}

/* Packing saturates, and goes by 16 bytes: those of one vector, and those of the other. Here are
 * put in order, by 4 bytes, those of four vectors, and by 8 those of two.
 */
#define PARTS (WIDTH / 16)
#define OF_FOUR(l) (l) % PARTS * 4 + (l) / PARTS
#define OF_TWO(l) (l) % PARTS * 2 + (l) / PARTS

static inline vector_u8 u8_from_f32_all(const float *x)
{
#define PART(k) nearest(at_most(UINT8_MAX, load_f32(x + (size_t)(k)*STEP_f32)))
	const vector_i32 packed = (vector_i32)MM(packus_epi16)(MM(packs_epi32)(PART(0), PART(1)),
							       MM(packs_epi32)(PART(2), PART(3)));
#undef PART

	return (vector_u8)__builtin_shufflevector(packed, packed, INDICES_OF(f32, OF_FOUR));
}

static inline vector_i16 i16_from_f32_all(const float *x)
{
#define PART(k) nearest(at_most(INT16_MAX, nan_to_zero(load_f32(x + (size_t)(k)*STEP_f32))))
	const vector_i64 packed = (vector_i64)MM(packs_epi32)(PART(0), PART(1));
#undef PART

	return (vector_i16)__builtin_shufflevector(packed, packed, INDICES_OF(f64, OF_TWO));
}

static inline vector_i32 i32_from_f32_all(const float *x)
{
	const vector_f32 v = load_f32(x);

	/* INT32_MIN and INT32_MAX have no bit in common. */
	return ((vector_i32)nearest(v) ^ (vector_i32)(v >= 0x1p31f)) & (vector_i32)(v <= INFINITY);
}

#undef LOAD_HALF
#undef LOAD_QUARTER
#undef PARTS
#undef OF_FOUR
#undef OF_TWO

#else

static inline vector_f32 f32_from_u8_all(const uint8_t *x)
{
	uint32_t four;

	memcpy(&four, x, sizeof(four));
	return vcvtq_f32_u32(vmovl_u16(vget_low_u16(vmovl_u8(vcreate_u8(four)))));
}

static inline vector_f32 f32_from_i16_all(const int16_t *x)
{
	return vcvtq_f32_s32(vmovl_s16(vld1_s16(x)));
}

static inline vector_f32 f32_from_f64_all(const double *x)
{
	return vcvt_high_f32_f64(vcvt_f32_f64(vld1q_f64(x)), vld1q_f64(x + 2));
}

static inline vector_f64 f64_from_f32_all(const float *x)
{
	return vcvt_f64_f32(vld1_f32(x));
}

/* All of these saturate, and make 0 of NaN. */
static inline int16x8_t narrow(const float *x)
{
	return vqmovn_high_s32(vqmovn_s32(vcvtnq_s32_f32(vld1q_f32(x))),
			       vcvtnq_s32_f32(vld1q_f32(x + 4)));
}

static inline vector_u8 u8_from_f32_all(const float *x)
{
	return vqmovun_high_s16(vqmovun_s16(narrow(x)), narrow(x + 8));
}

static inline vector_i16 i16_from_f32_all(const float *x)
{
	return narrow(x);
}

static inline vector_i32 i32_from_f32_all(const float *x)
{
	return vcvtnq_s32_f32(vld1q_f32(x));
}

#endif
#endif

#define T float
#define t f32
static void f32_from_u8(float *restrict y, const uint8_t *restrict x, size_t count)
{
	EACH(y, EITHER(f32_from_u8_one, f32_from_u8_all)(x + i));
}

static void f32_from_i16(float *restrict y, const int16_t *restrict x, size_t count)
{
	EACH(y, EITHER(f32_from_i16_one, f32_from_i16_all)(x + i));
}

static void f32_from_i32(float *restrict y, const int32_t *restrict x, size_t count)
{
	EACH(y, EITHER(f32_from_i32_one, f32_from_i32_all)(x + i));
}

static void f32_from_f64(float *restrict y, const double *restrict x, size_t count)
{
	EACH(y, EITHER(f32_from_f64_one, f32_from_f64_all)(x + i));
}
#undef T
#undef t

#define T double
#define t f64
static void f64_from_f32(double *restrict y, const float *restrict x, size_t count)
{
	EACH(y, EITHER(f64_from_f32_one, f64_from_f32_all)(x + i));
}
#undef T
#undef t

#define T uint8_t
#define t u8
static void u8_from_f32(uint8_t *restrict y, const float *restrict x, size_t count)
{
	EACH(y, EITHER(u8_from_f32_one, u8_from_f32_all)(x + i));
}
#undef T
#undef t

#define T int16_t
#define t i16
static void i16_from_f32(int16_t *restrict y, const float *restrict x, size_t count)
{
	EACH(y, EITHER(i16_from_f32_one, i16_from_f32_all)(x + i));
}
#undef T
#undef t

#define T int32_t
#define t i32
static void i32_from_f32(int32_t *restrict y, const float *restrict x, size_t count)
{
	EACH(y, EITHER(i32_from_f32_one, i32_from_f32_all)(x + i));
}
#undef T
#undef t
