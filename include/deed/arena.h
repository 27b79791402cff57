/* SPDX-License-Identifier: MIT
 *
 * deed/arena.h - many buffers out of few blocks, given back in one move.
 *
 *     #include <deed.h>
 *     #include <deed/arena.h>
 *     ...
 *     struct deed_arena arena = DEED_ARENA_EMPTY;
 *     deed_f32 xs = DEED_EMPTY;
 *
 *     if (deed_new_in(&xs, &arena, 1000))
 *             return -ENOMEM;
 *     struct node *const n = deed_arena_new(&arena, struct node, 1);
 *     ...
 *     deed_arena_reset(&arena);           ends both; the memory stays for the next round
 *     ...
 *     deed_arena_close(&arena);           and goes
 *
 * An arena takes chunks from the allocator and cuts them up from one end to the other:
 *
 *     first                     last                          spare
 *     [buf|buf|buf|   tail ]    [buf|buf|buf| at ...  end ]   [ left over from a reset ]
 *
 * What it gave out never moves, and ends together: with a reset, with a rewind to a mark
 * that was set before it, or with the arena. So there is nothing to drop. Buffers are
 * raw pointers or owners; owners may be lent, moved and dropped as all others, and a drop
 * gives nothing back.
 *
 * An arena is a struct of the program's. All zero (DEED_ARENA_EMPTY) it is empty, takes no
 * memory, and works with the defaults. It may be moved by assignment, memcpy or realloc, its
 * buffers stay where they are; the old place is forgotten then. To use both is E18.
 *
 * Faults, in trap builds:
 *
 *     E08   a reset, a rewind or a close while one of the buffers that it would end is lent:
 *           nothing changes
 *     E09   a verb while another one of the same arena runs, on another thread or in the
 *           arena's allocator
 *     E17   the arena holds memory at exit
 *     E18   bits that are no arena; a chunk that its allocator has given to another buffer, or
 *           not aligned
 *     E21   an owner that is used, moved or dropped after its end (to settle it is fine); a
 *           copy of an arena that was closed; bytes that were written after their end, noticed
 *           when they are carved again or the arena is closed
 *     E25   bytes beside a buffer that were written, noticed when it ends; E04 of a buffer that
 *           was dropped before, likewise
 *
 * A raw pointer into an arena that was reset points to what is carved next, and trap builds cannot
 * tell. They make it less likely: the first chunk of an arena on the heap has a twin, and after
 * each reset, or rewind to the beginning, buffers come from the other of the two. What lay in
 * the first chunk reads 0x7fffdead until the next reset, and AddressSanitizer stops who touches it.
 * Not so what lay in later chunks, in chunks of more than 2 MiB, of an allocator of the program's
 * or over a caller's block; nor what a rewind ends while buffers before its mark live on. After two
 * resets nothing of it looks dead any more.
 *
 * Trap builds put a gap behind each buffer, as large as itself, and one in front of the first of
 * each chunk, which count nowhere: what fits in release builds fits. AddressSanitizer is told
 * there of the gaps, of what is not carved yet, and of what has ended; in release builds it sees
 * each chunk as one block.
 *
 * One thread at a time per arena; handing one over needs the program's own synchronisation.
 */
#ifndef DEED_ARENA_H
#define DEED_ARENA_H

#include "deed/allocator.h"
#include "deed/handle.h"
#include "deed/own.h"
#include "deed/trap.h"

struct deed_arena_chunk;

/* An arena. Do not use the members: they are here for the inline verbs, and for sizeof. */
struct deed_arena {
	char *at, *end; /* what is free of the chunk that is being cut up */
	size_t mask;	/* its alignment, less 1; 0: not begun */
	size_t offset;	/* of what is used: offset + at */
	struct deed_arena_chunk *last, *first;
	char *start, *stop; /* of the first chunk, or of the caller's block */
	char *floor;	    /* what lies below, in the chunk at hand, is a mark's */
	size_t reserved, limit, next_bytes, peak;
	const struct deed_allocator *allocator;
	uint32_t chunks, is_over;
	uint64_t own, turn; /* the ledger's */
};

#ifdef __cplusplus
#define DEED_ARENA_EMPTY                                                                           \
	{                                                                                          \
	}
