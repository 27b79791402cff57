/* SPDX-License-Identifier: MIT
 *
 * tests/zero/views.c - loops over views, slices and splits of them, calls with them, twice.
 */
#include "zero.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

float sum_at_deed(deed_f32_borrowed v)
{
	float total = 0;

	for (size_t i = 0; i < deed_len(v); i++)
		total += deed_at(v, i);
	return total;
}

float sum_at_raw(struct raw_f32 v)
{
	float total = 0;

	for (size_t i = 0; i < v.len; i++)
		total += v.data[i];
	return total;
}

float sum_data_deed(deed_f32_borrowed v)
{
	const float *p = deed_data(v);
	float total = 0;

	for (size_t i = 0; i < deed_len(v); i++)
		total += p[i];
	return total;
}

float sum_data_raw(struct raw_f32 v)
{
	const float *p = v.data;
	float total = 0;

	for (size_t i = 0; i < v.len; i++)
		total += p[i];
	return total;
}

void scale_deed(deed_f32_inout v, float by)
{
	for (size_t i = 0; i < deed_len(v); i++)
		deed_at(v, i) *= by;
}

void scale_raw(struct raw_f32_inout v, float by)
{
	for (size_t i = 0; i < v.len; i++)
		v.data[i] *= by;
}

void axpy_deed(deed_f32_inout y, float a, deed_f32_borrowed x)
{
	for (size_t i = 0; i < deed_len(y); i++)
		deed_at(y, i) += a * deed_at(x, i);
}

void axpy_raw(struct raw_f32_inout y, float a, struct raw_f32 x)
{
	for (size_t i = 0; i < y.len; i++)
		y.data[i] += a * x.data[i];
}

float dot_deed(deed_f32_borrowed x, deed_f32_borrowed y)
{
	float total = 0;

	for (size_t i = 0; i < deed_len(x) && i < deed_len(y); i++)
		total += deed_at(x, i) * deed_at(y, i);
	return total;
}

float dot_raw(struct raw_f32 x, struct raw_f32 y)
{
	float total = 0;

	for (size_t i = 0; i < x.len && i < y.len; i++)
		total += x.data[i] * y.data[i];
	return total;
}

void histogram_deed(deed_u32_inout counts, deed_u8_borrowed bytes)
{
	for (size_t i = 0; i < deed_len(bytes); i++)
		deed_at(counts, deed_at(bytes, i))++;
}

void histogram_raw(struct raw_u32_inout counts, struct raw_u8 bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		counts.data[bytes.data[i]]++;
}

ptrdiff_t find_deed(deed_f32_borrowed v, float wanted)
{
	for (size_t i = 0; i < deed_len(v); i++)
		if (deed_at(v, i) == wanted)
			return (ptrdiff_t)i;
	return -1;
}

ptrdiff_t find_raw(struct raw_f32 v, float wanted)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.data[i] == wanted)
			return (ptrdiff_t)i;
	return -1;
}

void insertion_sort_deed(deed_f32_inout v)
{
	for (size_t i = 1; i < deed_len(v); i++) {
		const float moving = deed_at(v, i);
		size_t hole = i;

		for (; hole > 0 && deed_at(v, hole - 1) > moving; hole--)
			deed_at(v, hole) = deed_at(v, hole - 1);
		deed_at(v, hole) = moving;
	}
}

void insertion_sort_raw(struct raw_f32_inout v)
{
	for (size_t i = 1; i < v.len; i++) {
		const float moving = v.data[i];
		size_t hole = i;

		for (; hole > 0 && v.data[hole - 1] > moving; hole--)
			v.data[hole] = v.data[hole - 1];
		v.data[hole] = moving;
	}
}

void brighten_deed(pixels_inout v, float by)
{
	for (size_t i = 0; i < deed_len(v); i++) {
		deed_at(v, i).r += by;
		deed_at(v, i).g += by;
		deed_at(v, i).b += by;
	}
}

void brighten_raw(struct raw_px_inout v, float by)
{
	for (size_t i = 0; i < v.len; i++) {
		v.data[i].r += by;
		v.data[i].g += by;
		v.data[i].b += by;
	}
}

