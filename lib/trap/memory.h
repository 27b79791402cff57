/* SPDX-License-Identifier: MIT
 *
 * lib/trap/memory.h - the memory of a heap buffer, with what lies around it.
 *
 *     what the allocator gave                                                 a multiple of 16
 *     |                                                                                      |
 *     [ redzone: max(zone, align) ][ the buffer ....... ][ redzone: zone, and up to 15 bytes ]
 *                                  ^ base, aligned as asked
 *
 * A zone is as long as an element, 16 to 256 bytes, so that who goes one element too far meets
 * it whichever field he writes. Of a block of the malloc family nobody knows the elements: it
 * is a quarter of the block then. A buffer aligned to more than 4096 has no redzone in front.
 * What a redzone is, and how it looks, is said in redzone.h. 32 bytes around a buffer of 64,
 * and 192 for its row: that is what a live buffer costs more than in a release build.
 *
 * The allocator ends only what it gave, so memory that deed_release() hands out is moved to
 * where the block begins first: it is free()'s, as in a release build, at another address
 * than the buffer had. That costs no memory and cannot fail; and what still points to where
 * the buffer was, after its owner gave it away, reads the wrong bytes here and not only in
 * the field.
 *
 * With DEED_OPTIONS=guard=1 a buffer has pages of its own, and lies at their end:
 *
 *     whole pages                                                        one page
 *     |                                                                  |
 *     [ redzone ................ ][ the buffer ... ][ redzone: 0 to align - 1 ][ wall ]
 *
 * Who touches the wall is stopped at once (crash.h); so is who touches the pages of a buffer
 * that has ended, which become walls themselves and give what they held back. They wait in
 * quarantine, too, where their addresses count, for each keeps its mappings. Mappings are few
 * (vm.max_map_count): of what the process may have deed takes half, two per buffer. Where
 * none, or no pages, are to be had, the oldest in quarantine are given up for them; if that
 * does not do, it is said once, and the buffer has redzones.
 *
 * Nothing here takes a lock; none of it is called inside the ledger but the looking.
 */
#ifndef DEED_MEMORY_H
#define DEED_MEMORY_H

#include "../backend.h"
#include "../os.h"
#include "cell.h"
#include "redzone.h"

/* Two words, so that it travels in registers. */
struct deed_memory {
	void *base;						      /* of the buffer */
	uint64_t bytes : 51, align_log2 : 8, zone : 4, is_walled : 1; /* see deed_memory_zone() */
};

#define DEED_MEMORY_MAX (((size_t)1 << 51) - 1)

/* The length of a zone, as it is kept: in sixteens, less one. It follows from what the row knows of
 * the buffer, and is not kept there. */
static inline unsigned deed_memory_zone(unsigned kind, size_t bytes, size_t element_bytes)
{
	const size_t wanted = kind == DEED_KIND_MALLOC ? bytes / 4 : element_bytes;

	return (unsigned)(deed_min(deed_max(wanted, 16), 256) - 1) / 16;
}

static inline struct deed_memory deed_memory_of(const struct deed_cell *cell)
{
	const size_t bytes = deed_cell_bytes(cell);

	return (struct deed_memory){
		.base = cell->base,
		.bytes = bytes & DEED_MEMORY_MAX,
		.align_log2 = cell->align_log2,
		.zone = deed_memory_zone(cell->kind, bytes, cell->element_bytes) & 15,
		.is_walled = (cell->flags & DEED_CELL_WALLED) != 0
	};
}

/* As much in front of a buffer as keeps it aligned; beyond a page that is more than it is worth. */
#define DEED_FRONT_MAX ((size_t)4096)

/* The system's, once there is walled memory: a variable, so that nothing here is a call, which
 * would cost all other buffers more than the rest of the verb's sums. */
extern DEED_HIDDEN size_t deed_memory_page;

