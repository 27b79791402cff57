/* SPDX-License-Identifier: MIT
 *
 * lib/trap/where.h - which buffer an address belongs to, or lies near.
 */
#ifndef DEED_WHERE_H
#define DEED_WHERE_H

#include "cell.h"
#include "writer.h"

enum deed_side { DEED_SIDE_INSIDE, DEED_SIDE_FRONT, DEED_SIDE_BEHIND };

struct deed_where {
	uint32_t slot; /* 0: no buffer is that near */
	enum deed_side side;
	size_t far; /* bytes from its beginning; or from the edge that it lies beyond */
};

/* deed_where - the buffer, live or in quarantine, that the address lies in, or else the one whose
 * edge is nearest, if that is less than `around` bytes away. Inside the ledger, no lock. */
struct deed_where deed_where(uintptr_t address, size_t around);

/* deed_where_in_arenas - the same, but only of buffers in arenas, ended ones too, whatever the
 * arena lies in: of two that the address may be of, the younger. All rows are asked: for a program
 * that is at its end. */
struct deed_where deed_where_in_arenas(uintptr_t address, size_t around);

/* "16 bytes behind `xs`", "byte 12 of `xs`". Under the cell's shard lock. */
void deed_put_where(struct deed_writer *out, const struct deed_where *where);

#endif
