/* SPDX-License-Identifier: MIT
 *
 * lib/trap/carve.h - what the ledger does for arenas. The verbs are in deed/arena.h.
 */
#ifndef DEED_CARVE_H
#define DEED_CARVE_H

#include "../base.h"

struct deed_arena;
struct deed_site;

/* Where blocks are made and freed: code that deed does not see. */
extern DEED_HIDDEN const struct deed_site deed_block_site;

/* deed_chunk_is_fit - whether what the arena's allocator gave may be a chunk: see given.h. If not,
 * the carving that asked for it is E18. deed_chunk_comes - a chunk's memory comes, all of it
 * nobody's. deed_chunk_goes - it goes back, and its loan ends, if it is not 0. Outside the ledger.
 */
bool deed_chunk_is_fit(const struct deed_arena *arena, void *memory, size_t bytes);
void deed_chunk_comes(void *memory, size_t bytes);
void deed_chunk_goes(void *memory, size_t bytes, uint64_t loan);

/* deed_arena_block - a block for deed_arena_allocator(): a buffer of nobody's, of which who asked
 * for it may make one of its own. Null if there is no memory. deed_arena_block_free - it ends, or
 * that is a fault. Outside, no lock.
 */
void *deed_arena_block(struct deed_arena *arena, size_t bytes, size_t align);
void deed_arena_block_free(void *block);

/* deed_scratch_reset - the end of a block of DEED_SCRATCH, declared `at`. */
void deed_scratch_reset(struct deed_arena *arena, const void *frame, const struct deed_site *at);

/* deed_arenas_check - looks at the gaps beside the buffers of every arena, and at those that have
 * ended before it, and raises what it finds, E25 and E04: how many it looked at. Leaves out arenas
 * that have one of `but_flags`. `when` it is: see deed_finding_noticed(). Outside, no lock.
 */
size_t deed_arenas_check(unsigned but_flags, const char *when);

#endif
