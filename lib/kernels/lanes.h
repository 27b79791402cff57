/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/lanes.h - from lane to lane of one vector of the rung's width.
 */
#ifndef DEED_LANES_H
#define DEED_LANES_H

typedef int64_t lanes __attribute__((vector_size(WIDTH)));

#define SHUFFLED(v, ...)                                                                           \
	((__typeof__(v))__builtin_shufflevector((lanes)(v), (lanes)(v), __VA_ARGS__))

/* Puts both halves of the vector v together with OP, and then both of that, down to 8 bytes: they
 * are in front, and what the others are is not said. `v` is a variable.
 */
#if WIDTH == 64
#define JOIN_HALVES(v, OP)                                                                         \
	do {                                                                                       \
		v = OP(v, SHUFFLED(v, 4, 5, 6, 7, 0, 1, 2, 3));                                    \
		v = OP(v, SHUFFLED(v, 2, 3, 0, 1, 6, 7, 4, 5));                                    \
		v = OP(v, SHUFFLED(v, 1, 0, 3, 2, 5, 4, 7, 6));                                    \
	} while (0)
#elif WIDTH == 32
#define JOIN_HALVES(v, OP)                                                                         \
	do {                                                                                       \
		v = OP(v, SHUFFLED(v, 2, 3, 0, 1));                                                \
		v = OP(v, SHUFFLED(v, 1, 0, 3, 2));                                                \
	} while (0)
#else
#define JOIN_HALVES(v, OP) v = OP(v, SHUFFLED(v, 1, 0))
#endif

/* Whether any bit of v is set. */
#if !defined __x86_64__
#define ANY(v) (((v)[0] | (v)[1]) != 0)
#elif WIDTH == 64
#define ANY(v) (_mm512_test_epi64_mask((__m512i)(v), (__m512i)(v)) != 0)
#elif WIDTH == 32
#define ANY(v) (!_mm256_testz_si256((__m256i)(v), (__m256i)(v)))
#else
#define ANY(v) (_mm_movemask_epi8((__m128i)(v)) != 0)
#endif

/* Where many vectors are loaded at once, gcc would load them in any order. The processor prefetches
 * what is read in order: from beyond the second cache, a sum is a fifth slower without this.
 */
#if WIDTH > 16 && !defined __clang__
#define IN_TURN(v) __asm__ volatile("" : "+v"(v))
#else
#define IN_TURN(v) ((void)0)
#endif

#endif
