/* SPDX-License-Identifier: MIT
 *
 * deed/columns.h - what a struct of arrays is made of: the owner's words, and where its columns
 * lie. For deed/soa.h and the library; not for programs.
 *
 * All columns are in one buffer, aligned to a cache line, with room for `capacity` rows:
 *
 *     base                 + capacity * 4         + capacity * 8
 *     | x x x x x . . .    | y y y y y . . .      | id id id id id . . .    |
 *
 * A column begins at `capacity` times the bytes of the fields before it: where it would begin
 * in a row without gaps, times the capacity. That is one multiplication, and no table. The
 * capacity is a multiple of 64, so that every column begins a cache line whatever its fields
 * are. It is an odd multiple: columns that lie 4096 bytes apart compete for the same few lines
 * of the cache, and so they do only where 64 bytes of fields are between them.
 */
#ifndef DEED_COLUMNS_H
#define DEED_COLUMNS_H

#include "deed/handle.h"

/* The core of an owner of columns. `owner` owns the buffer, whose elements are rows without gaps,
 * as many as there is room for: owner.len is the capacity. In trap builds it is a handle of the
 * ledger, as every owner is.
 */
struct deed_soa {
	size_t len; /* rows */
	struct deed_owner owner;
};

/* The fields of a row, as two maps of bytes in which every byte is 0 but for the first of each
 * field, which is 1: of a row without gaps, and of the struct that programs know.
 */
struct deed_columns {
	const unsigned char *packed, *padded;
	size_t packed_bytes, padded_bytes;
};

#endif
