/* SPDX-License-Identifier: MIT
 *
 * lib/trap/share.c - buffers are shared out to parts, and parts are taken.
 *
 *     source ── child loan: the share ┬─ part 0   of one task, in no list
 *                                     ├─ part 1   of another
 *                                     ...
 *
 * A share is a child loan of its source over what the parts cover together, admitted as any loan
 * is: so the source is suspended there, and whoever lends it there is told of the share. It is
 * exact: of a rectangle in tiles it is that rectangle, and where edges or a call leave gaps, it has
 * a row for each run of elements without one.
 *
 * That no two parts meet is looked at then, before any part is begun. Of most rules it follows from
 * the rule. Edges and calls say of each part what they like: their ranges are asked for once,
 * sorted, and compared with their neighbours; and kept till the end, so that a part is known to
 * have what was compared.
 *
 * So a part needs to be compared with nothing. Its row is filled in with no lock held, hangs in the
 * list of its task, and goes back to the thread's slots when the task ends. It is a loan as any
 * other to who uses it or lends of it. Its parent is the share's first row, which does not know of
 * it: where a share ends before its parts, which only a mistake brings about, the table is searched
 * for them (tree.c).
 */
#include "share.h"

#include "../os.h"
#include "end.h"
#include "grant.h"
#include "guard.h"
#include "hot_region.h"
#include "options.h"
#include "owner.h"
#include "rights.h"
#include "story.h"
#include "tree.h"

#define NONE SIZE_MAX

/* A part's elements, and whose they are. */
struct piece {
	size_t lo, hi, part;
};

/* What the parts of a share have, all together. */
struct layout {
	const struct deed_plan *plan;
	const struct deed_share *share;
	size_t len;		/* of the source */
	struct deed_extent all; /* what they cover; of parts that leave gaps the hull */
	struct deed_range *runs;
	size_t run_count;     /* of parts that leave gaps; else 0 */
	struct piece *pieces; /* of edges and calls, those that are not empty, in order */
	size_t piece_count;
	size_t outside;	       /* the first that leaves the source */
	size_t first, second;  /* two that overlap */
	struct deed_range gap; /* the first that no part has; lo == hi: there is none */
};

/* ---- what each part has --------------------------------------------------------------------- */

static bool is_told(const struct deed_share *share)
{
	return share->rule.kind == DEED_RULE_EDGES || share->rule.kind == DEED_RULE_CALL;
}

/* As the rule says it; of edges and calls, as it was said when the buffer was shared out. */
static struct deed_extent extent_of(const struct deed_plan *plan, const struct deed_share *share,
				    size_t index)
{
	const struct deed_part part = deed_plan_part(plan, index);
	struct deed_extent extent = { 0, 0, 0, 1 };

	if (is_told(share)) {
		const struct deed_range told = share->told[index];

		extent.lo = told.lo;
		extent.width = told.lo <= told.hi ? told.hi - told.lo : SIZE_MAX;
	} else {
		deed_share_extent_(share, &part, &extent);
	}
	return extent;
}

static size_t hi_of(const struct deed_extent *extent)
{
	return extent->lo + deed_extent_span(extent);
}

