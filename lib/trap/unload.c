/* SPDX-License-Identifier: MIT
 *
 * lib/trap/unload.c - the story of a shared object survives the object.
 *
 * The ledger names places by pointers to constants of the program: the site of each verb,
 * and its texts. A plugin's go with it, at dlclose(). Two ways to bear that were not taken.
 * To keep the object mapped (RTLD_NODELETE) changes the program: its destructors run late,
 * its variables keep their values, a rebuilt plugin is not loaded. To copy each site when
 * it is first used would make every verb ask whether it was. So:
 *
 *     dlclose() --> destructors of the object --> the last of them: deed_trap_unload()
 *                                                       |
 *       every site and name in the ledger that lies in the object is replaced by a copy
 *       from the archive; where the object lay, and when, is written down
 *                                                       |
 *                                                   munmap()
 *
 * The destructor comes with the headers (config.h). Its priority makes it the last, after
 * the object's C++ destructors, which may be the ones that drop its buffers.
 *
 * Rows are changed under all locks that a reader of rows may hold, and whoever takes a site
 * out of a row to keep it copies it before it gives its lock back (story.c). Quick loans
 * write rows without a lock, so each site is replaced by compare-and-swap: a new one, which
 * is of an object that runs, stays. A copy is equal to its site but not the same; sites are
 * compared as the same only to tell invocations of one function apart (raw.h), and none is
 * under way in an object that is being unloaded.
 *
 * Return addresses cannot be replaced: they are what they are, and other code may soon lie
 * there. But whoever kept a stack knows its age, the number of unloadings before it. So an
 * address of that age lay in the first object that was unloaded from there since, if any;
 * else it is where it was.
 *
 * When the process ends, every destructor runs though nothing is unmapped, and the ledger's
 * own end may come later, with the report of leaks. Nobody tells these two apart from here:
 * an object may still be closed by an exit handler. So sites are copied all the same, which
 * harms nothing; and what counts as gone is asked when a report is made. What still lies
 * there, under the same name, with nothing loaded since, never went.
 */
#define _GNU_SOURCE
#include "unload.h"

#include <link.h>
#include <string.h>

#include "archive.h"
#include "asan.h"
#include "cell.h"
#include "crash.h"
#include "history.h"
#include "hot_region.h"
#include "lease.h"
#include "loan.h"
#include "module.h"
#include "quarantine.h"
#include "raw.h"
#include "shard.h"
#include "stack.h"
#include "thread.h"

/* Different objects at different places. A program that has more goes on, and the stacks of those
 * that came too late may be told by what lies there then. */
#define PLACES_MAX 1024

struct place {
	uintptr_t lo, hi; /* where it was mapped */
	uintptr_t base;	  /* what its own addresses count from */
	const char *object;
	uint64_t loads; /* how many objects had ever been loaded then */
	uint32_t age;	/* how many unloadings came before its latest */
};

/* Written under all shard locks, read without. */
static struct place places[PLACES_MAX];
static uint32_t places_count;
uint32_t deed_unloadings;

/* ---- asking --------------------------------------------------------------------------------- */

/* The first place to be unloaded since `age` that the address lies in; null if there is none. */
static const struct place *first_since(uintptr_t address, uint32_t age)
{
	const uint32_t count = __atomic_load_n(&places_count, __ATOMIC_ACQUIRE);
	const struct place *first = NULL;
	uint32_t first_age = 0;

	for (uint32_t i = 0; i < count; i++) {
		const uint32_t its = __atomic_load_n(&places[i].age, __ATOMIC_RELAXED);

		if (address < places[i].lo || address >= places[i].hi || its < age ||
		    (first && its > first_age))
			continue;
		first = &places[i];
		first_age = its;
	}
	return first;
}

bool deed_unload_touches(const uintptr_t *addresses, size_t count, uint32_t age)
{
	if (age == deed_unload_age())
		return false;
	for (size_t i = 0; i < count; i++)
		if (first_since(addresses[i], age))
			return true;
	return false;
}

struct look {
	const struct place *place;
	bool is_there;
};

static int look_at(struct dl_phdr_info *info, size_t size, void *data)
{
	struct look *const look = data;

	(void)size;
	if (info->dlpi_adds != look->place->loads)
		return 1;
	look->is_there = info->dlpi_addr == look->place->base && info->dlpi_name &&
			 !strcmp(info->dlpi_name, look->place->object);
	return look->is_there;
}

static bool is_still_there(const struct place *place)
{
	struct look look = { .place = place };

	if (deed_stack_may_hang())
		return false;
	(void)dl_iterate_phdr(look_at, &look);
	return look.is_there;
}

bool deed_unload_find(uintptr_t address, uint32_t age, struct deed_gone *ret)
{
	const struct place *const place = first_since(address, age);

	if (!place || is_still_there(place))
		return false;
	*ret = (struct deed_gone){ place->object, address - place->base };
	return true;
}

const char *deed_unload_object(const struct deed_site *site)
{
	const char *const object = deed_archive_object(site);
	const uint32_t count = object ? __atomic_load_n(&places_count, __ATOMIC_ACQUIRE) : 0;

	for (uint32_t i = 0; i < count; i++)
		if (places[i].object == object && !is_still_there(&places[i]))
			return object;
	return NULL;
}

/* ---- unloading ------------------------------------------------------------------------------ */

/* The object that an address lies in. */
struct object {
	uintptr_t inside;
	struct place place;
	size_t passed_over;
	bool is_found;
};

