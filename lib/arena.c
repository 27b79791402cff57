/* SPDX-License-Identifier: MIT
 *
 * lib/arena.c - chunks, and what is carved of them.
 *
 * The chunks are one list, in the order in which they came into use, and a cursor in it:
 *
 *     first  ->  ...  ->  last  ->  spare  ->  spare
 *
 * Of the chunks up to `last` one is being cut up, from `at` to `end`; the others are full,
 * or were taken for one large request. What comes behind `last` is left over from a reset or a
 * rewind. So a mark is four words (at, end, last, and what is used), and to return to it is
 * to put them back, however many chunks came after: they are spare then, as they are.
 *
 * What the chunk at hand has no room for goes into the first spare chunk that is large
 * enough, of the next few, or into a new one, which then stands behind `last`. The chunk
 * that has more room left goes on being cut up. A program that does the same after each
 * reset finds its chunks in the order in which it needs them.
 *
 * The newest buffer of the chunk at hand may be resized in place, but not below a mark, which would
 * then lie inside of it: `floor` is where the latest mark is that is good, if it is in this chunk.
 *
 * Invariants: `at` is aligned, and so is the room of a chunk. `last` is null only where
 * there is no chunk yet, or over a caller's block, which has no head: start and stop are
 * its bounds, as they are the bounds of the first chunk.
 *
 * The limit counts what comes from the allocator, heads and all. Before it refuses, chunks that are
 * spare and too small go back. In trap builds a chunk is twice as large, for the gaps of the
 * ledger, with one more in front of its room, and counts as if it were not: the limit, the
 * statistics and where a chunk is full are those of a release build.
 */
#include "arena.h"

#include <errno.h>
#include <string.h>

#include "backend.h"
#include "trap/carve.h"

/* What a huge page holds; more would not be found faster, and waste more at the end. */
#define CHUNK_MAX ((size_t)2 << 20)
#define HEAD DEED_CHUNK_HEAD
#define TAIL DEED_CHUNK_TAIL
/* How many spare chunks are looked at: they are in the order of the last round already. */
#define SPARES_TRIED 8

_Static_assert(HEAD % DEED_ARENA_ALIGN_MIN == 0, "the head of a chunk lies at the end of its room");

/* By how much real memory is more than what counts, as a shift. */
static unsigned spread(const struct deed_arena *arena)
{
	return DEED_TRAP && !arena->is_over ? 1 : 0;
}

static size_t head_of_room(size_t room, const struct deed_arena *arena)
{
	return (room >> spread(arena)) + HEAD;
}

size_t deed_arena_front(const struct deed_arena *arena)
{
	return DEED_TRAP ? deed_max(arena->mask + 1, DEED_ARENA_ALIGN_DEFAULT) : 0;
}

size_t deed_arena_used(const struct deed_arena *arena)
{
	return arena->offset + ((uintptr_t)arena->at >> spread(arena));
}

static void note_peak(struct deed_arena *arena)
{
	arena->peak = deed_max(arena->peak, deed_arena_used(arena));
}

/* What a request takes, as it counts; 0 if nothing has so many bytes. An alignment that the arena
 * has not costs what it may cost, so that it costs the same wherever the chunk lies. */
static size_t need_of(const struct deed_arena *arena, size_t bytes, size_t align)
{
	const size_t unit = arena->mask + 1;
	const size_t most = PTRDIFF_MAX / 4;

	if (bytes > most)
		return 0;
	return deed_round_up(deed_max(bytes, 1), unit) + (align > unit ? align - unit : 0);
}

/* ---- chunks --------------------------------------------------------------------------------- */

static struct deed_arena_chunk *next_of(const struct deed_arena *arena)
{
	return arena->last ? arena->last->next : arena->first;
}

/* Puts a chunk behind `last`, and makes it the last. */
static void put_last(struct deed_arena *arena, struct deed_arena_chunk *chunk)
{
	struct deed_arena_chunk *const next = next_of(arena);

	chunk->previous = arena->last;
	chunk->next = next;
	if (next)
		next->previous = chunk;
	if (arena->last) {
		arena->last->next = chunk;
	} else {
		arena->first = chunk;
		arena->start = chunk->base;
		arena->stop = chunk->base + chunk->room;
	}
	arena->last = chunk;
}

static void take_out(struct deed_arena *arena, struct deed_arena_chunk *chunk)
{
	if (chunk->previous)
		chunk->previous->next = chunk->next;
	else
		arena->first = chunk->next;
	if (chunk->next)
		chunk->next->previous = chunk->previous;
}

void deed_arena_chunk_free(const struct deed_arena *arena, struct deed_arena_chunk *chunk)
{
	const size_t front = deed_arena_front(arena), room = chunk->room;
	char *const base = chunk->base - front;

	if (DEED_TRAP)
		deed_chunk_goes(base, front + room, chunk->loan);
	if (arena->allocator)
		arena->allocator->free(base, front + room + TAIL, arena->mask + 1,
				       arena->allocator->context);
	else
		deed_backend_free(base, front + room + TAIL, arena->mask + 1);
}