static bool fits(const struct layout *layout, size_t index)
{
	const struct deed_share *const share = layout->share;
	const struct deed_extent extent = extent_of(layout->plan, share, index);
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
static size_t search(const struct layout *layout, size_t from, size_t step, size_t count)
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
static size_t first_outside(const struct layout *layout)
{
	const struct deed_plan *const plan = layout->plan;
	size_t across, row;

	if (!plan->parts || fits(layout, plan->parts - 1))
		return NONE;
	across = (plan->columns - 1) / plan->x_chunk + 1;
	row = search(layout, across - 1, across, plan->parts / across);
	return row * across + search(layout, row * across, 1, across);
}

/* ---- rules that are arithmetic -------------------------------------------------------------- */

static void lay_out_by_rule(struct layout *layout)
{
	const struct deed_plan *const plan = layout->plan;
	const struct deed_rule *const rule = &layout->share->rule;
	struct deed_extent first, last;

	layout->outside = first_outside(layout);
	if (layout->outside != NONE)
		return;
	if (!plan->parts) {
		layout->gap.hi = layout->len;
		return;
	}
	first = extent_of(plan, layout->share, 0);
	last = extent_of(plan, layout->share, plan->parts - 1);
	layout->all.lo = first.lo;
	layout->all.width = hi_of(&last) - first.lo;
	layout->gap = (struct deed_range){ hi_of(&last), layout->len };
	/* What is behind the columns is padding, and the last row may have none. */
	if (rule->kind == DEED_RULE_TILE) {
		layout->all = (struct deed_extent){ 0, plan->columns, rule->a, plan->count };
		layout->gap.lo = deed_min(layout->len, plan->count * rule->a);
	}
	/* Two parts have some elements or none as the first two have. */
	if (plan->parts > 1 && rule->kind != DEED_RULE_TILE) {
		const struct deed_extent second = extent_of(plan, layout->share, 1);

		if (first.width && second.width && second.lo < hi_of(&first)) {
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

/* Asks for the parts, once, outside of the ledger. False if there is no memory. */
static bool be_told(const struct deed_plan *plan, struct deed_share *share)
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
	return true;
}

static bool is_before(const struct piece *a, const struct piece *b)
{
	return a->lo != b->lo ? a->lo < b->lo : a->part < b->part;
}

/* Lets pieces[at] of a heap of `count` sink to where it belongs. */
static void sink(struct piece *pieces, size_t at, size_t count)
{
	for (size_t child; (child = 2 * at + 1) < count; at = child) {
		const struct piece piece = pieces[at];

		if (child + 1 < count && is_before(&pieces[child], &pieces[child + 1]))
			child++;
		if (!is_before(&piece, &pieces[child]))
			return;
		pieces[at] = pieces[child];
		pieces[child] = piece;
	}
}

/* In place, without a stack, and no slower for any order. */
static void sort(struct piece *pieces, size_t count)
{
	for (size_t i = count / 2; i-- > 0;)
		sink(pieces, i, count);
	for (size_t last = count; last-- > 1;) {
		const struct piece most = pieces[0];

		pieces[0] = pieces[last];
		pieces[last] = most;
		sink(pieces, 0, last);
	}
}

/* Fills in the pieces, in the order of their elements; and which part leaves the source. */
static void list_pieces(struct layout *layout)
{
	const struct deed_range *const told = layout->share->told;
	bool is_sorted = true;
	size_t count = 0;

	for (size_t i = 0; i < layout->plan->parts; i++) {
		if (layout->outside == NONE && !fits(layout, i))
			layout->outside = i;
		if (told[i].lo >= told[i].hi)
			continue;
		layout->pieces[count] = (struct piece){ told[i].lo, told[i].hi, i };
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
static size_t list_runs(struct layout *layout, struct deed_range *runs)
{
	const struct piece *const pieces = layout->pieces;
	struct deed_range run = { 0, 0 };
	size_t count = 0, widest = 0; /* widest: of the pieces so far, the one that ends last */

	for (size_t i = 0; i < layout->piece_count; i++) {
		if (i && pieces[i].lo < pieces[widest].hi && layout->first == NONE) {
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

static bool lay_out_as_told(struct layout *layout)
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

static bool lay_out(struct layout *layout)
{
	layout->all = (struct deed_extent){ 0, 0, 0, 1 };
	layout->outside = layout->first = layout->second = NONE;
	if (is_told(layout->share))
		return lay_out_as_told(layout);
	lay_out_by_rule(layout);
	return true;
}

static void layout_done(struct layout *layout)
{
	if (layout->pieces)
		deed_os_unmap(layout->pieces, layout->plan->parts * sizeof *layout->pieces);
	if (layout->runs)
		deed_os_unmap(layout->runs, layout->run_count * sizeof *layout->runs);
}

/* ---- what is wrong with them ---------------------------------------------------------------- */

/* Says what it is about: the share, and the buffer. Under the shard lock, if there is one. */
static void tell(struct deed_finding *finding, const struct deed_ask *ask,
		 const struct layout *layout)
{
	static const char *const verbs[] = {
		[DEED_RULE_INDEX] = "shared out by index",
		[DEED_RULE_PART] = "shared out by part",
		[DEED_RULE_HALO] = "shared out by halo",
		[DEED_RULE_EDGES] = "shared out by edges",
		[DEED_RULE_CALL] = "shared out by call",
		[DEED_RULE_TILE] = "shared out by tile",
	};

	deed_finding_does(finding, verbs[layout->share->rule.kind], false);
	deed_finding_shares(finding, layout->plan, layout->share);
	if (ask->cell) {
		deed_finding_cell(finding, ask->cell);
		if (ask->parent)
			deed_finding_loan(finding, ask->parent);
		deed_finding_event(finding, ask->cell, 0, DEED_ROLE_ALLOCATED);
	}
}

/* Says which elements of the source it is about. */
static void tell_range(struct deed_finding *finding, const struct deed_ask *ask,
		       const struct layout *layout, size_t lo, size_t hi)
{
	const struct deed_share *const share = layout->share;
	const struct deed_region region = { share->offset + lo * share->element_bytes,
					    (hi - lo) * share->element_bytes, 0, 1 };
	const struct deed_scale scale = ask->parent
						? deed_loan_scale(deed_loan_at(ask->parent))
						: (struct deed_scale){ 0, share->element_bytes };
	const struct deed_elements elements = deed_scaled(scale, region);

	deed_finding_range(finding, elements.lo, elements.hi);
}

/* The sentence about a part that leaves the source. */
static void say_outside(struct deed_finding *finding, const char *name, const struct layout *layout,
			const struct deed_extent *extent)
{
	const struct deed_part part = deed_plan_part(layout->plan, layout->outside);
	const struct deed_rule *const rule = &layout->share->rule;
	const size_t of = layout->plan->parts;

	if (is_told(layout->share) && extent->lo > layout->share->told[part.index].hi)
		deed_finding_say(
			finding, "part %zu of %zu of `%s` begins at element %zu and ends at %zu",
			part.index, of, name, extent->lo, layout->share->told[part.index].hi);
	else if (rule->kind == DEED_RULE_TILE && part.x_hi > rule->a)
		deed_finding_say(finding,
				 "part %zu of %zu of `%s` is columns [%zu, %zu), but its rows have "
				 "%zu",
				 part.index, of, name, part.x_lo, part.x_hi, rule->a);
	else if (rule->kind == DEED_RULE_TILE)
		deed_finding_say(finding,
				 "part %zu of %zu of `%s` is rows [%zu, %zu), but it has %zu rows "
				 "of %zu",
				 part.index, of, name, part.lo, part.hi, layout->len / rule->a,
				 rule->a);
	else if (rule->kind == DEED_RULE_HALO)
		deed_finding_say(finding,
				 "part %zu of %zu of `%s` is of [%zu, %zu), but it has %zu",
				 part.index, of, name, part.lo, part.hi, layout->len);
	else
		deed_finding_say(finding,
				 "part %zu of %zu of `%s` is elements [%zu, %zu), but it has %zu",
				 part.index, of, name, extent->lo, hi_of(extent), layout->len);
}

/* Adds what a part is to have. */
static void tell_part(struct deed_finding *finding, const struct layout *layout, size_t index)
{
	const struct deed_extent extent = extent_of(layout->plan, layout->share, index);

	deed_finding_part(finding, layout->plan, index, &extent,
			  is_told(layout->share) ? layout->share->told[index].hi
			  : extent.rows == 1	 ? hi_of(&extent)
						 : extent.lo + extent.width);
}

/* E15. */
static struct deed_finding *leaves(struct deed_thread *me, const struct deed_ask *ask,
				   const struct layout *layout)
{
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E15, ask->at, ask->frame);
	const struct deed_extent extent = extent_of(layout->plan, layout->share, layout->outside);

	tell(finding, ask, layout);
	tell_part(finding, layout, layout->outside);
	say_outside(finding, deed_plain(ask->at->text).text, layout, &extent);
	return finding;
}

/* E19. */
static struct deed_finding *overlap(struct deed_thread *me, const struct deed_ask *ask,
				    const struct layout *layout)
{
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E19, ask->at, ask->frame);
	const struct deed_extent one = extent_of(layout->plan, layout->share, layout->first);
	const struct deed_extent other = extent_of(layout->plan, layout->share, layout->second);
	const size_t lo = deed_max(one.lo, other.lo), hi = deed_min(hi_of(&one), hi_of(&other));
	const struct deed_plain name = deed_plain(ask->at->text);

	tell(finding, ask, layout);
	tell_part(finding, layout, layout->first);
	tell_part(finding, layout, layout->second);
	tell_range(finding, ask, layout, lo, hi);
	if (hi - lo == 1)
		deed_finding_say(finding, "parts %zu and %zu of `%s` both write element %zu",
				 layout->first, layout->second, name.text, lo);
	else
		deed_finding_say(finding,
				 "parts %zu and %zu of `%s` both write elements [%zu, %zu)",
				 layout->first, layout->second, name.text, lo, hi);
	return finding;
}

/* ---- what could be better ------------------------------------------------------------------- */

#define CACHE_LINE ((size_t)64)

/* An edge: what ends before element `end`, and begins at element `next`, and whose it is. */
struct edge {
	size_t end, next, before, after;
};

/* Whether a cache line has both sides of an edge, of elements `offset` bytes from where the buffer
 * begins. That is known to be aligned so, and by luck may be better. */
static bool splits(const struct edge *edge, size_t offset, size_t align, size_t element)
{
	const size_t last = offset + edge->end * element - 1;
	const size_t next = offset + edge->next * element;

	for (size_t base = 0; base < CACHE_LINE; base += deed_min(align, CACHE_LINE))
		if ((base + last) / CACHE_LINE == (base + next) / CACHE_LINE)
			return true;
	return false;
}

/* The edge between two parts of a rule that is no tile. */
static struct edge edge_between(const struct layout *layout, size_t before, size_t after)
{
	const struct deed_extent left = extent_of(layout->plan, layout->share, before);
	const struct deed_extent right = extent_of(layout->plan, layout->share, after);

	return (struct edge){ hi_of(&left), right.lo, before, after };
}

/* Fills in edges such that, if they split no line, none does: rules that are arithmetic repeat
 * themselves, so that their first edges stand for all. Of tiles, those within a row, and from the
 * end of one row to the beginning of the next. */
static size_t telling_edges(const struct layout *layout, struct edge edges[8])
{
	const struct deed_plan *const plan = layout->plan;
	const size_t across = (plan->columns - 1) / plan->x_chunk + 1;
	const size_t pitch = layout->share->rule.a;
	size_t count = 0;

	if (layout->share->rule.kind != DEED_RULE_TILE) {
		for (size_t i = 1; i < deed_min(plan->parts, 3); i++)
			edges[count++] = edge_between(layout, i - 1, i);
		return count;
	}
	for (size_t y = 0; y < deed_min(plan->count, 2); y++)
		for (size_t i = 1; i < deed_min(across, 3); i++) {
			const size_t at = y * pitch + i * plan->x_chunk;
			const size_t part = y / plan->chunk * across + i;

			edges[count++] = (struct edge){ at, at, part - 1, part };
		}
	for (size_t i = 1; i < 3; i++) {
		const size_t y = across > 1 ? i : i * plan->chunk;

		if (y < plan->count)
			edges[count++] = (struct edge){ (y - 1) * pitch + plan->columns, y * pitch,
							((y - 1) / plan->chunk + 1) * across - 1,
							y / plan->chunk * across };
	}
	return count;
}

/* The first edge that splits a cache line; false if there is none. */
static bool find_split(const struct layout *layout, const struct deed_ask *ask, struct edge *ret)
{
	const size_t align = (size_t)1 << deed_cell_at(ask->cell)->align_log2;
	const size_t offset = layout->share->offset, element = layout->share->element_bytes;
	struct edge edges[8];
	size_t count;

	for (size_t i = 1; i < layout->piece_count; i++) {
		const struct piece *const left = &layout->pieces[i - 1], *const right = left + 1;

		*ret = (struct edge){ left->hi, right->lo, left->part, right->part };
		if (splits(ret, offset, align, element))
			return true;
	}
	if (is_told(layout->share) || layout->plan->parts < 2)
		return false;
	count = telling_edges(layout, edges);
	for (size_t i = 0; i < count; i++) {
		*ret = edges[i];
		if (splits(ret, offset, align, element))
			return true;
	}
	return false;
}

/* A03. */
static struct deed_finding *split_line(struct deed_thread *me, const struct deed_ask *ask,
				       const struct layout *layout, const struct edge *edge)
{
	struct deed_finding *const finding = deed_hot_finding(me, DEED_A03, ask->frame, ask->at);

	deed_shard_take(ask->cell);
	tell(finding, ask, layout);
	deed_shard_give(ask->cell);
	tell_part(finding, layout, edge->before);
	tell_part(finding, layout, edge->after);
	deed_finding_say(finding,
			 "parts %zu and %zu of `%s` write to one cache line, at element %zu",
			 edge->before, edge->after, deed_plain(ask->at->text).text, edge->next);
	return finding;
}

/* A06. */
static struct deed_finding *gap(struct deed_thread *me, const struct deed_ask *ask,
				const struct layout *layout)
{
	struct deed_finding *const finding = deed_hot_finding(me, DEED_A06, ask->frame, ask->at);

	deed_shard_take(ask->cell);
	tell(finding, ask, layout);
	tell_range(finding, ask, layout, layout->gap.lo, layout->gap.hi);
	deed_shard_give(ask->cell);
	deed_finding_say(finding,
			 "no part has elements [%zu, %zu) of `%s`, though the rule covers all",
			 layout->gap.lo, layout->gap.hi, deed_plain(ask->at->text).text);
	return finding;
}

/* The first advisory of a share that is as it should be; null if there is none. Inside, no lock. */
static struct deed_finding *advice(struct deed_thread *me, const struct deed_ask *ask,
				   const struct layout *layout)
{
	const struct deed_share *const share = layout->share;
	struct edge edge;

	if (share->rule.covers && layout->gap.lo < layout->gap.hi &&
	    deed_hot_is_news(ask->at, DEED_A06))
		return gap(me, ask, layout);
	if (me->hot_count && share->is_inout && share->lent && find_split(layout, ask, &edge) &&
	    deed_hot_has_news(me, DEED_A03, ask->frame, ask->at))
		return split_line(me, ask, layout, &edge);
	return NULL;
}

/* ---- sharing out ---------------------------------------------------------------------------- */

/* The bytes of the cell that the parts cover, given where in it the source begins. */
static void place(struct deed_ask *ask, const struct layout *layout, size_t offset)
{
	const size_t element = layout->share->element_bytes;

	(void)deed_extent_fits(&layout->all, layout->len, element, &ask->region);
	ask->region.lo += offset;
	for (size_t i = 0; i < layout->run_count; i++) {
		layout->runs[i].lo = layout->runs[i].lo * element + offset;
		layout->runs[i].hi = layout->runs[i].hi * element + offset;
	}
	ask->runs = layout->runs;
	ask->run_count = layout->run_count;
}

/* Opens the source: its cell, under the shard lock; or 0, and what is wrong with it. */
static uint32_t open_source(struct deed_thread *me, const struct deed_owner *owner,
			    const struct layout *layout, const struct deed_ask *ask,
			    struct deed_finding **ret_finding)
{
	if (owner)
		return deed_owner_open(me, owner, DEED_USE_ANY, ask->frame, ask->at, ret_finding);
	return deed_loan_open(me, layout->share->loan, ask->frame, ask->at, ret_finding);
}

static void close_source(const struct deed_owner *owner, const struct layout *layout,
			 const struct deed_ask *ask)
{
	if (owner)
		deed_shard_give(ask->cell);
	else
		deed_loan_close(layout->share->loan, ask->cell);
}

/* Why the source is not shared out so; null if it may be. */
static struct deed_finding *refuses(struct deed_thread *me, const struct deed_owner *owner,
				    const struct layout *layout, const struct deed_ask *ask)
{
	if (!owner && deed_task_whose(me, deed_loan_at(ask->parent)->task) == DEED_WHOSE_OTHERS)
		return deed_loan_lends_no(me, ask); /* wherever the parts lie */
	if (layout->outside != NONE)
		return leaves(me, ask, layout);
	if (deed_is_nothing(ask->region))
		return NULL;
	if (owner && ask->is_inout && deed_cell_at(ask->cell)->kind == DEED_KIND_STATIC)
		return deed_static_lends_no(me, ask);
	if (!owner && !deed_region_holds(deed_loan_region(deed_loan_at(ask->parent)), ask->region))
		return deed_outside(me, ask, &layout->all, layout->len, ask->cell);
	if (!owner) {
		struct deed_finding *const finding = deed_loan_lends_no(me, ask);

		if (finding)
			return finding;
	}
	return ask->is_inout && layout->first != NONE ? overlap(me, ask, layout) : NULL;
}

/* The share's loan, or 0 of no bytes. */
static uint64_t share_out(struct deed_thread *me, const struct deed_owner *owner,
			  struct layout *layout, struct deed_share *share, struct deed_ask *ask,
			  struct deed_finding **ret_finding)
{
	bool may_retry = deed_guard_is_dead(me, ask->frame);
	const struct deed_cell *cell;
	uint64_t loan = 0;

	/* Of a view of nothing there is nothing to look at but the plan. */
	if (!owner && !share->loan && !layout->len) {
		if (layout->outside != NONE)
			*ret_finding = leaves(me, ask, layout);
		return 0;
	}
again:
	ask->cell = open_source(me, owner, layout, ask, ret_finding);
	if (!ask->cell) {
		share->base = NULL;
		return 0;
	}
	cell = deed_cell_at(ask->cell);
	if (owner)
		share->base = cell->base;
	share->offset = (size_t)(share->base - (char *)cell->base);
	if (!ask->region.rows)
		place(ask, layout, share->offset);
	*ret_finding = refuses(me, owner, layout, ask);
	if (!*ret_finding && !deed_is_nothing(ask->region)) {
		if (may_retry && deed_would_conflict(ask)) {
			/* Perhaps with a guard that was jumped over: that is E14, and no conflict.
			 */
			may_retry = false;
			close_source(owner, layout, ask);
			(void)deed_guards_end_jumped_over(me, ask->at, ask->frame);
			goto again;
		}
		loan = deed_admit(me, ask, ret_finding);
	}
	close_source(owner, layout, ask);
	return loan;
}

static void show(const struct deed_ask *ask)
{
	const char *const base = deed_cell_at(ask->cell)->base;

	if (!ask->run_count)
		deed_show_loan(base + ask->region.lo, ask->region, ask->is_inout, ask->frame);
	for (size_t i = 0; i < ask->run_count; i++) {
		const struct deed_region run = { ask->runs[i].lo, ask->runs[i].hi - ask->runs[i].lo,
						 0, 1 };

		deed_show_loan(base + run.lo, run, ask->is_inout, ask->frame);
	}
}

/* The finding, of a fault or an advisory, or null. Inside, no lock. */
static struct deed_finding *share_or_refuse(struct deed_thread *me, const struct deed_owner *owner,
					    struct layout *layout, struct deed_share *share,
					    const void *frame, const struct deed_site *at)
{
	struct deed_ask ask = { .at = at,
				.frame = frame,
				.parent = deed_loan_slot(share->loan),
				.is_inout = share->is_inout,
				.is_share = true,
				.group = layout->plan->parts,
				.stack = deed_ask_stack(me, frame) };
	struct deed_finding *finding = NULL;
	uint64_t lent;

	deed_task_see(me, frame, at);
	lent = share_out(me, owner, layout, share, &ask, &finding);
	if (finding)
		return finding;
	share->lent = lent;
	if (lent) {
		/* While it is lent, a buffer keeps its generation. */
		deed_loan_at(deed_loan_slot(lent))->ended_in = (uint32_t)deed_word_generation(
			deed_cell_word(deed_cell_of_live(ask.cell)));
		show(&ask);
	}
	return ask.cell ? advice(me, &ask, layout) : NULL;
}

void deed_share_out(struct deed_plan *plan, struct deed_share *share,
		    const struct deed_owner *owner, const void *frame, const struct deed_site *at)
{
	struct layout layout = { .plan = plan, .share = share, .len = share->len & DEED_LEN_MAX };
	struct deed_finding *finding = NULL;
	struct deed_thread *me;

	/* Refused, until it is not. */
	share->lent = DEED_LOAN_REFUSED;
	share->base = owner ? NULL : (char *)(uintptr_t)share->data;
	share->told = NULL;
	if ((is_told(share) && plan->parts && !be_told(plan, share)) || !lay_out(&layout)) {
		layout_done(&layout);
		plan->err = plan->err ? plan->err : -ENOMEM;
		return;
	}
	me = deed_enter();
	if (me && share->loan != DEED_LOAN_REFUSED)
		finding = share_or_refuse(me, owner, &layout, share, frame, at);
	layout_done(&layout);
	/* A handler may jump out: nothing comes after. */
	if (!me)
		deed_reentered(at, frame);
	else if (finding)
		deed_raise(me, finding);
	else
		deed_leave_verb(me, frame, at);
}

static void give_up_told(const struct deed_plan *plan, struct deed_share *share)
{
	if (share->told)
		deed_os_unmap(share->told, told_bytes(plan));
	share->told = NULL;
}

void deed_shares_end(struct deed_thread *me, struct deed_plan *plan, const struct deed_site *at)
{
	for (uint32_t i = 0; i < plan->share_count; i++) {
		struct deed_share *const share = &plan->shares[i];
		uint32_t slot = deed_loan_slot(share->lent), next;
		struct deed_loan *const row = deed_loan_at(slot);
		const uint32_t cell = deed_loan_cell(row);

		if (share->lent && share->lent != DEED_LOAN_REFUSED) {
			deed_shard_take(cell);
			/* Else it has ended with its source. */
			if (!deed_word_is(deed_loan_word(row), share->lent))
				slot = 0;
			for (; slot; slot = next) {
				next = deed_loan_at(slot)->next_piece;
				(void)deed_end_tree(me, slot,
						    deed_loan_id(deed_loan_at(slot), slot), 0, at);
				deed_slot_give(me, slot);
			}
			deed_shard_give(cell);
		}
		give_up_told(plan, share);
	}
	plan->share_count = 0;
}

const void *deed_share_base(const struct deed_owner *owner)
{
	const uint64_t handle = deed_handle_word(owner);
	const struct deed_cell *const cell = deed_cell_at(deed_word_slot(handle));

	return cell && !deed_word_generation(handle ^ deed_cell_word(cell)) ? cell->base : NULL;
}

/* ---- a part is taken ------------------------------------------------------------------------ */

static const struct deed_share *share_of(const struct deed_plan *plan,
					 const struct deed_share_source *source)
{
	const struct deed_share *share = plan->shares;
	const struct deed_share *const end = share + plan->share_count;

	while (share < end && (share->data != source->data || share->len != source->len ||
			       share->loan != source->loan))
		share++;
	return share < end ? share : NULL;
}

/* What a part has, in continue mode, of a share that was refused or must not be taken from so: the
 * true memory, if it is there; of which nothing, where it would have more than there is. */
static struct deed_grant refuse(struct deed_thread *me, const struct deed_share *share,
				struct deed_extent *extent, size_t element)
{
	const size_t len = share->len & DEED_LEN_MAX;
	struct deed_region region;
	struct deed_grant grant;

	if (!deed_extent_fits(extent, len, element, &region) || !extent->width) {
		*extent = (struct deed_extent){ 0, 0, extent->pitch, extent->rows };
		return deed_refused(me, share->base, 0);
	}
	if (share->base)
		return deed_refused(me, share->base + region.lo, extent->width);
	grant = deed_refused_scratch(me, deed_extent_span(extent), element);
	if (!grant.data)
		*extent = (struct deed_extent){ 0, 0, extent->pitch, extent->rows };
	return grant;
}

/* Of a part that must not be taken so: the finding, with the share's loan, if there is one. */
static struct deed_finding *begin_part(struct deed_thread *me, enum deed_fault fault,
				       const struct deed_share *share, unsigned flags,
				       const void *frame, const struct deed_site *at)
{
	const uint32_t slot = share ? deed_loan_slot(share->lent) : 0;
	const uint32_t cell = slot ? deed_loan_cell(deed_loan_at(slot)) : 0;
	struct deed_finding *const finding = deed_finding_begin(me, fault, at, frame);

	deed_finding_does(finding, flags & DEED_LEND_TILE ? "taken as a tile" : "taken", false);
	deed_finding_asks(finding, flags & DEED_LEND_INOUT, (struct deed_region){ 0, 0, 0, 1 },
			  (struct deed_scale){ 0, 0 });
	if (!slot || share->lent == DEED_LOAN_REFUSED)
		return finding;
	deed_shard_take(cell);
	if (deed_word_is(deed_loan_word(deed_loan_at(slot)), share->lent)) {
		deed_finding_cell(finding, cell);
		deed_finding_loan(finding, slot);
		deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
	}
	deed_shard_give(cell);
	return finding;
}

static struct deed_finding *wrong_task(struct deed_thread *me, const struct deed_part *part,
				       const struct deed_share *share, unsigned flags,
				       const void *frame, const struct deed_site *at)
{
	struct deed_finding *const finding = begin_part(me, DEED_E20, share, flags, frame, at);
	const struct deed_tale tale = deed_tale_of_thread(me);

	deed_finding_say(finding, "what part %zu has of `%s` is taken by %s", part->index,
			 deed_plain(at->text).text, deed_tale_name(&tale).text);
	return finding;
}

static struct deed_finding *wrong_share(struct deed_thread *me, const struct deed_share *share,
					unsigned flags, const void *frame,
					const struct deed_site *at)
{
	struct deed_finding *const finding = begin_part(me, DEED_E18, share, flags, frame, at);
	const struct deed_plain name = deed_plain(at->text);

	if (!share)
		deed_finding_say(finding, "`%s` was not shared out to the parts of this plan",
				 name.text);
	else if ((flags & DEED_LEND_INOUT) && !share->is_inout)
		deed_finding_say(finding,
				 "`%s` is taken for writing, but was shared out borrowed, to be "
				 "read only",
				 name.text);
	else if (flags & DEED_LEND_TILE)
		deed_finding_say(finding,
				 "`%s` is taken as a tile, but was not shared out in tiles",
				 name.text);
	else
		deed_finding_say(finding,
				 "`%s` was shared out in tiles, but is not taken as a tile",
				 name.text);
	return finding;
}

/* E15 of a rule that says something else of a part than it said before. */
static struct deed_finding *says_otherwise(struct deed_thread *me, const struct deed_share *share,
					   const struct deed_part *part, unsigned flags,
					   const struct deed_extent *extent, const void *frame,
					   const struct deed_site *at)
{
	struct deed_finding *const finding = begin_part(me, DEED_E15, share, flags, frame, at);
	const struct deed_range told = share->told[part->index];

	deed_finding_say(finding,
			 "part %zu of `%s` is elements [%zu, %zu) here, but was [%zu, %zu) when it "
			 "was shared out",
			 part->index, deed_plain(at->text).text, extent->lo, hi_of(extent), told.lo,
			 told.hi);
	return finding;
}

static struct deed_finding *of_others(struct deed_thread *me, const struct deed_share *share,
				      const void *frame, const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(share->lent);
	const uint32_t cell = deed_loan_cell(deed_loan_at(slot));
	struct deed_finding *finding;

	deed_shard_take(cell);
	finding = deed_loan_of_others(me, slot, "taken", frame, at);
	deed_shard_give(cell);
	return finding;
}

static inline bool is_taken_right(const struct deed_share *share, unsigned flags)
{
	return !(flags & DEED_LEND_INOUT & ~share->is_inout) &&
	       !(flags & DEED_LEND_TILE) == (share->rule.kind != DEED_RULE_TILE);
}

static inline bool is_as_told(const struct deed_share *share, const struct deed_part *part,
			      const struct deed_extent *extent)
{
	return !share->told || (extent->lo >= share->told[part->index].lo &&
				extent->width <= share->told[part->index].hi - extent->lo);
}

static inline bool is_live(uint64_t loan)
{
	const uint64_t word = deed_loan_word(deed_loan_at(deed_loan_slot(loan)));

	return deed_word_is(word, loan) && (word & DEED_LOAN_LIVE);
}

/* There is something to say, or nothing to record. */
static DEED_COLD struct deed_grant take_otherwise(const struct deed_part *part,
						  const struct deed_share_source *source,
						  const struct deed_share *share, unsigned flags,
						  struct deed_extent *extent, const void *frame,
						  const struct deed_site *at)
{
	const size_t element = at->element_bytes;
	struct deed_grant grant = { (void *)(uintptr_t)source->data, 0 };
	struct deed_finding *finding = NULL;
	struct deed_thread *me;

	/* What has no elements has none for any part. */
	if (!(source->len & DEED_LEN_MAX)) {
		*extent = (struct deed_extent){ 0, 0, flags & DEED_LEND_TILE ? 1 : 0, 1 };
		return grant;
	}
	if (share)
		deed_share_extent_(share, part, extent);
	else
		*extent = (struct deed_extent){ 0, 0, 0, 1 };
	me = deed_enter();
	if (!me) {
		deed_reentered(at, frame);
		return share ? refuse(deed_self, share, extent, element)
			     : deed_refused(deed_self, NULL, 0);
	}
	deed_task_see(me, frame, at);
	if (source->loan == DEED_LOAN_REFUSED || (share && share->lent == DEED_LOAN_REFUSED))
		; /* silent */
	else if (!me->task || me->task->part != part)
		finding = wrong_task(me, part, share, flags, frame, at);
	else if (!share || !is_taken_right(share, flags))
		finding = wrong_share(me, share, flags, frame, at);
	else if (element != share->element_bytes)
		finding = share->lent ? of_others(me, share, frame, at) : NULL;
	else if (extent->width && extent->rows && !is_as_told(share, part, extent))
		finding = says_otherwise(me, share, part, flags, extent, frame, at);
	else if (extent->width && extent->rows && share->lent)
		finding = deed_loan_ended(me, share->lent, DEED_E11, frame, at);
	if (finding)
		deed_raise(me, finding);
	else
		deed_leave(me);
	if (!share)
		return deed_refused(me, source->owner ? NULL : grant.data, 0);
	if (finding || share->lent == DEED_LOAN_REFUSED)
		return refuse(me, share, extent, element);
	grant.data = (void *)((uintptr_t)share->base + extent->lo * element);
	return grant;
}

/* Of the shares of a plan, the bit of one. */
static inline uint32_t index_of(const struct deed_plan *plan, const struct deed_share *share)
{
	return (uint32_t)(share - plan->shares);
}

/* The loan of the part of a share that the task has taken already; or 0: an unwinding ended it, or
 * it has not. */
static inline uint64_t taken_before(const struct deed_task *task, uint32_t index)
{
	const uint32_t slot = task->part_slots[index];
	uint64_t word;

	if (!(task->parts >> index & 1))
		return 0;
	word = deed_loan_word(deed_loan_at(slot));
	return word & DEED_LOAN_LIVE ? (word & ~DEED_LOAN_SLOT_MASK) | slot : 0;
}

/* Of a thread whose parts go through more memory than its caches hold, the next row is out of
 * sight, for as many parts as it has rows. It is fetched while this part is at work, and again when
 * it is done.
 */
static inline void fetch_next_row(const struct deed_thread *me)
{
	const char *const row = (const char *)me->slots[me->slots_head % DEED_SLOTS_MAX];

	__builtin_prefetch(row, 1);
	__builtin_prefetch(row + 64, 1);
}

/* Records the part's loan. Inside. */
static inline uint64_t take(struct deed_thread *me, const struct deed_share *share, uint32_t index,
			    const struct deed_extent *extent, const void *frame,
			    const struct deed_site *at)
{
	const uint32_t parent = deed_loan_slot(share->lent);
	const struct deed_loan *const whole = deed_loan_at(parent);
	const size_t element = share->element_bytes;
	struct deed_task *const task = me->task;
	const uint32_t slot = deed_slot_take(me);
	struct deed_loan *const row = deed_loan_at(slot);
	uint64_t word;

	row->site = at;
	row->frame = (uintptr_t)frame;
	deed_loan_set_place(row, deed_loan_cell(whole) | (uint64_t)parent << 32);
	deed_loan_set_who(row, me->id | (share->is_inout ? DEED_WHO_IS_INOUT : 0) |
				       DEED_WHO_IS_PART | DEED_WHO_TASK(me->in_task));
	row->sequence = me->loans_taken++;
	row->ended_in = whole->ended_in; /* already: its end need not look at the cell then */
	row->lo = share->offset + extent->lo * element;
	row->width = extent->width * element;
	row->pitch = extent->pitch * element;
	row->rows = extent->rows;
	row->group = 0;
	row->stack = DEED_UNLIKELY(deed_options.loan_stacks) ? deed_ask_stack(me, frame) : 0;
	row->first_child = 0;
	row->next_piece = 0;
	if (DEED_UNLIKELY(task->parts >> index & 1)) /* of one that was unwound */
		deed_slot_give(me, task->part_slots[index]);
	task->parts |= (uint32_t)1 << index;
	task->part_slots[index] = slot;
	/* The bits of the task are among those by which it writes. */
	word = (row->word & ~DEED_LOAN_SLOT_MASK) |
	       (deed_trap_rights.writes & ~(share->is_inout ? 0 : DEED_LOAN_WRITES));
	__atomic_store_n(&row->word, word, __ATOMIC_RELEASE);
	fetch_next_row(me);
	return (word & ~DEED_LOAN_SLOT_MASK) | slot;
}

DEED_EXPORT struct deed_grant deed_trap_part(struct deed_part *part,
					     const struct deed_share_source *source, unsigned flags,
					     struct deed_extent *ret, const void *frame,
					     const struct deed_site *at)
{
	const struct deed_share *const share = share_of(part->plan, source);
	struct deed_thread *const me = deed_self;
	struct deed_grant grant;
	uint32_t index;

	if (DEED_UNLIKELY(!share || !me || !me->task || me->task->part != part || me->inside) ||
	    DEED_UNLIKELY(share->lent == 0 || share->lent == DEED_LOAN_REFUSED) ||
	    DEED_UNLIKELY(share->element_bytes != at->element_bytes) ||
	    DEED_UNLIKELY(!is_taken_right(share, flags)))
		return take_otherwise(part, source, share, flags, ret, frame, at);
	/* Outside of the ledger: a rule may be the program's own function. What was shared out by
	 * index overflows nowhere. */
	if (DEED_LIKELY(share->rule.kind == DEED_RULE_INDEX))
		*ret = (struct deed_extent){ part->lo * share->rule.a,
					     (part->hi - part->lo) * share->rule.a, 0, 1 };
	else
		deed_share_extent_(share, part, ret);
	if (DEED_UNLIKELY(!ret->width || !ret->rows) ||
	    DEED_UNLIKELY(!is_as_told(share, part, ret)) || DEED_UNLIKELY(!is_live(share->lent)))
		return take_otherwise(part, source, share, flags, ret, frame, at);
	grant.data = share->base + ret->lo * share->element_bytes;
	index = index_of(part->plan, share);
	grant.loan = taken_before(me->task, index);
	if (!grant.loan) {
		me->inside = 1;
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		grant.loan = take(me, share, index, ret, frame, at);
		deed_leave(me);
	}
	deed_show_loan(grant.data,
		       (struct deed_region){ 0, ret->width * share->element_bytes,
					     ret->pitch * share->element_bytes, ret->rows },
		       flags & DEED_LEND_INOUT, frame);
	return grant;
}

/* ---- parts end ------------------------------------------------------------------------------ */

/* A part that nothing was lent of, or nothing any more: no lock. The rest of its row is as it was
 * filled in; the thread that ended it is the one that took it. */
static inline bool end_quickly(struct deed_loan *row, const struct deed_site *at)
{
	uint64_t word = deed_loan_word(row), next;

	if (DEED_UNLIKELY((word & DEED_LOAN_CHILD) || !(word & DEED_LOAN_LIVE)))
		return false;
	next = ((word & ~DEED_LOAN_SLOT_MASK) + ((uint64_t)1 << DEED_LOAN_SLOT_BITS)) |
	       DEED_LOAN_DIRTY;
	row->end_site = at;
	if (deed_lock_is_alone()) {
		__atomic_store_n(&row->word, next, __ATOMIC_RELEASE);
		return true;
	}
	return __atomic_compare_exchange_n(&row->word, &word, next, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

void deed_parts_end(struct deed_thread *me, struct deed_task *task, const struct deed_site *at)
{
	for (uint32_t left = task->parts; left; left &= left - 1) {
		const uint32_t slot = task->part_slots[__builtin_ctz(left)];
		struct deed_loan *const row = deed_loan_at(slot);

		if (!end_quickly(row, at))
			(void)deed_end_loan(me, deed_loan_id(row, slot), 0, at);
		deed_slot_give(me, slot);
	}
	task->parts = 0;
	fetch_next_row(me);
}
