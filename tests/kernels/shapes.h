/* SPDX-License-Identifier: MIT
 *
 * tests/kernels/shapes.h - every kernel of deed/simd.h as data: what it reads and writes, and a
 * call of it through one interface.
 *
 * A kernel is known by the type of its function. SHAPES lists these types, each with its
 * signature: the operands in their order, `w` written (and perhaps read), `r` read, `a` a number.
 * The list of kernels picks from it by _Generic: a kernel of a shape that is not here does not
 * compile, and none is left out.
 */
#ifndef DEED_TEST_SHAPES_H
#define DEED_TEST_SHAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "deed/simd.h"

/* What an operand or a result is made of. */
enum kind { kind_none, kind_f32, kind_f64, kind_u8, kind_i16, kind_i32, kind_i64, kind_u64 };

static const size_t kind_size[] = { 0, 4, 8, 1, 2, 4, 8, 8 };

#define MOST_OPERANDS 5

union number {
	float f32;
	double f64;
};

struct call {
	void *operands[MOST_OPERANDS];
	union number numbers[2];
	size_t count;
	union {
		float f32;
		double f64;
		int32_t i32;
		int64_t i64;
		size_t u64;
		struct deed_moments moments;
	} result;
};

struct shape {
	void (*call)(void (*kernel)(void), struct call *call);
	const char *signature;
	enum kind written, read, result;
	size_t results;
};

