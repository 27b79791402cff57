/* SPDX-License-Identifier: MIT
 *
 * lib/trap/carve.c - buffers in arenas: how they are carved, and resized.
 *
 * An arena is carved as in a release build (lib/arena.c), from chunks that are twice as
 * large, so that behind each buffer there is a gap as large as itself:
 *
 *     lo    base       base + size                lo + bytes
 *     |     [ the buffer ][ redzone                       ]   [ next ...        free ]
 *      fits an alignment                                                 all dead bytes
 *
 * The first of a chunk has a gap in front of it, too. Over a caller's block there are no gaps
 * but what an alignment leaves, of the buffer or of the block, for what fits in a release build
 * must fit here.
 *
 * Each buffer is a cell of kind ARENA, owned by a handle or by nobody. Memory that has ended,
 * and what was never carved, holds the dead pattern; who carves looks whether it still does.
 *
 * A resize that a release build does in place stays in the buffer's span here; but in the
 * span it goes from the front into the gap, or back, so that a raw pointer to the old place is
 * wrong at once.
 */
#include "carve.h"

#include <errno.h>
#include <string.h>

#include "chunks.h"
#include "den.h"
#include "end.h"
#include "history.h"
#include "life.h"
#include "near.h"
#include "owner.h"
#include "raw.h"
#include "shard.h"
#include "slots.h"
#include "stack.h"
#include "tree.h"

/* What is not fit is the den's to tell of, when its arena is no longer busy. */
bool deed_chunk_is_fit(const struct deed_arena *arena, void *memory, size_t bytes)
{
	struct deed_given given = { .allocator = arena->allocator,
				    .base = memory,
				    .bytes = bytes,
				    .align = arena->mask + 1 };
	struct deed_den *den;

	if (!given.allocator || deed_given_is_fit(&given))
		return true;
	den = deed_cell_at(deed_word_slot(arena->own))->base;
	den->unfit = given;
	if (!given.in_the_way)
		given.allocator->free(memory, bytes, given.align, given.allocator->context);
	return false;
}

void deed_chunk_comes(void *memory, size_t bytes)
{
	deed_memory_is_reachable(memory);
	deed_dead_set(memory, bytes);
	deed_chunks_put(memory, bytes);
}

void deed_chunk_goes(void *memory, size_t bytes, uint64_t loan)
{
	struct deed_thread *me;

	deed_chunks_take(memory, bytes);
	deed_redzone_clear(memory, bytes);
	if (!loan || loan == DEED_CHUNK_NEW)
		return;
	me = deed_enter();
	if (!me)
		return;
	if (deed_end_loan(me, loan, 0, &deed_block_site))
		deed_slot_give(me, deed_loan_slot(loan));
	deed_leave(me);
}

static bool see_block(uint32_t slot, void *context)
{
	const struct deed_cell *const cell = deed_cell_at(slot);
	bool *const ret = context;

	*ret |= cell->is_live && (cell->flags & DEED_CELL_BLOCK);
	return !*ret;
}

/* A chunk that is a block of another arena's is lent to this one until it goes, as a caller's block
 * is: the other one does not end before.
 */
static void lend_chunk(struct deed_visit *visit)
{
	struct deed_arena_chunk *const chunk = visit->arena->last;
	const size_t front = deed_arena_front(visit->arena);
	struct deed_ask ask = { .at = visit->at,
				.frame = visit->frame,
				.is_inout = true,
				.is_arenas = true,
				.is_unnoted = true };
	bool is_block = false;

	if (visit->arena->is_over || chunk->loan != DEED_CHUNK_NEW)
		return;
	chunk->loan = 0;
	deed_near_search((uintptr_t)chunk->base, (uintptr_t)chunk->base + 1, see_block, &is_block);
	if (!is_block)
		return;
	ask.stack = deed_ask_stack(visit->me, visit->frame);
	chunk->loan = deed_raw_lend(visit->me, &ask, chunk->base - front,
				    front + chunk->room + DEED_CHUNK_TAIL, &visit->finding);
}

/* Marks what is the buffer's, whose first `kept` bytes stay, and what is not. */
static void guard(const struct deed_carving *carving, size_t kept)
{
	char *const front = carving->span.lo - carving->front;
	char *const end = carving->base + carving->size;

	deed_redzone_clear(carving->span.lo, carving->span.bytes);
	deed_redzone_set(front, (size_t)(carving->base - front));
	deed_redzone_set(end, (size_t)(carving->span.lo + carving->span.bytes - end));
	deed_fresh_set(carving->base + kept, carving->size - kept);
}

/* The arena as it is, as release builds know it. */
static struct deed_arena_mark state_of(const struct deed_arena *arena)
{
	struct deed_arena_mark mark;

