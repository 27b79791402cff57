/* SPDX-License-Identifier: MIT
 *
 * lib/arena.h - arenas as the ledger works on them, which keeps its gaps in their chunks.
 */
#ifndef DEED_LIB_ARENA_H
#define DEED_LIB_ARENA_H

#include <stddef.h>

#include "base.h"
#include "deed/arena.h"

/* At the end of a chunk, behind what is given out. Trap builds have a gap in front of `base`. */
struct deed_arena_chunk {
	struct deed_arena_chunk *previous, *next;
	char *base;
	size_t room; /* bytes from `base` to here */
	/* In trap builds alone, and counts nowhere: of the block of another arena's that the chunk
	 * is; 0 if it is none. */
	uint64_t loan;
};

/* A chunk of which nobody has looked yet what it lies in. */
#define DEED_CHUNK_NEW UINT64_MAX
/* What a chunk has more than its room, as it counts and as it is. */
#define DEED_CHUNK_HEAD offsetof(struct deed_arena_chunk, loan)
#define DEED_CHUNK_TAIL (DEED_TRAP ? sizeof(struct deed_arena_chunk) : DEED_CHUNK_HEAD)

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

/* deed_arena_chunk_new - a chunk that counts nowhere yet, with `real` bytes of room, in no list; or
 * null. deed_arena_chunk_free - it goes. Outside the ledger. */
struct deed_arena_chunk *deed_arena_chunk_new(const struct deed_arena *arena, size_t real);
void deed_arena_chunk_free(const struct deed_arena *arena, struct deed_arena_chunk *chunk);

/* Bytes that are in use, rounded up to the alignment. */
size_t deed_arena_used(const struct deed_arena *arena);

/* deed_scratch_is_mine - whether what lies there is one of the calling thread's scratch arenas,
 * which outlive the blocks that have them. */
bool deed_scratch_is_mine(const struct deed_arena *arena);

#endif
