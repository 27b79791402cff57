/* SPDX-License-Identifier: MIT
 *
 * lib/trap/layout.c - what the parts of a share have, all together.
 *
 * Of most rules it follows from the first parts and the last one: they are arithmetic, and grow
 * with the index. Edges and calls say of each part what they like: what they say is kept, listed in
 * the order of the elements, and gone through once, from neighbour to neighbour.
 */
#include "layout.h"

#include "../os.h"

/* ---- what each part has --------------------------------------------------------------------- */

struct deed_extent deed_layout_extent(const struct deed_plan *plan, const struct deed_share *share,
				      size_t index)
{
	const struct deed_part part = deed_plan_part(plan, index);
	struct deed_extent extent = { 0, 0, 0, 1 };

	if (deed_share_is_told(share)) {
		const struct deed_range told = share->told[index];

		extent.lo = told.lo;
		extent.width = told.lo <= told.hi ? told.hi - told.lo : SIZE_MAX;
	} else {
		deed_share_extent_(share, &part, &extent);
	}
	return extent;
}

static bool fits(const struct deed_layout *layout, size_t index)
{
	const struct deed_share *const share = layout->share;
	const struct deed_extent extent = deed_layout_extent(layout->plan, share, index);
	const struct deed_part part = deed_plan_part(layout->plan, index);
	struct deed_region region;

	/* A halo stops at the ends of the source, but the part itself does not. */
	if (share->rule.kind == DEED_RULE_HALO && part.hi > layout->len)
		return false;
	if (share->rule.kind == DEED_RULE_TILE && part.x_hi > share->rule.a)
		return false;
	return deed_extent_fits(&extent, layout->len, share->element_bytes, &region);
}