	mark.at.is.at = arena->at;
	mark.at.is.end = arena->end;
	mark.at.is.last = arena->last;
	mark.at.is.offset = arena->offset;
	return mark;
}

/* The gap in front of what is carved at `lo`: of a chunk's first. What a chunk was fetched for is
 * its first, and that chunk is the last. */
static size_t front_of(const struct deed_visit *visit, const char *lo)
{
	const struct deed_arena *const arena = visit->arena;

	if (lo != arena->start && (arena->is_over || lo != arena->last->base))
		return 0;
	return deed_den_front(visit);
}

/* What is carved becomes a buffer of `ret`. */
static int enter_buffer(struct deed_visit *visit, struct deed_owner *ret,
			struct deed_making *making, struct deed_carving *carving)
{
	struct deed_den *const den = visit->den;
	int err;

	making->stack = deed_stack_keep(making->frame, visit->me->stack_lo, visit->me->stack_hi);
	carving->base =
		(char *)deed_round_up((uintptr_t)carving->span.lo, deed_max(making->align, 1));
	making->base = carving->base;
	making->align = deed_max(making->align, visit->arena->mask + 1);
	carving->front = front_of(visit, carving->span.lo);
	deed_den_look(visit, carving->span.lo - carving->front,
		      carving->front + carving->span.bytes);
	guard(carving, 0);
	err = deed_life_enter(visit->me, ret, making);
	if (err) {
		deed_carving_set_dead(carving);
		deed_arena_return_(visit->arena, &carving->before);
		return err;
	}
	deed_den_tell_damage(visit);
	carving->serial = ++den->last_serial;
	carving->slot = deed_word_slot(deed_handle_word(ret));
	carving->id = deed_cell_at(carving->slot)->id;
	den->stack[den->depth++] = *carving;
	return 0;
}

/* 0; -EPERM after a fault; -EINVAL for an alignment that is none; -EOVERFLOW, -ENOMEM. */
static int carve(struct deed_owner *ret, struct deed_arena *arena, struct deed_making *making,
		 const struct deed_site *arena_at)
{
	struct deed_visit visit = {
		.arena = arena, .at = arena_at, .frame = making->frame, .verb = "carved from"
	};
	struct deed_carving carving;
	int err = -ENOMEM;

	making->align = deed_max(making->align, making->at->element_align);
	if ((making->align & (making->align - 1)) || making->align > DEED_ARENA_ALIGN_MAX)
		return -EINVAL;
	if (__builtin_mul_overflow(making->count, making->at->element_bytes, &carving.size))
		return -EOVERFLOW;
	if (making->count > DEED_LEN_MAX)
		return making->at->element_bytes ? -ENOMEM : -EOVERFLOW;
	if (!deed_den_enter(&visit, true))
		return -EPERM;
	if (!visit.den || !deed_den_has_room(visit.den)) {
		deed_den_leave(&visit);
		return -ENOMEM;
	}
	deed_leave(visit.me);
	carving.before = state_of(arena);
	carving.span = deed_arena_span(arena, carving.size, making->align);
	visit.me = deed_enter();
	if (visit.den->unfit.base) {
		visit.finding =
			deed_given_finding(visit.me, &visit.den->unfit, arena_at, making->frame);
		visit.den->unfit.base = NULL;
		if (carving.span.lo)
			deed_arena_return_(arena, &carving.before);
		err = -EPERM;
	} else if (carving.span.lo) {
		lend_chunk(&visit);
		err = enter_buffer(&visit, ret, making, &carving);
	}
	deed_den_leave(&visit);
	return err;
}

DEED_EXPORT void *deed_trap_arena_new(struct deed_arena *arena, size_t count, size_t align,
				      const void *frame, const struct deed_site *at)
{
	struct deed_making making = { .at = at,
				      .frame = frame,
				      .count = count,
				      .align = align,
				      .kind = DEED_KIND_ARENA,
				      .role = DEED_ROLE_ALLOCATED };
	struct deed_owner nobody;

	if (!align || carve(&nobody, arena, &making, at))
		return NULL;
	deed_cell_at(deed_word_slot(deed_handle_word(&nobody)))->flags |= DEED_CELL_CARVING;
	return making.base;
}

/* A block of nothing has a byte, or it had no place in the index. */
void *deed_arena_block(struct deed_arena *arena, size_t bytes, size_t align)
{
	struct deed_making making = { .at = &deed_block_site,
				      .frame = __builtin_frame_address(0),
				      .count = deed_max(bytes, 1),
				      .align = align,
				      .kind = DEED_KIND_ARENA,
				      .role = DEED_ROLE_ALLOCATED };
	struct deed_owner nobody;

	if (carve(&nobody, arena, &making, &deed_block_site))
		return NULL;
	deed_cell_at(deed_word_slot(deed_handle_word(&nobody)))->flags |= DEED_CELL_BLOCK;
	return making.base;
}

