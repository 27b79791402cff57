/* SPDX-License-Identifier: MIT
 *
 * lib/trap/noted.c - which bytes of one buffer the tasks of one team have had.
 *
 * Ranges are an ordered map of disjoint spans of bytes. Each is of one task, that reads or writes
 * it, or of two that read; of more readers nothing is kept, for whoever writes there meets one of
 * two:
 *
 *     task 1 reads [0, 60)     [0 . . . . . . . . . . 60) 1
 *     task 2 reads [40, 90)    [0 . . . . 40) 1  [40 . . 60) 1 2  [60 . . 90) 2
 *     task 2 writes [70, 80)   ... [60 70) 2  [70 80) 2 writes  [80 90) 2
 *
 * The map is a treap: ordered by address, and a heap of random priorities, so that cutting it at a
 * byte and joining two of them, which is all that is done to it, take log n. Every span knows, of
 * all from it down, whether they are one task's, who writes there, and whether there is a gap:
 * so to find a meeting takes log n, too, however much of its own the task has there; and what is
 * known already is found to be so in log n, and passed over. A task that goes through a buffer
 * piece by piece, at one place in the program, has one span that grows.
 *
 * Tiles, whose rows may be any number, are a list of *patches*, compared one by one with
 * deed_region_meets(). Those of one task and one place that together are a tile become one.
 *
 * Invariant: spans are disjoint and not empty; the second note of a span, if there is one, is of
 * another task than the first, and both read. No lock: the caller's (history.c).
 */
#include "noted.h"

#include "../os.h"
#include "thread.h"

#define NOBODY SIZE_MAX
#define SEVERAL (SIZE_MAX - 1)

/* The first cache line is what a search looks at. */
struct deed_span {
	size_t lo, hi;
	struct deed_span *left, *right;
	/* Of all spans from here down: */
	size_t first, last; /* the first byte, and one past the last */
	size_t sole;	    /* whose all of them are; or SEVERAL */
	size_t writer;	    /* who writes; NOBODY, or SEVERAL */
	uint32_t priority;
	bool is_dense;	 /* no gap */
	bool is_written; /* all of it */
	bool is_shared;	 /* all of it is read by two */
	struct deed_note by[2];
};

struct deed_patch {
	struct deed_patch *next;
	struct deed_note note;
};

/* ---- paper ---------------------------------------------------------------------------------- */

struct deed_sheet {
	struct deed_sheet *older;
	size_t bytes;
};

#define SHEET_BYTES ((size_t)32 << 10)
#define SHEET_BYTES_MAX ((size_t)1 << 20)

static size_t paper_bytes;

size_t deed_paper_bytes(void)
{
	return __atomic_load_n(&paper_bytes, __ATOMIC_RELAXED);
}

void *deed_paper_take(struct deed_paper *paper, size_t bytes)
{
	void *taken;

	bytes = deed_round_up(bytes, 64);
	if ((size_t)(paper->end - paper->at) < bytes) {
		const size_t twice = paper->sheets ? 2 * paper->sheets->bytes : SHEET_BYTES;
		const size_t all =
			deed_max(deed_min(twice, SHEET_BYTES_MAX), deed_round_up(bytes + 64, 4096));
		struct deed_sheet *const sheet = deed_os_map(all);

		if (!sheet)
			deed_ledger_stops("no memory to note what the parts of a plan lend");
		__atomic_add_fetch(&paper_bytes, all, __ATOMIC_RELAXED);
		sheet->older = paper->sheets;
		sheet->bytes = all;
		paper->sheets = sheet;
		paper->at = (char *)sheet + deed_round_up(sizeof *sheet, 64);
		paper->end = (char *)sheet + all;
	}
	taken = paper->at;
	paper->at += bytes;
	return taken;
}

static void sheet_free(struct deed_paper *paper)
{
	struct deed_sheet *const sheet = paper->sheets;

	paper->sheets = sheet->older;
	__atomic_sub_fetch(&paper_bytes, sheet->bytes, __ATOMIC_RELAXED);
	deed_os_unmap(sheet, sheet->bytes);
}

void deed_paper_empty(struct deed_paper *paper, void *end)
{
	while (paper->sheets->older)
		sheet_free(paper);
	paper->at = (char *)deed_round_up((uintptr_t)end, 64);
	paper->end = (char *)paper->sheets + paper->sheets->bytes;
	paper->spans = NULL;
	paper->patches = NULL;
}

void deed_paper_free(struct deed_paper *paper)
{
	while (paper->sheets)
		sheet_free(paper);
}

