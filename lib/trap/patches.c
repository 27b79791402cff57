/* SPDX-License-Identifier: MIT
 *
 * lib/trap/patches.c - tiles of one buffer that the tasks of one team have had.
 *
 * Tiles, whose rows may be any number, are a list of *patches*, compared one by one with
 * deed_region_meets(). Those of one task and one place that together are a tile become one. No
 * lock: the caller's (history.c).
 */
#include "patches.h"

struct deed_patch {
	struct deed_patch *next;
	struct deed_note note;
};

struct deed_note *deed_patches_meet(struct deed_patch *patches, const struct deed_note *note)
{
	for (struct deed_patch *patch = patches; patch; patch = patch->next)
		if (deed_note_concerns(&patch->note, note) &&
		    deed_region_meets(patch->note.region, note->region))
			return &patch->note;
	return NULL;
}

/* Whether two tiles of one pitch are one together, which *one is then: side by side, or one below
 * the other, and perhaps over each other. */
static bool unite(struct deed_region *one, struct deed_region other)
{
	const struct deed_region first = one->lo <= other.lo ? *one : other;
	const struct deed_region last = one->lo <= other.lo ? other : *one;
	const size_t apart = last.lo - first.lo;

	if (first.pitch != last.pitch)
		return false;
	if (first.rows == last.rows && apart <= first.width &&
	    deed_max(first.width, apart + last.width) <= first.pitch) {
		*one = first;
		one->width = deed_max(first.width, apart + last.width);
		return true;
	}
	if (first.width == last.width && apart % first.pitch == 0 &&
	    apart / first.pitch <= first.rows) {
		*one = first;
		one->rows = deed_max(first.rows, apart / first.pitch + last.rows);
		return true;
	}
	return false;
}

static bool is_same(struct deed_region one, struct deed_region other)
{
	return one.lo == other.lo && one.width == other.width && one.pitch == other.pitch &&
	       one.rows == other.rows;
}

/* Whether there is nothing to be said of a tile any more. What is found goes to the front. */
static bool is_known(struct deed_patch **patches, const struct deed_note *note)
{
	size_t readers = 0;

	for (struct deed_patch **at = patches, *patch; (patch = *at); at = &patch->next) {
		if (!is_same(patch->note.region, note->region))
			continue;
		readers += !deed_note_writes(note);
		if (readers < 2 && (patch->note.part != note->part ||
				    (deed_note_writes(note) && !deed_note_writes(&patch->note))))
			continue;
		*at = patch->next;
		patch->next = *patches;
		*patches = patch;
		return true;
	}
	return false;
}

bool deed_patches_put(struct deed_patch **patches, struct deed_paper *paper, struct deed_note *note)
{
	struct deed_patch *patch;

	if (is_known(patches, note))
		return true;
	for (struct deed_patch **at = patches; (patch = *at);) {
		if (patch->note.part != note->part || patch->note.at != note->at ||
		    patch->note.role != note->role || !unite(&note->region, patch->note.region)) {
			at = &patch->next;
			continue;
		}
		*at = patch->next;
		deed_paper_give(paper, DEED_PAPER_PATCH, patch);
		at = patches; /* the larger one may go with what the smaller did not */
	}
	if (deed_region_is_flat(note->region))
		return false;
	patch = deed_paper_piece(paper, DEED_PAPER_PATCH, sizeof *patch);
	patch->note = *note;
	patch->next = *patches;
	*patches = patch;
	return true;
}

void deed_patches_free(struct deed_patch *patches, struct deed_paper *paper)
{
	for (struct deed_patch *patch = patches, *next; patch; patch = next) {
		next = patch->next;
		deed_paper_give(paper, DEED_PAPER_PATCH, patch);
	}
}

void deed_patches_see(struct deed_patch *patches, deed_site_visitor see, void *context)
{
	for (struct deed_patch *patch = patches; patch; patch = patch->next)
		see(&patch->note.at, context);
}