/* Of walled memory: the buffer and what keeps it aligned; and the pages that it lies in. */
static inline size_t deed_memory_room(struct deed_memory memory)
{
	return deed_round_up(deed_max(memory.bytes, 1), (size_t)1 << memory.align_log2);
}

static inline size_t deed_memory_pages(struct deed_memory memory)
{
	return deed_round_up(deed_memory_room(memory), deed_memory_page);
}

static inline size_t deed_memory_zone_bytes(struct deed_memory memory)
{
	return ((size_t)memory.zone + 1) * 16;
}

static inline size_t deed_memory_front(struct deed_memory memory)
{
	const size_t align = (size_t)1 << memory.align_log2;

	if (DEED_UNLIKELY(memory.is_walled))
		return deed_memory_pages(memory) - deed_memory_room(memory);
	return align <= DEED_FRONT_MAX ? deed_round_up(deed_memory_zone_bytes(memory), align) : 0;
}

/* Where what the allocator gave begins, or the pages. */
static inline char *deed_memory_begin(struct deed_memory memory)
{
	return (char *)memory.base - deed_memory_front(memory);
}

static inline size_t deed_memory_behind(struct deed_memory memory)
{
	if (DEED_UNLIKELY(memory.is_walled))
		return deed_memory_room(memory) - memory.bytes;
	return deed_round_up(memory.bytes, DEED_LEAST_ALIGN) + deed_memory_zone_bytes(memory) -
	       memory.bytes;
}

/* How many bytes the allocator gave, or lie before the wall. */
static inline size_t deed_memory_block(struct deed_memory memory)
{
	if (DEED_UNLIKELY(memory.is_walled))
		return deed_memory_pages(memory);
	return deed_memory_front(memory) + deed_round_up(memory.bytes, DEED_LEAST_ALIGN) +
	       deed_memory_zone_bytes(memory);
}

/* Whether the memory of such buffers is laid out as above. */
static inline bool deed_memory_is_ours(unsigned kind)
{
	return kind == DEED_KIND_HEAP || kind == DEED_KIND_MALLOC;
}

/* deed_memory_new - memory for a buffer of elements of `element_bytes`, `align` at least
 * DEED_LEAST_ALIGN, its redzones set. What is not zeroed is whatever was there: see
 * deed_fresh_set(). Its base is null if there is none. Outside the ledger. */
struct deed_memory deed_memory_new(enum deed_kind kind, size_t bytes, size_t align,
				   size_t element_bytes, bool zeroed);
/* Sets the redzones anew. */
void deed_memory_mark(struct deed_memory memory);
void deed_memory_free(struct deed_memory memory);
/* Hands the memory over to whoever will free() it: where its bytes are now. */
void *deed_memory_release(struct deed_memory memory);
/* LeakSanitizer, which does not see that the ledger holds a buffer, is told so; leaks of buffers
 * are E17. Of what deed_memory_new() gives it has been told. */
void deed_memory_is_reachable(const void *memory);

/* Whether an address is of walled memory, its pages or its wall. */
bool deed_memory_is_about(struct deed_memory memory, uintptr_t address);

/* Whether nobody wrote outside, and else who did; of both sides, behind is told first, for that is
 * what happens. */
static inline bool deed_memory_is_whole(struct deed_memory memory)
{
	const size_t front = deed_memory_front(memory);

	return deed_redzones_are_whole((char *)memory.base - front, front,
				       (char *)memory.base + memory.bytes,
				       deed_memory_behind(memory));
}
struct deed_damage deed_memory_look(struct deed_memory memory);

/* The same of memory that has ended, redzones and all. deed_memory_end - is its beginning. */
void deed_memory_end(struct deed_memory memory);
static inline bool deed_memory_is_dead(struct deed_memory memory)
{
	return memory.is_walled ||
	       deed_dead_is_whole(deed_memory_begin(memory), deed_memory_block(memory));
}
struct deed_damage deed_memory_look_dead(struct deed_memory memory);

#endif
