/* SPDX-License-Identifier: MIT
 *
 * lib/trap/cell.h - the rows of the cell table: one per buffer.
 *
 * A handle is (tag, slot, generation). Moving, resizing or ending a buffer bumps the
 * generation, so a stale handle cannot match, however old it is. The row outlives the
 * buffer: ended rows wait in a first-in first-out queue of DEED_OPTIONS=history= rows, and
 * so long their story can be told. A slot whose generation is used up is retired.
 *
 *     word:  generation:34 | LOCK | REGIONS | WRITER | 3 spare | readers:24
 *
 *     readers > 0           that many whole-buffer borrowed loans of the owner are live
 *     WRITER                a whole-buffer inout loan of the owner is live
 *     REGIONS               the list `regions` is not empty: whole-buffer loans must ask
 *     LOCK                  an admission is being decided: whole-buffer loans must wait
 *
 * A whole-buffer loan of a buffer without region loans is one compare-and-swap of the word.
 * Everything else happens under the cell's shard lock.
 *
 * 192 bytes: with the redzone and the padding of the buffer itself, a live buffer costs less
 * than 256.
 */
#ifndef DEED_CELL_H
#define DEED_CELL_H

#include "../base.h"
#include "../lock.h"
#include "deed/report.h"
#include "deed/trap.h"
#include "shown.h"

#define DEED_CELL_LOCK ((uint64_t)1 << 29)
#define DEED_CELL_REGIONS ((uint64_t)1 << 28)
#define DEED_CELL_WRITER ((uint64_t)1 << 27)
#define DEED_CELL_READERS (((uint64_t)1 << 24) - 1)
#define DEED_CELL_LENT (DEED_CELL_REGIONS | DEED_CELL_WRITER | DEED_CELL_READERS)
#define DEED_CELL_GENERATION_SHIFT 30
#define DEED_CELL_GENERATION_MAX (((uint64_t)1 << 34) - 1)
#define DEED_CELL_SLOT_BITS 28

enum deed_tag { DEED_TAG_EMPTY, DEED_TAG_LIVE, DEED_TAG_MOVED, DEED_TAG_DROPPED };

/* ARENA is a buffer in an arena. RAW is memory lent by address alone, for as long as it is lent.
 * WHOLE_ARENA is an arena itself, which holds other buffers and is none: its base is the ledger's
 * record of it (den.h).
 */
enum deed_kind {
	DEED_KIND_HEAP,
	DEED_KIND_FOREIGN,
	DEED_KIND_ARENA,
	DEED_KIND_STATIC,
	DEED_KIND_MALLOC,
	DEED_KIND_RAW,
	DEED_KIND_WHOLE_ARENA,
};

#define DEED_CELL_IMMORTAL 1 /* deed_immortal(): not a leak */
#define DEED_CELL_INHERITED                                                                        \
	2		 /* made before the fork() that made this process: its parent's to drop */
#define DEED_CELL_HELD 4 /* its memory is in quarantine */
#define DEED_CELL_COLUMNS 8  /* its elements are rows, which lie in columns: see deed/columns.h */
#define DEED_CELL_WALLED 16  /* it lies before a page that may not be touched: memory.h */
#define DEED_CELL_BLOCK 32   /* deed_arena_allocator() gave it: see block.c */
#define DEED_CELL_CARVING 64 /* bytes of an arena that are nobody's: its name is the arena's */

/* The first event is the cell's birth; the others are a ring of the latest, and of the move by
 * which deed_async() has the owner, however much is done to it there. */
#define DEED_EVENTS 5

struct deed_cell {
	/* the first line is all that a quick loan touches */
	uint64_t word;
	void *base;
	size_t count;
	size_t quick_len; /* its handle's if a whole-buffer loan may go the quick way, else SIZE_MAX
			   */
	uint32_t element_bytes;
	uint8_t kind, align_log2, is_live, flags;
	uint32_t regions; /* slot of the first region loan of the owner */
	uint32_t younger; /* in quarantine: the slot that came in next */
	const void *home; /* the address of the handle that owns it */
	const char *name; /* the text of that handle's variable */
	/* cold from here */
	uint64_t id;	    /* how many buffers were made before it, plus 1 */
	uint32_t reports;   /* faults that named this buffer; the first was reported */
	uint32_t near_next; /* the address index (near.h); of a free row, the next free one */
	uint32_t near_previous;
	/* events: what, where, which generation it ended, who */
	uint32_t event_count;
	const struct deed_site *event_site[DEED_EVENTS];
	uint32_t event_stack[DEED_EVENTS];
	uint32_t event_generation[DEED_EVENTS]; /* its low bits */
	uint32_t event_who[DEED_EVENTS];	/* role:8, thread:24 */
};

_Static_assert(sizeof(struct deed_cell) == 192, "three cache lines; see the head of this file");

