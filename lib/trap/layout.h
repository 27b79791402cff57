/* SPDX-License-Identifier: MIT
 *
 * lib/trap/layout.h - what the parts of a share have, all together; what is wrong with that, and
 * what could be better.
 *
 *     layout = { .plan = plan, .share = share, .len = the source's };
 *     if (!deed_lay_out(&layout)) ...               layout.c, outside of the ledger
 *     finding = deed_layout_leaves(...)             plan_check.c, under the shard lock
 *     finding = deed_layout_advice(...)             edges.c, inside
 *     deed_layout_done(&layout);
 */
#ifndef DEED_LAYOUT_H
#define DEED_LAYOUT_H

#include "deed/plan.h"
#include "grant.h"

#define DEED_NO_PART SIZE_MAX

/* A part's elements, and whose they are. */
struct deed_piece {
	size_t lo, hi, part;
};

/* What the parts of a share have, all together. */
struct deed_layout {
	const struct deed_plan *plan;
	const struct deed_share *share;
	size_t len;		/* of the source */
	struct deed_extent all; /* what they cover; of parts that leave gaps the hull */
	struct deed_range *runs;
	size_t run_count;	   /* of parts that leave gaps; else 0 */
	struct deed_piece *pieces; /* of edges and calls, those that are not empty, in order */
	size_t piece_count;
	size_t outside;	       /* the first that leaves the source */
	size_t first, second;  /* two that overlap */
	struct deed_range gap; /* the first that no part has; lo == hi: there is none */
};

/* Of edges and calls it is said what each part has; of other rules it follows. */
static inline bool deed_share_is_told(const struct deed_share *share)
{
	return share->rule.kind == DEED_RULE_EDGES || share->rule.kind == DEED_RULE_CALL;
}

/* Where the elements of a contiguous extent end, or those of a tile's last row. */
static inline size_t deed_extent_hi(const struct deed_extent *extent)
{
	return extent->lo + deed_extent_span(extent);
}

/* deed_share_be_told - asks edges or a call for the parts, once, outside of the ledger; false if
 * there is no memory. deed_share_told_done - forgets them. */
bool deed_share_be_told(const struct deed_plan *plan, struct deed_share *share);
void deed_share_told_done(const struct deed_plan *plan, struct deed_share *share);

/* What a part has: as the rule says it; of edges and calls, as it was said when asked for. */
struct deed_extent deed_layout_extent(const struct deed_plan *plan, const struct deed_share *share,
				      size_t index);

/* deed_lay_out - fills in the rest of a layout that has a plan, a share and a length; false if
 * there is no memory. deed_layout_done - in both cases. */
bool deed_lay_out(struct deed_layout *layout);
void deed_layout_done(struct deed_layout *layout);

/* deed_layout_leaves - E15 of the part `outside`. deed_layout_overlaps - E19 of the parts `first`
 * and `second`. Under the shard lock of ask->cell, if there is one. */
struct deed_finding *deed_layout_leaves(struct deed_thread *me, const struct deed_ask *ask,
					const struct deed_layout *layout);
struct deed_finding *deed_layout_overlaps(struct deed_thread *me, const struct deed_ask *ask,
					  const struct deed_layout *layout);

/* The first advisory of a share that is as it should be; null if there is none. Inside, no lock. */
struct deed_finding *deed_layout_advice(struct deed_thread *me, const struct deed_ask *ask,
					const struct deed_layout *layout);

/* What a finding says of a layout: the share, and the buffer, under its shard lock; which elements
 * of the source it is about; and what a part is to have. */
void deed_layout_tell(struct deed_finding *finding, const struct deed_ask *ask,
		      const struct deed_layout *layout);
void deed_layout_tell_range(struct deed_finding *finding, const struct deed_ask *ask,
			    const struct deed_layout *layout, size_t lo, size_t hi);
void deed_layout_tell_part(struct deed_finding *finding, const struct deed_layout *layout,
			   size_t index);

#endif
