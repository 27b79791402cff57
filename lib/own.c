/* SPDX-License-Identifier: MIT
 *
 * lib/own.c - the verbs of release owners that are too long to be inline.
 *
 * A release owner is a pointer and a length; the alignment that it was made with is
 * nowhere. An over-aligned buffer is marked (DEED_ORIGIN_ALIGNED), and its address says
 * the rest: a resize asks for the alignment that the address has, which is at least what
 * was asked for. It may be more by luck; that costs padding, never correctness.
 */
#include "deed/own.h"

#include <string.h>

#include "deed/malloc.h"

#include "backend.h"
#include "foreign.h"

DEED_EXPORT void *deed_aligned_alloc_release_(size_t align, size_t bytes)
{
	if (!align || (align & (align - 1)) || align > DEED_ALIGN_MAX) {
		errno = EINVAL;
		return NULL;
	}
	return deed_backend_alloc(deed_max(bytes, 1), align, false);
}

DEED_EXPORT void deed_free_sized_release_(void *block, size_t bytes)
{
	deed_backend_free(block, bytes, 1);
}

DEED_EXPORT void *deed_alloc_aligned_(size_t bytes, size_t align, int zeroed)
{
	return deed_backend_alloc(bytes, align, zeroed);
}

static size_t alignment_of(const void *data)
{
	return deed_min((uintptr_t)data & -(uintptr_t)data, DEED_ALIGN_MAX);
}

/* The elements of an arena's buffer go into ordinary memory; the arena keeps the old. */
static void *resize_away(void *old, size_t old_bytes, size_t bytes, size_t align)
{
	void *const data = deed_backend_alloc(bytes, align, false);

	if (data)
		memcpy(data, old, deed_min(bytes, old_bytes));
	return data;
}

DEED_EXPORT int deed_resize_release_(struct deed_owner *owner, size_t count, size_t size,
				     size_t align)
{
	enum deed_origin origin = (enum deed_origin)(owner->len >> DEED_ORIGIN_SHIFT);
	bool is_foreign = origin == DEED_ORIGIN_FOREIGN;
	const size_t old_count = owner->len & DEED_LEN_MAX;
	size_t bytes;
	void *data;

	if (count == old_count)
		return 0;
	if (__builtin_mul_overflow(count, size, &bytes) || count > DEED_LEN_MAX)
		return -EOVERFLOW;
	bytes = bytes ? bytes : 1; /* a null pointer means: owns nothing */
	align = deed_max(align, DEED_LEAST_ALIGN);
	if (origin == DEED_ORIGIN_ALIGNED)
		align = deed_max(align, alignment_of(owner->own));
	if (is_foreign)
		data = deed_foreign_resize(owner->own, bytes, align, &is_foreign);
	else if (origin == DEED_ORIGIN_BORDER)
		data = resize_away(owner->own, old_count * size, bytes, align);
	else
		data = deed_backend_resize(owner->own, old_count * size, bytes, align);
	if (!data)
		return -ENOMEM;
	origin = is_foreign		    ? DEED_ORIGIN_FOREIGN
		 : align > DEED_LEAST_ALIGN ? DEED_ORIGIN_ALIGNED
					    : DEED_ORIGIN_HEAP;
	owner->own = data;
	owner->len = count | (size_t)origin << DEED_ORIGIN_SHIFT;
	return 0;
}