static inline uint64_t deed_cell_word(const struct deed_cell *cell)
{
	return __atomic_load_n(&cell->word, __ATOMIC_ACQUIRE);
}

/* Whether it could be changed from *word to `next`; if not, *word is what it is. Alone it can, and
 * needs no atomic exchange: see lock.h. */
static inline bool deed_cell_change(struct deed_cell *cell, uint64_t *word, uint64_t next)
{
	if (!deed_lock_is_alone())
		return __atomic_compare_exchange_n(&cell->word, word, next, false, __ATOMIC_ACQ_REL,
						   __ATOMIC_ACQUIRE);
	__atomic_store_n(&cell->word, next, __ATOMIC_RELAXED);
	return true;
}

static inline uint64_t deed_word_generation(uint64_t word)
{
	return word >> DEED_CELL_GENERATION_SHIFT;
}

/* A handle's word: tag:2, slot:28, generation:34. The generation has the same place as in the
 * cell's word. */
static inline uint64_t deed_handle_word(const struct deed_owner *owner)
{
	return (uint64_t)(uintptr_t)owner->own;
}

static inline enum deed_tag deed_word_tag(uint64_t handle)
{
	return (enum deed_tag)(handle & 3);
}

static inline uint32_t deed_word_slot(uint64_t handle)
{
	return (uint32_t)(handle >> 2) & (((uint32_t)1 << DEED_CELL_SLOT_BITS) - 1);
}

static inline void deed_handle_set(struct deed_owner *owner, enum deed_tag tag, uint32_t slot,
				   uint64_t generation, size_t len)
{
	deed_show_write(owner, sizeof *owner, NULL);
	owner->own = (void *)(uintptr_t)((uint64_t)tag | (uint64_t)slot << 2 |
					 generation << DEED_CELL_GENERATION_SHIFT);
	owner->len = len;
}

static inline size_t deed_cell_bytes(const struct deed_cell *cell)
{
	return cell->count * cell->element_bytes;
}

/* The length as the handle has it: of an owner in an arena with its origin, as in release builds,
 * for nothing else tells a settle, much later, that what the handle names needs no drop.
 */
static inline size_t deed_cell_len(const struct deed_cell *cell)
{
	return cell->count |
	       (cell->kind == DEED_KIND_ARENA ? (size_t)DEED_ORIGIN_BORDER << DEED_ORIGIN_SHIFT
					      : 0);
}

static inline bool deed_handle_is_in_arena(const struct deed_owner *owner)
{
	return owner->len >> DEED_ORIGIN_SHIFT == DEED_ORIGIN_BORDER;
}

/* Whether it is a buffer, and counts as one. */
static inline bool deed_cell_is_buffer(const struct deed_cell *cell)
{
	return cell->kind < DEED_KIND_RAW;
}

/* Rows live in chunks that stay where they are. */
#define DEED_CELL_CHUNK_BITS 10
#define DEED_CELL_CHUNK_ROWS ((uint32_t)1 << DEED_CELL_CHUNK_BITS)
#define DEED_CELL_CHUNKS ((uint32_t)1 << (DEED_CELL_SLOT_BITS - DEED_CELL_CHUNK_BITS))
extern DEED_HIDDEN struct deed_cell *deed_cell_chunks[DEED_CELL_CHUNKS];

/* deed_cell_of_live - the row of a slot that is known to have been used.
 * deed_cell_at - the row of a slot; null for a number far from any that was used. A row that was
 * never used is all zero: not live, and of no handle's generation.
 */
static inline struct deed_cell *deed_cell_of_live(uint32_t slot)
{
	struct deed_cell *const chunk =
		__atomic_load_n(&deed_cell_chunks[slot >> DEED_CELL_CHUNK_BITS], __ATOMIC_RELAXED);

	return &chunk[slot & (DEED_CELL_CHUNK_ROWS - 1)];
}

static inline struct deed_cell *deed_cell_at(uint32_t slot)
{
	struct deed_cell *const chunk =
		__atomic_load_n(&deed_cell_chunks[slot >> DEED_CELL_CHUNK_BITS], __ATOMIC_RELAXED);

	return DEED_LIKELY(chunk) ? &chunk[slot & (DEED_CELL_CHUNK_ROWS - 1)] : NULL;
}

uint32_t deed_cells_made(void);

/* deed_cell_take - a row for a new buffer of `bytes`, not live yet, its generation set; its slot in
 * *ret_slot. Null if there is no memory, or 2^28 buffers are live. deed_cell_give - the row of an
 * ended buffer, no longer live and its generation bumped by the caller, keeps its story until it is
 * used again. Both count the buffers (not what is lent by address alone) that live;
 * deed_cell_resized() is for what changes between. deed_cell_end and deed_cell_queue are the two
 * halves of the giving: it is not counted any more; it may be used again.
 */
