/* SPDX-License-Identifier: MIT
 *
 * lib/trap/resize.h - another length for a buffer, of columns too.
 */
#ifndef DEED_RESIZE_H
#define DEED_RESIZE_H

#include "../base.h"
#include "deed/columns.h"

/* The rows that columns hold, which are fewer than the elements of their buffer. */
struct deed_rows {
	const struct deed_columns *columns;
	size_t count;
};

/* deed_resize_memory - as deed_trap_resize(). Columns, of which `rows` tells, stay columns: `count`
 * is their new capacity. Outside the ledger. */
int deed_resize_memory(struct deed_owner *owner, size_t count, const struct deed_rows *rows,
		       const void *frame, const struct deed_site *at);

#endif