static int find_object(struct dl_phdr_info *info, size_t size, void *data)
{
	struct object *const object = data;
	struct place *const place = &object->place;

	(void)size;
	place->lo = UINTPTR_MAX;
	place->hi = 0;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *const segment = &info->dlpi_phdr[i];
		const uintptr_t start = info->dlpi_addr + segment->p_vaddr;

		if (segment->p_type != PT_LOAD)
			continue;
		place->lo = start < place->lo ? start : place->lo;
		place->hi =
			start + segment->p_memsz > place->hi ? start + segment->p_memsz : place->hi;
	}
	object->is_found = object->inside >= place->lo && object->inside < place->hi;
	if (!object->is_found) {
		object->passed_over++;
		return 0;
	}
	place->base = info->dlpi_addr;
	place->object = info->dlpi_name;
	place->loads = info->dlpi_adds;
	return 1;
}

/* Where the linker may not be asked how much it has loaded, nobody asks for it later either. */
static void find_without_lock(struct object *object)
{
	struct deed_loaded loaded;

	if (deed_module_loaded(object->inside, &loaded) <= 0)
		return;
	object->is_found = true;
	object->passed_over = !loaded.is_program;
	object->place = (struct place){
		.lo = loaded.lo, .hi = loaded.hi, .base = loaded.base, .object = loaded.path
	};
}

static bool lies_in(const struct place *place, const void *address)
{
	return (uintptr_t)address >= place->lo && (uintptr_t)address < place->hi;
}

/* Without memory for copies the story is lost, and nothing dangles. */
static void move_text(const struct place *place, const char **at)
{
	const char *text = __atomic_load_n(at, __ATOMIC_RELAXED);
	const char *copy;

	if (!lies_in(place, text))
		return;
	copy = deed_archive_text(text);
	(void)__atomic_compare_exchange_n(at, &text, copy != text ? copy : "", false,
					  __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

static void move_site(const struct place *place, const struct deed_site **at)
{
	static const struct deed_site lost = { "", "", "", "", 0, 0, 0 };
	const struct deed_site *site = __atomic_load_n(at, __ATOMIC_RELAXED);
	const struct deed_site *copy;

	if (!lies_in(place, site))
		return;
	copy = deed_archive_site(site, place->object);
	(void)__atomic_compare_exchange_n(at, &site, copy != site ? copy : &lost, false,
					  __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

static void move_noted(const struct deed_site **at, void *place)
{
	move_site(place, at);
}

static void move_rows(const struct place *place)
{
	const uint32_t cells = deed_cells_made(), loans = deed_loans_made();

	for (uint32_t slot = 1; slot < cells; slot++) {
		struct deed_cell *const cell = deed_cell_at(slot);

		move_text(place, &cell->name);
		for (size_t i = 0; i < DEED_EVENTS; i++)
			move_site(place, &cell->event_site[i]);
	}
	for (uint32_t slot = 1; slot < loans; slot++) {
		struct deed_loan *const row = deed_loan_at(slot);

		move_site(place, &row->site);
		move_site(place, &row->end_site);
	}
	for (uint32_t i = 0; deed_hot_site(i); i++)
		move_site(place, deed_hot_site(i));
	deed_history_see(move_noted, (void *)(uintptr_t)place);
	deed_lease_see(move_noted, (void *)(uintptr_t)place);
}

/* A place where the same object went last time, and no other since, is the same place: a program
 * that loads and closes one plugin for ever has one. */
static struct place *same_place(const struct place *place)
{
	struct place *same = NULL;

	for (uint32_t i = 0; i < places_count; i++) {
		if (places[i].hi <= place->lo || place->hi <= places[i].lo)
			continue;
		if (!same || places[i].age > same->age)
			same = &places[i];
	}
	return same && same->lo == place->lo && same->hi == place->hi &&
			       same->base == place->base && same->object == place->object
		       ? same
		       : NULL;
}

static void note(const struct place *place)
{
	struct place *const same = same_place(place);

	if (same) {
		__atomic_store_n(&same->loads, place->loads, __ATOMIC_RELAXED);
		__atomic_store_n(&same->age, deed_unloadings, __ATOMIC_RELAXED);
	} else if (places_count < PLACES_MAX) {
		places[places_count] = *place;
		places[places_count].age = deed_unloadings;
		__atomic_store_n(&places_count, places_count + 1, __ATOMIC_RELEASE);
	}
	__atomic_store_n(&deed_unloadings, deed_unloadings + 1, __ATOMIC_RELEASE);
}

/* The dynamic linker holds its own lock; whoever holds one of the ledger's does not ask for it. */
DEED_EXPORT void deed_trap_unload(const void *inside)
{
	struct object object = { .inside = (uintptr_t)inside };
	struct deed_thread *me;
	const char *name;

	if (deed_stack_may_hang())
		find_without_lock(&object);
	else
		(void)dl_iterate_phdr(find_object, &object);
	if (!object.is_found || !object.passed_over)
		return; /* the first is the program itself */
	if (lies_in(&object.place, places)) {
		/* The ledger goes, too: nobody asks it any more. */
		deed_asan_end();
		deed_crash_end();
		deed_quarantine_close();
		deed_threads_done();
		return;
	}
	if (deed_cells_made() == 1 && deed_loans_made() == 1 && !deed_hot_site(0))
		return;
	me = deed_enter();
	if (!me)
		return; /* a signal handler interrupted the ledger, and ends the process */
	name = deed_archive_text(object.place.object);
	object.place.object = name != object.place.object ? name : "";
	deed_raw_lock();
	deed_shards_take();
	move_rows(&object.place);
	note(&object.place);
	deed_shards_give();
	deed_raw_unlock();
	deed_leave(me);
}
