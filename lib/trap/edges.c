/* SPDX-License-Identifier: MIT
 *
 * lib/trap/edges.c - what could be better about the parts of a share: edges that split cache lines,
 * and gaps.
 *
 * A buffer is known to be aligned to so many bytes; that its address is better by luck is no ground
 * to say nothing.
 */
#include "layout.h"

#include "hot_region.h"
#include "shard.h"
#include "story.h"

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
static struct edge edge_between(const struct deed_layout *layout, size_t before, size_t after)
{
	const struct deed_extent left = deed_layout_extent(layout->plan, layout->share, before);
	const struct deed_extent right = deed_layout_extent(layout->plan, layout->share, after);

	return (struct edge){ deed_extent_hi(&left), right.lo, before, after };
}

/* Fills in edges such that, if they split no line, none does: rules that are arithmetic repeat
 * themselves, so that their first edges stand for all. Of tiles, those within a row, and from the
 * end of one row to the beginning of the next. */
static size_t telling_edges(const struct deed_layout *layout, struct edge edges[8])
{
	const struct deed_plan *const plan = layout->plan;
	const size_t across = (plan->columns - 1) / plan->x_chunk + 1;
	const size_t down = (plan->count - 1) / plan->chunk + 1;
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
	for (size_t i = 1; i < deed_min(across > 1 ? plan->count : down, 3); i++) {
		const size_t y = across > 1 ? i : i * plan->chunk;

		edges[count++] = (struct edge){ (y - 1) * pitch + plan->columns, y * pitch,
						((y - 1) / plan->chunk + 1) * across - 1,
						y / plan->chunk * across };
	}
	return count;
}

/* The first edge that splits a cache line; false if there is none. */
static bool find_split(const struct deed_layout *layout, const struct deed_ask *ask,
		       struct edge *ret)
{
	const size_t align = (size_t)1 << deed_cell_at(ask->cell)->align_log2;
	const size_t offset = layout->share->offset, element = layout->share->element_bytes;
	struct edge edges[8];
	size_t count;

	for (size_t i = 1; i < layout->piece_count; i++) {
		const struct deed_piece *const left = &layout->pieces[i - 1], *const right =
										      left + 1;

		*ret = (struct edge){ left->hi, right->lo, left->part, right->part };
		if (splits(ret, offset, align, element))
			return true;
	}
	if (deed_share_is_told(layout->share) || layout->plan->parts < 2)
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
				       const struct deed_layout *layout, const struct edge *edge)
{
	struct deed_finding *const finding = deed_hot_finding(me, DEED_A03, ask->frame, ask->at);

	deed_shard_take(ask->cell);
	deed_layout_tell(finding, ask, layout);
	deed_shard_give(ask->cell);
	deed_layout_tell_part(finding, layout, edge->before);
	deed_layout_tell_part(finding, layout, edge->after);
	deed_finding_say(finding,
			 "parts %zu and %zu of `%s` write to one cache line, at element %zu",
			 edge->before, edge->after, deed_plain(ask->at->text).text, edge->next);
	return finding;
}

/* A06. */
static struct deed_finding *gap(struct deed_thread *me, const struct deed_ask *ask,
				const struct deed_layout *layout)
{
	struct deed_finding *const finding = deed_hot_finding(me, DEED_A06, ask->frame, ask->at);

	deed_shard_take(ask->cell);
	deed_layout_tell(finding, ask, layout);
	deed_layout_tell_range(finding, ask, layout, layout->gap.lo, layout->gap.hi);
	deed_shard_give(ask->cell);
	deed_finding_say(finding,
			 "no part has elements [%zu, %zu) of `%s`, though the rule covers all",
			 layout->gap.lo, layout->gap.hi, deed_plain(ask->at->text).text);
	return finding;
}

/* The first advisory of a share that is as it should be; null if there is none. Inside, no lock. */
struct deed_finding *deed_layout_advice(struct deed_thread *me, const struct deed_ask *ask,
					const struct deed_layout *layout)
{
	const struct deed_share *const share = layout->share;
	struct edge edge;

	/* Of a plan that is wrong, no part has anything. */
	if (!layout->plan->err && share->rule.covers && layout->gap.lo < layout->gap.hi &&
	    deed_hot_is_news(ask->at, DEED_A06))
		return gap(me, ask, layout);
	if (me->hot_count && share->is_inout && share->lent && find_split(layout, ask, &edge) &&
	    deed_hot_has_news(me, DEED_A03, ask->frame, ask->at))
		return split_line(me, ask, layout, &edge);
	return NULL;
}
