/* SPDX-License-Identifier: MIT
 *
 * lib/soa.c - the verbs of columns that are too long to be inline, in release builds.
 *
 * The buffer is one allocation of the owner's, always aligned, so that its end is an ordinary
 * drop. Growth is an allocation and a copy of each column: realloc() would move the bytes and
 * leave the columns where the old capacity put them.
 */
#include "deed/soa.h"

#include "backend.h"
#include "columns.h"

static void set(struct deed_owner *owner, void *base, size_t capacity)
{
	owner->own = base;
	owner->len = capacity | (size_t)DEED_ORIGIN_ALIGNED << DEED_ORIGIN_SHIFT;
}

DEED_EXPORT int deed_soa_new_release_(struct deed_soa *ret, size_t count, size_t row_bytes,
				      int zeroed)
{
	size_t capacity;
	void *base;

	if (deed_columns_room(count, row_bytes, &capacity))
		return -EOVERFLOW;
	base = deed_backend_alloc(capacity * row_bytes, DEED_COLUMN_ALIGN, zeroed);
	if (!base)
		return -ENOMEM;
	set(&ret->owner, base, capacity);
	ret->len = count;
	return 0;
}

DEED_EXPORT int deed_soa_from_release_(struct deed_soa *ret, const void *rows, size_t count,
				       const struct deed_columns *columns)
{
	const int err = deed_soa_new_release_(ret, count, columns->packed_bytes, 0);

	if (!err)
		deed_columns_put(columns, ret->owner.own, deed_soa_capacity_(ret), 0, rows, count);
	return err;
}

DEED_EXPORT int deed_soa_reserve_release_(struct deed_soa *soa, size_t count,
					  const struct deed_columns *columns)
{
	const size_t old = deed_soa_capacity_(soa);
	size_t capacity;
	void *base;

	if (deed_columns_more(count, old, columns->packed_bytes, &capacity))
		return -EOVERFLOW;
	base = deed_backend_alloc(capacity * columns->packed_bytes, DEED_COLUMN_ALIGN, false);
	if (!base)
		return -ENOMEM;
	deed_columns_move(columns, base, capacity, soa->owner.own, old, soa->len);
	deed_backend_free(soa->owner.own, old * columns->packed_bytes, DEED_COLUMN_ALIGN);
	set(&soa->owner, base, capacity);
	return 0;
}

DEED_EXPORT int deed_soa_push_release_(struct deed_soa *soa, const void *row,
				       const struct deed_columns *columns)
{
	const size_t len = soa->len;
	int err;

	if (DEED_UNLIKELY(len == deed_soa_capacity_(soa))) {
		err = deed_soa_reserve_release_(soa, len + 1, columns);
		if (err)
			return err;
	}
	deed_columns_put(columns, soa->owner.own, deed_soa_capacity_(soa), len, row, 1);
	soa->len = len + 1;
	return 0;
}

DEED_EXPORT void deed_soa_get_release_(const struct deed_soa *soa, size_t first, void *rows,
				       size_t count, const struct deed_columns *columns)
{
	deed_columns_get(columns, soa->owner.own, deed_soa_capacity_(soa), first, rows, count);
}

DEED_EXPORT void deed_soa_set_release_(const struct deed_soa *soa, size_t index, const void *row,
				       const struct deed_columns *columns)
{
	deed_columns_put(columns, soa->owner.own, deed_soa_capacity_(soa), index, row, 1);
}