static void free_chunk(struct deed_arena *arena, struct deed_arena_chunk *chunk)
{
	arena->reserved -= head_of_room(chunk->room, arena);
	arena->chunks--;
	deed_arena_chunk_free(arena, chunk);
}

static void free_spares(struct deed_arena *arena)
{
	struct deed_arena_chunk *chunk;

	while ((chunk = next_of(arena))) {
		take_out(arena, chunk);
		free_chunk(arena, chunk);
	}
}

static void *alloc_chunk(const struct deed_arena *arena, size_t bytes)
{
	const struct deed_allocator *const allocator = arena->allocator;

	return allocator ? allocator->alloc(bytes, arena->mask + 1, 0, allocator->context)
			 : deed_backend_alloc(bytes, arena->mask + 1, false);
}

struct deed_arena_chunk *deed_arena_chunk_new(const struct deed_arena *arena, size_t real)
{
	const size_t front = deed_arena_front(arena);
	struct deed_arena_chunk *chunk;
	char *const base = alloc_chunk(arena, front + real + TAIL);

	if (!base || (DEED_TRAP && !deed_chunk_is_fit(arena, base, front + real + TAIL)))
		return NULL;
	chunk = (struct deed_arena_chunk *)(void *)(base + front + real);
	chunk->base = base + front;
	chunk->room = real;
	if (DEED_TRAP) {
		chunk->loan = DEED_CHUNK_NEW;
		deed_chunk_comes(base, front + real);
	}
	return chunk;
}

/* A chunk whose room counts as `room`; null if there is none. */
static struct deed_arena_chunk *make_chunk(struct deed_arena *arena, size_t room)
{
	struct deed_arena_chunk *const chunk = deed_arena_chunk_new(arena, room << spread(arena));

	if (chunk) {
		arena->reserved += room + HEAD;
		arena->chunks++;
	}
	return chunk;
}

static bool is_within_limit(const struct deed_arena *arena, size_t room)
{
	return !arena->limit ||
	       (arena->reserved <= arena->limit && room + HEAD <= arena->limit - arena->reserved);
}

/* The room of the next chunk, if it has to hold `need`. */
static size_t room_for(const struct deed_arena *arena, size_t need)
{
	size_t bytes = deed_max(arena->next_bytes ? arena->next_bytes : DEED_ARENA_CHUNK_DEFAULT,
				HEAD + arena->mask + 1);

	if (arena->limit && arena->limit > arena->reserved)
		bytes = deed_min(bytes, arena->limit - arena->reserved);
	bytes = bytes > HEAD ? (bytes - HEAD) & ~arena->mask : 0;
	return deed_max(bytes, need);
}

static struct deed_arena_chunk *new_chunk(struct deed_arena *arena, size_t need)
{
	struct deed_arena_chunk *chunk = NULL;
	size_t room;

	if (!is_within_limit(arena, need)) {
		free_spares(arena);
		if (!is_within_limit(arena, need))
			return NULL;
	}
	room = room_for(arena, need);
	chunk = make_chunk(arena, room);
	if (!chunk && room > need)
		chunk = make_chunk(arena, need); /* little memory may be enough */
	if (chunk && room > need)
		arena->next_bytes =
			deed_max(deed_min(2 * (room + HEAD), CHUNK_MAX), arena->next_bytes);
	return chunk;
}

static struct deed_arena_chunk *take_spare(struct deed_arena *arena, size_t real)
{
	struct deed_arena_chunk *chunk = next_of(arena);

	for (int tried = 0; chunk && tried < SPARES_TRIED; tried++, chunk = chunk->next)
		if (chunk->room >= real) {
			take_out(arena, chunk);
			return chunk;
		}
	return NULL;
}

/* ---- carving -------------------------------------------------------------------------------- */

/* Out of another chunk than the one at hand. */
static char *carve_elsewhere(struct deed_arena *arena, size_t need)
{
	const size_t real = need << spread(arena);
	const size_t used = deed_arena_used(arena);
	struct deed_arena_chunk *chunk;

	if (arena->is_over)
		return NULL;
	chunk = take_spare(arena, real);
	if (!chunk)
		chunk = new_chunk(arena, need);
	if (!chunk)
		return NULL;
	put_last(arena, chunk);
	if (chunk->room - real >= (size_t)(arena->end - arena->at)) {
		arena->at = chunk->base + real;
		arena->end = chunk->base + chunk->room;
		arena->floor = chunk->base; /* no mark is in this chunk yet */
	}
	arena->offset = used + need - ((uintptr_t)arena->at >> spread(arena));
	return chunk->base;
}

