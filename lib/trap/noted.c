/* SPDX-License-Identifier: MIT
 *
 * lib/trap/noted.c - which bytes of one buffer the tasks of one team have had.
 *
 * Ranges are spans (spans.c), which are cut where they overlap. Tiles, whose rows may be any
 * number, are patches (patches.c), which are kept as they are. A note may meet either. What tiles
 * are together may be a range; it is one from then on.
 *
 * No lock: the caller's (history.c).
 */
#include "noted.h"

#include "patches.h"
#include "spans.h"

bool deed_notes_meet(struct deed_notes *notes, const struct deed_note *note, struct deed_note *ret)
{
	struct deed_note *other = deed_spans_meet(notes->spans, note);

	if (!other)
		other = deed_patches_meet(notes->patches, note);
	if (!other)
		return false;
	*ret = *other;
	other->is_told = true;
	return true;
}

void deed_notes_put(struct deed_notes *notes, struct deed_paper *paper,
		    const struct deed_note *note)
{
	struct deed_note all = *note;

	if (deed_region_is_flat(all.region) || !deed_patches_put(&notes->patches, paper, &all))
		deed_spans_put(&notes->spans, paper, all);
}

void deed_notes_free(struct deed_notes *notes, struct deed_paper *paper)
{
	deed_spans_free(notes->spans, paper);
	deed_patches_free(notes->patches, paper);
	notes->spans = NULL;
	notes->patches = NULL;
}

void deed_notes_see(struct deed_notes *notes, deed_site_visitor see, void *context)
{
	deed_spans_see(notes->spans, see, context);
	deed_patches_see(notes->patches, see, context);
}
