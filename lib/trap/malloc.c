/* SPDX-License-Identifier: MIT
 *
 * lib/trap/malloc.c - blocks of the malloc family, each a buffer of bytes whose owner is
 * whoever knows its address.
 *
 * A block has a row as every buffer, but no handle lies in the program's memory. So one is
 * made up for each call, out of the row that the address index finds: of a block that lives,
 * a live one; of one that has ended, but whose memory nobody else has yet, a dropped one.
 * What it is worth is then the business of owner.c, as of every handle, and between the
 * search and that another thread may have freed the block, which a stale generation tells.
 *
 * A realloc() is a new block, a copy, and the end of the old one.
 */
#include <errno.h>
#include <string.h>

#include "deed/own.h"
#include "hot_region.h"
#include "life.h"
#include "near.h"
#include "owner.h"
#include "quarantine.h"
#include "shard.h"
#include "stack.h"

/* What an address is to the ledger: a block that begins there, or what holds it. */
struct look {
	uintptr_t address;
	uint32_t block;	 /* 0 if there is none */
	uint32_t around; /* the smallest buffer that lives there */
	size_t around_bytes;
};

static bool see(uint32_t slot, void *context)
{
	struct look *const look = context;
	const struct deed_cell *const cell = deed_cell_at(slot);
	const size_t bytes = deed_cell_bytes(cell);

	if (cell->kind == DEED_KIND_MALLOC && (uintptr_t)cell->base == look->address) {
		look->block = slot;
		return !cell->is_live;
	}
	if (cell->is_live && cell->kind != DEED_KIND_RAW &&
	    (!look->around || bytes < look->around_bytes)) {
		look->around = slot;
		look->around_bytes = bytes;
	}
	return true;
}

/* A handle of the block, as good as it is now; all zero if another thread has ended it, and its row
 * tells of another by now. */
static struct deed_owner handle_of(uint32_t slot, uintptr_t address)
{
	const struct deed_cell *const cell = deed_cell_of_live(slot);
	struct deed_owner handle = { NULL, 0 };
	uint64_t generation;
	bool is_live;

	deed_shard_take(slot);
	generation = deed_word_generation(deed_cell_word(cell));
	is_live = __atomic_load_n(&cell->is_live, __ATOMIC_ACQUIRE);
	/* The generation that has ended is the one before. */
	if (cell->kind == DEED_KIND_MALLOC && (uintptr_t)cell->base == address)
		deed_handle_set(&handle, is_live ? DEED_TAG_LIVE : DEED_TAG_DROPPED, slot,
				is_live ? generation : generation - 1, is_live ? cell->count : 0);
	deed_shard_give(slot);
	return handle;
}

/* E18: there is no block, or not with these bytes. */
static struct deed_finding *no_block(struct deed_thread *me, const struct look *look,
				     const char *verb, const void *frame,
				     const struct deed_site *at)
{
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E18, at, frame);
	const struct deed_plain name = deed_plain(at->text);
	const struct deed_cell *const cell = deed_cell_at(look->around);

	deed_finding_does(finding, verb, false);
	if (!look->around) {
		deed_finding_say(finding,
				 "`%s` is %s here, but no block begins at %p: it is not from "
				 "deed_malloc(), or was freed long ago",
				 name.text, verb, (void *)look->address);
		return finding;
	}
	deed_shard_take(look->around);
	deed_finding_cell(finding, look->around);
	deed_finding_event(finding, look->around, 0, DEED_ROLE_ALLOCATED);
	if (cell->kind == DEED_KIND_MALLOC)
		deed_finding_say(finding,
				 "`%s` is %s here, but it points %zu bytes into a block of %zu",
				 name.text, verb, (size_t)(look->address - (uintptr_t)cell->base),
				 deed_cell_bytes(cell));
	else
		deed_finding_say(finding,
				 "`%s` is %s here, but these bytes are no block: `%s` owns them",
				 name.text, verb, deed_plain(cell->name).text);
	deed_shard_give(look->around);
	return finding;
}

static struct deed_finding *wrong_size(struct deed_thread *me, uint32_t slot, size_t bytes,
				       const void *frame, const struct deed_site *at)
{
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E18, at, frame);
	const struct deed_cell *const cell = deed_cell_at(slot);

	deed_finding_does(finding, "freed by its size", false);
	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	if (cell->align_log2 > __builtin_ctzl(DEED_LEAST_ALIGN))
		deed_finding_say(finding,
				 "`%s` is freed by its size here, but is from "
				 "deed_aligned_alloc()",
				 deed_plain(at->text).text);
	else
		deed_finding_say(finding, "`%s` is freed here as %zu byte%s, but it has %zu",
				 deed_plain(at->text).text, bytes, bytes == 1 ? "" : "s",
				 deed_cell_bytes(cell));
	return finding;
}

/* The slot of the block, open and not lent, and a handle of it; else 0, and a fault was raised. */
static uint32_t open_block(struct deed_thread *me, const void *address, struct deed_owner *ret,
			   enum deed_owner_use use, const void *frame, const struct deed_site *at)
{
	struct look look = { .address = (uintptr_t)address };
	struct deed_finding *finding = NULL;
	uint32_t slot = 0;

	deed_near_search(look.address, look.address + 1, see, &look);
	*ret = look.block ? handle_of(look.block, look.address) : (struct deed_owner){ NULL, 0 };
	if (deed_handle_word(ret)) {
		slot = deed_owner_open_unlent(me, ret, use, frame, at, &finding);
	} else {
		finding = no_block(me, &look, use == DEED_USE_FREE ? "freed" : "reallocated", frame,
				   at);
	}
	if (!slot)
		deed_raise(me, finding);
	return slot;
}

