/* SPDX-License-Identifier: MIT
 *
 * lib/trap/unload.h - objects that were unloaded, and what lay in them.
 */
#ifndef DEED_UNLOAD_H
#define DEED_UNLOAD_H

#include "../base.h"
#include "deed/config.h"

/* Where an address lay, in an object that is not there any more. */
struct deed_gone {
	const char *object; /* its file */
	uintptr_t offset;   /* from where it was loaded */
};

/* deed_unload_age - how many times an object was unloaded so far: when something was noted, for the
 * two that follow. Neither takes a lock; any thread.
 *
 * deed_unload_touches - whether any of the addresses may mean something else now than it did at
 * that age. deed_unload_find - whether an address of that age lay in an object that is gone, and
 * in which; asks the dynamic linker.
 */
extern DEED_HIDDEN uint32_t deed_unloadings;

static inline uint32_t deed_unload_age(void)
{
	return __atomic_load_n(&deed_unloadings, __ATOMIC_ACQUIRE);
}

bool deed_unload_touches(const uintptr_t *addresses, size_t count, uint32_t age);
bool deed_unload_find(uintptr_t address, uint32_t age, struct deed_gone *ret);

/* The file of the object that a site of a report was in, if the object is gone; else null. Asks the
 * dynamic linker. */
const char *deed_unload_object(const struct deed_site *site);

#endif
