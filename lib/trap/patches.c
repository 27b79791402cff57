/* SPDX-License-Identifier: MIT
 *
 * lib/trap/patches.c - tiles of one buffer that the tasks of one team have had.
 *
 * The tiles of one pitch are rectangles of one *grid*, where each byte has a row and a column, and
 * each tile is a *patch*:
 *
 *     byte = row * pitch + column             columns  0 1 2 3 4 5 6 7 8 9
 *                                             row 0    . . . . . . . . . .
 *     pitch 10, at byte 12, 2 rows of 3:      row 1    . . # # # . . . . .
 *                                             row 2    . . # # # . . . . .
 *
 * They are not cut, for rows may be any number. They lie in a treap, as spans do, by their first
 * corners: in the order in which a curve goes through the grid that visits each quarter before the
 * next, and each quarter of that (z-order). So those that are near each other in the tree are near
 * in the grid, too. Each knows the *box* around all from it down, whose they are, and who writes;
 * a search passes over those whose box it misses, and over those that are the task's own.
 *
 * That is log n where tiles lie side by side as those of a matrix do, or columns; as for any such
 * tree it can be the square root of n where they are of all shapes; and it is as many as there are
 * where they lie over each other: there, of one region, two that read are enough, as of spans.
 *
 * What one task has by one place becomes one patch where two together are a tile.
 *
 * A region that is of another pitch, or goes around the end of a row, may be anywhere in its rows.
 * Boxes only say where to look: deed_region_meets() says what meets. No lock: the caller's
 * (history.c).
 */
#include "patches.h"

/* Rows [top, bottom), and bytes [left, right) of each. */
struct box {
	size_t top, bottom, left, right;
};

struct deed_patch {
	struct deed_patch *before, *after;
	struct box own;
	/* Of all patches from here down: */
	struct box all;
	size_t sole;   /* whose all of them are */
	size_t writer; /* who writes */
	uint32_t priority;
	struct deed_note note;
};

struct deed_grid {
	struct deed_grid *next;
	size_t pitch;
	struct deed_patch *patches;
};

/* ---- boxes ---------------------------------------------------------------------------------- */

static struct box box_of(struct deed_region region, size_t pitch)
{
	struct box box = { .top = region.lo / pitch,
			   .bottom = (deed_region_hi(region) - 1) / pitch + 1,
			   .left = region.lo % pitch };

	box.right = box.left + region.width;
	if (box.right > pitch || (region.rows > 1 && region.pitch != pitch)) {
		box.left = 0;
		box.right = pitch;
	}
	return box;
}

/* And what is right beside it. */
static struct box box_around(struct deed_region region, size_t pitch)
{
	struct box box = box_of(region, pitch);

	box.top -= box.top != 0;
	box.left -= box.left != 0;
	box.bottom++;
	box.right++;
	return box;
}

static bool are_apart(const struct box *one, const struct box *other)
{
	return one->top >= other->bottom || other->top >= one->bottom ||
	       one->left >= other->right || other->left >= one->right;
}

/* Of two corners that differ, the row decides if the highest bit in which they do is the row's. */
static bool is_before(const struct box *one, const struct box *other)
{
	const size_t rows = one->top ^ other->top;
	const size_t columns = one->left ^ other->left;

	if (columns < rows && columns < (columns ^ rows))
		return one->top < other->top;
	return one->left < other->left;
}

/* ---- the treap ------------------------------------------------------------------------------ */

static void sum_up_below(struct deed_patch *patch, const struct deed_patch *below)
{
	if (!below)
		return;
	patch->all.top = deed_min(patch->all.top, below->all.top);
	patch->all.bottom = deed_max(patch->all.bottom, below->all.bottom);
	patch->all.left = deed_min(patch->all.left, below->all.left);
	patch->all.right = deed_max(patch->all.right, below->all.right);
	patch->sole = deed_part_either(patch->sole, below->sole);
	patch->writer = deed_part_either(patch->writer, below->writer);
}

static void sum_up(struct deed_patch *patch)
{
	patch->all = patch->own;
	patch->sole = patch->note.part;
	patch->writer = deed_note_writes(&patch->note) ? patch->note.part : DEED_PART_NONE;
	sum_up_below(patch, patch->before);
	sum_up_below(patch, patch->after);
}

static struct deed_patch *join(struct deed_patch *before, struct deed_patch *after)
{
	if (!before || !after)
		return before ? before : after;
	if (before->priority >= after->priority) {
		before->after = join(before->after, after);
		sum_up(before);
		return before;
	}
	after->before = join(before, after->before);
	sum_up(after);
	return after;
}

static void cut(struct deed_patch *patch, const struct box *at, struct deed_patch **ret_before,
		struct deed_patch **ret_after)
{
	if (!patch) {
		*ret_before = NULL;
		*ret_after = NULL;
	} else if (is_before(&patch->own, at)) {
		cut(patch->after, at, &patch->after, ret_after);
		sum_up(patch);
		*ret_before = patch;
	} else {
		cut(patch->before, at, ret_before, &patch->before);
		sum_up(patch);
		*ret_after = patch;
	}
}

static struct deed_patch *insert(struct deed_patch *at, struct deed_patch *patch)
{
	if (!at || patch->priority > at->priority) {
		cut(at, &patch->own, &patch->before, &patch->after);
		at = patch;
	} else if (is_before(&patch->own, &at->own)) {
		at->before = insert(at->before, patch);
	} else {
		at->after = insert(at->after, patch);
	}
	sum_up(at);
	return at;
}

/* ---- meetings ------------------------------------------------------------------------------- */