#else
#define DEED_ARENA_EMPTY                                                                           \
	{                                                                                          \
		0                                                                                  \
	}
#endif

#define DEED_ARENA_ALIGN_MIN ((size_t)16)
#define DEED_ARENA_ALIGN_MAX ((size_t)4096)
/* A cache line: buffers of different threads share none, and every SIMD load is aligned. */
#define DEED_ARENA_ALIGN_DEFAULT ((size_t)64)
/* Small enough for an arena per request, large enough for a thousand small buffers. */
#define DEED_ARENA_CHUNK_DEFAULT ((size_t)64 << 10)

/* What an arena is to be like; 0 is the default of each. */
struct deed_arena_options {
	size_t chunk_bytes; /* of the first chunk at most, all in all, its room being a multiple of
			     * `align`; each is twice the one before, up to 2 MiB, or to this if
			     * it is more. 64 KiB; raised to what holds one smallest buffer. If
			     * there is no memory for it, a chunk is as large as its first buffer */
	size_t limit_bytes; /* how many bytes of chunks it may have at a time, as a release build
			     * takes them; no limit */
	size_t align;	    /* of every buffer: a power of two from 16 to 4096; 64 */
	const struct deed_allocator *allocator; /* of chunks, outlives the arena; deed_heap(). Trap
						 * builds ask it for twice as much and more: for
						 * the gaps, which count nowhere else */
};

/* deed_arena_open - makes an empty arena with options.
 *
 *     err = deed_arena_open(&arena, &(struct deed_arena_options){ .limit_bytes = 1 << 20 });
 *
 * `arena` is empty or closed. A null pointer for the options takes all defaults. Takes no memory
 * yet. Returns 0; -EINVAL for an alignment that is none: `arena` is as it was. Faults: E02 if
 * `arena` still holds memory.
 */
#define deed_arena_open(arena, ...) deed_arena_open_((arena), (__VA_ARGS__), DEED_ARENA_HERE(arena))

/* deed_arena_open_over - makes an arena over memory of the caller's.
 *
 * The first of the `bytes` bytes at `memory` that is aligned to 64 is the first that is given out,
 * and no byte is the arena's own. What lies before it, and less than 64 bytes at the end, is not
 * used. It never grows. What the memory holds is lost. It must stay, and nobody else may use it,
 * until the arena is closed; then it is the caller's again. An arena over static memory may live as
 * long as the program.
 *
 * Trap builds take it for a loan of the memory. If that lies in a buffer, a drop or a resize of it
 * is E08 or E07 until the close; and another arena or loan over the same bytes is E09. Memory that
 * is lent to the caller, by a guard or until deed_end(), is to be lent for longer: the end of that
 * loan is E08, too.
 *
 * Returns 0; -EINVAL for a null pointer, or if not even 64 bytes are left. Faults: E02; E09 and
 * E10, as deed_inout() has them, for memory that is lent: `arena` is as it was.
 */
#define deed_arena_open_over(arena, memory, bytes)                                                 \
	deed_arena_open_over_((arena), (memory), (bytes), DEED_ARENA_HERE(arena))

/* deed_arena_alloc - `bytes` new bytes, not initialised, with the alignment of the arena.
 *
 * Good until a reset, a rewind or a close ends them. 0 bytes are a pointer of their own, too.
 * Returns null if there is no memory, or the limit is reached: the arena is as it was. A pointer's
 * increment if the chunk has room; else what it takes to get the next, which is an allocation
 * unless a reset left one. A request that is too large for the chunk at hand gets one of its
 * own, and the chunk goes on being cut up, if that leaves more room.
 */
#define deed_arena_alloc(arena, bytes) deed_arena_alloc_((arena), (bytes), DEED_ARENA_HERE(arena))

/* deed_arena_alloc_aligned - the same at a multiple of `align`, a power of two up to 4096; null
 * for another. Less than the arena's alignment costs nothing; more costs up to as many bytes.
 */
#define deed_arena_alloc_aligned(arena, bytes, align)                                              \
	deed_arena_alloc_aligned_((arena), (bytes), (align), DEED_ARENA_HERE(arena))