/* Makes a block; null if there is none. A block of nothing has a byte, or it had no place in the
 * index. */
static void *try_make(struct deed_making *making, bool zeroed, struct deed_owner *ret)
{
	const struct deed_memory memory =
		deed_memory_new(making->kind, making->count, making->align, 1, zeroed);
	struct deed_thread *me;
	int err;

	making->base = memory.base;
	making->is_walled = memory.is_walled;
	if (!making->base)
		return NULL;
	if (!zeroed)
		deed_fresh_set(making->base, making->count);
	me = deed_enter();
	making->stack = deed_stack_keep(making->frame, me->stack_lo, me->stack_hi);
	err = deed_life_enter(me, ret, making);
	if (!err)
		deed_cell_at(deed_word_slot(deed_handle_word(ret)))->home = NULL;
	deed_leave(me);
	if (err)
		deed_memory_free(memory);
	return err ? NULL : making->base;
}

/* The same, with all the memory that there is; and errno is set. */
static void *make(size_t bytes, size_t align, bool zeroed, const void *frame,
		  const struct deed_site *at, struct deed_owner *ret)
{
	struct deed_making making = { .at = at,
				      .frame = frame,
				      .count = deed_max(bytes, 1),
				      .align = deed_max(align, DEED_LEAST_ALIGN),
				      .kind = DEED_KIND_MALLOC,
				      .role = DEED_ROLE_ALLOCATED };
	const int saved = errno;
	void *block = NULL;

	if (bytes <= DEED_LEN_MAX) {
		block = try_make(&making, zeroed, ret);
		if (!block && deed_quarantine_empty())
			block = try_make(&making, zeroed, ret);
	}
	errno = block ? saved : ENOMEM;
	return block;
}

/* A block that comes of no other. */
static void *make_first(size_t bytes, size_t align, bool zeroed, const void *frame,
			const struct deed_site *at)
{
	struct deed_owner block;
	void *const data = make(bytes, align, zeroed, frame, at, &block);

	if (data)
		(void)deed_hot_made(0, &block, DEED_ROLE_ALLOCATED, frame, at);
	return data;
}

/* Whether a verb may go on; E24 if it interrupted one. */
static bool may_enter(const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();

	if (!me) {
		deed_reentered(at, frame);
		errno = EINVAL;
		return false;
	}
	deed_leave(me);
	return true;
}

DEED_EXPORT void *deed_trap_malloc(size_t bytes, size_t align, int zeroed, const void *frame,
				   const struct deed_site *at)
{
	if (!align || (align & (align - 1)) || align > DEED_ALIGN_MAX) {
		errno = EINVAL;
		return NULL;
	}
	return may_enter(frame, at) ? make_first(bytes, align, zeroed, frame, at) : NULL;
}

DEED_EXPORT void deed_trap_free(void *address, size_t bytes, const void *frame,
				const struct deed_site *at)
{
	const int saved = errno;
	struct deed_owner block;
	struct deed_thread *me;
	struct deed_finding *noticed;
	struct deed_ended ended;
	const struct deed_cell *cell;
	uint32_t slot;

	if (!address)
		return;
	me = deed_enter();
	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	slot = open_block(me, address, &block, DEED_USE_FREE, frame, at);
	if (!slot)
		return;
	cell = deed_cell_at(slot);
	if (bytes != SIZE_MAX && (deed_max(bytes, 1) != cell->count ||
				  cell->align_log2 > __builtin_ctzl(DEED_LEAST_ALIGN))) {
		struct deed_finding *const finding = wrong_size(me, slot, bytes, frame, at);

		deed_owner_close(slot);
		deed_raise(me, finding);
		return;
	}
	noticed = deed_life_notice(me, slot, "freed", false, frame, at);
	deed_life_leave(me, &block, slot, DEED_ROLE_FREED,
			deed_stack_keep(frame, me->stack_lo, me->stack_hi), at, &ended);
	ended.noticed = noticed;
	deed_leave(me);
	deed_life_end_memory(&ended);
	errno = saved;
}

DEED_EXPORT void *deed_trap_realloc(void *address, size_t bytes, const void *frame,
				    const struct deed_site *at)
{
	struct deed_owner old, block;
	struct deed_thread *me;
	struct deed_finding *noticed;
	struct deed_ended ended;
	size_t copied;
	uint32_t slot;
	void *data;

	if (!may_enter(frame, at))
		return NULL;
	if (!address)
		return make_first(bytes, 1, false, frame, at);
	me = deed_enter();
	slot = open_block(me, address, &old, DEED_USE_REALLOC, frame, at);
	if (!slot) {
		errno = EINVAL;
		return NULL;
	}
	copied = deed_min(bytes, deed_cell_bytes(deed_cell_at(slot)));
	deed_owner_close(slot);
	deed_leave(me);
	data = make(bytes, 1, false, frame, at, &block);
	if (!data)
		return NULL;
	me = deed_enter();
	slot = open_block(me, address, &old, DEED_USE_REALLOC, frame, at);
	if (!slot) { /* another thread has freed or lent it meanwhile */
		deed_trap_free(data, SIZE_MAX, frame, at);
		errno = EINVAL;
		return NULL;
	}
	memcpy(data, address, copied);
	noticed = deed_life_notice(me, slot, "reallocated", false, frame, at);
	deed_life_leave(me, &old, slot, DEED_ROLE_RESIZED,
			deed_stack_keep(frame, me->stack_lo, me->stack_hi), at, &ended);
	ended.noticed = noticed;
	deed_leave(me);
	deed_life_end_memory(&ended);
	(void)deed_hot_made(0, &block, DEED_ROLE_RESIZED, frame, at);
	return data;
}