static int new_in(struct deed_owner *ret, struct deed_arena *arena, size_t count, const void *frame,
		  const struct deed_site *arena_at, const struct deed_site *at)
{
	struct deed_making making = { .at = at,
				      .frame = frame,
				      .count = count,
				      .kind = DEED_KIND_ARENA,
				      .role = DEED_ROLE_ALLOCATED };
	const int err = carve(ret, arena, &making, arena_at);
	struct deed_thread *const me = err ? NULL : deed_enter();

	if (me) {
		deed_life_is_noted(me, ret, &making);
		deed_leave(me);
	}
	return err == -EINVAL ? -ENOMEM : err; /* elements that no arena aligns */
}

DEED_EXPORT int deed_trap_new_in(struct deed_owner *ret, struct deed_arena *arena, size_t count,
				 const void *frame, const struct deed_site *arena_at,
				 const struct deed_site *at)
{
	struct deed_thread *const me =
		deed_enter_to_make(ret, "making a new buffer for", frame, at);

	if (!me)
		return -EPERM;
	deed_leave(me);
	return new_in(ret, arena, count, frame, arena_at, at);
}

/* ---- resize --------------------------------------------------------------------------------- */

/* The buffer of a cell, by its id: ids grow, and so does the stack. Null if it is of another arena.
 */
static struct deed_carving *carving_of(const struct deed_den *den, uint64_t id)
{
	size_t lo = 0, hi = den->depth;