/* deed_arena_new - a pointer to `count` new elements of `type`, not initialised; null if there is
 * no memory, or their bytes do not fit a size_t. As deed_arena_alloc() otherwise.
 */
#define deed_arena_new(arena, type, count)                                                         \
	((type *)deed_arena_new_((arena), (count), sizeof(type), DEED_ALIGNOF(type),               \
				 DEED_HERE(#arena, (type *)0)))

/* deed_new_in - makes `ret` the owner of `count` new elements in an arena, not initialised.
 *
 * `ret` is an EMPTY, MOVED or DROPPED owner, by address. The buffer ends with a reset, a rewind or
 * a close of the arena, and needs no drop. A deed_drop() is allowed, and gives nothing back; a
 * deed_release() gives a pointer that ends with the arena; a deed_resize() leaves the arena for a
 * buffer of its own, which then needs a drop: deed_resize_in() stays.
 *
 * Returns 0; -EOVERFLOW if the bytes do not fit a size_t; -ENOMEM: arena and `ret` are as they
 * were. Faults: E02 if `ret` still owns. Cost as deed_arena_alloc().
 */
#define deed_new_in(ret, arena, count)                                                             \
	DEED_SAY_MADE(ret, deed_new_in_(&(ret)->h, (arena), (count), sizeof *(ret)->tag,           \
					DEED_ALIGNOF(__typeof__(*(ret)->tag)),                     \
					DEED_ARENA_HERE(arena), DEED_HERE(#ret, (ret)->tag)))

/* deed_resize_in - makes a buffer of the arena `count` elements long, in the arena.
 *
 * `owner` was made in it by deed_new_in(). In place if it becomes shorter, or if it is the newest
 * buffer of its chunk, was carved after the latest mark, and there is room; else it is carved
 * anew, and the old elements are wasted until they end. (In trap builds it moves in place, too,
 * where there is a gap.) The elements that both lengths have keep their values.
 *
 * Returns 0; -EOVERFLOW; -ENOMEM: owner and elements are then untouched. Faults: E01, E03, E21;
 * E07 if it is lent; E18 for what is not in this arena. At most one copy.
 */
#define deed_resize_in(owner, arena, count)                                                        \
	deed_resize_in_(DEED_SAY(deed_resize, owner), (arena), (count), sizeof *(owner)->tag,      \
			DEED_ALIGNOF(__typeof__(*(owner)->tag)), DEED_ARENA_HERE(arena),           \
			DEED_HERE(#owner, (owner)->tag))

/* How full an arena was. A value: owned by nobody. */
struct deed_arena_mark {
	union {
		struct {
			char *at, *end;
			struct deed_arena_chunk *last;
			size_t offset;
		} is;
		struct {
			uint64_t arena, depth, last;
		} was; /* the ledger's */
	} at;
};

/* deed_arena_mark - remembers how full the arena is, to return to it later.
 *
 * Marks nest. Constant time; takes no memory.
 */
#define deed_arena_mark(arena) deed_arena_mark_((arena), DEED_ARENA_HERE(arena))

/* deed_arena_rewind - ends every buffer that was carved after the mark; the memory stays.
 *
 * What was resized after the mark was carved anew, and ends. A mark is good for any number of
 * rewinds, until what was carved before it ends: E21 then. A mark of another arena is E18.
 * Constant time in release builds.
 */
#define deed_arena_rewind(arena, mark) deed_arena_rewind_((arena), (mark), DEED_ARENA_HERE(arena))

/* deed_arena_reset - ends every buffer; the memory stays, for the buffers to come.
 *
 * Constant time in release builds, however many buffers and chunks there are: what is carved next
 * goes into the same memory from the beginning on. (In trap builds the first chunk takes turns
 * with a twin, which counts nowhere: the first reset allocates it, the close frees it.)
 */
#define deed_arena_reset(arena) deed_arena_reset_((arena), DEED_ARENA_HERE(arena))

/* deed_arena_close - ends every buffer and gives the memory back; the arena is empty.
 *
 * An empty arena is nothing to close, and no fault. One free() per chunk; a block of the caller's
 * is the caller's again.
 */
#define deed_arena_close(arena) deed_arena_close_((arena), DEED_ARENA_HERE(arena))

/* deed_arena_immortal - the arena is meant to hold its memory until the program ends: not a leak.
 * Nothing in release builds.
 */
#define deed_arena_immortal(arena) deed_arena_immortal_((arena), DEED_ARENA_HERE(arena))

struct deed_arena_statistics {
	size_t used;	 /* bytes given out, rounded up to the alignment */
	size_t peak;	 /* the most that ever were */
	size_t reserved; /* bytes of chunks, heads and all, or those of the caller's block that can
			  * be given out: a multiple of 64 */
	size_t chunks;	 /* 0 over a caller's block */
};

DEED_BEGIN_C

/* deed_arena_stats - the numbers, the same in both flavours. Constant time, never a fault. */
struct deed_arena_statistics deed_arena_stats(const struct deed_arena *arena);

/* deed_arena_allocator - the arena as an allocator, for code that takes one.
 *
 * A value; its context is `arena`, which must not move while it is in use. What it gives ends with
 * the arena, and to free it does nothing. Its `resize` is null: deed_resize() of what was made with
 * it allocates anew and copies. No more than 4096 are an alignment. An owner that deed_new_with()
 * made with it is dropped before that end, as every such owner is: it ends with the arena, too, and
 * to use or to drop it then is E21, the end while it is lent E08. One thread at a time. In trap
 * builds a block has a gap as all buffers have, and what was freed is dead. To free it again is
 * E05, after its arena's end E21, while it is lent by its address E08, and what is no block of an
 * arena E18. An arena that takes its chunks with it holds a loan of each until it is closed: to end
 * the outer one before is E08.
 */
struct deed_allocator deed_arena_allocator(struct deed_arena *arena);

DEED_END_C

/* DEED_SCRATCH - declares `name`, an arena of the calling thread's until the end of the block.
 *
 *     DEED_SCRATCH(scratch);
 *     char *const line = deed_arena_alloc(scratch, bytes);
 *
 * `name` is a struct deed_arena *, which is reset when the block is left, however that happens. A
 * thread keeps the memory for its next blocks, and gives it back when it exits. Blocks nest, in one
 * function and in those that it calls: each has an arena of its own, so that to allocate from
 * an outer one inside an inner block is fine. It may be closed, which gives its memory
 * back at once: it is empty then, and the block's until that ends. A longjmp() or pthread_exit()
 * out of the block keeps the arena from other blocks until the thread exits.
 *
 * Cannot fail: without memory, the allocations do. A few instructions and a call at either end;
 * chunks from 16 KiB on. Faults as deed_arena_reset(). Not for signal handlers.
 */
#define DEED_SCRATCH(name)                                                                         \
	DEED_CLEANUP(deed_scratch_end_)                                                            \
	struct deed_scratch name##_scratch_;                                                       \
	struct deed_arena *const name =                                                            \
		deed_scratch_begin_(&name##_scratch_, DEED_HERE(#name, (uint8_t *)0))

/* ---- inline bodies -------------------------------------------------------------------------- */

struct deed_scratch {
	struct deed_arena *arena;
	const struct deed_site *at;
	struct deed_arena own; /* for who has no memory for one that stays */
};

#define DEED_ARENA_HERE(arena) DEED_HERE(#arena, (uint8_t *)0)

/* What compilers may know of a result: how many bytes it has, and that no arena aligns less. Not
 * that nothing else points there, as of malloc(): a caller's block does.
 */
#define DEED_CARVED __attribute__((alloc_size(2), assume_aligned(16), warn_unused_result))

DEED_BEGIN_C

/* The rest of the release flavour, in lib/arena.c and lib/scratch.c. */
DEED_CHECK_RESULT int deed_arena_open_release_(struct deed_arena *arena,
					       const struct deed_arena_options *options);
DEED_CHECK_RESULT int deed_arena_open_over_release_(struct deed_arena *arena, void *memory,
						    size_t bytes) DEED_NOT_READ(2);
void *deed_arena_carve_(struct deed_arena *arena, size_t bytes, size_t align) DEED_CARVED
	__attribute__((alloc_align(3)));
void deed_arena_return_(struct deed_arena *arena, const struct deed_arena_mark *mark);
void deed_arena_close_release_(struct deed_arena *arena);
struct deed_arena *deed_scratch_open_(struct deed_scratch *scratch, const void *frame,
				      const struct deed_site *at);
void deed_scratch_close_(struct deed_scratch *scratch, const void *frame);

/* The ledger's, as in deed/trap.h. */
int deed_trap_arena_open(struct deed_arena *arena, const struct deed_arena_options *options,
			 const void *frame, const struct deed_site *at);
int deed_trap_arena_open_over(struct deed_arena *arena, void *memory, size_t bytes,
			      const void *frame, const struct deed_site *at) DEED_NOT_READ(2);
void *deed_trap_arena_new(struct deed_arena *arena, size_t count, size_t align, const void *frame,
			  const struct deed_site *at);
int deed_trap_new_in(struct deed_owner *ret, struct deed_arena *arena, size_t count,
		     const void *frame, const struct deed_site *arena_at,
		     const struct deed_site *at) DEED_IN_OUT(1);
int deed_trap_resize_in(struct deed_owner *owner, struct deed_arena *arena, size_t count,
			const void *frame, const struct deed_site *arena_at,
			const struct deed_site *at) DEED_IN_OUT(1);
struct deed_arena_mark deed_trap_arena_mark(struct deed_arena *arena, const void *frame,
					    const struct deed_site *at);
void deed_trap_arena_rewind(struct deed_arena *arena, const struct deed_arena_mark *mark,
			    const void *frame, const struct deed_site *at);
void deed_trap_arena_reset(struct deed_arena *arena, const void *frame, const struct deed_site *at);
void deed_trap_arena_close(struct deed_arena *arena, const void *frame, const struct deed_site *at);
void deed_trap_arena_immortal(struct deed_arena *arena, const void *frame,
			      const struct deed_site *at);

DEED_CHECK_RESULT DEED_INLINE int deed_arena_open_(struct deed_arena *arena,
						   const struct deed_arena_options *options,
						   const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_arena_open(arena, options, DEED_FRAME, at);
	return deed_arena_open_release_(arena, options);
}

DEED_CHECK_RESULT DEED_INLINE int deed_arena_open_over_(struct deed_arena *arena, void *memory,
							size_t bytes, const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_arena_open_over(arena, memory, bytes, DEED_FRAME, at);
	return deed_arena_open_over_release_(arena, memory, bytes);
}

/* Both an overflow and a request for nothing come out as 0, which the comparison sends out of
 * line with what has no room. */
DEED_CARVED DEED_INLINE void *deed_arena_cut_(struct deed_arena *arena, size_t bytes)
{
	const size_t need = (bytes + arena->mask) & ~arena->mask;
	char *const data = arena->at;

	if (DEED_UNLIKELY(need - 1 >= (size_t)(arena->end - data)))
		return deed_arena_carve_(arena, bytes, DEED_ARENA_ALIGN_MIN);
	arena->at = data + need;
	return __builtin_assume_aligned(data, 16);
}

/* The same for elements: their alignment is 16 at most, or most arenas have it. */
DEED_CARVED DEED_INLINE void *deed_arena_cut_aligned_(struct deed_arena *arena, size_t bytes,
						      size_t align)
{
	if (align > DEED_ARENA_ALIGN_MIN && align - 1 > arena->mask)
		return deed_arena_carve_(arena, bytes, align);
	return deed_arena_cut_(arena, bytes);
}

DEED_CARVED DEED_INLINE void *deed_arena_alloc_(struct deed_arena *arena, size_t bytes,
						const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_arena_new(arena, bytes, 1, DEED_FRAME, at);
	return deed_arena_cut_(arena, bytes);
}

DEED_CARVED __attribute__((alloc_align(3))) DEED_INLINE void *deed_arena_alloc_aligned_(
	struct deed_arena *arena, size_t bytes, size_t align, const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_arena_new(arena, bytes, align, DEED_FRAME, at);
	return deed_arena_carve_(arena, bytes, align);
}

__attribute__((alloc_size(2, 3), warn_unused_result)) DEED_INLINE void *deed_arena_new_(
	struct deed_arena *arena, size_t count, size_t size, size_t align,
	const struct deed_site *at)
{
	size_t bytes;

	if (DEED_TRAP)
		return deed_trap_arena_new(arena, count, align, DEED_FRAME, at);
	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	return deed_arena_cut_aligned_(arena, bytes, align);
}

DEED_CHECK_RESULT DEED_INLINE int deed_new_in_(struct deed_owner *ret, struct deed_arena *arena,
					       size_t count, size_t size, size_t align,
					       const struct deed_site *arena_at,
					       const struct deed_site *at)
{
	size_t bytes;
	void *data;

	if (DEED_TRAP)
		return deed_trap_new_in(ret, arena, count, DEED_FRAME, arena_at, at);
	if ((size == 0 && count > DEED_LEN_MAX) || __builtin_mul_overflow(count, size, &bytes))
		return -EOVERFLOW;
	data = deed_arena_cut_aligned_(arena, bytes, align);
	if (!data)
		return -ENOMEM;
	ret->own = data;
	ret->len = count | (size_t)DEED_ORIGIN_BORDER << DEED_ORIGIN_SHIFT;
	return 0;
}

DEED_CHECK_RESULT DEED_INLINE int deed_resize_in_(struct deed_owner *owner,
						  struct deed_arena *arena, size_t count,
						  size_t size, size_t align,
						  const struct deed_site *arena_at,
						  const struct deed_site *at)
{
	const size_t old_bytes = (owner->len & DEED_LEN_MAX) * size;
	const size_t old_need = ((old_bytes ? old_bytes : 1) + arena->mask) & ~arena->mask;
	char *const data = (char *)owner->own;
	size_t bytes, need;
	void *moved;

	if (DEED_TRAP)
		return deed_trap_resize_in(owner, arena, count, DEED_FRAME, arena_at, at);
	if ((size == 0 && count > DEED_LEN_MAX) || __builtin_mul_overflow(count, size, &bytes))
		return -EOVERFLOW;
	need = (bytes + arena->mask) & ~arena->mask;
	if (data + old_need == arena->at && data >= arena->floor &&
	    need - 1 < (size_t)(arena->end - data)) {
		arena->at = data + need;
	} else if (bytes > old_bytes) {
		moved = deed_arena_cut_aligned_(arena, bytes, align);
		if (!moved)
			return -ENOMEM;
		if (old_bytes)
			DEED_LIBC(memcpy)(moved, data, bytes < old_bytes ? bytes : old_bytes);
		owner->own = moved;
	}
	owner->len = count | (size_t)DEED_ORIGIN_BORDER << DEED_ORIGIN_SHIFT;
	return 0;
}

DEED_INLINE struct deed_arena_mark deed_arena_mark_(struct deed_arena *arena,
						    const struct deed_site *at)
{
	struct deed_arena_mark mark;

	if (DEED_TRAP)
		return deed_trap_arena_mark(arena, DEED_FRAME, at);
	arena->floor = arena->at;
	mark.at.is.at = arena->at;
	mark.at.is.end = arena->end;
	mark.at.is.last = arena->last;
	mark.at.is.offset = arena->offset;
	return mark;
}

DEED_INLINE void deed_arena_rewind_(struct deed_arena *arena, struct deed_arena_mark mark,
				    const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_arena_rewind(arena, &mark, DEED_FRAME, at);
	else
		deed_arena_return_(arena, &mark);
}

DEED_INLINE void deed_arena_reset_(struct deed_arena *arena, const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_arena_reset(arena, DEED_FRAME, at);
	else
		deed_arena_return_(arena, NULL);
}

DEED_INLINE void deed_arena_close_(struct deed_arena *arena, const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_arena_close(arena, DEED_FRAME, at);
	else
		deed_arena_close_release_(arena);
}

DEED_INLINE void deed_arena_immortal_(struct deed_arena *arena, const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_arena_immortal(arena, DEED_FRAME, at);
}

DEED_INLINE struct deed_arena *deed_scratch_begin_(struct deed_scratch *scratch,
						   const struct deed_site *at)
{
	return deed_scratch_open_(scratch, DEED_FRAME, at);
}

DEED_INLINE void deed_scratch_end_(struct deed_scratch *scratch)
{
	deed_scratch_close_(scratch, DEED_FRAME);
}

DEED_END_C

#endif