float ends_deed(deed_f32_borrowed v)
{
	return deed_at(v, 0) + deed_at(v, deed_len(v) - 1);
}

float ends_raw(struct raw_f32 v)
{
	return v.data[0] + v.data[v.len - 1];
}

size_t len_deed(deed_f32_borrowed v)
{
	return deed_len(v);
}

size_t len_raw(struct raw_f32 v)
{
	return v.len;
}

float *address_deed(deed_f32_inout v)
{
	return deed_data(v);
}

float *address_raw(struct raw_f32_inout v)
{
	return v.data;
}

void fill_deed(deed_f32_inout v, float value)
{
	deed_fill(v, value);
}

void fill_raw(struct raw_f32_inout v, float value)
{
	for (size_t i = 0; i < v.len; i++)
		v.data[i] = value;
}

void fill_bytes_deed(deed_u8_inout v)
{
	deed_fill(v, 0);
}

void fill_bytes_raw(struct raw_u8_inout v)
{
	for (size_t i = 0; i < v.len; i++)
		v.data[i] = 0;
}

void fill_pixels_deed(pixels_inout v, struct px value)
{
	deed_fill(v, value);
}

/* deed_fill() takes the value once, into a constant: so does this. */
void fill_pixels_raw(struct raw_px_inout v, struct px value)
{
	const struct px once = value;

	for (size_t i = 0; i < v.len; i++)
		v.data[i] = once;
}

void copy_deed(deed_f32_inout to, deed_f32_borrowed from)
{
	deed_copy(to, from);
}

void copy_raw(struct raw_f32_inout to, struct raw_f32 from)
{
	if (to.len)
		memcpy(to.data, from.data, to.len * sizeof *to.data);
}

void copy_halves_deed(deed_f32_inout v)
{
	deed_copy(deed_slice(v, 0, deed_len(v) / 2),
		  deed_reading(deed_slice(v, deed_len(v) / 2, deed_len(v))));
}

void copy_halves_raw(struct raw_f32_inout v)
{
	if (v.len / 2)
		memcpy(v.data, v.data + v.len / 2, v.len / 2 * sizeof *v.data);
}

deed_f32_borrowed slice_deed(deed_f32_borrowed v, size_t lo, size_t hi)
{
	return deed_slice(v, lo, hi);
}

struct raw_f32 slice_raw(struct raw_f32 v, size_t lo, size_t hi)
{
	return (struct raw_f32){ v.data + lo, hi - lo };
}

float sum_slice_deed(deed_f32_borrowed v, size_t lo, size_t hi)
{
	return sum_at_deed(deed_slice(v, lo, hi));
}

float sum_slice_raw(struct raw_f32 v, size_t lo, size_t hi)
{
	return sum_at_raw((struct raw_f32){ v.data + lo, hi - lo });
}

void add_halves_deed(deed_f32_inout v)
{
	const deed_f32_inout head = deed_slice(v, 0, deed_len(v) / 2);
	const deed_f32_inout tail = deed_slice(v, deed_len(v) / 2, deed_len(v));

	for (size_t i = 0; i < deed_len(head); i++)
		deed_at(head, i) += deed_at(tail, i);
}

void add_halves_raw(struct raw_f32_inout v)
{
	const struct raw_f32_inout head = { v.data, v.len / 2 };
	const struct raw_f32_inout tail = { v.data + v.len / 2, v.len - v.len / 2 };

	for (size_t i = 0; i < head.len; i++)
		head.data[i] += tail.data[i];
}

float call_with_slice_deed(deed_f32_borrowed v)
{
	return take_deed(v) + take_deed(deed_slice(v, 1, deed_len(v) - 1));
}

float call_with_slice_raw(struct raw_f32 v)
{
	return take_raw(v) + take_raw((struct raw_f32){ v.data + 1, v.len - 2 });
}

float split_deed(deed_f32_inout v, size_t at)
{
	deed_f32_inout left, right;
	float total;

	deed_split(&v, at, &left, &right);
	scale_deed(left, 2.0f);
	change_deed(right);
	total = sum_at_deed(deed_reading(left));
	deed_end(&v, &left);
	deed_end(&v, &right);
	return total;
}