struct deed_span deed_arena_span(struct deed_arena *arena, size_t bytes, size_t align)
{
	struct deed_span span = { NULL, 0 };
	size_t need;

	if (!align || (align & (align - 1)) || align > DEED_ARENA_ALIGN_MAX)
		return span;
	if (!arena->mask)
		arena->mask = DEED_ARENA_ALIGN_DEFAULT - 1;
	need = need_of(arena, bytes, align);
	if (!need)
		return span;
	span.bytes = need << spread(arena);
	if (span.bytes <= (size_t)(arena->end - arena->at)) {
		span.lo = arena->at;
		arena->at += span.bytes;
	} else {
		span.lo = carve_elsewhere(arena, need);
	}
	return span;
}

DEED_EXPORT void *deed_arena_carve_(struct deed_arena *arena, size_t bytes, size_t align)
{
	const struct deed_span span = deed_arena_span(arena, bytes, align);

	return (void *)deed_round_up((uintptr_t)span.lo, align);
}

/* ---- from beginning to end ------------------------------------------------------------------ */

DEED_EXPORT int deed_arena_open_release_(struct deed_arena *arena,
					 const struct deed_arena_options *options)
{
	struct deed_arena fresh = DEED_ARENA_EMPTY;
	const size_t align = options && options->align ? options->align : DEED_ARENA_ALIGN_DEFAULT;

	if ((align & (align - 1)) || align < DEED_ARENA_ALIGN_MIN || align > DEED_ARENA_ALIGN_MAX)
		return -EINVAL;
	fresh.mask = align - 1;
	if (options) {
		fresh.next_bytes = deed_min(options->chunk_bytes, PTRDIFF_MAX / 4);
		fresh.limit = options->limit_bytes;
		fresh.allocator = options->allocator;
	}
	*arena = fresh;
	return 0;
}

DEED_EXPORT int deed_arena_open_over_release_(struct deed_arena *arena, void *memory, size_t bytes)
{
	struct deed_arena fresh = DEED_ARENA_EMPTY;
	const size_t align = DEED_ARENA_ALIGN_DEFAULT;
	const size_t skipped = -(uintptr_t)memory & (align - 1);

	if (!memory || bytes < skipped || bytes - skipped < align)
		return -EINVAL;
	fresh.mask = align - 1;
	fresh.is_over = 1;
	fresh.start = (char *)memory + skipped;
	fresh.stop = fresh.start + ((bytes - skipped) & ~(align - 1));
	fresh.at = fresh.start;
	fresh.end = fresh.stop;
	fresh.offset = -(uintptr_t)fresh.start;
	fresh.reserved = (size_t)(fresh.stop - fresh.start);
	*arena = fresh;
	return 0;
}

/* To a mark; to the beginning if there is none. A mark of before the first chunk is that, too. */
DEED_EXPORT void deed_arena_return_(struct deed_arena *arena, const struct deed_arena_mark *mark)
{
	note_peak(arena);
	if (mark && mark->at.is.at) {
		arena->at = arena->floor = mark->at.is.at;
		arena->end = mark->at.is.end;
		arena->last = mark->at.is.last;
		arena->offset = mark->at.is.offset;
		return;
	}
	arena->at = arena->floor = arena->start;
	arena->end = arena->stop;
	arena->last = arena->first;
	arena->offset = -((uintptr_t)arena->start >> spread(arena));
}

DEED_EXPORT void deed_arena_close_release_(struct deed_arena *arena)
{
	static const struct deed_arena empty = DEED_ARENA_EMPTY;

	arena->last = NULL;
	free_spares(arena);
	*arena = empty;
}

DEED_EXPORT struct deed_arena_statistics deed_arena_stats(const struct deed_arena *arena)
{
	const size_t used = deed_arena_used(arena);
	const struct deed_arena_statistics stats = { .used = used,
						     .peak = deed_max(used, arena->peak),
						     .reserved = arena->reserved,
						     .chunks = arena->chunks };

	return stats;
}

/* ---- as an allocator ------------------------------------------------------------------------ */

static void *alloc_in(size_t bytes, size_t align, int zeroed, void *context)
{
	struct deed_arena *const arena = context;
	void *const block = DEED_TRAP ? deed_arena_block(arena, bytes, align)
				      : deed_arena_carve_(arena, bytes, align);

	if (block && zeroed)
		memset(block, 0, bytes);
	return block;
}

static void free_in(void *block, size_t bytes, size_t align, void *context)
{
	if (DEED_TRAP)
		deed_arena_block_free(block);
	(void)bytes;
	(void)align;
	(void)context;
}

DEED_EXPORT struct deed_allocator deed_arena_allocator(struct deed_arena *arena)
{
	const struct deed_allocator allocator = { .alloc = alloc_in,
						  .free = free_in,
						  .context = arena };

	return allocator;
}
