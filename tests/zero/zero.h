/* SPDX-License-Identifier: MIT
 *
 * tests/zero/zero.h - the raw twins: what a careful C programmer passes around instead of
 * deed's handles.
 *
 * A function of tests/zero/ is written twice, NAME_deed and NAME_raw. A raw owner is a
 * pointer and a length, passed by address; a raw view is a pointer and a length, passed by
 * value; both are told apart from nothing by their pointer, and nulled where they are given
 * up, as deed does. Raw owners note in the same two bits where their memory came from, and
 * raw code tests the same overflows: deed has to be no longer than code that does its work.
 */
#ifndef ZERO_H
#define ZERO_H

#include "deed.h"

#include <stdlib.h>
#include <string.h>

struct raw_owner_f32 {
	float *data;
	size_t len; /* the top two bits: origin */
};
struct raw_f32 {
	const float *data;
	size_t len;
};
struct raw_f32_inout {
	float *data;
	size_t len;
};
struct raw_u8 {
	const uint8_t *data;
	size_t len;
};
struct raw_u8_inout {
	uint8_t *data;
	size_t len;
};
struct raw_u32_inout {
	uint32_t *data;
	size_t len;
};
struct raw_f32_tile {
	const float *data;
	size_t width, pitch, rows;
};
struct raw_f32_tile_inout {
	float *data;
	size_t width, pitch, rows;
};

struct px {
	float r, g, b;
};
DEED_DEFINE(pixels, struct px);
struct raw_px_inout {
	struct px *data;
	size_t len;
};

#define RAW_ORIGIN_SHIFT 62
#define RAW_LEN_MAX (((size_t)1 << RAW_ORIGIN_SHIFT) - 1)
enum raw_origin { RAW_HEAP, RAW_ALIGNED, RAW_BORDER, RAW_FOREIGN };

/* What both call and neither sees into. */
float take_deed(deed_f32_borrowed v);
float take_raw(struct raw_f32 v);
void change_deed(deed_f32_inout v);
void change_raw(struct raw_f32_inout v);
void drop_foreign(void *data);
void forget_foreign(void *data);
void *alloc_aligned(size_t bytes, size_t align, int zeroed);

static inline __attribute__((always_inline, unused)) int raw_new(struct raw_owner_f32 *ret,
								 size_t count)
{
	size_t bytes;
	float *data;

	if (__builtin_mul_overflow(count, sizeof *ret->data, &bytes))
		return -EOVERFLOW;
	data = (float *)malloc(bytes ? bytes : 1);
	if (!data)
		return -ENOMEM;
	ret->data = data;
	ret->len = count;
	return 0;
}

static inline __attribute__((always_inline, unused)) void raw_drop(struct raw_owner_f32 *owner)
{
	if (__builtin_expect(!(owner->len >> (RAW_ORIGIN_SHIFT + 1)), 1))
		free(owner->data);
	else if (owner->len >> RAW_ORIGIN_SHIFT == RAW_FOREIGN)
		drop_foreign(owner->data);
	owner->data = NULL;
	owner->len = 0;
}

static inline __attribute__((always_inline, unused)) size_t raw_len(
	const struct raw_owner_f32 *owner)
{
	return owner->len & RAW_LEN_MAX;
}

#endif