/* S(name, signature, written, read, result, how many of it, where it goes, C types, arguments) */
#define OPERAND(T, i) ((T *)call->operands[i])
#define NUMBER(t, i) (call->numbers[i].t)
#define COUNT (call->count)
#define SHAPES_OF_FLOATS(S, T, t)                                                                  \
	S(t##_wa, "wa", t, none, none, 0, , void, (T *, T, size_t),                                \
	  (OPERAND(T, 0), NUMBER(t, 0), COUNT))                                                    \
	S(t##_waa, "waa", t, none, none, 0, , void, (T *, T, T, size_t),                           \
	  (OPERAND(T, 0), NUMBER(t, 0), NUMBER(t, 1), COUNT))                                      \
	S(t##_w, "w", t, none, none, 0, , void, (T *, size_t), (OPERAND(T, 0), COUNT))             \
	S(t##_wr, "wr", t, t, none, 0, , void, (T *, const T *, size_t),                           \
	  (OPERAND(T, 0), OPERAND(T, 1), COUNT))                                                   \
	S(t##_wra, "wra", t, t, none, 0, , void, (T *, const T *, T, size_t),                      \
	  (OPERAND(T, 0), OPERAND(T, 1), NUMBER(t, 0), COUNT))                                     \
	S(t##_wraa, "wraa", t, t, none, 0, , void, (T *, const T *, T, T, size_t),                 \
	  (OPERAND(T, 0), OPERAND(T, 1), NUMBER(t, 0), NUMBER(t, 1), COUNT))                       \
	S(t##_war, "war", t, t, none, 0, , void, (T *, T, const T *, size_t),                      \
	  (OPERAND(T, 0), NUMBER(t, 0), OPERAND(T, 1), COUNT))                                     \
	S(t##_wrr, "wrr", t, t, none, 0, , void, (T *, const T *, const T *, size_t),              \
	  (OPERAND(T, 0), OPERAND(T, 1), OPERAND(T, 2), COUNT))                                    \
	S(t##_wrrr, "wrrr", t, t, none, 0, , void, (T *, const T *, const T *, const T *, size_t), \
	  (OPERAND(T, 0), OPERAND(T, 1), OPERAND(T, 2), OPERAND(T, 3), COUNT))                     \
	S(t##_wrrrr, "wrrrr", t, t, none, 0, , void,                                               \
	  (T *, const T *, const T *, const T *, const T *, size_t),                               \
	  (OPERAND(T, 0), OPERAND(T, 1), OPERAND(T, 2), OPERAND(T, 3), OPERAND(T, 4), COUNT))      \
	S(t##_wwr, "wwr", t, t, none, 0, , void, (T *, T *, const T *, size_t),                    \
	  (OPERAND(T, 0), OPERAND(T, 1), OPERAND(T, 2), COUNT))                                    \
	S(t##_wwwr, "wwwr", t, t, none, 0, , void, (T *, T *, T *, const T *, size_t),             \
	  (OPERAND(T, 0), OPERAND(T, 1), OPERAND(T, 2), OPERAND(T, 3), COUNT))                     \
	S(t##_wwwwr, "wwwwr", t, t, none, 0, , void, (T *, T *, T *, T *, const T *, size_t),      \
	  (OPERAND(T, 0), OPERAND(T, 1), OPERAND(T, 2), OPERAND(T, 3), OPERAND(T, 4), COUNT))      \
	S(t##_r, "r", none, t, t, 1, call->result.t =, T, (const T *, size_t),                     \
	  (OPERAND(T, 0), COUNT))                                                                  \
	S(t##_rr, "rr", none, t, t, 1, call->result.t =, T, (const T *, const T *, size_t),        \
	  (OPERAND(T, 0), OPERAND(T, 1), COUNT))                                                   \
	S(t##_moments, "r", none, t, f64, 2, call->result.moments =, struct deed_moments,          \
	  (const T *, size_t), (OPERAND(T, 0), COUNT))                                             \
	S(t##_where, "r", none, t, u64, 1, call->result.u64 =, size_t, (const T *, size_t),        \
	  (OPERAND(T, 0), COUNT))

#define SHAPE_OF_CONVERSION(S, T, t, F, f)                                                         \
	S(t##_from_##f, "wr", t, f, none, 0, , void, (T *, const F *, size_t),                     \
	  (OPERAND(T, 0), OPERAND(F, 1), COUNT))

#define SHAPES(S)                                                                                  \
	SHAPES_OF_FLOATS(S, float, f32)                                                            \
	SHAPES_OF_FLOATS(S, double, f64)                                                           \
	S(i32_r, "r", none, i32, i32, 1, call->result.i32 =, int32_t, (const int32_t *, size_t),   \
	  (OPERAND(int32_t, 0), COUNT))                                                            \
	S(i32_sum, "r", none, i32, i64, 1, call->result.i64 =, int64_t, (const int32_t *, size_t), \
	  (OPERAND(int32_t, 0), COUNT))                                                            \
	S(i64_r, "r", none, i64, i64, 1, call->result.i64 =, int64_t, (const int64_t *, size_t),   \
	  (OPERAND(int64_t, 0), COUNT))                                                            \
	SHAPE_OF_CONVERSION(S, float, f32, uint8_t, u8)                                            \
	SHAPE_OF_CONVERSION(S, float, f32, int16_t, i16)                                           \
	SHAPE_OF_CONVERSION(S, float, f32, int32_t, i32)                                           \
	SHAPE_OF_CONVERSION(S, uint8_t, u8, float, f32)                                            \
	SHAPE_OF_CONVERSION(S, int16_t, i16, float, f32)                                           \
	SHAPE_OF_CONVERSION(S, int32_t, i32, float, f32)                                           \
	SHAPE_OF_CONVERSION(S, double, f64, float, f32)                                            \
	SHAPE_OF_CONVERSION(S, float, f32, double, f64)                                            \
	SHAPE_OF_CONVERSION(S, uint64_t, u64, uint8_t, u8)

#define SHAPE(name, signature, written, read, kind, results, store, result, types, arguments)      \
	static void call_##name(void (*kernel)(void), struct call *call)                           \
	{                                                                                          \
		store((result(*) types)kernel) arguments;                                          \
	}                                                                                          \
	static const struct shape shape_##name = { call_##name, signature,   kind_##written,       \
						   kind_##read, kind_##kind, results };
SHAPES(SHAPE)
#undef SHAPE

struct kernel {
	const char *name;
	size_t offset; /* of its member in a table */
	const struct shape *shape;
};

#define PICK(name, signature, written, read, kind, results, store, result, types, arguments)       \
	, result(*) types : &shape_##name
#define KERNEL(result, name, parameters)                                                           \
	{ #name, offsetof(struct deed_kernels, name),                                              \
	  _Generic(((const struct deed_kernels *)0)->name SHAPES(PICK)) },
static const struct kernel kernels[] = { DEED_KERNELS(KERNEL) };
#undef KERNEL
#undef PICK

#define KERNEL_COUNT (sizeof(kernels) / sizeof *kernels)

static inline void call_kernel(const struct kernel *kernel, const struct deed_kernels *rung,
			       struct call *call)
{
	void (*function)(void);

	memcpy(&function, (const char *)rung + kernel->offset, sizeof function);
	kernel->shape->call(function, call);
}

/* How many elements the operand has that `letter` is for, when the count is `count`: what is
 * woven has several of each column. */
static inline size_t operand_count(const struct kernel *kernel, char letter, size_t count)
{
	const char *const weave = strstr(kernel->name, "interleave");
	const char woven = weave == kernel->name ? 'w' : 'r';

	if (kernel->shape->written == kind_u64 && letter == 'w')
		return 256; /* the counters of a histogram */
	if (weave && letter == woven)
		return count * (size_t)(weave[strlen("interleave")] - '0');
	return count;
}

#endif
