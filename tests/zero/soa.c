/* SPDX-License-Identifier: MIT
 *
 * tests/zero/soa.c - columns, twice: views of them, and pointers that were computed by hand out of
 * the same words.
 */
#include "zero.h"

#include "deed/soa.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#define PARTICLE(FIELD)                                                                            \
	FIELD(float, x)                                                                            \
	FIELD(float, y)                                                                            \
	FIELD(float, vx)                                                                           \
	FIELD(double, mass)                                                                        \
	FIELD(uint32_t, id)
DEED_SOA(particles, PARTICLE);

struct raw_particles {
	size_t len;
	void *data;
	size_t capacity; /* the top two bits: origin */
};

static inline __attribute__((always_inline, unused)) struct raw_f32 raw_column(
	const struct raw_particles *ps, size_t before)
{
	const char *const data = (const char *)ps->data + (ps->capacity & RAW_LEN_MAX) * before;
	const struct raw_f32 view = { (const float *)(const void *)data, ps->len };

	return view;
}

static inline __attribute__((always_inline, unused)) struct raw_f32_inout raw_column_inout(
	struct raw_particles *ps, size_t before)
{
	char *const data = (char *)ps->data + (ps->capacity & RAW_LEN_MAX) * before;
	const struct raw_f32_inout view = { (float *)(void *)data, ps->len };

	return view;
}

float sum_column_deed(const particles *ps)
{
	DEED_SOA_BORROWED(x, ps, x);
	float total = 0;

	for (size_t i = 0; i < deed_len(x); i++)
		total += deed_at(x, i);
	return total;
}

float sum_column_raw(const struct raw_particles *ps)
{
	const struct raw_f32 x = raw_column(ps, 0);
	float total = 0;

	for (size_t i = 0; i < x.len; i++)
		total += x.data[i];
	return total;
}

void three_columns_deed(particles *ps, float dt)
{
	DEED_SOA_INOUT(x, ps, x);
	DEED_SOA_BORROWED(y, ps, y);
	DEED_SOA_BORROWED(vx, ps, vx);

	for (size_t i = 0; i < deed_len(x); i++)
		deed_at(x, i) += deed_at(y, i) * deed_at(vx, i) * dt;
}

void three_columns_raw(struct raw_particles *ps, float dt)
{
	const struct raw_f32_inout x = raw_column_inout(ps, 0);
	const struct raw_f32 y = raw_column(ps, 4);
	const struct raw_f32 vx = raw_column(ps, 8);

	for (size_t i = 0; i < x.len; i++)
		x.data[i] += y.data[i] * vx.data[i] * dt;
}

void fill_column_deed(particles *ps, float value)
{
	deed_f32_inout y = deed_soa_inout(ps, y);

	for (size_t i = 0; i < deed_len(y); i++)
		deed_at(y, i) = value;
	deed_soa_end(ps, &y);
}

void fill_column_raw(struct raw_particles *ps, float value)
{
	const struct raw_f32_inout y = raw_column_inout(ps, 4);

	for (size_t i = 0; i < y.len; i++)
		y.data[i] = value;
}

void move_columns_deed(particles *to, particles *from)
{
	deed_soa_move(to, from);
}

void move_columns_raw(struct raw_particles *to, struct raw_particles *from)
{
	const struct raw_particles moved = *from;

	from->len = 0;
	from->data = NULL;
	from->capacity = 0;
	*to = moved;
}
