/* SPDX-License-Identifier: MIT
 *
 * lib/foreign.h - who ends a foreign buffer: a side table from address to deleter.
 *
 * An owner is two words, and a deleter, its context and the bytes are three more. Most
 * owners need none of them, so they live here, and only adopt, drop, resize and release of
 * a foreign buffer come by.
 */
#ifndef DEED_FOREIGN_H
#define DEED_FOREIGN_H

#include "base.h"
#include "deed/border.h"

struct deed_foreign {
	void *data;
	size_t bytes;
	deed_deleter_fn deleter;
	void *context;
};

/* deed_foreign_put - 0, -EEXIST if `data` is in the table already, or -ENOMEM. */
int deed_foreign_put(const struct deed_foreign *foreign);
/* deed_foreign_take - takes the entry of `data` out of the table into *ret; false if there is none.
 */
bool deed_foreign_take(void *data, struct deed_foreign *ret);
/* Runs the deleter, if there is one. */
void deed_foreign_end(const struct deed_foreign *foreign);
size_t deed_foreign_count(void);
/* Around fork(), so that the child finds the table whole. */
void deed_foreign_fork_prepare(void);
void deed_foreign_fork_done(void);

#endif
