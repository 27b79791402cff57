/* SPDX-License-Identifier: MIT
 *
 * lib/trap/quarantine.h - memory that has ended waits here before the allocator gets it back.
 *
 * A dropped buffer, and what a resize leaves behind, is filled with a pattern (redzone.h) and
 * kept for a while, first in, first out, up to DEED_OPTIONS=quarantine= bytes, its row and
 * redzones included. So long nobody else gets the same bytes: what still reads them reads
 * the pattern, and what writes them is found out when they leave, or at the end of the
 * process, as E04. Its row tells the story until then, and is found by address (near.h).
 *
 *     live row -> dead row, HELD -> its memory looked at, and freed -> queue of free rows
 *
 * A buffer larger than all of the quarantine does not wait. Nobody waits where
 * ThreadSanitizer is shown what happens to memory: it has to see that the thread that ends a
 * buffer frees it.
 *
 * Lock: one, taken inside the ledger, after a shard's; no memory is freed under it.
 */
#ifndef DEED_QUARANTINE_H
#define DEED_QUARANTINE_H

#include "memory.h"
#include "thread.h"

/* deed_quarantine_limit - how many bytes may wait now: 0, if none do.
 * deed_quarantine_wants - how many of the bytes that may wait memory takes; 0 if it would not wait.
 * deed_quarantine_put - the memory of a dead cell, which is in the address index still, waits,
 * at that cost; it and the row are the quarantine's from now on. Outside the ledger, no lock;
 * may report what was found in memory that leaves for it.
 */
size_t deed_quarantine_limit(void);
size_t deed_quarantine_wants(struct deed_memory memory);
void deed_quarantine_put(uint32_t slot, struct deed_memory memory, size_t cost);

/* deed_quarantine_give_walls - memory with walls leaves, the oldest first, for there are no pages
 * or mappings elsewhere; false if there was none. Outside the ledger, as the next two.
 * deed_quarantine_empty - all memory leaves, for there is none elsewhere; false if there was none
 * here either. deed_quarantine_close - the same, and none comes in any more. Outside the ledger.
 */
bool deed_quarantine_give_walls(void);
bool deed_quarantine_empty(void);
void deed_quarantine_close(void);

/* The damage of a cell's memory, if it is here: E04 where the buffer was, E25 around it; null if
 * there is none. *ret_looked says whether it is here. Inside, no lock but the shard's. */
struct deed_finding *deed_quarantine_look(struct deed_thread *me, uint32_t slot, bool *ret_looked);

/* For deed_stats(). */
void deed_quarantine_count(struct deed_statistics *stats);

void deed_quarantine_fork_prepare(void);
void deed_quarantine_fork_done(void);

#endif
