/* SPDX-License-Identifier: MIT
 *
 * lib/columns.h - columns on raw memory: how much room, where each is, rows in and out.
 *
 * What these are given has been checked: nothing here overflows, allocates or fails unless
 * it says so.
 */
#ifndef DEED_LIB_COLUMNS_H
#define DEED_LIB_COLUMNS_H

#include "base.h"
#include "deed/columns.h"

/* A cache line: what a column begins, and what 64 rows of any field are a multiple of. */
#define DEED_COLUMN_ALIGN ((size_t)64)

/* deed_columns_room - the capacity for `count` rows; -EOVERFLOW if their bytes do not fit a size_t.
 * deed_columns_more - the same where there was room for `capacity` of them, which is too little:
 * half as much again at least, so that a million pushes move each row a few times.
 */
int deed_columns_room(size_t count, size_t row_bytes, size_t *ret_capacity);
int deed_columns_more(size_t count, size_t capacity, size_t row_bytes, size_t *ret_capacity);

/* deed_column_next - the next column; false after the last. A column begins as { 0 }. */
struct deed_column {
	size_t packed, padded; /* where the field is in a row: times the capacity, its column is */
	size_t size;
};
bool deed_column_next(const struct deed_columns *columns, struct deed_column *column);

/* deed_columns_move - `count` rows, to where there is another capacity.
 * deed_columns_put - rows in, from an array of structs; `first` is the row that the first becomes.
 * deed_columns_get - rows out.
 */
void deed_columns_move(const struct deed_columns *columns, void *to, size_t to_capacity,
		       const void *from, size_t from_capacity, size_t count);
void deed_columns_put(const struct deed_columns *columns, void *base, size_t capacity, size_t first,
		      const void *rows, size_t count);
void deed_columns_get(const struct deed_columns *columns, const void *base, size_t capacity,
		      size_t first, void *rows, size_t count);

#endif
