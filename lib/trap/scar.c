/* SPDX-License-Identifier: MIT
 *
 * lib/trap/scar.c - bytes of an arena that somebody wrote, though nobody owned them.
 *
 * The gaps beside a buffer, and the buffer itself if it was dropped before, are looked at when it
 * ends with its arena; what is free, when it is carved or its chunk goes. Each buffer's gap is
 * found by its place on the den's stack. Whose bytes free ones were is asked of the rows of ended
 * cells, all of them: it takes a while, and is done once. What was written is repaired, so that it
 * is told once.
 */
#include <stdio.h>
#include <string.h>

#include "carve.h"
#include "den.h"
#include "finding.h"
#include "near.h"
#include "shard.h"

/* Of all rows of ended buffers in arenas, the youngest that held the address; else the buffer that
 * ends next before it, and not far from what is looked at. 0 if there is none.
 */
static uint32_t whose(const struct deed_span *span, const unsigned char *address)
{
	const unsigned char *const near = (unsigned char *)span->lo - span->bytes;
	const unsigned char *before_base = NULL;
	const uint32_t made = deed_cells_made();
	uint32_t held = 0, before = 0;
	uint64_t held_id = 0, before_id = 0;

	for (uint32_t slot = 1; slot < made; slot++) {
		const struct deed_cell *const cell = deed_cell_at(slot);
		const unsigned char *const base = cell->base;
		const unsigned char *const end = base + deed_cell_bytes(cell);

		if (cell->kind != DEED_KIND_ARENA || !cell->event_count || base > address)
			continue;
		if (address < end && !cell->is_live && cell->id > held_id) {
			held = slot;
			held_id = cell->id;
		} else if (address >= end && end > near &&
			   (base > before_base || (base == before_base && cell->id > before_id))) {
			before = slot;
			before_base = base;
			before_id = cell->id;
		}
	}
	return held ? held : before;
}

/* Whether free memory was written. To be told when it serves, or served, another purpose, and no
 * shard lock is held.
 */
void deed_den_look(struct deed_visit *visit, char *lo, size_t bytes)
{
	const struct deed_damage damage = deed_dead_look(lo, bytes);

	if (!damage.first || visit->damage.first)
		return;
	visit->damage = damage;
	visit->damaged.lo = lo;
	visit->damaged.bytes = bytes;
}

/* Of a buffer's damage. A verb without a frame is none of the program's: the end of a thread, which
 * gives its scratch memory back. Under the shard lock.
 */
static struct deed_finding *tell(const struct deed_visit *visit, uint32_t slot,
				 struct deed_damage damage, bool is_dead)
{
	struct deed_finding *const finding = (is_dead ? deed_dead_finding : deed_redzone_finding)(
		visit->me, slot, damage, visit->frame ? visit->at : NULL, visit->frame);

	if (visit->frame)
		deed_finding_does(finding, is_dead ? "noticed" : visit->verb, visit->by_block);
	else if (visit->verb)
		deed_finding_noticed(finding, "when the thread's scratch memory was given back");
	return finding;
}

void deed_den_tell_damage(struct deed_visit *visit)
{
	const struct deed_damage damage = visit->damage;
	const uint32_t slot = damage.first ? whose(&visit->damaged, damage.first) : 0;
	const struct deed_cell *const cell = deed_cell_at(slot);

	if (!damage.first)
		return;
	deed_shard_take(slot ? slot : visit->den->slot);
	if (!slot) {
		visit->finding = deed_den_begin(visit, DEED_E25);
		deed_finding_cell(visit->finding, visit->den->slot);
		deed_finding_event(visit->finding, visit->den->slot, 0, DEED_ROLE_ALLOCATED);
		deed_finding_say(
			visit->finding, "%zu bytes of `%s` that nobody had carved were written",
			(size_t)(damage.last - damage.first) + 1, deed_plain(visit->at->text).text);
	} else {
		visit->finding =
			tell(visit, slot, damage,
			     damage.first < (unsigned char *)cell->base + deed_cell_bytes(cell));
	}
	deed_shard_give(slot ? slot : visit->den->slot);
}

/* The row of a buffer that was carved: live, or ended and not in use for another one; else 0. */
static bool is_row_of(uint32_t slot, const struct deed_carving *carving)
{
	const struct deed_cell *const cell = deed_cell_at(slot);

	return cell->kind == DEED_KIND_ARENA && cell->id == carving->id;
}

struct look_for {
	const struct deed_carving *carving;
	uint32_t slot;
};

static bool see_carving(uint32_t slot, void *context)
{
	struct look_for *const look = context;

	if (is_row_of(slot, look->carving))
		look->slot = slot;
	return !look->slot;
}

/* A buffer whose row ran out of generations goes on in another: it is found by its address. */
uint32_t deed_den_live_row(const struct deed_carving *carving)
{
	struct look_for look = { carving, 0 };

	if (is_row_of(carving->slot, carving) && deed_cell_at(carving->slot)->is_live)
		return carving->slot;
	deed_near_search((uintptr_t)carving->base, (uintptr_t)carving->base + carving->size,
			 see_carving, &look);
	return look.slot && deed_cell_at(look.slot)->is_live ? look.slot : 0;
}

/* Whether its bytes are dead: not if they were released, which hands them out. Without a lock: who
 * ends a buffer writes all that is read here before it says that it is not live.
 */
