/* SPDX-License-Identifier: MIT
 *
 * lib/trap/grant.c - what a verb that lends gives back, and whether a part is inside.
 */
#include "grant.h"

#include "deed/lend.h"
#include "hot_region.h"

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

struct deed_grant deed_grant_or_refuse(struct deed_thread *me, const struct deed_ask *ask,
				       struct deed_grant grant, size_t len,
				       struct deed_finding *finding)
{
	if (finding) {
		deed_raise(me, finding);
		return deed_refused(me, grant.data, len);
	}
	deed_leave_verb(me, ask->frame, ask->at);
	deed_show_loan(grant.data, ask->region, ask->is_inout, ask->frame);
	return grant;
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

/* The sentence about a tile. An extent that begins at SIZE_MAX has rows that pass their ends. */
static void say_tile(struct deed_finding *finding, const char *name, const struct deed_extent *tile,
		     size_t len)
{
	if (tile->lo == SIZE_MAX)
		deed_finding_say(finding,
				 "a tile %zu wide passes the end of its row: a row of `%s` has %zu "
				 "elements",
				 tile->width, name, tile->pitch);
	else if (tile->lo > len)
		deed_finding_say(finding,
				 "a tile begins after the end of `%s`, which has %zu rows of %zu",
				 name, len / tile->pitch, tile->pitch);
	else
		deed_finding_say(
			finding,
			"rows [%zu, %zu) of `%s` are asked for, but it has %zu rows of %zu",
			tile->lo / tile->pitch, tile->lo / tile->pitch + tile->rows, name,
			len / tile->pitch, tile->pitch);
}

struct deed_finding *deed_outside(struct deed_thread *me, const struct deed_ask *ask,
				  const struct deed_extent *part, size_t len, uint32_t cell)
{
	const struct deed_plain name = deed_plain(ask->at->text);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E15, ask->at, ask->frame);
	const bool is_reversed = part->width == SIZE_MAX;
	const bool is_tile = part->pitch && (part->rows != 1 || part->lo >= SIZE_MAX - 1);

	deed_finding_does(finding, "lent", false);
	if (cell) {
		deed_finding_cell(finding, cell);
		if (ask->parent)
			deed_finding_loan(finding, ask->parent);
		deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
	}
	deed_finding_misses(finding, part->lo, is_reversed ? 0 : part->lo + part->width, len,
			    is_tile ? "tile" : "");
	if (is_tile)
		say_tile(finding, name.text, part, len);
	else if (is_reversed)
		deed_finding_say(finding,
				 "a part of `%s` begins at element %zu and ends before that",
				 name.text, part->lo);
	else
		deed_finding_say(finding,
				 "elements [%zu, %zu) of `%s` are asked for, but it has %zu",
				 part->lo, part->lo + part->width, name.text, len);
	return finding;
}
