/* SPDX-License-Identifier: MIT
 *
 * lib/trap/spans.c - ranges of one buffer that the tasks of one team have had.
 *
 * They are an ordered map of disjoint *spans* of bytes. Each is of one task, that reads or writes
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
 * Invariant: spans are disjoint and not empty; the second note of a span, if there is one, is of
 * another task than the first, and both read. No lock: the caller's (history.c).
 */
#include "spans.h"

/* The first cache line is what a search looks at. */
struct deed_span {
	size_t lo, hi;
	struct deed_span *left, *right;
	/* Of all spans from here down: */
	size_t first, last; /* the first byte, and one past the last */
	size_t sole;	    /* whose all of them are; or DEED_PART_SEVERAL */
	size_t writer;	    /* who writes; DEED_PART_NONE, or DEED_PART_SEVERAL */
	uint32_t priority;
	bool is_dense;	 /* no gap */
	bool is_written; /* all of it */
	bool is_shared;	 /* all of it is read by two */
	struct deed_note by[2];
};

static struct deed_span *span_new(struct deed_paper *paper, size_t lo, size_t hi)
{
	struct deed_span *const span = deed_paper_piece(paper, DEED_PAPER_SPAN, sizeof *span);

	span->lo = lo;
	span->hi = hi;
	span->left = NULL;
	span->right = NULL;
	span->priority = deed_paper_random(paper);
	return span;
}

void deed_spans_free(struct deed_span *span, struct deed_paper *paper)
{
	if (!span)
		return;
	deed_spans_free(span->left, paper);
	deed_spans_free(span->right, paper);
	deed_paper_give(paper, DEED_PAPER_SPAN, span);
}

/* ---- the treap ------------------------------------------------------------------------------ */

static bool is_by_two(const struct deed_span *span)
{
	return span->by[1].at;
}

static void sum_up_below(struct deed_span *span, const struct deed_span *below)
{
	if (!below)
		return;
	span->sole = deed_part_either(span->sole, below->sole);
	span->writer = deed_part_either(span->writer, below->writer);
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
	span->sole = span->is_shared ? DEED_PART_SEVERAL : span->by[0].part;
	span->writer = span->is_written ? span->by[0].part : DEED_PART_NONE;
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

/* The first span, from this one down, that the note meets. */
static struct deed_span *meeting(struct deed_span *span, const struct deed_note *note)
{
	struct deed_span *found;

	if (!span || span->first >= deed_region_hi(note->region) || span->last <= note->region.lo ||
	    (deed_note_writes(note) ? span->sole == note->part
				    : span->writer == DEED_PART_NONE || span->writer == note->part))
		return NULL;
	found = meeting(span->left, note);
	if (found)
		return found;
	if ((deed_note_concerns(&span->by[0], note) ||
	     (is_by_two(span) && deed_note_concerns(&span->by[1], note))) &&
	    deed_region_meets(flat(span->lo, span->hi), note->region))
		return span;
	return meeting(span->right, note);
}

struct deed_note *deed_spans_meet(struct deed_span *spans, const struct deed_note *note)
{
	struct deed_span *const span = meeting(spans, note);

	return span ? &span->by[!deed_note_concerns(&span->by[0], note)] : NULL;
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
	       span->by[0].role == note->role && span->by[0].is_async == note->is_async;
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
		deed_spans_free(beside, paper);
	}
	beside = *right;
	while (beside && beside->left)
		beside = beside->left;
	if (beside && beside->lo == *hi && is_like(beside, note)) {
		note->region = both(note->region, beside->by[0].region);
		*hi = beside->hi;
		cut(paper, *right, *hi, &beside, right);
		deed_spans_free(beside, paper);
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

void deed_spans_put(struct deed_span **spans, struct deed_paper *paper, struct deed_note note)
{
	size_t lo = note.region.lo, hi = deed_region_hi(note.region);
	struct deed_span *left, *middle, *right;

	if (is_known(*spans, lo, hi, note.part, deed_note_writes(&note)))
		return;
	if (is_alone(*spans, lo, hi, &note)) { /* as most are */
		*spans = insert(paper, *spans, span_of(paper, lo, hi, &note));
		return;
	}
	cut(paper, *spans, lo, &left, &middle);
	cut(paper, middle, hi, &middle, &right);
	/* What a task writes is its own alone, and the latest place stands for all of it. */
	if (!middle || (middle->sole == note.part &&
			(deed_note_writes(&note) || middle->writer == DEED_PART_NONE))) {
		deed_spans_free(middle, paper);
		take_neighbours(paper, &left, &right, &note, &lo, &hi);
		middle = span_of(paper, lo, hi, &note);
	} else {
		struct filling filling = { paper, &note, NULL, lo };

		fill(&filling, middle);
		fill_up_to(&filling, hi);
		middle = filling.done;
	}
	*spans = join(join(left, middle), right);
}

void deed_spans_see(struct deed_span *span, deed_site_visitor see, void *context)
{
	if (!span)
		return;
	deed_spans_see(span->left, see, context);
	see(&span->by[0].at, context);
	if (is_by_two(span))
		see(&span->by[1].at, context);
	deed_spans_see(span->right, see, context);
}