static uint32_t random_next(struct deed_paper *paper)
{
	uint32_t x = paper->seed ? paper->seed : 2463534242u;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return paper->seed = x;
}

static struct deed_span *span_new(struct deed_paper *paper, size_t lo, size_t hi)
{
	struct deed_span *span = paper->spans;

	if (span)
		paper->spans = span->left;
	else
		span = deed_paper_take(paper, sizeof *span);
	span->lo = lo;
	span->hi = hi;
	span->left = NULL;
	span->right = NULL;
	span->priority = random_next(paper);
	return span;
}

static void spans_free(struct deed_paper *paper, struct deed_span *span)
{
	if (!span)
		return;
	spans_free(paper, span->left);
	spans_free(paper, span->right);
	span->left = paper->spans;
	paper->spans = span;
}

/* ---- the treap ------------------------------------------------------------------------------ */

static bool is_by_two(const struct deed_span *span)
{
	return span->by[1].at;
}

static size_t either(size_t one, size_t other)
{
	if (one == NOBODY || one == other)
		return other;
	return other == NOBODY ? one : SEVERAL;
}

static void sum_up_below(struct deed_span *span, const struct deed_span *below)
{
	if (!below)
		return;
	span->sole = either(span->sole, below->sole);
	span->writer = either(span->writer, below->writer);
	span->is_dense &= below->is_dense;
	span->is_written &= below->is_written;
	span->is_shared &= below->is_shared;
}

/* What a span knows of all below it, from those right below. */
static void sum_up(struct deed_span *span)
{
	const struct deed_span *const left = span->left, *const right = span->right;

	span->first = left ? left->first : span->lo;
	span->last = right ? right->last : span->hi;
	span->is_shared = is_by_two(span);
	span->is_written = deed_note_writes(&span->by[0]);
	span->sole = span->is_shared ? SEVERAL : span->by[0].part;
	span->writer = span->is_written ? span->by[0].part : NOBODY;
	span->is_dense = (!left || left->last == span->lo) && (!right || right->first == span->hi);
	sum_up_below(span, left);
	sum_up_below(span, right);
}

/* All of `left` lies before all of `right`. */
static struct deed_span *join(struct deed_span *left, struct deed_span *right)
{
	if (!left || !right)
		return left ? left : right;
	if (left->priority >= right->priority) {
		left->right = join(left->right, right);
		sum_up(left);
		return left;
	}
	right->left = join(left, right->left);
	sum_up(right);
	return right;
}

/* Cuts at a byte: a span that lies across is two afterwards. */
static void cut(struct deed_paper *paper, struct deed_span *span, size_t at,
		struct deed_span **ret_left, struct deed_span **ret_right)
{
	struct deed_span *rest;

	if (!span) {
		*ret_left = NULL;
		*ret_right = NULL;
	} else if (span->hi <= at) {
		cut(paper, span->right, at, &span->right, ret_right);
		sum_up(span);
		*ret_left = span;
	} else if (span->lo >= at) {
		cut(paper, span->left, at, ret_left, &span->left);
		sum_up(span);
		*ret_right = span;
	} else {
		rest = span_new(paper, at, span->hi);
		rest->by[0] = span->by[0];
		rest->by[1] = span->by[1];
		sum_up(rest);
		*ret_right = join(rest, span->right);
		span->right = NULL;
		span->hi = at;
		sum_up(span);
		*ret_left = span;
	}
}

/* ---- meetings ------------------------------------------------------------------------------- */

static struct deed_region flat(size_t lo, size_t hi)
{
	return (struct deed_region){ lo, hi - lo, 0, 1 };
}

static bool concerns(const struct deed_note *one, const struct deed_note *other)
{
	return one->part != other->part && (deed_note_writes(one) || deed_note_writes(other));
}

/* The first span, from this one down, that the note meets. */
static struct deed_span *meeting(struct deed_span *span, const struct deed_note *note)
{
	struct deed_span *found;

	if (!span || span->first >= deed_region_hi(note->region) || span->last <= note->region.lo ||
	    (deed_note_writes(note) ? span->sole == note->part
				    : span->writer == NOBODY || span->writer == note->part))
		return NULL;
	found = meeting(span->left, note);
	if (found)
		return found;
	if ((concerns(&span->by[0], note) || (is_by_two(span) && concerns(&span->by[1], note))) &&
	    deed_region_meets(flat(span->lo, span->hi), note->region))
		return span;
	return meeting(span->right, note);
}

static void tell(struct deed_note *note, struct deed_note *ret)
{
	*ret = *note;
	note->is_told = true;
}