	while (lo < hi) {
		const size_t middle = lo + (hi - lo) / 2;

		if (den->stack[middle].id < id)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo < den->depth && den->stack[lo].id == id ? &den->stack[lo] : NULL;
}

/* The carving of an owner that is to be resized, under the shard lock; null, and a finding, if it
 * cannot be. */
static struct deed_carving *open_resize(struct deed_visit *visit, const struct deed_owner *owner,
					const struct deed_site *at, uint32_t *ret_slot)
{
	const uint32_t slot = deed_owner_open_unlent(visit->me, owner, DEED_USE_RESIZE,
						     visit->frame, at, &visit->finding);
	const struct deed_cell *const cell = deed_cell_at(slot);
	struct deed_carving *const carving =
		slot && cell->kind == DEED_KIND_ARENA ? carving_of(visit->den, cell->id) : NULL;

	if (slot && !carving) {
		visit->finding = deed_finding_begin(visit->me, DEED_E18, at, visit->frame);
		deed_finding_does(visit->finding, "resized", false);
		deed_finding_cell(visit->finding, slot);
		deed_finding_event(visit->finding, slot, 0, DEED_ROLE_ALLOCATED);
		deed_finding_say(visit->finding,
				 "`%s` is resized here in `%s`, but it is not in it",
				 deed_plain(at->text).text, deed_plain(visit->at->text).text);
		deed_owner_close(slot);
	}
	*ret_slot = slot;
	return carving;
}

/* Whether a buffer of `size` bytes may stay in its span, as it may in a release build: if it
 * becomes shorter; or if it is the newest and there is room, and then the span ends where the
 * buffer does.
 */
static bool stays(struct deed_visit *visit, struct deed_carving *carving, size_t size)
{
	struct deed_arena *const arena = visit->arena;
	const size_t unit = arena->mask + 1;
	const size_t most = (size_t)(arena->end - carving->span.lo) >> !arena->is_over;
	const size_t need = size && size < most ? deed_round_up(size, unit) : SIZE_MAX;
	char *const end = carving->span.lo + carving->span.bytes;

	if (end != arena->at || carving->span.lo < arena->floor || need > most ||
	    carving->span.bytes >> !arena->is_over !=
		    deed_round_up(deed_max(carving->size, 1), unit))
		return size <= carving->size;
	carving->span.bytes = need << !arena->is_over;
	arena->at = carving->span.lo + carving->span.bytes;
	if (arena->at > end)
		deed_den_look(visit, end, (size_t)(arena->at - end));
	return true;
}

/* A buffer goes on in its own span, which ended at `end`, at another place if there is one: a raw
 * pointer to the old place is wrong at once. Under the shard lock, which is given back.
 */
static void change_place(struct deed_visit *visit, struct deed_owner *owner, uint32_t slot,
			 struct deed_carving *carving, const char *end, size_t count,
			 const struct deed_site *at)
{
	struct deed_cell *cell = deed_cell_at(slot);
	const size_t unit = (size_t)1 << cell->align_log2;
	const size_t size = count * cell->element_bytes, kept = deed_min(size, carving->size);
	const size_t gap = carving->span.bytes - deed_round_up(deed_max(size, 1), unit);
	const size_t shift = gap / 2 >= unit ? gap / 2 & ~(unit - 1) : gap & ~(unit - 1);
	char *const lo = (char *)deed_round_up((uintptr_t)carving->span.lo, unit);
	char *const old = carving->base, *const new_end = carving->span.lo + carving->span.bytes;
	const uint64_t generation = deed_word_generation(deed_cell_word(cell));

	deed_near_take(cell, slot);
	deed_cell_resized(deed_cell_bytes(cell), size);
	deed_redzone_clear(carving->span.lo, carving->span.bytes);
	carving->base = old == lo && lo + shift + size <= new_end ? lo + shift : lo;
	carving->size = size;
	memmove(carving->base, old, kept);
	guard(carving, kept);
	if (new_end < end)
		deed_dead_set(new_end, (size_t)(end - new_end));
	cell->base = carving->base;
	cell->count = count;
	deed_life_set_quick(cell);
	deed_near_put(cell, slot);
	deed_cell_event(cell, DEED_ROLE_RESIZED, at,
			deed_stack_keep(visit->frame, visit->me->stack_lo, visit->me->stack_hi),
			generation, visit->me->id);
	if (!deed_cell_bump(cell)) {
		carving->slot = deed_life_fresh_row(cell, slot);
		deed_cell_at(carving->slot)->home = owner;
		deed_cell_at(carving->slot)->name = cell->name;
		cell = deed_cell_at(carving->slot);
	}
	deed_handle_set(owner, DEED_TAG_LIVE, carving->slot,
			deed_word_generation(deed_cell_word(cell)), deed_cell_len(cell));
	if (deed_is_in_team(visit->me))
		deed_history_goes_on(visit->me, slot, generation, carving->slot, at);
	deed_shard_give(slot);
}

/* The elements go on as a buffer of its own, which `fresh` owns so far; the old place is dead.
 * Under the shard lock of the old, which is given back.
 */
static void change_buffer(struct deed_visit *visit, struct deed_owner *owner, uint32_t slot,
			  struct deed_carving *carving, const struct deed_owner *fresh,
			  const struct deed_site *at)
{
	const uint32_t to = deed_word_slot(deed_handle_word(fresh));
	struct deed_cell *const cell = deed_cell_at(to);
	struct deed_ended ended; /* the arena's */

	memcpy(cell->base, carving->base, carving->size); /* it has become longer */
	deed_life_leave(visit->me, owner, slot, DEED_ROLE_RESIZED,
			deed_stack_keep(visit->frame, visit->me->stack_lo, visit->me->stack_hi), at,
			&ended);
	deed_shard_take(to);
	cell->home = owner;
	*owner = *fresh;
	deed_shard_give(to);
}

static int resize_away(struct deed_visit *visit, struct deed_owner *owner, size_t count,
		       const struct deed_site *at)
{
	struct deed_owner fresh = { NULL, 0 };
	const int err = new_in(&fresh, visit->arena, count, visit->frame, visit->at, at);
	struct deed_carving *carving = NULL;
	uint32_t slot = 0;

	if (err)
		return err;
	if (!deed_den_enter(visit, true))
		return -EPERM;
	if (visit->den) /* another thread may have been here */
		carving = open_resize(visit, owner, at, &slot);
	if (carving)
		change_buffer(visit, owner, slot, carving, &fresh, at);
	deed_den_leave(visit);
	return carving ? 0 : -EPERM;
}

DEED_EXPORT int deed_trap_resize_in(struct deed_owner *owner, struct deed_arena *arena,
				    size_t count, const void *frame,
				    const struct deed_site *arena_at, const struct deed_site *at)
{
	struct deed_visit visit = {
		.arena = arena, .at = arena_at, .frame = frame, .verb = "carved from"
	};
	struct deed_carving *carving;
	const char *end;
	uint32_t slot;
	size_t size;
	int err = 0;

	if (!deed_den_enter(&visit, true))
		return -EPERM;
	if (!visit.den) {
		deed_den_leave(&visit);
		return -ENOMEM;
	}
	carving = open_resize(&visit, owner, at, &slot);
	if (!carving) {
		deed_den_leave(&visit);
		return -EPERM;
	}
	end = carving->span.lo + carving->span.bytes;
	if (deed_cell_at(slot)->count == count) {
		deed_owner_close(slot);
	} else if (__builtin_mul_overflow(count, at->element_bytes, &size) ||
		   count > DEED_LEN_MAX) {
		deed_owner_close(slot);
		err = -EOVERFLOW;
	} else if (stays(&visit, carving, size)) {
		change_place(&visit, owner, slot, carving, end, count, at);
		deed_den_tell_damage(&visit);
	} else {
		deed_owner_close(slot);
		deed_den_leave(&visit);
		return resize_away(&visit, owner, count, at);
	}
	deed_den_leave(&visit);
	return err;
}