float split_raw(struct raw_f32_inout v, size_t at)
{
	struct raw_f32_inout left = { v.data, at }, right = { v.data + at, v.len - at };

	scale_raw(left, 2.0f);
	change_raw(right);
	return sum_at_raw((struct raw_f32){ left.data, left.len });
}

void child_deed(deed_f32_inout v, size_t lo, size_t hi)
{
	deed_f32_inout child = deed_reborrow(&v, lo, hi);

	change_deed(child);
	deed_end(&v, &child);
	deed_at(v, 0) = 0;
}

void child_raw(struct raw_f32_inout v, size_t lo, size_t hi)
{
	const struct raw_f32_inout child = { v.data + lo, hi - lo };

	change_raw(child);
	v.data[0] = 0;
}

float child_guard_deed(deed_f32_inout v, size_t lo, size_t hi)
{
	{
		DEED_INOUT_PART(child, &v, lo, hi);
		if (deed_len(child) == 0)
			return 0;
		change_deed(child);
	}
	return take_deed(deed_reading(v));
}

float child_guard_raw(struct raw_f32_inout v, size_t lo, size_t hi)
{
	{
		const struct raw_f32_inout child = { v.data + lo, hi - lo };
		if (child.len == 0)
			return 0;
		change_raw(child);
	}
	return take_raw((struct raw_f32){ v.data, v.len });
}

uint32_t checksum_deed(deed_f32_borrowed v)
{
	const deed_u8_borrowed bytes = deed_bytes(v);
	uint32_t sum = 0;

	for (size_t i = 0; i < deed_len(bytes); i++)
		sum = sum * 31 + deed_at(bytes, i);
	return sum;
}

uint32_t checksum_raw(struct raw_f32 v)
{
	const struct raw_u8 bytes = { (const uint8_t *)v.data, v.len * sizeof *v.data };
	uint32_t sum = 0;

	for (size_t i = 0; i < bytes.len; i++)
		sum = sum * 31 + bytes.data[i];
	return sum;
}

float sum_tile_deed(deed_f32_tile_borrowed tile)
{
	float total = 0;

	for (size_t y = 0; y < deed_tile_rows(tile); y++) {
		const deed_f32_borrowed row = deed_tile_row(tile, y);

		for (size_t x = 0; x < deed_len(row); x++)
			total += deed_at(row, x);
	}
	return total;
}

float sum_tile_raw(struct raw_f32_tile tile)
{
	float total = 0;

	for (size_t y = 0; y < tile.rows; y++) {
		const struct raw_f32 row = { tile.data + y * tile.pitch, tile.width };

		for (size_t x = 0; x < row.len; x++)
			total += row.data[x];
	}
	return total;
}

void clear_tile_deed(deed_f32_inout v, size_t pitch, size_t y, size_t x, size_t rows, size_t width)
{
	DEED_TILE_INOUT(tile, &v, pitch, y, x, rows, width);

	for (size_t i = 0; i < deed_tile_rows(tile); i++) {
		const deed_f32_inout row = deed_tile_row(tile, i);

		for (size_t j = 0; j < deed_len(row); j++)
			deed_at(row, j) = 0;
	}
}

void clear_tile_raw(struct raw_f32_inout v, size_t pitch, size_t y, size_t x, size_t rows,
		    size_t width)
{
	const struct raw_f32_tile_inout tile = { v.data + y * pitch + x, width, pitch, rows };

	for (size_t i = 0; i < tile.rows; i++) {
		const struct raw_f32_inout row = { tile.data + i * tile.pitch, tile.width };

		for (size_t j = 0; j < row.len; j++)
			row.data[j] = 0;
	}
}

void transpose_deed(deed_f32_inout to, deed_f32_borrowed from, size_t rows, size_t columns)
{
	for (size_t y = 0; y < rows; y++)
		for (size_t x = 0; x < columns; x++)
			deed_at(to, x * rows + y) = deed_at(from, y * columns + x);
}

void transpose_raw(struct raw_f32_inout to, struct raw_f32 from, size_t rows, size_t columns)
{
	for (size_t y = 0; y < rows; y++)
		for (size_t x = 0; x < columns; x++)
			to.data[x * rows + y] = from.data[y * columns + x];
}