struct deed_cell *deed_cell_take(enum deed_kind kind, size_t bytes, uint32_t *ret_slot);
void deed_cell_give(struct deed_cell *cell, uint32_t slot);
void deed_cell_end(const struct deed_cell *cell);
void deed_cell_queue(uint32_t slot);
/* deed_cell_be - a row is about the buffer of another from now on; of its story nothing.
 */
static inline void deed_cell_be(struct deed_cell *cell, const struct deed_cell *other)
{
	cell->base = other->base;
	cell->count = other->count;
	cell->element_bytes = other->element_bytes;
	cell->kind = other->kind;
	cell->align_log2 = other->align_log2;
	cell->flags = other->flags;
	cell->id = other->id;
}

/* deed_cell_copy - a row that tells the story of another, and is counted nowhere: neither live, nor
 * of anybody's handle. Under the shard lock of the other. */
struct deed_cell *deed_cell_copy(const struct deed_cell *cell, uint32_t *ret_slot);
void deed_cell_resized(size_t old_bytes, size_t new_bytes);
void deed_cell_count(struct deed_statistics *stats);

/* deed_cell_bump - the next generation of a cell whose lock the caller holds; nobody's handle
 * matches any more, and LOCK is clear. False if it was the last one: the slot must not be used
 * again. */
bool deed_cell_bump(struct deed_cell *cell);

/* An event's role, and the role of an event that the end of a block brought about: the place that
 * it has is a declaration's. */
#define DEED_EVENT_BY_BLOCK 0x80u
/* Of an arena: it is RESET to a mark. */
#define DEED_EVENT_TO_MARK 0x40u
/* Of a move: deed_async() did it, so that deed_await() gives the owner back. */
#define DEED_EVENT_HANDED_OVER 0x20u
/* What came after it, and before the event that is next in the ring, is forgotten. */
#define DEED_EVENT_BEFORE_GAP 0x10u
_Static_assert(DEED_ROLE_PART < DEED_EVENT_BEFORE_GAP, "a role and the bits share a byte");

static inline enum deed_role deed_event_by_block(enum deed_role role)
{
	return (enum deed_role)((unsigned)role | DEED_EVENT_BY_BLOCK);
}

static inline enum deed_role deed_event_role(const struct deed_cell *cell, int i)
{
	return (enum deed_role)(cell->event_who[i] >> 24 &
				~(DEED_EVENT_BY_BLOCK | DEED_EVENT_TO_MARK |
				  DEED_EVENT_HANDED_OVER | DEED_EVENT_BEFORE_GAP));
}

/* Before the oldest event of the ring, at i, which is a handing over, is written over: if the owner
 * is there yet, the next one is forgotten instead. */
DEED_COLD void deed_cell_keep_event(struct deed_cell *cell, uint32_t i);

/* deed_cell_event - writes an event; `generation` is the one that it ended (or, of a birth, began).
 */
static inline void deed_cell_event(struct deed_cell *cell, enum deed_role role,
				   const struct deed_site *at, uint32_t stack, uint64_t generation,
				   uint32_t thread)
{
	const uint32_t count = cell->event_count;
	const uint32_t i = count == 0 ? 0 : 1 + (count - 1) % (DEED_EVENTS - 1);

	if (DEED_UNLIKELY(count >= DEED_EVENTS &&
			  (cell->event_who[i] >> 24 & DEED_EVENT_HANDED_OVER)))
		deed_cell_keep_event(cell, i);
	cell->event_count++;
	cell->event_site[i] = at;
	cell->event_stack[i] = stack;
	cell->event_generation[i] = (uint32_t)generation;
	cell->event_who[i] = (uint32_t)role << 24 | (thread & 0xffffff);
}

/* deed_cell_event_again - the same; but if the newest event ended the generation before at the same
 * place, it now stands for both: a loop that pushes rows does not push the story out. */
void deed_cell_event_again(struct deed_cell *cell, enum deed_role role, const struct deed_site *at,
			   uint32_t stack, uint64_t generation, uint32_t thread);
/* The index of the event that ended `generation`; -1 if it is forgotten. */
int deed_cell_event_of(const struct deed_cell *cell, uint64_t generation);
/* The index of the i-th latest event, 0 the newest; -1 if there is none. */
int deed_cell_event_back(const struct deed_cell *cell, uint32_t i);

/* deed_cell_latest_move - the index of the latest move, whose target is the cell's present name; -1
 * if there is none. deed_cell_is_handed_over - whether deed_async() has it since. */
int deed_cell_latest_move(const struct deed_cell *cell);
static inline bool deed_cell_is_handed_over(const struct deed_cell *cell)
{
	const int i = deed_cell_latest_move(cell);

	return i >= 0 && (cell->event_who[i] >> 24 & DEED_EVENT_HANDED_OVER);
}

void deed_cells_fork_prepare(void);
void deed_cells_fork_done(void);
size_t deed_cells_bytes(void);

#endif