bool deed_notes_meet(struct deed_notes *notes, const struct deed_note *note, struct deed_note *ret)
{
	struct deed_span *const span = meeting(notes->spans, note);

	if (span) {
		tell(&span->by[!concerns(&span->by[0], note)], ret);
		return true;
	}
	for (struct deed_patch *patch = notes->patches; patch; patch = patch->next)
		if (concerns(&patch->note, note) &&
		    deed_region_meets(patch->note.region, note->region)) {
			tell(&patch->note, ret);
			return true;
		}
	return false;
}

/* ---- ranges --------------------------------------------------------------------------------- */

/* Whether nothing is to be said of [lo, hi) any more for a task that reads it, or writes. */
static bool is_known(const struct deed_span *span, size_t lo, size_t hi, size_t part, bool writes)
{
	if (lo >= hi)
		return true;
	if (!span || span->first > lo || span->last < hi)
		return false;
	if (span->is_dense &&
	    (span->sole == part ? !writes || span->is_written : !writes && span->is_shared))
		return true;
	if (hi > span->lo && lo < span->hi) {
		const bool is_its = !is_by_two(span) && span->by[0].part == part;

		if (writes ? !is_its || !deed_note_writes(&span->by[0])
			   : !is_its && !is_by_two(span))
			return false;
	}
	return is_known(span->left, lo, deed_min(hi, span->lo), part, writes) &&
	       is_known(span->right, deed_max(lo, span->hi), hi, part, writes);
}

/* Spans that a task reads, from the left: gaps are filled, what one other reads is read by two. */
struct filling {
	struct deed_paper *paper;
	const struct deed_note *note;
	struct deed_span *done;
	size_t at;
};

static struct deed_span *span_of(struct deed_paper *paper, size_t lo, size_t hi,
				 const struct deed_note *note)
{
	struct deed_span *const span = span_new(paper, lo, hi);

	span->by[0] = *note;
	span->by[1].at = NULL;
	sum_up(span);
	return span;
}

static void fill_up_to(struct filling *filling, size_t at)
{
	if (filling->at < at)
		filling->done = join(filling->done,
				     span_of(filling->paper, filling->at, at, filling->note));
}

static void fill(struct filling *filling, struct deed_span *span)
{
	struct deed_span *left, *right;

	if (!span)
		return;
	if (span->is_dense && (span->sole == filling->note->part || span->is_shared)) {
		fill_up_to(filling, span->first);
		filling->at = span->last;
		filling->done = join(filling->done, span);
		return;
	}
	left = span->left;
	right = span->right;
	span->left = NULL;
	span->right = NULL;
	fill(filling, left);
	fill_up_to(filling, span->lo);
	if (!is_by_two(span) && span->by[0].part != filling->note->part)
		span->by[1] = *filling->note;
	sum_up(span);
	filling->at = span->hi;
	filling->done = join(filling->done, span);
	fill(filling, right);
}

/* Whether a span is the same task's at the same place, for the same. */
static bool is_like(const struct deed_span *span, const struct deed_note *note)
{
	return !is_by_two(span) && span->by[0].part == note->part && span->by[0].at == note->at &&
	       span->by[0].role == note->role;
}

static struct deed_region both(struct deed_region one, struct deed_region other)
{
	const size_t lo = deed_min(one.lo, other.lo);

	return flat(lo, deed_max(deed_region_hi(one), deed_region_hi(other)));
}

/* Takes the neighbours that the note can be one span with, out of the trees beside it. */
static void take_neighbours(struct deed_paper *paper, struct deed_span **left,
			    struct deed_span **right, struct deed_note *note, size_t *lo,
			    size_t *hi)
{
	struct deed_span *beside = *left;

	while (beside && beside->right)
		beside = beside->right;
	if (beside && beside->hi == *lo && is_like(beside, note)) {
		note->region = both(note->region, beside->by[0].region);
		*lo = beside->lo;
		cut(paper, *left, *lo, left, &beside);
		spans_free(paper, beside);
	}
	beside = *right;
	while (beside && beside->left)
		beside = beside->left;
	if (beside && beside->lo == *hi && is_like(beside, note)) {
		note->region = both(note->region, beside->by[0].region);
		*hi = beside->hi;
		cut(paper, *right, *hi, &beside, right);
		spans_free(paper, beside);
	}
}

/* Whether a range shares no byte with any span, nor could be one with its neighbour. */
static bool is_alone(const struct deed_span *span, size_t lo, size_t hi,
		     const struct deed_note *note)
{
	if (!span || span->last < lo || span->first > hi)
		return true;
	if (span->lo < hi && lo < span->hi)
		return false;
	if ((span->hi == lo || span->lo == hi) && is_like(span, note))
		return false;
	return is_alone(span->left, lo, hi, note) && is_alone(span->right, lo, hi, note);
}

