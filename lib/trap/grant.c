/* SPDX-License-Identifier: MIT
 *
 * lib/trap/grant.c - what a refused loan gives back, and whether a part is inside.
 */
#include "grant.h"

#include "deed/lend.h"

struct deed_grant deed_refused(struct deed_thread *me, void *data, size_t len)
{
	const struct deed_grant grant = { data, DEED_LOAN_REFUSED };

	me->refused_len = len;
	return grant;
}

struct deed_grant deed_refused_scratch(struct deed_thread *me, size_t len, size_t element)
{
	size_t bytes;
	void *data = NULL;

	if (!__builtin_mul_overflow(len, element, &bytes) && bytes)
		data = deed_thread_scratch(me, bytes);
	return deed_refused(me, data, data ? len : 0);
}

DEED_EXPORT size_t deed_trap_refused_len(void)
{
	return deed_self->refused_len;
}

size_t deed_extent_span(const struct deed_extent *part)
{
	size_t span;

	if (!part->rows || !part->width)
		return 0;
	if (__builtin_mul_overflow(part->rows - 1, part->pitch, &span) ||
	    __builtin_add_overflow(span, part->width, &span))
		return SIZE_MAX;
	return span;
}

bool deed_extent_fits(const struct deed_extent *part, size_t len, size_t element,
		      struct deed_region *ret)
{
	size_t hi;

	ret->lo = part->lo * element;
	ret->width = part->width * element;
	ret->pitch = part->pitch * element;
	ret->rows = part->rows;
	/* Where it begins is checked first: an index outside is a mistake though nothing is lent.
	 */
	if (part->lo > len || part->lo == SIZE_MAX)
		return false;
	if (!part->rows || !part->width)
		return true;
	return !__builtin_add_overflow(part->lo, deed_extent_span(part), &hi) && hi <= len;
}

struct deed_finding *deed_outside(struct deed_thread *me, const struct deed_ask *ask,
				  const struct deed_extent *part, size_t len, uint32_t cell)
{
	const struct deed_plain name = deed_plain(ask->at->text);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E15, ask->at, ask->frame);

	if (cell) {
		deed_finding_cell(finding, cell);
		deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
	}
	if (part->rows != 1)
		deed_finding_say(finding, "the tile does not lie inside the %zu elements of `%s`",
				 len, name.text);
	else if (part->width == SIZE_MAX)
		deed_finding_say(
			finding,
			"the range of `%s` begins at %zu, after its end (it has %zu elements)",
			name.text, part->lo, len);
	else
		deed_finding_say(finding, "[%zu, %zu) does not lie inside the %zu elements of `%s`",
				 part->lo, part->lo + part->width, len, name.text);
	return finding;
}
