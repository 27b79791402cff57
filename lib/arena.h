/* SPDX-License-Identifier: MIT
 *
 * lib/arena.h - arenas as the ledger works on them, which keeps its gaps in their chunks.
 */
#ifndef DEED_LIB_ARENA_H
#define DEED_LIB_ARENA_H

#include "base.h"
#include "deed/arena.h"

/* At the end of a chunk, behind what is given out. Trap builds have a gap in front of `base`. */
struct deed_arena_chunk {
	struct deed_arena_chunk *previous, *next;
	char *base;
	size_t room; /* bytes from `base` to here */
};

/* What is carved: [lo, lo + bytes), of which lo or the first address with the alignment asked for
 * is the buffer's. Trap builds carve twice of what is asked: the other half is a gap. */
struct deed_span {
	char *lo;
	size_t bytes;
};

/* deed_arena_span - carves; a null `lo` if there is no memory, or `align` is none. */
struct deed_span deed_arena_span(struct deed_arena *arena, size_t bytes, size_t align);

/* The bytes in front of a chunk's room: a gap for the ledger, and none in release builds. */
size_t deed_arena_front(const struct deed_arena *arena);

/* Bytes that are in use, rounded up to the alignment. */
size_t deed_arena_used(const struct deed_arena *arena);

#endif