/* The first of [lo, hi) that does not fit, by steps of `step`; all behind it do not either. */
static size_t search(const struct deed_layout *layout, size_t from, size_t step, size_t count)
{
	size_t lo = 0, hi = count;

	while (lo < hi) {
		const size_t middle = lo + (hi - lo) / 2;

		if (fits(layout, from + middle * step))
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

/* Of the parts of a rule that is arithmetic: they only grow along a row of tiles, and from one row
 * of them to the next. */
static size_t first_outside(const struct deed_layout *layout)
{
	const struct deed_plan *const plan = layout->plan;
	size_t across, row;

	if (!plan->parts || fits(layout, plan->parts - 1))
		return DEED_NO_PART;
	across = (plan->columns - 1) / plan->x_chunk + 1;
	row = search(layout, across - 1, across, plan->parts / across);
	return row * across + search(layout, row * across, 1, across);
}

/* ---- rules that are arithmetic -------------------------------------------------------------- */

/* By index, of a plan that is of one axis, no two meet, and the last one says it all. This is most
 * often, and for every region anew. False if it is another rule, or the last one leaves the source.
 */
static bool lay_out_by_index(struct deed_layout *layout)
{
	const struct deed_plan *const plan = layout->plan;
	const struct deed_rule *const rule = &layout->share->rule;
	size_t hi;

	if (rule->kind != DEED_RULE_INDEX || plan->columns != 1 || !plan->parts)
		return false;
	hi = deed_plan_piece_(plan->count, plan->chunk, plan->parts - 1).hi;
	if (__builtin_mul_overflow(hi, rule->a, &hi) || hi > layout->len)
		return false;
	layout->all.width = hi;
	layout->gap = (struct deed_range){ hi, layout->len };
	return true;
}

static void lay_out_by_rule(struct deed_layout *layout)
{
	const struct deed_plan *const plan = layout->plan;
	const struct deed_rule *const rule = &layout->share->rule;
	struct deed_extent first, last;

	if (DEED_LIKELY(lay_out_by_index(layout)))
		return;
	layout->outside = first_outside(layout);
	if (layout->outside != DEED_NO_PART)
		return;
	if (!plan->parts) {
		layout->gap.hi = layout->len;
		return;
	}
	first = deed_layout_extent(plan, layout->share, 0);
	last = deed_layout_extent(plan, layout->share, plan->parts - 1);
	layout->all.lo = first.lo;
	layout->all.width = deed_extent_hi(&last) - first.lo;
	layout->gap = (struct deed_range){ deed_extent_hi(&last), layout->len };
	/* What is behind the columns is padding, and the last row may have none. */
	if (rule->kind == DEED_RULE_TILE) {
		layout->all = (struct deed_extent){ 0, plan->columns, rule->a, plan->count };
		layout->gap.lo = deed_min(layout->len, plan->count * rule->a);
	}
	/* Two parts have some elements or none as the first two have. */
	if (plan->parts > 1 && rule->kind != DEED_RULE_TILE) {
		const struct deed_extent second = deed_layout_extent(plan, layout->share, 1);

		if (first.width && second.width && second.lo < deed_extent_hi(&first)) {
			layout->first = 0;
			layout->second = 1;
		}
	}
}

/* ---- rules that say of each part what they like --------------------------------------------- */

static size_t told_bytes(const struct deed_plan *plan)
{
	return plan->parts * sizeof(struct deed_range);
}

bool deed_share_be_told(const struct deed_plan *plan, struct deed_share *share)
{
	struct deed_range *const told = deed_os_map(told_bytes(plan));

	if (!told)
		return false;
	for (size_t i = 0; i < plan->parts; i++) {
		const struct deed_part part = deed_plan_part(plan, i);

		told[i] = share->rule.kind == DEED_RULE_CALL
				  ? share->rule.call(&part, share->rule.context)
				  : (struct deed_range){ share->rule.edges[i],
							 share->rule.edges[i + 1] };
	}
	share->told = told;
	share->told_by = plan;
	return true;
}

static bool is_before(const struct deed_piece *a, const struct deed_piece *b)
{
	return a->lo != b->lo ? a->lo < b->lo : a->part < b->part;
}

/* Lets pieces[at] of a heap of `count` sink to where it belongs. */
static void sink(struct deed_piece *pieces, size_t at, size_t count)
{
	for (size_t child; (child = 2 * at + 1) < count; at = child) {
		const struct deed_piece piece = pieces[at];

		if (child + 1 < count && is_before(&pieces[child], &pieces[child + 1]))
			child++;
		if (!is_before(&piece, &pieces[child]))
			return;
		pieces[at] = pieces[child];
		pieces[child] = piece;
	}
}

/* In place, without a stack, and no slower for any order. */
static void sort(struct deed_piece *pieces, size_t count)
{
	for (size_t i = count / 2; i-- > 0;)
		sink(pieces, i, count);
	for (size_t last = count; last-- > 1;) {
		const struct deed_piece most = pieces[0];

		pieces[0] = pieces[last];
		pieces[last] = most;
		sink(pieces, 0, last);
	}
}

/* Fills in the pieces, in the order of their elements; and which part leaves the source. */
static void list_pieces(struct deed_layout *layout)
{
	const struct deed_range *const told = layout->share->told;
	bool is_sorted = true;
	size_t count = 0;

	for (size_t i = 0; i < layout->plan->parts; i++) {
		if (layout->outside == DEED_NO_PART && !fits(layout, i))
			layout->outside = i;
		if (told[i].lo >= told[i].hi)
			continue;
		layout->pieces[count] = (struct deed_piece){ told[i].lo, told[i].hi, i };
		is_sorted &=
			!count || !is_before(&layout->pieces[count], &layout->pieces[count - 1]);
		count++;
	}
	layout->piece_count = count;
	if (!is_sorted)
		sort(layout->pieces, count);
}

/* Counts the ranges of elements that have no gap, and notes them unless `runs` is null; and what
 * there is to say of two parts that meet, and of gaps. */
static size_t list_runs(struct deed_layout *layout, struct deed_range *runs)
{
	const struct deed_piece *const pieces = layout->pieces;
	struct deed_range run = { 0, 0 };
	size_t count = 0, widest = 0; /* widest: of the pieces so far, the one that ends last */

	for (size_t i = 0; i < layout->piece_count; i++) {
		if (i && pieces[i].lo < pieces[widest].hi && layout->first == DEED_NO_PART) {
			layout->first = deed_min(pieces[widest].part, pieces[i].part);
			layout->second = deed_max(pieces[widest].part, pieces[i].part);
		}
		if (!i || pieces[i].hi > pieces[widest].hi)
			widest = i;
		if (i && pieces[i].lo <= run.hi) {
			run.hi = deed_max(run.hi, pieces[i].hi);
		} else {
			if (pieces[i].lo > run.hi && layout->gap.lo == layout->gap.hi)
				layout->gap = (struct deed_range){ run.hi, pieces[i].lo };
			run = (struct deed_range){ pieces[i].lo, pieces[i].hi };
			count++;
		}
		if (runs)
			runs[count - 1] = run;
	}
	if (layout->gap.lo == layout->gap.hi)
		layout->gap = (struct deed_range){ run.hi, layout->len };
	if (count)
		layout->all = (struct deed_extent){ pieces[0].lo, run.hi - pieces[0].lo, 0, 1 };
	return count;
}

static bool lay_out_as_told(struct deed_layout *layout)
{
	const size_t parts = layout->plan->parts;

	if (!parts)
		return true;
	layout->pieces = deed_os_map(parts * sizeof *layout->pieces);
	if (!layout->pieces)
		return false;
	list_pieces(layout);
	layout->run_count = list_runs(layout, NULL);
	if (layout->run_count <= 1) {
		layout->run_count = 0;
		return true;
	}
	layout->runs = deed_os_map(layout->run_count * sizeof *layout->runs);
	if (!layout->runs)
		return false;
	(void)list_runs(layout, layout->runs);
	return true;
}

bool deed_lay_out(struct deed_layout *layout)
{
	layout->all = (struct deed_extent){ 0, 0, 0, 1 };
	layout->outside = layout->first = layout->second = DEED_NO_PART;
	if (deed_share_is_told(layout->share))
		return lay_out_as_told(layout);
	lay_out_by_rule(layout);
	return true;
}

void deed_layout_done(struct deed_layout *layout)
{
	if (layout->pieces)
		deed_os_unmap(layout->pieces, layout->plan->parts * sizeof *layout->pieces);
	if (layout->runs)
		deed_os_unmap(layout->runs, layout->run_count * sizeof *layout->runs);
}

void deed_share_told_done(const struct deed_plan *plan, struct deed_share *share)
{
	if (share->told && share->told_by == plan)
		deed_os_unmap(share->told, told_bytes(plan));
	share->told = NULL;
}
