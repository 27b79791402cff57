/* SPDX-License-Identifier: MIT
 *
 * lib/foreign.h - who ends a foreign buffer: a side table from address to deleter, or to
 * allocator.
 *
 * An owner is two words, and a deleter, its context and the bytes are three more. Most
 * owners need none of them, so they live here, and only what makes, drops, resizes or
 * releases a foreign buffer comes by.
 */
#ifndef DEED_FOREIGN_H
#define DEED_FOREIGN_H

#include "base.h"
#include "deed/allocator.h"
#include "deed/border.h"

struct deed_foreign {
	void *data;
	size_t bytes;
	deed_deleter_fn deleter; /* of what was adopted */
	void *context;
	const struct deed_allocator *allocator; /* of what it gave; else null */
	size_t align;
};

/* deed_foreign_put - 0, -EEXIST if `data` is in the table already, or -ENOMEM. */
int deed_foreign_put(const struct deed_foreign *foreign);
/* deed_foreign_take - takes the entry of `data` out of the table into *ret; false if there is none.
 */
bool deed_foreign_take(void *data, struct deed_foreign *ret);
/* deed_foreign_get - a copy of the entry, which stays; false if there is none. */
bool deed_foreign_get(void *data, struct deed_foreign *ret);
/* Gives the memory back to its allocator; or runs the deleter, if there is one. */
void deed_foreign_end(const struct deed_foreign *foreign);
/* deed_foreign_alloc - memory from an allocator for an entry that is yet to be put: false if there
 * is none. At least one byte. */
bool deed_foreign_alloc(struct deed_foreign *ret, const struct deed_allocator *allocator,
			size_t bytes, size_t align, bool zeroed);
/* deed_foreign_resize - what has the first bytes of `data` in `bytes` now, which `data` is no more:
 * in the table, if it is an allocator's; else ordinary memory, and the deleter has the old. Null if
 * there is none, and all is as it was. For release builds. */
void *deed_foreign_resize(void *data, size_t bytes, size_t align, bool *ret_is_foreign);
size_t deed_foreign_count(void);
/* Around fork(), so that the child finds the table whole. */
void deed_foreign_fork_prepare(void);
void deed_foreign_fork_done(void);

#endif