static struct deed_note *meeting(struct deed_patch *patch, const struct deed_note *note,
				 const struct box *box)
{
	struct deed_note *found;

	if (!patch || are_apart(&patch->all, box) ||
	    (deed_note_writes(note)
		     ? patch->sole == note->part
		     : patch->writer == DEED_PART_NONE || patch->writer == note->part))
		return NULL;
	if (deed_note_concerns(&patch->note, note) &&
	    deed_region_meets(patch->note.region, note->region))
		return &patch->note;
	found = meeting(patch->before, note, box);
	return found ? found : meeting(patch->after, note, box);
}

struct deed_note *deed_patches_meet(struct deed_grid *grids, const struct deed_note *note)
{
	struct deed_note *found = NULL;

	for (struct deed_grid *grid = grids; grid && !found; grid = grid->next) {
		const struct box box = box_of(note->region, grid->pitch);

		found = meeting(grid->patches, note, &box);
	}
	return found;
}

/* ---- more of them --------------------------------------------------------------------------- */

static bool is_same(struct deed_region one, struct deed_region other)
{
	return one.lo == other.lo && one.width == other.width && one.pitch == other.pitch &&
	       one.rows == other.rows;
}

/* Whether there is nothing to be said of a tile any more. `readers`: of it, found so far. */
static bool is_known(const struct deed_patch *patch, const struct deed_note *note,
		     const struct box *own, size_t *readers)
{
	if (!patch)
		return false;
	if (is_before(&patch->own, own))
		return is_known(patch->after, note, own, readers);
	if (is_before(own, &patch->own))
		return is_known(patch->before, note, own, readers);
	if (is_same(patch->note.region, note->region)) {
		*readers += !deed_note_writes(note);
		if (*readers == 2 || (patch->note.part == note->part &&
				      (!deed_note_writes(note) || deed_note_writes(&patch->note))))
			return true;
	}
	return is_known(patch->before, note, own, readers) ||
	       is_known(patch->after, note, own, readers);
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

/* Whether a patch is the same task's at the same place, for the same. */
static bool is_like(const struct deed_patch *patch, const struct deed_note *note)
{
	return patch->note.part == note->part && patch->note.at == note->at &&
	       patch->note.role == note->role && patch->note.is_async == note->is_async;
}

/* Takes out one that the note can be one patch with, which it is then. What is left. */
static struct deed_patch *take_neighbour(struct deed_patch *at, struct deed_note *note,
					 const struct box *around, struct deed_patch **ret_taken)
{
	if (!at || are_apart(&at->all, around) ||
	    (at->sole != note->part && at->sole != DEED_PART_SEVERAL))
		return at;
	if (is_like(at, note) && unite(&note->region, at->note.region)) {
		*ret_taken = at;
		return join(at->before, at->after);
	}
	at->before = take_neighbour(at->before, note, around, ret_taken);
	if (!*ret_taken)
		at->after = take_neighbour(at->after, note, around, ret_taken);
	if (*ret_taken)
		sum_up(at);
	return at;
}

static struct deed_grid *grid_of(struct deed_grid **grids, struct deed_paper *paper, size_t pitch)
{
	struct deed_grid *grid = *grids;

	while (grid && grid->pitch != pitch)
		grid = grid->next;
	if (grid)
		return grid;
	grid = deed_paper_piece(paper, DEED_PAPER_GRID, sizeof *grid);
	grid->pitch = pitch;
	grid->patches = NULL;
	grid->next = *grids;
	*grids = grid;
	return grid;
}

bool deed_patches_put(struct deed_grid **grids, struct deed_paper *paper, struct deed_note *note)
{
	struct deed_grid *const grid = grid_of(grids, paper, note->region.pitch);
	const struct box box = box_of(note->region, grid->pitch);
	struct deed_patch *patch;
	size_t readers = 0;

	if (is_known(grid->patches, note, &box, &readers))
		return true;
	/* The larger one may go with what the smaller did not. */
	do {
		const struct box around = box_around(note->region, grid->pitch);

		patch = NULL;
		grid->patches = take_neighbour(grid->patches, note, &around, &patch);
		if (patch)
			deed_paper_give(paper, DEED_PAPER_PATCH, patch);
	} while (patch);
	if (deed_region_is_flat(note->region))
		return false;
	patch = deed_paper_piece(paper, DEED_PAPER_PATCH, sizeof *patch);
	patch->own = box_of(note->region, grid->pitch);
	patch->priority = deed_paper_random(paper);
	patch->note = *note;
	grid->patches = insert(grid->patches, patch);
	return true;
}

/* ---- all of them ---------------------------------------------------------------------------- */

static void free_all(struct deed_patch *patch, struct deed_paper *paper)
{
	if (!patch)
		return;
	free_all(patch->before, paper);
	free_all(patch->after, paper);
	deed_paper_give(paper, DEED_PAPER_PATCH, patch);
}

void deed_patches_free(struct deed_grid *grids, struct deed_paper *paper)
{
	for (struct deed_grid *grid = grids, *next; grid; grid = next) {
		next = grid->next;
		free_all(grid->patches, paper);
		deed_paper_give(paper, DEED_PAPER_GRID, grid);
	}
}

static void see_all(struct deed_patch *patch, deed_site_visitor see, void *context)
{
	if (!patch)
		return;
	see_all(patch->before, see, context);
	see(&patch->note.at, context);
	see_all(patch->after, see, context);
}

void deed_patches_see(struct deed_grid *grids, deed_site_visitor see, void *context)
{
	for (struct deed_grid *grid = grids; grid; grid = grid->next)
		see_all(grid->patches, see, context);
}
