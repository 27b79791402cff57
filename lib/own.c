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

#include "deed/border.h"

#include "base.h"

DEED_EXPORT void *deed_alloc_aligned_(size_t bytes, size_t align, int zeroed)
{
	void *data;

	if (bytes > SIZE_MAX - align)
		return NULL;
	bytes = deed_round_up(bytes, align); /* aligned_alloc() wants a multiple */
	data = aligned_alloc(align, bytes);
	if (data && zeroed)
		memset(data, 0, bytes);
	return data;
}

static size_t alignment_of(const void *data)
{
	return deed_min((uintptr_t)data & -(uintptr_t)data, DEED_ALIGN_MAX);
}

/* Foreign memory, and aligned memory, which realloc() would not keep aligned. */
static int resize_by_copy(struct deed_owner *owner, size_t count, size_t bytes, size_t old_bytes,
			  size_t align)
{
	const bool is_foreign = owner->len >> DEED_ORIGIN_SHIFT == DEED_ORIGIN_FOREIGN;
	enum deed_origin origin = DEED_ORIGIN_HEAP;
	void *data;

	if (!is_foreign)
		align = deed_max(align, alignment_of(owner->own));
	if (align > 16) {
		data = deed_alloc_aligned_(bytes, align, 0);
		origin = DEED_ORIGIN_ALIGNED;
	} else {
		data = malloc(bytes);
	}
	if (!data)
		return -ENOMEM;
	memcpy(data, owner->own, deed_min(bytes, old_bytes));
	if (is_foreign)
		deed_drop_foreign_(owner->own);
	else
		free(owner->own);
	owner->own = data;
	owner->len = count | (size_t)origin << DEED_ORIGIN_SHIFT;
	return 0;
}

DEED_EXPORT int deed_resize_release_(struct deed_owner *owner, size_t count, size_t size,
				     size_t align)
{
	const size_t old_count = owner->len & DEED_LEN_MAX;
	size_t bytes;
	void *data;

	if (count == old_count)
		return 0;
	if (__builtin_mul_overflow(count, size, &bytes) || count > DEED_LEN_MAX)
		return -EOVERFLOW;
	bytes = bytes ? bytes : 1; /* a null pointer means: owns nothing */
	if (owner->len >> DEED_ORIGIN_SHIFT != DEED_ORIGIN_HEAP)
		return resize_by_copy(owner, count, bytes, old_count * size, align);
	data = realloc(owner->own, bytes);
	if (!data)
		return -ENOMEM;
	owner->own = data;
	owner->len = count;
	return 0;
}
