/* SPDX-License-Identifier: MIT
 *
 * lib/trap/chunks.h - which memory is of arenas.
 *
 * What lies in a chunk and is nobody's buffer was given back, or never handed out: whoever
 * still has a pointer to it has kept it too long. Chunks come and go seldom, and are asked for
 * by lends of bytes that no buffer holds; so they are a list in order. Lock: CHUNKS, leaf.
 */
#ifndef DEED_CHUNKS_H
#define DEED_CHUNKS_H

#include "../base.h"

/* deed_chunks_put - the bytes are an arena's. Without memory to note it they are nobody's.
 * deed_chunks_take - what lies in the bytes is not an arena's any more.
 * deed_chunks_have - whether an address is in a chunk.
 */
void deed_chunks_put(const void *memory, size_t bytes);
void deed_chunks_take(const void *memory, size_t bytes);
bool deed_chunks_have(uintptr_t address);

void deed_chunks_fork_prepare(void);
void deed_chunks_fork_done(void);

#endif
