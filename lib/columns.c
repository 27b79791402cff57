/* SPDX-License-Identifier: MIT
 *
 * lib/columns.c - rows in and out of columns.
 *
 * Rows are copied in blocks, and in a block column by column: the columns are written one
 * after another, each line of them once, while the rows of the block stay in the cache. One
 * row is a block of one.
 *
 * The fields are found anew every time, a byte of the maps at a step: what they are is known
 * to the compiler at each call, and to nobody else. That is nothing beside a block, and for a
 * single row it is what a single row costs.
 */
#include "columns.h"

#include <errno.h>
#include <string.h>

/* Rows of a block: of 64 bytes each they fill a quarter of a small first-level cache. */
#define BLOCK 128

int deed_columns_room(size_t count, size_t row_bytes, size_t *ret_capacity)
{
	size_t capacity, bytes;

	if (count > SIZE_MAX - 2 * DEED_COLUMN_ALIGN)
		return -EOVERFLOW;
	capacity = deed_round_up(count, DEED_COLUMN_ALIGN) | DEED_COLUMN_ALIGN;
	if (__builtin_mul_overflow(capacity, row_bytes, &bytes))
		return -EOVERFLOW;
	*ret_capacity = capacity;
	return 0;
}

int deed_columns_more(size_t count, size_t capacity, size_t row_bytes, size_t *ret_capacity)
{
	const size_t grown = capacity + capacity / 2;

	if (grown > count && !deed_columns_room(grown, row_bytes, ret_capacity))
		return 0;
	return deed_columns_room(count, row_bytes, ret_capacity);
}

bool deed_column_next(const struct deed_columns *columns, struct deed_column *column)
{
	size_t end = column->packed + column->size;

	column->packed = end;
	column->padded += column->size;
	if (end == columns->packed_bytes)
		return false;
	while (!columns->padded[column->padded])
		column->padded++;
	do
		end++;
	while (end < columns->packed_bytes && !columns->packed[end]);
	column->size = end - column->packed;
	return true;
}

void deed_columns_move(const struct deed_columns *columns, void *to, size_t to_capacity,
		       const void *from, size_t from_capacity, size_t count)
{
	struct deed_column column = { 0 };

	while (deed_column_next(columns, &column))
		memcpy((char *)to + to_capacity * column.packed,
		       (const char *)from + from_capacity * column.packed, count * column.size);
}

/* `count` elements of `size` bytes, so many bytes apart on either side. */
DEED_INLINE void copy_apart(char *to, size_t to_step, const char *from, size_t from_step,
			    size_t size, size_t count)
{
	for (size_t i = 0; i < count; i++)
		memcpy(to + i * to_step, from + i * from_step, size);
}

/* The usual sizes by themselves: a memcpy() of a size that is known is one load and one store. */
static void copy(char *to, size_t to_step, const char *from, size_t from_step, size_t size,
		 size_t count)
{
	switch (size) {
	case 1:
		copy_apart(to, to_step, from, from_step, 1, count);
		break;
	case 2:
		copy_apart(to, to_step, from, from_step, 2, count);
		break;
	case 4:
		copy_apart(to, to_step, from, from_step, 4, count);
		break;
	case 8:
		copy_apart(to, to_step, from, from_step, 8, count);
		break;
	default:
		copy_apart(to, to_step, from, from_step, size, count);
	}
}

void deed_columns_put(const struct deed_columns *columns, void *base, size_t capacity, size_t first,
		      const void *rows, size_t count)
{
	for (size_t at = 0; at < count; at += BLOCK) {
		const char *const block = (const char *)rows + at * columns->padded_bytes;
		struct deed_column column = { 0 };

		while (deed_column_next(columns, &column))
			copy((char *)base + capacity * column.packed + (first + at) * column.size,
			     column.size, block + column.padded, columns->padded_bytes, column.size,
			     deed_min(count - at, BLOCK));
	}
}

void deed_columns_get(const struct deed_columns *columns, const void *base, size_t capacity,
		      size_t first, void *rows, size_t count)
{
	for (size_t at = 0; at < count; at += BLOCK) {
		char *const block = (char *)rows + at * columns->padded_bytes;
		struct deed_column column = { 0 };

		while (deed_column_next(columns, &column))
			copy(block + column.padded, columns->padded_bytes,
			     (const char *)base + capacity * column.packed +
				     (first + at) * column.size,
			     column.size, column.size, deed_min(count - at, BLOCK));
	}
}
