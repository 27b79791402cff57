/* SPDX-License-Identifier: MIT
 *
 * lib/trap/near.h - from an address to the buffers that hold it.
 *
 * DEED_LEND lends by address, so the ledger must find the buffers that a range of bytes
 * meets. Cells are hashed by where they begin: a cell of up to 2^k bytes goes into the
 * bucket of its 2^k-byte granule at level k, so it can only reach into the next granule;
 * a search looks at the granules of the range and one before, at every level in use.
 * Insertion and removal are a few stores, which every new and drop pays; only a raw lend
 * and an adoption search.
 *
 * Cells of no bytes are not in the index. Cells whose memory is in quarantine are: they are
 * not live, and whoever looks for buffers passes over them. Lock: one per 64th of the buckets,
 * leaf.
 */
#ifndef DEED_NEAR_H
#define DEED_NEAR_H

#include "cell.h"

void deed_near_put(struct deed_cell *cell, uint32_t slot);
void deed_near_take(struct deed_cell *cell, uint32_t slot);

/* Calls see(slot, context) for every cell that shares a byte with [lo, hi), as it stands while the
 * bucket's lock is held: `see` takes no lock. Stops when `see` says false. */
typedef bool (*deed_near_fn)(uint32_t slot, void *context);
void deed_near_search(uintptr_t lo, uintptr_t hi, deed_near_fn see, void *context);

void deed_near_fork_prepare(void);
void deed_near_fork_done(void);

#endif