static bool is_dead(const struct deed_carving *carving)
{
	const struct deed_cell *const cell = deed_cell_at(carving->slot);
	int last;

	if (__atomic_load_n(&cell->is_live, __ATOMIC_ACQUIRE) || !is_row_of(carving->slot, carving))
		return false;
	last = deed_cell_event_back(cell, 0);
	return last > 0 && deed_event_role(cell, last) != DEED_ROLE_RELEASED;
}

struct deed_damage deed_den_look_at(const struct deed_carving *carving)
{
	char *const lo = carving->span.lo - carving->front;
	char *const end = carving->base + carving->size;
	const size_t front = (size_t)(carving->base - lo);
	const size_t back = (size_t)(carving->span.lo + carving->span.bytes - end);
	struct deed_damage damage = deed_redzone_look(end, back);

	if (!damage.first)
		damage = deed_redzone_look(lo, front);
	if (damage.first) {
		deed_redzone_set(lo, front);
		deed_redzone_set(end, back);
	} else if (is_dead(carving)) {
		damage = deed_dead_look(carving->base, carving->size);
		if (damage.first)
			deed_dead_set(carving->base, carving->size);
	}
	return damage;
}

struct look_behind {
	uintptr_t from;
	uint32_t slot;
};

/* Of the live buffers in arenas, the first that begins at or behind `from`. */
static bool see_behind(uint32_t slot, void *context)
{
	struct look_behind *const look = context;
	const struct deed_cell *const cell = deed_cell_at(slot);

	if (cell->kind == DEED_KIND_ARENA && cell->is_live && (uintptr_t)cell->base >= look->from &&
	    (!look->slot || cell->base < deed_cell_at(look->slot)->base))
		look->slot = slot;
	return true;
}

/* The buffer that the damage behind another is nearer to: written in front of, then. 0: none. */
static uint32_t nearer(const struct deed_carving *carving, struct deed_damage damage)
{
	const uintptr_t end = (uintptr_t)carving->base + carving->size;
	struct look_behind look = { (uintptr_t)damage.last + 1, 0 };

	if ((uintptr_t)damage.first > end)
		deed_near_search(look.from, look.from + ((uintptr_t)damage.first - end), see_behind,
				 &look);
	return look.slot;
}

/* Of a damage that is told of the buffer behind it: the one that it lies behind. */
static void tell_before(struct deed_finding *finding, uint32_t slot,
			const struct deed_carving *carving, struct deed_damage damage)
{
	const size_t far = (size_t)((const char *)damage.first - carving->base) - carving->size;
	const size_t len = strlen(finding->message);

	deed_shard_take(slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	snprintf(finding->message + len, sizeof finding->message - len,
		 "; that is %zu byte%s behind the end of `%s`", far, far == 1 ? "" : "s",
		 deed_cell_name(deed_cell_at(slot)).text);
	deed_shard_give(slot);
}

static bool is_inside(const struct deed_carving *carving, struct deed_damage damage)
{
	const unsigned char *const base = (const unsigned char *)carving->base;

	return damage.first >= base && damage.first < base + carving->size;
}

struct deed_finding *deed_den_tell_of(const struct deed_visit *visit,
				      const struct deed_carving *carving, struct deed_damage damage)
{
	const uint32_t live = deed_den_live_row(carving);
	const uint32_t slot = live ? live : carving->slot;
	const uint32_t behind = nearer(carving, damage), of = behind ? behind : slot;
	struct deed_finding *finding = NULL;

	deed_shard_take(of);
	if (behind || is_row_of(slot, carving)) /* else dropped, and long forgotten */
		finding = tell(visit, of, damage, is_inside(carving, damage));
	deed_shard_give(of);
	if (behind && is_row_of(slot, carving))
		tell_before(finding, slot, carving, damage);
	return finding;
}

/* Looks from buffer *at on, until one has a damage, which goes to *ret. The lock keeps others out
 * of the arena; of one that somebody is in already, nothing is known.
 */
static bool find_damage(uint32_t slot, unsigned but_flags, size_t *at, struct deed_carving *ret,
			struct deed_damage *ret_damage)
{
	const struct deed_cell *const cell = deed_cell_at(slot);
	const struct deed_den *const den = cell->base;

	ret_damage->first = NULL;
	deed_shard_take(slot);
	if (cell->kind == DEED_KIND_WHOLE_ARENA && cell->is_live && !(cell->flags & but_flags) &&
	    !den->busy)
		for (; *at < den->depth && !ret_damage->first; ++*at) {
			*ret = den->stack[*at];
			*ret_damage = deed_den_look_at(ret);
		}
	deed_shard_give(slot);
	return ret_damage->first;
}

size_t deed_arenas_check(unsigned but_flags, const char *when)
{
	const uint32_t made = deed_cells_made();
	size_t looked_at = 0;

	for (uint32_t slot = 1; slot < made; slot++) {
		struct deed_visit visit = { .me = deed_enter() };
		struct deed_carving carving;
		struct deed_damage damage;
		size_t at = 0;

		if (!visit.me)
			break;
		while (find_damage(slot, but_flags, &at, &carving, &damage)) {
			visit.finding = deed_den_tell_of(&visit, &carving, damage);
			if (visit.finding)
				deed_finding_noticed(visit.finding, when);
			deed_den_leave(&visit);
			visit.finding = NULL;
			visit.me = deed_enter();
		}
		looked_at += at;
		deed_den_leave(&visit);
	}
	return looked_at;
}