/* As two cuts and two joins do, but one way down. */
static struct deed_span *insert(struct deed_paper *paper, struct deed_span *at,
				struct deed_span *span)
{
	if (!at || span->priority > at->priority) {
		cut(paper, at, span->lo, &span->left, &span->right);
		at = span;
	} else if (span->lo < at->lo) {
		at->left = insert(paper, at->left, span);
	} else {
		at->right = insert(paper, at->right, span);
	}
	sum_up(at);
	return at;
}

static void put_range(struct deed_notes *notes, struct deed_paper *paper, struct deed_note note)
{
	size_t lo = note.region.lo, hi = deed_region_hi(note.region);
	struct deed_span *left, *middle, *right;

	if (is_known(notes->spans, lo, hi, note.part, deed_note_writes(&note)))
		return;
	if (is_alone(notes->spans, lo, hi, &note)) { /* as most are */
		notes->spans = insert(paper, notes->spans, span_of(paper, lo, hi, &note));
		return;
	}
	cut(paper, notes->spans, lo, &left, &middle);
	cut(paper, middle, hi, &middle, &right);
	/* What a task writes is its own alone, and the latest place stands for all of it. */
	if (!middle ||
	    (middle->sole == note.part && (deed_note_writes(&note) || middle->writer == NOBODY))) {
		spans_free(paper, middle);
		take_neighbours(paper, &left, &right, &note, &lo, &hi);
		middle = span_of(paper, lo, hi, &note);
	} else {
		struct filling filling = { paper, &note, NULL, lo };

		fill(&filling, middle);
		fill_up_to(&filling, hi);
		middle = filling.done;
	}
	notes->spans = join(join(left, middle), right);
}

/* ---- tiles ---------------------------------------------------------------------------------- */

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
static bool is_tile_known(struct deed_notes *notes, const struct deed_note *note)
{
	size_t readers = 0;

	for (struct deed_patch **at = &notes->patches, *patch; (patch = *at); at = &patch->next) {
		if (!is_same(patch->note.region, note->region))
			continue;
		readers += !deed_note_writes(note);
		if (readers < 2 && (patch->note.part != note->part ||
				    (deed_note_writes(note) && !deed_note_writes(&patch->note))))
			continue;
		*at = patch->next;
		patch->next = notes->patches;
		notes->patches = patch;
		return true;
	}
	return false;
}

static void put_tile(struct deed_notes *notes, struct deed_paper *paper, struct deed_note note)
{
	struct deed_patch *patch;

	if (is_tile_known(notes, &note))
		return;
	for (struct deed_patch **at = &notes->patches; (patch = *at);) {
		if (patch->note.part != note.part || patch->note.at != note.at ||
		    patch->note.role != note.role || !unite(&note.region, patch->note.region)) {
			at = &patch->next;
			continue;
		}
		*at = patch->next;
		patch->next = paper->patches;
		paper->patches = patch;
		at = &notes->patches; /* the larger one may go with what the smaller did not */
	}
	if (deed_region_is_flat(note.region)) {
		put_range(notes, paper, note);
		return;
	}
	patch = paper->patches;
	if (patch)
		paper->patches = patch->next;
	else
		patch = deed_paper_take(paper, sizeof *patch);
	patch->note = note;
	patch->next = notes->patches;
	notes->patches = patch;
}

/* ---- all of it ------------------------------------------------------------------------------ */

void deed_notes_put(struct deed_notes *notes, struct deed_paper *paper,
		    const struct deed_note *note)
{
	if (deed_region_is_flat(note->region))
		put_range(notes, paper, *note);
	else
		put_tile(notes, paper, *note);
}

void deed_notes_free(struct deed_notes *notes, struct deed_paper *paper)
{
	struct deed_patch *patch;

	spans_free(paper, notes->spans);
	notes->spans = NULL;
	while ((patch = notes->patches)) {
		notes->patches = patch->next;
		patch->next = paper->patches;
		paper->patches = patch;
	}
}

static void see_spans(struct deed_span *span, deed_site_visitor see, void *context)
{
	if (!span)
		return;
	see_spans(span->left, see, context);
	see(&span->by[0].at, context);
	if (is_by_two(span))
		see(&span->by[1].at, context);
	see_spans(span->right, see, context);
}

void deed_notes_see(struct deed_notes *notes, deed_site_visitor see, void *context)
{
	see_spans(notes->spans, see, context);
	for (struct deed_patch *patch = notes->patches; patch; patch = patch->next)
		see(&patch->note.at, context);
}
