/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/each.h - one body for numbers and for vectors of them.
 *
 * EACH(y, value) sets y[i] to `value` for every i below `count`. The value is written in terms of
 * E, which is a number where less than a vector is left, and else a vector as wide as the rung's
 * registers; AT(x) is the E that begins with x[i]. So the scalar rung reads as the definition.
 *
 *     y    |first......|                      stored last, where it lies
 *              |  aligned  |  aligned  |      one after the other
 *                                |.......last|
 *
 * The vectors at the two ends overlap what is between them. Both are made before anything is
 * stored, so that an operand may be written in place: elements that are in two vectors are made
 * twice of the same. There is no loop over single elements but where `count` is less than a vector,
 * nothing outside the operands is touched, and no store but those two is cut by the end of a cache
 * line. Loads may be, where operands are not aligned alike.
 */
#ifndef DEED_EACH_H
#define DEED_EACH_H

#define AT(x) (*(const E *)((x) + i))
#define STORE(p, v) (*(E *)(p) = (v))

/* Without this the compilers make vectors out of the loop over less than a vector. */
#define ONE_BY_ONE(i) __asm__("" : "+r"(i))

#if WIDTH == 0

#define EACH(y, value)                                                                             \
	do {                                                                                       \
		typedef T E;                                                                       \
		for (size_t i = 0; i < count; i++)                                                 \
			STORE(y + i, value);                                                       \
	} while (0)
#define EACH_BY(y, value) EACH(y, value)
#define EACH_BY_OTHER(y, value) EACH(y, value)
#define BLOCKS(i, block) (void)0
#define EITHER(one, all) (one)

#else

/* The function that makes the E: of one element, or of a vector of them. */
#define EITHER(one, all) _Generic((E){ 0 }, T : one, default : all)

#ifdef __x86_64__
/* Past the caches: a store that does not first read the line that it fills, which is a third of the
 * traffic of y = f(x). From 32 MiB on what is written would not stay in the cache that a few cores
 * share, so that nobody who reads it next misses anything; below, somebody would. AArch64 has no
 * such store, and processors that see by themselves what goes on.
 */
#define FAR_BYTES ((size_t)32 << 20)
#define STREAM(p, v) DEED_JOIN(MM(stream_si), MM_BITS)((MM_INT *)(void *)(p), (MM_INT)(v))
#endif

/* Some vectors are loaded before any is stored: in place, and past the first cache, that is up to a
 * tenth faster than one after the other.
 */
#define EACH_(type, some, y, value, if_far)                                                        \
	do {                                                                                       \
		const size_t step = sizeof(type) / sizeof(T);                                      \
		size_t i = 0;                                                                      \
		if (count < step) {                                                                \
			typedef T E;                                                               \
			for (; i < count; i++) {                                                   \
				STORE(y + i, value);                                               \
				ONE_BY_ONE(i);                                                     \
			}                                                                          \
		} else {                                                                           \
			typedef type E;                                                            \
			const size_t last_at = count - step;                                       \
			const E first = value;                                                     \
			i = last_at;                                                               \
			const E last = value;                                                      \
			i = step - (uintptr_t)y / sizeof(T) % step;                                \
			if_far;                                                                    \
			while (count - i >= some * step) {                                         \
				E made[some];                                                      \
				for (size_t k = 0; k < some; k++, i += step)                       \
					made[k] = value;                                           \
				for (size_t k = 0; k < some; k++)                                  \
					STORE(y + i + k * step - some * step, made[k]);            \
			}                                                                          \
			for (; i < last_at; i += step)                                             \
				STORE(y + i, value);                                               \
			STORE(y, first);                                                           \
			STORE(y + last_at, last);                                                  \
		}                                                                                  \
	} while (0)

/* In place: y is read, too. */
#define EACH_BY(y, value) EACH_(NAME(loose), 4, y, value, (void)0)

/* The same where something else is read besides. A processor that has AVX-512, and the paths to its
 * first cache half as wide, takes an eighth less time there with vectors of half the width, and
 * nowhere more.
 */
#if WIDTH == 64
#define EACH_BY_OTHER(y, value) EACH_(NAME(loose_half), 8, y, value, (void)0)
#else
#define EACH_BY_OTHER(y, value) EACH_BY(y, value)
#endif

#ifdef STREAM
#define EACH(y, value)                                                                             \
	EACH_(                                                                                     \
		NAME(loose), 4, y, value, if (count >= FAR_BYTES / sizeof(T)) {                    \
			for (; i < last_at; i += step)                                             \
				STREAM(y + i, value);                                              \
			_mm_sfence();                                                              \
		})
#else
#define EACH(y, value) EACH_BY(y, value)
#endif

/* Has `block` done from i on, a vector's worth of elements at a time, until i is `count`. Nothing
 * where there are fewer. The last block overlaps the one before, which it does once more: not for
 * what is done in place.
 */
#define BLOCKS(i, block)                                                                           \
	if (count >= STEP) {                                                                       \
		for (; count - i > STEP; i += STEP)                                                \
			block;                                                                     \
		i = count - STEP;                                                                  \
		block;                                                                             \
		i = count;                                                                         \
	}

#endif
#endif
